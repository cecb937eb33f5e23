//! The cases in three shards, from inside the cluster that they test. The test applies the shipped
//! Indexed Job, with the image that the program makes of itself.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use crate::begun::check;
use crate::up::{Up, harness, output};

const JOB: &str = include_str!("../../../../manifests/in-cluster/job.yaml");
/// Path of the cluster's own directory `results` on the node.
const RESULTS: &str = "/run/ac/results";
/// Number of shards of the Job.
const SHARDS: usize = 3;
/// Cases that take little time and have no variants: a shard has two. The first has a known issue
/// on every version. One shard ends with a warning for that reason, and the whole does too.
const CASES: [&str; 6] = [
    "artifact-gc/inline-template",
    "artifact-gc/never-written-key",
    "artifact-gc/nothing-to-collect",
    "exit-handler/manual-retry",
    "hooks/bad-expression",
    "suspend/default-output",
];

/// The merged verdicts of the shards are those of one run.
pub(crate) fn in_parts() -> Result<(), String> {
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).map_err(|e| e.to_string())?;
    let (directory, image) = (directory.path(), directory.path().join("image.tar"));
    output(with_cases(harness().args(["image", "--output"]).arg(&image)))?;
    let up = Up::begin(&["--load-image", &image.display().to_string()])?;
    // A path of this machine need not be one of the node: a sandbox has mounts of its own.
    let results = up.directory().join("results");
    std::fs::create_dir(&results).map_err(|e| e.to_string())?;
    up.apply(&prepared(&up))?;
    let prepare = prepare()?;
    up.apply(&prepare)?;
    up.apply(&job(&up))?;
    let object = json!({ "apiVersion": "batch/v1", "kind": "Job",
        "metadata": { "name": "argo-conformance", "namespace": "argo-conformance" } });
    let ended = |job: &Value| has(job, "Complete") || has(job, "Failed");
    let job = up.wait(&object, "ended", ended)?;
    let (passed, warned) = (&job["status"]["succeeded"], &job["status"]["failed"]);
    check(*passed == SHARDS - 1 && *warned == 1, &format!("{:#}", job["status"]))?;
    let merged = directory.join("merged");
    let mut merge = harness();
    let shards = (0..SHARDS).map(|shard| results.join(shard.to_string()));
    warning(merge.arg("merge").args(shards).arg("--out").arg(&merged))?;
    let whole = directory.join("whole");
    let mut run = harness();
    run.args(["run", "--on", &up.slot, "--known-issues", "expect", "--out"]).arg(&whole);
    warning(with_cases(&mut run))?;
    let (merged, whole) = (verdicts(&merged)?, verdicts(&whole)?);
    check(whole.len() == CASES.len(), &format!("{whole:?}"))?;
    check(merged == whole, &format!("in shards {merged:?}\nas a whole {whole:?}"))
}

/// A command that ends with a warning: a known issue was accepted.
fn warning(command: &mut std::process::Command) -> Result<(), String> {
    let output = command.output().map_err(|e| e.to_string())?;
    let said = String::from_utf8_lossy(&output.stderr);
    check(output.status.code() == Some(2), &format!("{}: {said}", output.status))
}

fn with_cases(command: &mut std::process::Command) -> &mut std::process::Command {
    command.arg("--cases").arg(crate::cases());
    command.args(CASES.iter().flat_map(|case| ["--case", case]))
}

/// The namespaces of every shard.
fn prepare() -> Result<String, String> {
    let names =
        (0..SHARDS).flat_map(|shard| ["a", "b"].map(|of| format!("conformance-{shard}-{of}")));
    let mut prepare = harness();
    prepare.arg("prepare").args(names).args(["--account", "argo-conformance:argo-conformance"]);
    Ok(String::from_utf8_lossy(&output(&mut prepare)?.stdout).into_owned())
}

/// The objects that the Job's comment requires: an account, the keys of the object store, a volume.
fn prepared(up: &Up) -> String {
    let named = |name: &str| json!({ "name": name, "namespace": "argo-conformance" });
    let capacity = json!({ "storage": "1Gi" });
    let objects = [
        json!({ "apiVersion": "v1", "kind": "Namespace",
            "metadata": { "name": "argo-conformance" } }),
        json!({ "apiVersion": "v1", "kind": "ServiceAccount",
            "metadata": named("argo-conformance") }),
        json!({ "apiVersion": "v1", "kind": "Secret", "metadata": named("argo-conformance-store"),
            "stringData": { "user": up.store.user, "password": up.store.password } }),
        json!({ "apiVersion": "v1", "kind": "PersistentVolume",
            "metadata": { "name": "argo-conformance-results" },
            "spec": { "capacity": capacity, "accessModes": ["ReadWriteMany"],
                "storageClassName": "", "hostPath": { "path": RESULTS },
                "claimRef": named("argo-conformance-results") } }),
        json!({ "apiVersion": "v1", "kind": "PersistentVolumeClaim",
            "metadata": named("argo-conformance-results"),
            "spec": { "accessModes": ["ReadWriteMany"], "storageClassName": "",
                "volumeName": "argo-conformance-results",
                "resources": { "requests": capacity } } }),
    ];
    objects.map(|object| object.to_string()).join("\n---\n")
}

/// The Job as it is shipped, with this store.
fn job(up: &Up) -> String {
    JOB.replace("http://STORE:9000", &format!("http://{}", up.store.endpoint))
        .replace("=argo-artifacts", &format!("={}", up.store.bucket))
        .replace(
            "- --known-issues",
            "- --shell-image=argo-conformance/shell:1\n            - --known-issues",
        )
}

fn has(job: &Value, condition: &str) -> bool {
    let conditions = job["status"]["conditions"].as_array().into_iter().flatten();
    conditions.into_iter().any(|c| c["type"] == condition && c["status"] == "True")
}

/// The verdict of each case of a run.
fn verdicts(directory: &Path) -> Result<BTreeMap<String, String>, String> {
    let text = std::fs::read_to_string(directory.join("run.json")).map_err(|e| e.to_string())?;
    let report: Value = serde_json::from_str(&text).map_err(|e| e.to_string())?;
    let verdicts = report["verdicts"].as_array().into_iter().flatten();
    let verdict = |judged: &Value| {
        let verdict = &judged["verdict"];
        (verdict["case"].to_string(), verdict["verdict"].to_string())
    };
    Ok(verdicts.map(verdict).collect())
}
