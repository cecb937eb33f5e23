//! The search over cases, versions, issues, runs and statements.
//!
//! The script has its index inside, so it needs no request. The form is hidden until the script
//! runs.

use serde_json::{Value, json};

use super::{Site, address};
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
    let index = Value::Array(index(site)).to_string();
    // No text of the index ends the script or begins a comment.
    let index = index.replace('<', "\\u003c").replace('\u{2028}', "\\u2028");
    let index = index.replace('\u{2029}', "\\u2029").replace("##[", "\\u0023#[");
    format!("const index = {index};\n{}", include_str!("search.js"))
}

/// The entries: name, words, address.
fn index(site: &Site<'_>) -> Vec<Value> {
    let entry = |name: &str, words: &str, address: &str| json!([name, words, address]);
    let cases = site.cells.cases.iter().map(|id| {
        let words = site.cases.get(id).map(|case| {
            let claims = case.claims.claims.iter().map(|claim| claim.id.as_str());
            let issues = case.broken.iter().map(|known| known.issue.as_str());
            let texts = [case.title.as_str(), case.why.as_str()].into_iter();
            let mut texts: Vec<&str> = texts.chain(claims).chain(issues).collect();
            texts.dedup();
            texts.join(" · ")
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
