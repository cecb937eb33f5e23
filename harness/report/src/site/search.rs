//! The search over cases, versions, issues, runs and statements.
//!
//! The script has its index inside, so it needs no request. The form is hidden until the script
//! runs.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Site, address};
use crate::style::reorders;
use crate::tag::Tag;
use crate::title::title;

pub(super) fn form() -> Tag {
    let input = Tag::new("input")
        .attribute("type", "search")
        .attribute("name", "text")
        .attribute("autocomplete", "off");
    let label = Tag::of("label", "Search cases, versions, issues and runs ").child(&input);
    let count = Tag::new("output").id("count");
    let list = Tag::new("ul").id("found");
    Tag::new("form")
        .id("search")
        .attribute("role", "search")
        .flag("hidden")
        .child(&label)
        .child(&count)
        .child(&list)
}

/// The script with its index.
pub(super) fn script(site: &Site<'_>) -> String {
    let index = inert(&Value::Array(index(site)).to_string());
    format!("const index = {index};\n{}", include_str!("search.js"))
}

/// The entries: name, words, address.
fn index(site: &Site<'_>) -> Vec<Value> {
    let entry = |name: &str, words: &str, address: &str| json!([name, words, address]);
    let cases = site.cells.cases.iter().map(|id| {
        let words = site.cases.get(id).map(|case| {
            let claims = case.claims.claims.iter().map(|claim| claim.id.as_str());
            let issues = case.broken.iter().map(|known| known.issue.as_str());
            let issues = issues.filter(|issue| *issue != case.why).collect::<BTreeSet<_>>();
            let texts = [case.title.as_str(), case.why.as_str()].into_iter();
            texts.chain(claims).chain(issues).collect::<Vec<_>>().join(" · ")
        });
        entry(id, &words.unwrap_or_default(), &address::case(id))
    });
    let versions = site.cells.versions.iter().map(|version| {
        let name = format!("Argo {}", title(version));
        entry(&name, version, &address::version(version))
    });
    let runs = site.input.runs.iter().map(|given| {
        let run = &given.evidence.run;
        entry(&format!("run {}", run.run), &run.started.to_string(), &address::run(&run.run))
    });
    let statements = site.input.statements.iter().map(|given| {
        let stated = &given.statement.predicate.conformance;
        let name = format!("statement about run {}", stated.run);
        entry(&name, &stated.started.to_string(), &address::statement(&stated.run))
    });
    cases.chain(versions).chain(runs).chain(statements).collect()
}

/// JSON of which no text ends a script, begins markup, reorders a line or is a command of GitHub.
pub(super) fn inert(json: &str) -> String {
    let mut inert = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '<' => inert.push_str("\\u003c"),
            '#' | ':' if inert.ends_with(c) => inert += &format!("\\u{:04x}", u32::from(c)),
            c if reorders(c) => inert += &format!("\\u{:04x}", u32::from(c)),
            c => inert.push(c),
        }
    }
    inert
}
