//! `JUnit` XML: a suite for each version of Argo, a test for each case.
//!
//! The dialect suits Jenkins, GitLab and the readers of GitHub's marketplace. Each verdict but
//! *pass* is the first child element of its test. The attribute `message` and the content have its
//! text, since readers show one of the two. No two tests have the same names: GitLab drops the
//! second, other readers show a retry.
//!
//! | verdict | child |
//! |---|---|
//! | pass | none |
//! | FAIL, fixed | `<failure>` |
//! | unknown | `<error>` |
//! | known issue, not applicable | `<skipped>` with the reason |
//!
//! An untested version and a run without a case are errors, so a file is never empty and green.

use std::collections::BTreeMap;

use model::verdict::Verdict;

use crate::escapable::Escapable;
use crate::evidence::Evidence;
use crate::judged::Judged;
use crate::line::details;
use crate::measured::version_key;
use crate::run::{Untested, versions_of_kubernetes};
use crate::title::title;
use crate::xml::Element;

/// Numbers of the tests of a suite by kind of child, and their time.
#[derive(Clone, Copy, Default)]
struct Sums {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
    elapsed_ms: u64,
}

/// The text of the file.
pub fn junit(evidence: &Evidence) -> String {
    let mut versions: BTreeMap<_, Vec<(&Judged, usize)>> = BTreeMap::new();
    for (judged, attempt) in evidence.attempts() {
        let argo = &judged.verdict.argo;
        versions.entry((version_key(argo), argo)).or_default().push((judged, attempt));
    }
    let mut all = Sums::default();
    let mut suites = Vec::new();
    for ((_, argo), tests) in &versions {
        let sums = Sums::of(tests);
        let properties = Element::new("properties").children(properties(evidence, argo));
        let suite = Element::new("testsuite").attribute("name", &format!("argo {}", title(argo)));
        let suite = sums.on(suite).attribute("timestamp", &timestamp(evidence));
        let tests = tests.iter().map(|(judged, attempt)| test(evidence, judged, *attempt));
        suites.push(suite.child(&properties).children(tests));
        all.add(sums);
    }
    for untried in untried(evidence) {
        let one = Sums { tests: 1, errors: 1, ..Sums::default() };
        let suite =
            Element::new("testsuite").attribute("name", &format!("argo {}", title(&untried.argo)));
        suites.push(one.on(suite).child(&untested(evidence, &untried)));
        all.add(one);
    }
    let root = Element::new("testsuites").attribute("name", "argo-conformance");
    all.on(root).children(suites).document()
}

fn test(evidence: &Evidence, judged: &Judged, attempt: usize) -> Element {
    let verdict = &judged.verdict;
    let (area, name) = verdict.case.split_once('/').unwrap_or(("", &verdict.case));
    let name = if attempt > 1 { format!("{name} #{attempt}") } else { name.to_owned() };
    let mut test = Element::new("testcase")
        .attribute("classname", &format!("{}.{area}", class(evidence, &verdict.argo)))
        .attribute("name", &name)
        .attribute("time", &exact_seconds(judged.elapsed_ms));
    if let Some(place) = evidence.place(verdict) {
        test = test.attribute("file", place.path).attribute("line", &place.line.to_string());
    }
    if let Some(child) = came_out(judged) {
        test = test.child(&child);
    }
    match &judged.history {
        Some(path) => {
            let attachment = Element::new("system-out").text(&format!("[[ATTACHMENT|{path}]]"));
            test.child(&attachment)
        }
        None => test,
    }
}

fn came_out(judged: &Judged) -> Option<Element> {
    let verdict = &judged.verdict;
    let name = match verdict.verdict {
        Verdict::Pass => return None,
        Verdict::Fail | Verdict::Fixed => "failure",
        Verdict::Unknown => "error",
        Verdict::KnownIssue | Verdict::NotApplicable => "skipped",
    };
    let child = Element::new(name).attribute("message", &verdict.reason);
    if name == "skipped" {
        return Some(child);
    }
    Some(child.attribute("type", verdict.verdict.name()).text(details(judged).trim_end()))
}

/// The untested installations; one entry for a run without a verdict.
fn untried(evidence: &Evidence) -> Vec<Untested> {
    let mut untried = evidence.run.untested.clone();
    if untried.is_empty() && evidence.run.verdicts.is_empty() {
        let reason = "no case ran, which is not a pass".into();
        untried.push(Untested { argo: "of no version".to_owned(), reason });
    }
    untried
}

fn untested(evidence: &Evidence, untested: &Untested) -> Element {
    let error = Element::new("error")
        .attribute("message", &untested.reason)
        .attribute("type", "untested")
        .text(&untested.reason);
    Element::new("testcase")
        .attribute("classname", &class(evidence, &untested.argo))
        .attribute("name", "cases can be tried")
        .attribute("time", &exact_seconds(0))
        .child(&error)
}

/// The class name of an installation, distinct from the others in the files of a CI job.
fn class(evidence: &Evidence, argo: &str) -> String {
    format!("argo-{argo}.{}", evidence.run.provider)
}

fn properties(evidence: &Evidence, argo: &str) -> Vec<Element> {
    let run = &evidence.run;
    let mut properties = vec![
        property("run", &run.run),
        property("provider", run.provider.name()),
        property("kubernetes", &versions_of_kubernetes(run)),
    ];
    for report in run.argo.iter().filter(|report| report.versions.name() == argo) {
        properties.push(property("source", &report.source));
        if let Some(profile) = &report.profile {
            properties.push(property("profile", profile.name()));
        }
        for (name, value) in &report.settings {
            properties.push(property(&format!("setting {name}"), value));
        }
        for image in &report.images {
            let digest = image
                .digest
                .as_ref()
                .map(|digest| format!("@{}", digest.raw()))
                .unwrap_or_default();
            let name = format!("image {}", image.component);
            properties.push(property(&name, &format!("{}{digest}", image.name.raw())));
        }
    }
    properties
}

fn property(name: &str, value: &(impl Escapable + ?Sized)) -> Element {
    Element::new("property").attribute("name", name).attribute("value", value)
}

fn timestamp(evidence: &Evidence) -> String {
    evidence.run.started.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Milliseconds as seconds with three decimals.
fn exact_seconds(ms: u64) -> String {
    format!("{}.{:03}", ms / 1000, ms % 1000)
}

impl Sums {
    fn of(tests: &[(&Judged, usize)]) -> Self {
        let mut sums = Self::default();
        for (judged, _) in tests {
            sums.tests += 1;
            sums.elapsed_ms = sums.elapsed_ms.saturating_add(judged.elapsed_ms);
            match judged.verdict.verdict {
                Verdict::Pass => {}
                Verdict::Fail | Verdict::Fixed => sums.failures += 1,
                Verdict::Unknown => sums.errors += 1,
                Verdict::KnownIssue | Verdict::NotApplicable => sums.skipped += 1,
            }
        }
        sums
    }

    fn add(&mut self, other: Self) {
        self.tests += other.tests;
        self.failures += other.failures;
        self.errors += other.errors;
        self.skipped += other.skipped;
        self.elapsed_ms = self.elapsed_ms.saturating_add(other.elapsed_ms);
    }

    fn on(self, element: Element) -> Element {
        element
            .attribute("tests", &self.tests.to_string())
            .attribute("failures", &self.failures.to_string())
            .attribute("errors", &self.errors.to_string())
            .attribute("skipped", &self.skipped.to_string())
            .attribute("time", &exact_seconds(self.elapsed_ms))
    }
}
