//! The settings in each kind of manifest, and the cases that cannot have the settings.

use std::path::Path;

use rstest::rstest;
use semver::Version;
use serde_json::{Value, json};

use super::{PodSecurity, PodSettings, Unfit};
use crate::case::Plan;

fn restricted() -> PodSettings {
    PodSettings { security: PodSecurity::Restricted, ..PodSettings::default() }
}

fn with_requests() -> PodSettings {
    let requests = [("cpu", "10m"), ("memory", "16Mi")];
    let requests = requests.map(|(name, quantity)| (name.to_owned(), quantity.to_owned()));
    PodSettings { requests: requests.into(), ..PodSettings::default() }
}

fn with_secret() -> PodSettings {
    PodSettings { pull_secrets: vec!["registry".to_owned()], ..PodSettings::default() }
}

fn workflow(template: &Value) -> Value {
    json!({ "kind": "Workflow", "spec": { "templates": [template] } })
}

fn applied(settings: &PodSettings, mut object: Value, version: &str) -> Value {
    settings.apply(&mut object, Some(&version.parse().expect("a version")));
    object
}

fn patch(template: &Value) -> Value {
    serde_json::from_str(template["podSpecPatch"].as_str().expect("a patch")).expect("JSON")
}

fn names(patched: &Value) -> Vec<&str> {
    patched.as_array().into_iter().flatten().filter_map(|one| one["name"].as_str()).collect()
}

#[rstest]
#[case::container(json!({ "container": {} }), &["init"], &["wait", "main"])]
#[case::script(json!({ "script": {} }), &["init"], &["wait", "main"])]
#[case::set(
    json!({ "containerSet": { "containers": [{ "name": "one" }, { "name": "main" }] } }),
    &["init"], &["wait", "one", "main"]
)]
#[case::sidecar(
    json!({ "container": {}, "sidecars": [{ "name": "beside" }] }),
    &["init"], &["wait", "main", "beside"]
)]
#[case::own_init(
    json!({ "container": {}, "initContainers": [{ "name": "first" }] }),
    &["init", "first"], &["wait", "main"]
)]
#[case::of_argo_alone(json!({ "data": {} }), &["init"], &["main"])]
fn every_container_of_a_pod_is_patched(
    #[case] template: Value,
    #[case] init: &[&str],
    #[case] containers: &[&str],
) {
    for settings in [restricted(), with_requests()] {
        let made = applied(&settings, workflow(&template), "3.7.18");
        let patch = patch(&made["spec"]["templates"][0]);
        assert_eq!(names(&patch["initContainers"]), init);
        assert_eq!(names(&patch["containers"]), containers);
    }
}

#[rstest]
#[case::steps(json!({ "steps": [[{ "name": "a", "template": "b" }]] }))]
#[case::suspend(json!({ "suspend": {} }))]
#[case::http(json!({ "http": { "url": "http://127.0.0.1/" } }))]
fn a_template_without_a_pod_of_its_own_stays(#[case] template: Value) {
    let made = applied(&restricted(), workflow(&template), "3.7.18");
    assert_eq!(made["spec"]["templates"][0], template);
}

#[rstest]
#[case::dag(json!({ "dag": { "tasks": [{ "inline": { "container": {} } }] } }), "/dag/tasks/0/inline")]
#[case::steps(json!({ "steps": [[{ "inline": { "script": {} } }]] }), "/steps/0/0/inline")]
#[case::deeper(
    json!({ "steps": [[{ "inline": { "dag": { "tasks": [{ "inline": { "container": {} } }] } } }]] }),
    "/steps/0/0/inline/dag/tasks/0/inline"
)]
fn an_inline_template_is_patched(#[case] template: Value, #[case] place: &str) {
    let made = applied(&restricted(), workflow(&template), "3.7.18");
    let inner = made["spec"]["templates"][0].pointer(place).expect("the template");
    assert_eq!(names(&patch(inner)["containers"]), ["wait", "main"]);
}

