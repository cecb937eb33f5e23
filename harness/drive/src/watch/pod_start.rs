//! Pods that wait for their node.
//!
//! A busy node is Ready all the same. Such a node starts containers late, reports their ends late,
//! or fails to start them. Argo is not at fault for the work that its pods then do not do.
//!
//! A node is unhealthy if one pod waits longer than [`budgets::POD_START`] in all. A pod waits for
//! the start of its containers, and for the report of their ends. All pods of a
//! case have a limit too: that limit, and [`budgets::FURTHER_POD_START`] for each further pod. Both
//! limits are choices. Measurements:
//!
//! | pods | waits |
//! |---|---|
//! | 1132 pods of a matrix, six cases a core | at most 7.7 s |
//! | 121 pods of a run, quiet machine | at most 9.3 s |
//! | pods of overloaded machines, where a claim ran out of time that holds elsewhere | 13 to 19 s |
//! | all pods of one case on an overloaded slow machine, where a claim ran out of time | 6 s in the mean |
//! | all pods of a case on a slow machine, four runs | 3.7 s in the mean |

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use model::history::Change;
use serde_json::Value;
use tokio::time::Instant;

use crate::budgets;

/// The largest error of the time between a container's start and end, both in whole seconds.
const WHOLE_SECOND: Duration = Duration::from_secs(1);

/// Reasons of a container that waits for its node alone. A missing image and a wrong configuration
/// have reasons of their own.
const STARTING: [&str; 2] = ["ContainerCreating", "PodInitializing"];

/// Reasons of a container that the runtime did not start. The message tells the node's fault from a
/// wrong command, image or volume.
const NOT_STARTED: [&str; 3] = ["StartError", "ContainerCannotRun", "RunContainerError"];
/// Parts of the runtime's message where the node lacks something. The first was seen with runc on a
/// busy node with cgroups v1 ("error setting cgroup config …: unable to freeze").
const LACKS: [&str; 3] = ["cgroup", "no space left on device", "deadline exceeded"];

/// The pods that wait, and the container that the node failed to start.
#[derive(Debug, Default)]
pub(super) struct PodStarts {
    /// The waits of the pods that exist, by name.
    waiting: HashMap<String, Wait>,
    /// The wait of each deleted pod.
    deleted: Vec<Duration>,
    /// The first container that the node failed to start. The node stays unhealthy to the case's
    /// end.
    failed: Option<String>,
}

/// The waits of a pod for its node.
#[derive(Debug, Default)]
struct Wait {
    /// The sum of the waits that are over.
    before: Duration,
    /// The start of the wait for a container's start.
    since: Option<Instant>,
    /// The first event that showed each running container, by name.
    running: HashMap<String, Instant>,
}

impl Wait {
    fn in_all(&self) -> Duration {
        self.before + self.since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    fn see(&mut self, pod: &Value) {
        if waits(pod) {
            self.since = self.since.or_else(|| Some(Instant::now()));
        } else {
            self.before = self.in_all();
            self.since = None;
        }
        for container in containers(pod) {
            let name = container["name"].as_str().unwrap_or_default();
            if container["state"]["running"].is_object() {
                self.running.entry(name.to_owned()).or_insert_with(Instant::now);
            } else if let Some(ran) = lasted(&container["state"]["terminated"])
                && let Some(since) = self.running.remove(name)
            {
                self.before += since.elapsed().saturating_sub(ran + WHOLE_SECOND);
            }
        }
    }
}

impl PodStarts {
    /// Takes a pod. Returns the trouble of the node if this event is the first to show it. The next
    /// call to [`Self::trouble`] may not return the same trouble.
    pub(super) fn see(&mut self, change: Change, pod: &Value) -> Option<String> {
        let name = pod["metadata"]["name"].as_str().unwrap_or_default();
        let mut late = None;
        if change == Change::Deleted {
            self.deleted.extend(self.waiting.remove(name).map(|wait| wait.in_all()));
        } else {
            let together = self.together();
            let wait = self.waiting.entry(name.to_owned()).or_default();
            let before = wait.in_all();
            wait.see(pod);
            late = (before <= budgets::POD_START.time && wait.in_all() > budgets::POD_START.time)
                .then(|| waited(name, wait));
            late = late.or_else(|| self.together().filter(|_| together.is_none()));
        }
        if self.failed.is_none()
            && let Some(said) = said_of_the_node(pod)
        {
            let failed = format!("it could not start a container of pod {name}: {said}");
            return self.failed.insert(failed).clone().into();
        }
        late
    }

