//! Evidence in the run directory that is not that of the statement, each refused by name.

use jiff::SignedDuration;
use report::run::Image;
use rstest::rstest;
use serde_json::{Value, json};

use crate::run::{CASES, Run, found_controller, on_existing};

/// Alters the events of the first case's history, before it is certified.
fn events(run: &Run, alter: impl FnMut(&mut Value)) {
    events_of(run, CASES[0], alter);
}

/// Alters the events of the history of a case, before it is certified.
fn events_of(run: &Run, case: &str, mut alter: impl FnMut(&mut Value)) {
    let path = run.history(case);
    let text = std::fs::read_to_string(&path).expect("a history");
    let (header, events) = text.split_once('\n').expect("a header");
    let events = events.lines().map(|line| {
        let mut event: Value = serde_json::from_str(line).expect("an event");
        alter(&mut event["kind"]);
        format!("{event}\n")
    });
    let events: String = events.collect();
    std::fs::write(&path, format!("{header}\n{events}")).expect("write");
}

/// Alters each object of a kind.
fn objects(run: &Run, kind: &str, alter: impl Fn(&mut Value)) {
    events(run, |what| {
        if let Some(seen) = what.get_mut("observed").filter(|seen| seen["kind"] == kind) {
            alter(&mut seen["object"]);
        }
    });
}

fn weaker_workflow(run: &Run) {
    objects(run, "workflow", |object| {
        object["spec"]["templates"][0]["container"]["args"] = json!(["echo hello"]);
    });
}

fn without_a_template(run: &Run) {
    objects(run, "workflow", |object| object["spec"]["templates"] = json!([]));
}

fn patched_later(run: &Run) {
    let mut states = 0;
    events(run, |what| {
        if let Some(seen) = what.get_mut("observed").filter(|seen| seen["kind"] == "workflow") {
            states += 1;
            if states > 2 {
                let container = &mut seen["object"]["spec"]["templates"][0]["container"];
                container["args"] = json!(["echo hello"]);
            }
        }
    });
}

fn two_images(run: &Run) {
    let mut states = 0;
    events(run, |what| {
        let workflow = what.get_mut("observed").filter(|seen| seen["kind"] == "workflow");
        states += usize::from(workflow.is_some());
        if let (Some(seen), 2..) = (workflow, states) {
            let container = &mut seen["object"]["spec"]["templates"][0]["container"];
            container["image"] = json!("another:1");
        }
    });
}

fn trimmed(run: &Run) {
    objects(run, "workflow", |object| object["spec"] = json!({}));
}

fn without_times(run: &Run) {
    objects(run, "pod", |object| {
        object["metadata"].as_object_mut().expect("fields").remove("creationTimestamp");
    });
}

fn without_the_workflow(run: &Run) {
    objects(run, "workflow", |object| object["metadata"]["name"] = json!("another"));
}

fn another_action(run: &Run) {
    events(run, |what| {
        if let Some(begun) = what.get_mut("step_begun").filter(|begun| begun["step"] == "submit") {
            begun["action"] = json!({ "delete-pod": { "node": "work" } });
        }
    });
}

/// Alters the workflow that the first step creates.
fn creating(run: &Run, alter: impl Fn(&mut Value)) {
    events(run, |what| {
        if let Some(begun) = what.get_mut("step_begun").filter(|begun| begun["step"] == "submit") {
            alter(&mut begun["action"]["submit"]["workflow"]);
        }
    });
}

fn another_workflow_created(run: &Run) {
    creating(run, |workflow| workflow["spec"]["entrypoint"] = json!("another"));
}

fn more_created(run: &Run) {
    creating(run, |workflow| workflow["spec"]["activeDeadlineSeconds"] = json!(1));
}

fn another_patience(run: &Run) {
    events(run, |what| {
        if let Some(wait) = what.pointer_mut("/step_begun/action/await") {
            wait["patience"] = json!(1);
        }
    });
}

fn another_order(run: &Run) {
    run.header(CASES[0], |header| header["steps"].as_array_mut().expect("steps").swap(1, 2));
}

fn another_workflow_name(run: &Run) {
    run.header(CASES[0], |header| header["workflow"] = json!("another"));
}

fn of_long_ago(run: &Run) {
    run.header(CASES[0], |header| header["started"] = json!("2019-01-02T03:04:05Z"));
}

fn of_yesterday(run: &Run) {
    let yesterday = run.began() - SignedDuration::from_hours(24);
    run.header(CASES[0], |header| header["started"] = json!(yesterday));
}