#[test]
fn a_restricted_pod_has_what_the_level_requires() {
    let made = applied(&restricted(), workflow(&json!({ "container": {} })), "3.7.18");
    let pod = &made["spec"]["securityContext"];
    assert_eq!(pod["runAsNonRoot"], true);
    assert_eq!(pod["seccompProfile"]["type"], "RuntimeDefault");
    assert_ne!(pod["runAsUser"], 0);
    let patch = patch(&made["spec"]["templates"][0]);
    for container in [&patch["initContainers"][0], &patch["containers"][0], &patch["containers"][1]]
    {
        let security = &container["securityContext"];
        assert_eq!(security["allowPrivilegeEscalation"], false, "{container}");
        assert_eq!(security["capabilities"]["drop"], json!(["ALL"]), "{container}");
    }
}

#[test]
fn a_container_with_resources_of_its_own_keeps_them() {
    let own = json!({ "container": { "resources": { "requests": { "cpu": "1" } } } });
    let made = applied(&with_requests(), workflow(&own), "3.7.18");
    let patch = patch(&made["spec"]["templates"][0]);
    assert_eq!(names(&patch["containers"]), ["wait"]);
    let requests = json!({ "cpu": "10m", "memory": "16Mi" });
    assert_eq!(patch["containers"][0]["resources"], json!({ "requests": requests }));
}

#[rstest]
#[case::workflow(json!({ "kind": "Workflow", "spec": {} }), "/spec")]
#[case::template(json!({ "kind": "WorkflowTemplate", "spec": {} }), "/spec")]
#[case::of_the_cluster(json!({ "kind": "ClusterWorkflowTemplate", "spec": {} }), "/spec")]
#[case::schedule(json!({ "kind": "CronWorkflow", "spec": { "workflowSpec": {} } }), "/spec/workflowSpec")]
fn every_object_that_makes_workflows_has_the_secret(#[case] object: Value, #[case] place: &str) {
    let made = applied(&with_secret(), object, "3.7.18");
    let spec = made.pointer(place).expect("a spec");
    assert_eq!(spec["imagePullSecrets"], json!([{ "name": "registry" }]));
}

#[rstest]
#[case::another(json!([{ "name": "mine" }]), &["mine", "registry"])]
#[case::the_same(json!([{ "name": "registry" }]), &["registry"])]
fn secrets_of_the_case_stay(#[case] own: Value, #[case] expected: &[&str]) {
    let object = json!({ "kind": "Workflow", "spec": { "imagePullSecrets": own } });
    let made = applied(&with_secret(), object, "3.7.18");
    assert_eq!(names(&made["spec"]["imagePullSecrets"]), expected);
}

#[rstest]
#[case::no_settings(PodSettings::default(), json!({ "kind": "Workflow", "spec": { "templates": [{ "container": {} }] } }))]
#[case::no_workflow(restricted(), json!({ "kind": "ConfigMap", "data": {}, "spec": {} }))]
fn an_object_stays(#[case] settings: PodSettings, #[case] object: Value) {
    assert_eq!(applied(&settings, object.clone(), "3.7.18"), object);
}

#[rstest]
#[case::no_field("3.4.18", restricted(), json!({ "strategy": "OnWorkflowDeletion" }), None)]
#[case::no_profile("3.5.0", restricted(), json!({ "strategy": "OnWorkflowDeletion" }), Some("securityContext"))]
#[case::image("4.1.2", with_secret(), json!({ "strategy": "OnWorkflowDeletion" }), Some("imagePullSecrets"))]
#[case::has_requests("4.1.2", with_requests(), json!({ "strategy": "OnWorkflowDeletion" }), None)]
#[case::collects_nothing("4.1.2", restricted(), Value::Null, None)]
fn pods_of_collection_are_patched(
    #[case] version: &str,
    #[case] settings: PodSettings,
    #[case] own: Value,
    #[case] field: Option<&str>,
) {
    let object = json!({ "kind": "Workflow", "spec": { "artifactGC": own } });
    let made = applied(&settings, object, version);
    let collection = &made["spec"]["artifactGC"];
    assert_eq!(collection["strategy"], own["strategy"]);
    match field {
        Some(field) => assert!(!patch(collection)[field].is_null(), "{collection}"),
        None => assert!(collection["podSpecPatch"].is_null(), "{collection}"),
    }
}

