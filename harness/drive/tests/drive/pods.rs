//! The settings for the pods of cases, in each object that makes workflows.

use model::StepKind;
use model::pod_settings::{PodSecurity, PodSettings};
use serde_json::{Value, json};

use crate::bench::{Bench, NAMESPACE, WORKFLOW, plan};

fn settings() -> PodSettings {
    PodSettings {
        security: PodSecurity::Restricted,
        pull_secrets: vec!["registry".to_owned()],
        ..PodSettings::default()
    }
}

fn object(kind: &str, spec: &Value) -> Value {
    json!({ "apiVersion": "argoproj.io/v1alpha1", "kind": kind, "metadata": { "name": "mine" },
        "spec": spec })
}

#[tokio::test(start_paused = true)]
async fn every_object_that_makes_workflows_has_the_settings() {
    let templates = json!({ "templates": [{ "name": "a", "container": { "image": "i" } }] });
    let objects = vec![
        object("WorkflowTemplate", &templates),
        object("CronWorkflow", &json!({ "workflowSpec": templates })),
    ];
    let mut bench = Bench::new().await;
    bench.pods = settings();
    let apply = StepKind::Apply { objects, file: "more.yaml".to_owned() };
    bench.run(plan([apply])).ended().await;
    let made = [
        ("workflows", WORKFLOW, "/spec"),
        ("workflowtemplates", "mine", "/spec"),
        ("cronworkflows", "mine", "/spec/workflowSpec"),
    ];
    for (plural, name, place) in made {
        let object = bench.api.object(plural, NAMESPACE, name).expect(plural);
        let spec = object.pointer(place).expect("a spec");
        assert_eq!(spec["securityContext"]["runAsNonRoot"], true, "{plural}");
        assert_eq!(spec["imagePullSecrets"], json!([{ "name": "registry" }]), "{plural}");
        assert!(spec["templates"][0]["podSpecPatch"].is_string(), "{plural}");
    }
}
