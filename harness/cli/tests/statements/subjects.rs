//! The subjects of a statement: the images that ran.

use serde_json::json;

use crate::recorder::{ARGOEXEC, DIGEST};
use crate::run::Run;

#[test]
fn an_image_on_which_nothing_was_tried_is_no_subject() {
    let run = Run::new();
    run.report(|report| {
        let mut other = report.argo[0].clone();
        other.versions = model::history::Versions::all("3.7.17");
        other.images[0].digest = Some("sha256:ffff".into());
        report.argo.push(other);
    });
    run.certify();
    run.forge(|statement| {
        let subjects = statement["subject"].as_array().expect("subjects");
        let names: Vec<&str> = subjects.iter().filter_map(|s| s["name"].as_str()).collect();
        assert_eq!(names, ["workflow-controller:v3.7.18", ARGOEXEC]);
    });
    assert!(run.verify(&["--unsigned"]).ends_with("exit 0"));
}

/// It is what the nodes told of the pods.
#[test]
fn argoexec_is_a_subject_by_the_digest_of_the_pods() {
    let run = Run::new();
    run.certify();
    run.forge(|statement| {
        let digest = &statement["subject"][1]["digest"]["sha256"];
        assert_eq!(*digest, DIGEST.trim_start_matches("sha256:"));
        statement["subject"][1]["digest"]["sha256"] = json!("ffff");
        let images = &mut statement["predicate"]["conformance"]["argo"][0]["images"];
        images[1]["digest"] = json!("sha256:ffff");
    });
    let said = run.verify(&["--unsigned"]);
    assert!(said.contains("sha256:ffff, and that of the pods is sha256:56ef"), "{said}");
}
