//! The sweep of killed runs on a Kubernetes API in memory.

use std::path::{Path, PathBuf};

use rstest::rstest;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Swept, record, sweep_by};
use crate::fake_api::{FakeApi, NAMESPACE};

/// A run that was killed.
const RUN: &str = "run-1";
/// The object that every namespace has.
const ACCOUNT: &str = "/api/v1/namespaces/ns/serviceaccounts/default";

/// A cache with the private directory of a killed run, which wrote into the namespace.
struct Bench {
    api: FakeApi,
    cache: TempDir,
}

impl Bench {
    fn new() -> Self {
        let cache = tempfile::tempdir().expect("a directory");
        let directory = cache.path().join("private").join(RUN);
        std::fs::create_dir_all(&directory).expect("directories");
        std::fs::write(directory.with_extension("lock"), "").expect("write");
        record(&directory, &[NAMESPACE.to_owned()]).expect("write");
        Self { api: FakeApi::new(), cache }
    }

    fn directory(&self) -> PathBuf {
        self.cache.path().join("private").join(RUN)
    }

    /// Puts an object with the label of a run into the namespace.
    fn put(&self, path: &str, run: &str, finalizers: &Value) {
        let labels = json!({ "argo-conformance/run": run });
        let metadata = json!({ "labels": labels, "finalizers": finalizers });
        self.api.put(&format!("/{path}"), &json!({ "metadata": metadata }));
    }

    /// Reserves the namespace for a run.
    fn hold(&self, run: &str) {
        let spec = json!({ "spec": { "holderIdentity": run } });
        self.api.put("/apis/coordination.k8s.io/v1/namespaces/ns/leases/argo-conformance", &spec);
    }

    async fn sweep(&self) -> Swept {
        let connect = |_: &Path| Ok(self.api.client());
        sweep_by(self.cache.path(), connect).await.expect("the directory can be removed")
    }
}

#[rstest]
#[case::keys("api/v1/namespaces/ns/secrets/artifact-store")]
#[case::repository("api/v1/namespaces/ns/configmaps/artifact-repositories")]
#[case::quota("api/v1/namespaces/ns/resourcequotas/quota")]
#[case::role("apis/rbac.authorization.k8s.io/v1/namespaces/ns/roles/artifact-gc")]
#[case::binding("apis/rbac.authorization.k8s.io/v1/namespaces/ns/rolebindings/artifact-gc")]
#[case::workflow("apis/argoproj.io/v1alpha1/namespaces/ns/workflows/canary")]
#[case::template("apis/argoproj.io/v1alpha1/namespaces/ns/workflowtemplates/t")]
#[case::schedule("apis/argoproj.io/v1alpha1/namespaces/ns/cronworkflows/c")]
#[tokio::test(start_paused = true)]
async fn a_sweep_removes_each_kind_of_object_of_a_killed_run(#[case] path: &str) {
    let bench = Bench::new();
    bench.hold(RUN);
    bench.put(path, RUN, &Value::Null);
    let swept = bench.sweep().await;
    assert!(swept.failed.is_empty(), "{swept:?}");
    assert_eq!((swept.directories, swept.namespaces), (1, 1));
    assert_eq!(bench.api.left(), [ACCOUNT]);
    assert!(!bench.directory().exists());
}

#[tokio::test(start_paused = true)]
async fn a_sweep_takes_the_finalizers_of_a_workflow() {
    let bench = Bench::new();
    let path = "apis/argoproj.io/v1alpha1/namespaces/ns/workflows/canary";
    bench.put(path, RUN, &json!(["workflows.argoproj.io/artifact-gc"]));
    let swept = bench.sweep().await;
    assert!(swept.failed.is_empty(), "{swept:?}");
    assert_eq!(bench.api.left(), [ACCOUNT]);
}

/// The credential goes, and the sweep names what stays.
#[rstest]
#[case::no_longer_prepared(
    |bench: &Bench| bench.api.put("/api/v1/namespaces/ns", &json!({})),
    "is not prepared"
)]
#[case::no_answer(
    |bench: &Bench| bench.api.refuse("DELETE", "/secrets", 500, "etcd is slow"),
    "etcd is slow"
)]
#[tokio::test(start_paused = true)]
async fn an_object_that_stays_is_told_and_the_credential_goes(
    #[case] break_it: fn(&Bench),
    #[case] expected: &str,
) {
    let bench = Bench::new();
    let path = "api/v1/namespaces/ns/secrets/artifact-store";
    bench.put(path, RUN, &Value::Null);
    break_it(&bench);
    let swept = bench.sweep().await;
    let [problem] = swept.failed.as_slice() else { panic!("{swept:?}") };
    assert!(problem.message.contains(expected), "{problem:?}");
    assert!(problem.message.contains(RUN) && problem.message.contains(NAMESPACE), "{problem:?}");
    assert!(problem.hint.is_some());
    assert!(bench.api.left().contains(&format!("/{path}")));
    assert!(!bench.directory().exists());
}

/// The check of that run removes the objects of killed runs.
#[tokio::test(start_paused = true)]
async fn the_objects_in_a_namespace_of_a_running_run_stay() {
    let bench = Bench::new();
    let path = "api/v1/namespaces/ns/secrets/artifact-store";
    bench.put(path, RUN, &Value::Null);
    bench.hold("run-2");
    bench.api.renew_leases();
    let swept = bench.sweep().await;
    assert!(swept.failed.is_empty(), "{swept:?}");
    assert!(bench.api.left().contains(&format!("/{path}")));
    assert!(!bench.directory().exists());
}

/// The other run was killed too, and its directory is on another machine.
#[tokio::test(start_paused = true)]
async fn the_objects_of_another_run_stay() {
    let bench = Bench::new();
    let path = "api/v1/namespaces/ns/secrets/artifact-store";
    bench.put(path, "run-2", &Value::Null);
    let swept = bench.sweep().await;
    assert!(swept.failed.is_empty(), "{swept:?}");
    assert!(bench.api.left().contains(&format!("/{path}")));
}

#[tokio::test(start_paused = true)]
async fn a_run_that_was_killed_before_it_wrote_asks_nothing() {
    let bench = Bench::new();
    std::fs::remove_file(bench.directory().join("namespaces.json")).expect("a record");
    let swept = bench.sweep().await;
    assert_eq!((swept.directories, swept.namespaces, swept.failed.len()), (1, 0, 0));
}