fn of_no_time(run: &Run) {
    run.header(CASES[0], |header| header["started"] = json!("yesterday"));
}

fn objects_of_long_ago(run: &Run) {
    objects(run, "pod", |object| {
        object["metadata"]["creationTimestamp"] = json!("2019-01-02T03:04:05Z");
    });
}

fn torn(run: &Run) {
    let path = run.history(CASES[0]);
    let text = std::fs::read_to_string(&path).expect("a history");
    std::fs::write(&path, &text[..text.len() - 9]).expect("write");
}

fn without_its_end(run: &Run) {
    let path = run.history(CASES[0]);
    let text = std::fs::read_to_string(&path).expect("a history");
    let end = text.trim_end().rfind('\n').expect("lines");
    std::fs::write(&path, &text[..=end]).expect("write");
}

fn more_after_the_end(run: &Run) {
    let path = run.history(CASES[0]);
    let text = std::fs::read_to_string(&path).expect("a history");
    let last: Value = serde_json::from_str(text.lines().last().expect("lines")).expect("JSON");
    let what = json!({ "ended": "decided" });
    let n = last["n"].as_u64().expect("a number") + 1;
    let more = json!({ "n": n, "at": last["at"], "kind": what });
    std::fs::write(&path, format!("{text}{more}\n")).expect("write");
}

fn another_argoexec(run: &Run) {
    objects(run, "pod", |object| {
        object["spec"]["initContainers"][0]["image"] = json!("quay.io/argoproj/argoexec:v3.5.5");
    });
}

fn another_argoexec_said_so(run: &Run) {
    let image = "quay.io/argoproj/argoexec:v3.5.5";
    objects(run, "pod", |object| object["spec"]["initContainers"][0]["image"] = json!(image));
    run.report(|report| report.argo[0].images[1].name = image.into());
}

fn another_digest(run: &Run) {
    let digest = format!("sha256:{}", "f".repeat(64));
    run.report(|report| report.argo[0].images[0].digest = Some(digest.into()));
}

fn an_installation_on_which_nothing_was_tried(run: &Run) {
    run.report(|report| {
        let mut other = report.argo[0].clone();
        other.images[0].digest = Some("sha256:ffff".into());
        report.argo.push(other);
    });
}

fn two_images_of_a_component(run: &Run) {
    run.report(|report| {
        let digest = Some("sha256:ffff".into());
        let image = Image { digest, ..report.argo[0].images[0].clone() };
        report.argo[0].images.push(image);
    });
}

fn nothing_read_back(run: &Run) {
    let path = run.path("run/3.7.18/installation.json");
    std::fs::remove_file(path).expect("remove");
}

fn existing_with_a_profile(run: &Run) {
    run.report(|report| report.provider = model::Provider::Existing);
}

fn existing_that_saw_requests(run: &Run) {
    run.report(|report| {
        report.provider = model::Provider::Existing;
        report.argo[0].profile = None;
    });
}

fn existing_without_a_controller(run: &Run) {
    run.report(|report| {
        on_existing(report);
        report.argo[0].controller = None;
    });
}

fn native_with_a_controller(run: &Run) {
    run.report(|report| {
        let controller = serde_json::from_value(found_controller());
        report.argo[0].controller = controller.expect("a controller");
    });
}

fn controller_with_other_settings(run: &Run) {
    let mut found = found_controller();
    found["instance_id"] = json!(null);
    run.finds(found);
    run.report(on_existing);
}

fn controller_with_other_pods(run: &Run) {
    let mut found = found_controller();
    found["pods"] = json!(["c-1", "c-2"]);
    run.finds(found);
    run.report(on_existing);
}

fn native_without_a_profile(run: &Run) {
    run.report(|report| report.argo[0].profile = None);
}