#[test]
fn collection_of_one_artifact_is_patched_without_a_strategy_of_the_workflow() {
    let artifact = json!({ "name": "a", "artifactGC": { "strategy": "OnWorkflowDeletion" } });
    let template = json!({ "container": {}, "outputs": { "artifacts": [artifact] } });
    let made = applied(&restricted(), workflow(&template), "3.5.15");
    assert!(made["spec"]["artifactGC"]["podSpecPatch"].is_string());
    assert!(made["spec"]["artifactGC"]["strategy"].is_null());
}

#[rstest]
#[case::nothing(json!({ "container": {} }), "3.7.18", None, None)]
#[case::own_user(json!({ "container": { "securityContext": { "runAsUser": 0 } } }), "3.7.18", Some(Unfit::OwnPods), None)]
#[case::own_patch(json!({ "container": {}, "podSpecPatch": "{}" }), "3.7.18", Some(Unfit::OwnPods), Some(Unfit::OwnPods))]
#[case::volume_of_the_host(
    json!({ "container": {}, "volumes": [{ "hostPath": { "path": "/" } }] }),
    "3.7.18",
    Some(Unfit::OwnPods),
    None
)]
#[case::other_objects(json!({ "resource": { "manifest": "kind: Job" } }), "3.7.18", Some(Unfit::OwnPods), Some(Unfit::OwnPods))]
#[case::collects(json!({ "outputs": { "artifacts": [{ "artifactGC": {} }] } }), "3.4.18", Some(Unfit::CollectionPods), None)]
#[case::collects_later(json!({ "outputs": { "artifacts": [{ "artifactGC": {} }] } }), "3.5.0", None, None)]
fn a_case_that_cannot_have_the_settings_is_unfit(
    #[case] template: Value,
    #[case] version: &str,
    #[case] restricted_is: Option<Unfit>,
    #[case] requests_are: Option<Unfit>,
) {
    let plan = Plan {
        case: "mine".to_owned(),
        workflow: workflow(&template),
        steps: Vec::new(),
        expects: Vec::new(),
    };
    let version: Version = version.parse().expect("a version");
    assert_eq!(restricted().unfit(&plan, Some(&version)), restricted_is);
    assert_eq!(with_requests().unfit(&plan, Some(&version)), requests_are);
    assert_eq!(with_secret().unfit(&plan, Some(&version)), None);
}

/// Only these of the suite's cases set the fields of their pods themselves.
#[test]
fn the_cases_of_the_suite_that_are_unfit() {
    let directory = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../cases"));
    let cases = crate::discover::cases(directory).cases;
    let version: Version = "3.7.18".parse().expect("a version");
    let unfit = |case: &&crate::Case| {
        restricted().unfit(&case.plan_on(Some(&version)), Some(&version)).is_some()
    };
    let unfit: Vec<&str> = cases.iter().filter(unfit).map(|case| case.id.as_str()).collect();
    let expected = [
        "interrupted/executor-killed",
        "interrupted/executor-killed-untouched",
        "upgrade/running-pod",
    ];
    assert_eq!(unfit, expected);
}

#[rstest]
#[case::none(&[], &[], &[])]
#[case::fits(&[("cpu", "100m")], &[("cpu", "1")], &[])]
#[case::no_number(&[("cpu", "much")], &[], &["invalid quantity of cpu: `much`"])]
#[case::above(&[("memory", "1Gi")], &[("memory", "64Mi")], &["invalid request of memory: 1Gi is above the limit 64Mi"])]
fn settings_have_problems(
    #[case] requests: &[(&str, &str)],
    #[case] limits: &[(&str, &str)],
    #[case] expected: &[&str],
) {
    let map = |of: &[(&str, &str)]| {
        of.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    };
    let settings = PodSettings { requests: map(requests), limits: map(limits), ..with_secret() };
    assert_eq!(settings.problems(), expected);
}

#[rstest]
#[case::none(PodSettings::default(), "as in the cases")]
#[case::restricted(restricted(), "Pod Security restricted")]
#[case::secret(with_secret(), "pull secret registry")]
#[case::requests(with_requests(), "requests cpu=10m,memory=16Mi")]
fn settings_have_words(#[case] settings: PodSettings, #[case] expected: &str) {
    assert_eq!(settings.to_string(), expected);
}