    /// The trouble of the node. A failed start comes first. A pod's own wait comes before the waits
    /// of all pods together. Waits count only while some pod waits.
    pub(super) fn trouble(&self) -> Option<String> {
        if let Some(failed) = &self.failed {
            return Some(failed.clone());
        }
        let waiting = self.waiting.iter().filter(|(_, wait)| wait.since.is_some());
        let (name, wait) = waiting.max_by_key(|(_, wait)| wait.in_all())?;
        if wait.in_all() > budgets::POD_START.time {
            Some(waited(name, wait))
        } else {
            self.together()
        }
    }

    /// The trouble of the node if the waits of all pods together are too long.
    fn together(&self) -> Option<String> {
        let all = self.waiting.values().map(Wait::in_all).chain(self.deleted.iter().copied());
        let all: Vec<Duration> = all.filter(|wait| !wait.is_zero()).collect();
        let others = u32::try_from(all.len().checked_sub(1)?).unwrap_or(u32::MAX);
        let sum: Duration = all.iter().sum();
        (others > 0 && sum > budgets::POD_START.time + budgets::FURTHER_POD_START.time * others)
            .then(|| {
                let (pods, seconds) = (all.len(), sum.as_secs());
                format!(
                    "{pods} pods have waited {seconds}s in all for it to start their containers"
                )
            })
    }
}

fn waited(name: &str, wait: &Wait) -> String {
    let seconds = wait.in_all().as_secs();
    format!("pod {name} has waited {seconds}s for it to start its containers and to say their end")
}

/// The time that a container ran by the node's own clock. `None` while the container runs.
fn lasted(terminated: &Value) -> Option<Duration> {
    let time = |field: &str| terminated[field].as_str()?.parse::<Timestamp>().ok();
    time("finishedAt")?.duration_since(time("startedAt")?).try_into().ok()
}

/// Whether a pod is on its node and waits for the node to start the next container.
fn waits(pod: &Value) -> bool {
    let status = &pod["status"];
    let held_up = |state: &Value| {
        let reason = state["waiting"]["reason"].as_str();
        state["running"].is_object() || reason.is_some_and(|reason| !STARTING.contains(&reason))
    };
    pod["spec"]["nodeName"].is_string()
        && pod["metadata"]["deletionTimestamp"].is_null()
        && status["phase"] == "Pending"
        && !states(pod).any(held_up)
}

/// The runtime's message about the node for a container that did not start.
fn said_of_the_node(pod: &Value) -> Option<&str> {
    let ends = states(pod).flat_map(|state| [&state["terminated"], &state["waiting"]]);
    let not_started =
        ends.filter(|end| end["reason"].as_str().is_some_and(|r| NOT_STARTED.contains(&r)));
    let mut said = not_started.filter_map(|end| end["message"].as_str());
    said.find(|said| LACKS.iter().any(|lack| said.contains(lack)))
}

/// The states of all containers, init containers first.
pub(super) fn states(pod: &Value) -> impl Iterator<Item = &Value> {
    containers(pod).map(|container| &container["state"])
}

/// The statuses of all containers, init containers first.
fn containers(pod: &Value) -> impl Iterator<Item = &Value> {
    let lists = ["initContainerStatuses", "containerStatuses"].map(|list| &pod["status"][list]);
    lists.into_iter().filter_map(Value::as_array).flatten()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use model::history::Change;
    use rstest::rstest;
    use serde_json::{Value, json};

    use super::PodStarts;

    fn pod(init: &Value, main: &Value) -> Value {
        json!({ "metadata": { "name": "p" }, "spec": { "nodeName": "one" }, "status": {
            "phase": "Pending",
            "initContainerStatuses": [{ "name": "init", "state": init }],
            "containerStatuses": [{ "name": "main", "state": main }],
        } })
    }

    fn waiting(reason: &str) -> Value {
        json!({ "waiting": { "reason": reason } })
    }

    fn patched(mut pod: Value, pointer: &str, value: Value) -> Value {
        let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
        pod.pointer_mut(parent).expect("the parent")[key] = value;
        pod
    }

    fn created() -> Value {
        pod(&waiting("PodInitializing"), &waiting("PodInitializing"))
    }

    #[rstest]
    #[case::nothing_of_it_yet(patched(created(), "/status", json!({ "phase": "Pending" })), true)]
    #[case::its_init_container(pod(&waiting("ContainerCreating"), &waiting("PodInitializing")), true)]
    #[case::its_container(
        pod(&json!({ "terminated": { "exitCode": 0 } }), &waiting("PodInitializing")), true)]
    #[case::one_runs(pod(&json!({ "running": {} }), &waiting("PodInitializing")), false)]
    #[case::no_image(pod(&waiting("ErrImageNeverPull"), &waiting("PodInitializing")), false)]
    #[case::no_secret(
        pod(&waiting("PodInitializing"), &waiting("CreateContainerConfigError")), false)]
    #[case::no_node(patched(created(), "/spec", json!({})), false)]
    #[case::over(patched(created(), "/status/phase", json!("Failed")), false)]
    #[case::being_deleted(
        patched(created(), "/metadata/deletionTimestamp", json!("2026-01-01T00:00:00Z")), false)]
    #[tokio::test(start_paused = true)]
    async fn a_node_that_does_not_start_a_pod_is_unhealthy(
        #[case] pod: Value,
        #[case] unhealthy: bool,
    ) {
        let mut pod_starts = PodStarts::default();
        pod_starts.see(Change::Added, &pod);
        tokio::time::advance(Duration::from_secs(9)).await;
        // Another change of the pod does not end the wait.
        pod_starts.see(Change::Modified, &pod);
        assert_eq!(pod_starts.trouble(), None);
        tokio::time::advance(Duration::from_secs(4)).await;
        let expected = unhealthy.then(|| WAITED.to_owned());
        assert_eq!(pod_starts.trouble(), expected);
    }

    const WAITED: &str = "pod p has waited 13s for it to start its containers and to say their end";

    /// The time of an init container's own work does not count.
    #[tokio::test(start_paused = true)]
    async fn what_each_container_waits_is_added_up() {
        let in_between = pod(&json!({ "running": {} }), &waiting("PodInitializing"));
        let to_go_on = pod(&json!({ "terminated": {} }), &waiting("PodInitializing"));
        let mut pod_starts = PodStarts::default();
        for (then, seconds) in [(created(), 7), (in_between, 60), (to_go_on, 5)] {
            pod_starts.see(Change::Modified, &then);
            tokio::time::advance(Duration::from_secs(seconds)).await;
            assert_eq!(pod_starts.trouble(), None);
        }
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(pod_starts.trouble().as_deref(), Some(WAITED));
    }

    fn called(name: &str, pod: Value) -> Value {
        patched(pod, "/metadata/name", json!(name))
    }

    /// Two pods at a time and one after them. No wait is too long by itself.
    #[rstest]
    #[case::as_long_as_may_be(8, 8, None)]
    #[case::too_long(8, 9, Some("3 pods have waited 25s in all for it to start their containers"))]
    #[tokio::test(start_paused = true)]
    async fn what_all_pods_wait_is_added_up(
        #[case] two: u64,
        #[case] third: u64,
        #[case] expected: Option<&str>,
    ) {
        let runs = || pod(&json!({ "running": {} }), &waiting("PodInitializing"));
        let mut pod_starts = PodStarts::default();
        for name in ["a", "b"] {
            assert_eq!(pod_starts.see(Change::Added, &called(name, created())), None);
        }
        tokio::time::advance(Duration::from_secs(two)).await;
        for (change, name) in [(Change::Modified, "a"), (Change::Deleted, "b")] {
            assert_eq!(pod_starts.see(change, &called(name, runs())), None);
        }
        assert_eq!(pod_starts.see(Change::Added, &called("c", created())), None);
        tokio::time::advance(Duration::from_secs(third)).await;
        assert_eq!(pod_starts.trouble().as_deref(), expected);
        assert_eq!(pod_starts.see(Change::Modified, &called("c", runs())), None);
        assert_eq!(pod_starts.trouble(), None, "nothing waits");
    }

    /// No wait is too long by itself, even with the late report of one container's end.
    #[tokio::test(start_paused = true)]
    async fn what_all_pods_wait_is_told_when_the_last_of_it_is_known() {
        let mut pod_starts = PodStarts::default();
        for name in ["a", "b"] {
            pod_starts.see(Change::Added, &called(name, created()));
        }
        tokio::time::advance(Duration::from_secs(8)).await;
        for name in ["a", "b"] {
            pod_starts
                .see(Change::Modified, &called(name, pod(&json!({ "running": {} }), &json!({}))));
        }
        tokio::time::advance(Duration::from_secs(5)).await;
        let ended =
            json!({ "startedAt": "2026-01-01T00:00:00Z", "finishedAt": "2026-01-01T00:00:01Z" });
        let then = called("a", pod(&json!({ "terminated": ended }), &json!({ "running": {} })));
        let told = pod_starts.see(Change::Modified, &then);
        let expected = "2 pods have waited 19s in all for it to start their containers";
        assert_eq!(told.as_deref(), Some(expected));
        assert_eq!(pod_starts.see(Change::Modified, &then), None, "it is told once");
    }

    /// A container with a run time by the node's clock, and a later report of its end.
    #[rstest]
    #[case::at_once(20, 20, false)]
    #[case::as_late_as_can_be(20, 33, false)]
    #[case::too_late(20, 34, true)]
    #[tokio::test(start_paused = true)]
    async fn a_node_that_says_late_that_a_container_ended_is_unhealthy(
        #[case] ran: u64,
        #[case] told: u64,
        #[case] unhealthy: bool,
    ) {
        let mut pod_starts = PodStarts::default();
        assert_eq!(
            pod_starts.see(Change::Added, &pod(&json!({ "running": {} }), &json!({}))),
            None
        );
        tokio::time::advance(Duration::from_secs(told)).await;
        let finished = format!("2026-01-01T00:00:{ran}Z");
        let ended = json!({ "startedAt": "2026-01-01T00:00:00Z", "finishedAt": finished });
        let then = pod(&json!({ "terminated": ended }), &json!({ "running": {} }));
        let trouble = pod_starts.see(Change::Modified, &then);
        assert_eq!(trouble.as_deref(), unhealthy.then_some(WAITED));
        // It is told once.
        assert_eq!(pod_starts.see(Change::Modified, &then), None);
        assert_eq!(pod_starts.trouble(), None);
    }

    fn not_started(reason: &str, message: &str) -> Value {
        json!({ "exitCode": 128, "reason": reason, "message": message })
    }

    const FROZEN: &str = "runc create failed: error setting cgroup config: unable to freeze";

    #[rstest]
    #[case::of_the_node(
        pod(&json!({ "terminated": not_started("StartError", FROZEN) }), &json!({})), true)]
    #[case::to_be_tried_again(
        pod(&json!({}), &json!({ "waiting": not_started("RunContainerError", FROZEN) })), true)]
    #[case::of_the_pod(pod(&json!({}), &json!({ "terminated": not_started(
        "StartError", "exec: \"nothing\": executable file not found in $PATH") })), false)]
    #[case::of_its_program(
        pod(&json!({}), &json!({ "terminated": not_started("Error", "cgroup") })), false)]
    fn a_node_that_cannot_start_a_container_is_unhealthy(
        #[case] then: Value,
        #[case] unhealthy: bool,
    ) {
        let mut pod_starts = PodStarts::default();
        let told = pod_starts.see(Change::Modified, &then);
        assert_eq!(told.is_some(), unhealthy, "{told:?}");
        let trouble = pod_starts.trouble();
        assert_eq!(trouble, told);
        // It is told once, and stays.
        assert_eq!(pod_starts.see(Change::Deleted, &then), None);
        assert_eq!(pod_starts.trouble(), trouble);
    }

    #[rstest]
    #[case::started(Change::Modified, pod(&json!({ "running": {} }), &waiting("PodInitializing")))]
    #[case::gone(Change::Deleted, created())]
    #[tokio::test(start_paused = true)]
    async fn a_pod_that_waits_no_longer_is_forgotten(#[case] change: Change, #[case] then: Value) {
        let mut pod_starts = PodStarts::default();
        pod_starts.see(Change::Added, &created());
        tokio::time::advance(Duration::from_secs(13)).await;
        assert!(pod_starts.trouble().is_some());
        pod_starts.see(change, &then);
        assert_eq!(pod_starts.trouble(), None);
    }
}