/// Each is stated by an honest `certify` from a directory that was altered before.
#[rstest]
#[case::weaker_workflow(weaker_workflow, "the spec of the workflow differs from that of the case")]
#[case::without_a_template(
    without_a_template,
    "the spec of the workflow differs from that of the case"
)]
#[case::patched_later(
    patched_later,
    "the spec.templates, later on, of the workflow differs from that of the case"
)]
#[case::two_images(
    two_images,
    "templates, later on, of the workflow differs from that of the case"
)]
#[case::trimmed(trimmed, "the spec of the workflow differs from that of the case")]
#[case::without_times(without_times, "has no creation time, because the history is trimmed")]
#[case::without_the_workflow(
    without_the_workflow,
    "the submitted workflow is not in the history, because the history is trimmed"
)]
#[case::another_action(
    another_action,
    "step submit of the history does `delete the pod of node work without grace`"
)]
#[case::another_workflow_created(
    another_workflow_created,
    "the workflow differs: spec: entrypoint:"
)]
#[case::more_created(more_created, "the spec of the workflow has more fields")]
#[case::another_patience(another_patience, "does `wait up to 0.001s until ")]
#[case::another_order(another_order, "the header of the history has other steps than the case")]
#[case::another_workflow_name(another_workflow_name, "the workflow has the name another")]
#[case::of_long_ago(of_long_ago, "the history has expired")]
#[case::of_yesterday(of_yesterday, ", and run r7f3 at ")]
#[case::of_no_time(of_no_time, "the header of the history has an invalid start")]
#[case::objects_of_long_ago(objects_of_long_ago, "was created at 2019-01-02T03:04:05Z")]
#[case::torn(torn, "the last line of the history is incomplete")]
#[case::without_its_end(without_its_end, "the history has no end")]
#[case::more_after_the_end(more_after_the_end, "follows the end of the history")]
#[case::another_argoexec(
    another_argoexec,
    "the pods ran quay.io/argoproj/argoexec:v3.5.5, not quay.io/argoproj/argoexec:v3.7.18"
)]
#[case::another_argoexec_said_so(
    another_argoexec_said_so,
    "the pods ran quay.io/argoproj/argoexec:v3.5.5, and the header of the history has 3.7.18"
)]
#[case::another_digest(another_digest, "installation.json: image of workflow-controller: ")]
#[case::nothing_was_tried(
    an_installation_on_which_nothing_was_tried,
    "the statement has Argo 3.7.18 twice"
)]
#[case::two_images_of_a_component(
    two_images_of_a_component,
    "Argo 3.7.18 has two images of workflow-controller"
)]
#[case::nothing_read_back(
    nothing_read_back,
    "Argo 3.7.18: the record of the installation is missing"
)]
#[case::existing_with_a_profile(
    existing_with_a_profile,
    "Argo 3.7.18 has the profile fast, and the provider existing installs none"
)]
#[case::existing_that_saw_requests(
    existing_that_saw_requests,
    "the history has requests to the object store, and the provider is existing"
)]
#[case::existing_without_a_controller(
    existing_without_a_controller,
    "Argo 3.7.18 has no found controller, and the provider existing finds one"
)]
#[case::native_with_a_controller(
    native_with_a_controller,
    "Argo 3.7.18 has a found controller, and the provider native installs one"
)]
#[case::controller_with_other_settings(
    controller_with_other_settings,
    "installation.json: found controller: "
)]
#[case::controller_with_other_pods(
    controller_with_other_pods,
    "installation.json: the found controller has other pods"
)]
#[case::native_without_a_profile(
    native_without_a_profile,
    "Argo 3.7.18 has no profile, and the provider native installs one"
)]
fn evidence_of_something_else_is_refused(#[case] alter: fn(&Run), #[case] reason: &str) {
    let run = Run::new();
    run.certify();
    assert!(run.verify(&[]).ends_with("exit 0"), "true before it is altered");
    alter(&run);
    let said = run.certify() + &run.verify(&[]);
    assert!(said.contains(reason), "{said}");
    let ends = ["exit 1", "exit 69"];
    assert!(ends.iter().any(|end| said.ends_with(end)), "{said}");
}

/// Stated, though the report's own entry for another version has no verdict.
#[test]
fn another_applied_object_is_refused() {
    const CASE: &str = "locks/limit-removed";
    let run = Run::of(&[CASE]);
    run.certify();
    assert!(run.verify(&[]).starts_with("the statement holds: "), "{}", run.verify(&[]));
    events_of(&run, CASE, |what| {
        if let Some(apply) = what.pointer_mut("/step_begun/action/apply") {
            apply["objects"] = json!([]);
        }
    });
    run.certify();
    let said = run.verify(&[]);
    let reason = "step apply of the case does `apply limits.yaml`: the parameters differ";
    assert!(said.contains(reason) && said.ends_with("exit 1"), "{said}");
}

#[test]
fn the_age_is_that_of_the_histories_too() {
    let run = Run::new();
    of_long_ago(&run);
    run.certify();
    let long_ago = "2019-01-02T03:04:04Z";
    run.forge(|statement| {
        statement["predicate"]["conformance"]["sessions"][0]["started"] = json!(long_ago);
    });
    let said = run.verify(&["--unsigned", "--max-age", "1"]);
    assert!(said.contains("the history has expired: age "), "{said}");
    assert!(
        said.contains("refused: the statement began at ") && said.ends_with("exit 1"),
        "{said}"
    );
}
