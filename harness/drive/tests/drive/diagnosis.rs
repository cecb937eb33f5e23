//! Diagnosis: the files about a case, collected within a time limit.

use std::time::Duration;

use drive::diagnosis;
use tokio::time::Instant;

use crate::api::Fault;
use crate::bench::{Bench, NAMESPACE};

const FILES: [&str; 7] = [
    "controller.log",
    "events.json",
    "gc-tasks.json",
    "pods.json",
    "role-bindings.json",
    "task-results.json",
    "workflows.json",
];

/// The names of the files, in order, and the content of one file.
async fn collected(bench: &Bench, name: &str) -> (Vec<String>, String) {
    let directory = bench.history().with_file_name("diagnosis");
    diagnosis::collect(&bench.installation, NAMESPACE, &directory).await;
    let files = std::fs::read_dir(&directory).expect("a directory").filter_map(Result::ok);
    let mut names: Vec<String> =
        files.map(|file| file.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    (names, std::fs::read_to_string(directory.join(name)).expect("a file"))
}

#[tokio::test(start_paused = true)]
async fn what_there_is_is_collected() {
    let bench = Bench::new().await;
    bench.api.put(&serde_json::json!({ "apiVersion": "v1", "kind": "Pod",
        "metadata": { "name": "p1", "namespace": NAMESPACE },
        "spec": { "initContainers": [{ "name": "init", "env": [
            { "name": "AWS_SECRET_ACCESS_KEY", "value": "the-key" }] }] } }));
    let (names, pods) = collected(&bench, "pods.json").await;
    assert_eq!(names, FILES);
    assert!(pods.contains("\"p1\""), "{pods}");
    assert!(pods.contains("AWS_SECRET_ACCESS_KEY") && !pods.contains("the-key"), "{pods}");
}

#[tokio::test(start_paused = true)]
async fn an_api_server_that_is_silent_holds_it_up_for_ten_seconds() {
    let bench = Bench::new().await;
    bench.api.fault("list", "/", Fault::Hang);
    let began = Instant::now();
    let (names, pods) = collected(&bench, "pods.json").await;
    assert_eq!(names, FILES);
    assert_eq!(pods, "cannot be had: no answer within 10s\n");
    assert_eq!(began.elapsed().as_secs(), Duration::from_secs(10).as_secs());
}
