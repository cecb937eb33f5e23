//! Executors that wait for the API server or the object store.
//!
//! An executor has little work before and after the containers of a pod. Without an answer of the
//! API server or the store it tries again for minutes, and says nothing. A network may drop
//! packets, and a store may hang. Both have no other sign in a run without a listing of the bucket.
//!
//! Four runs had 519 such works, at a load of up to 5 for each core. The longest was 2.3 s. Faults
//! of the store that cases cause are left out. A longer work than [`budgets::EXECUTOR_WORK`] is
//! trouble.

use std::collections::BTreeMap;

use model::argo_api::label::COMPONENT;
use model::history::Change;
use serde_json::Value;
use tokio::time::Instant;

use crate::budgets;

/// The containers of the executor.
const INIT: &str = "init";
const WAIT: &str = "wait";
/// The container of the template. In a pod of the collection it is the executor.
const MAIN: &str = "main";
/// Value of the label of the pods that collect artifacts.
const COLLECTION: &str = "artifact-gc";

/// The executors of a case that work now.
#[derive(Debug, Default)]
pub(super) struct ExecutorWaits {
    /// The start of the work, and the container, by the name of the pod.
    since: BTreeMap<String, (&'static str, Instant)>,
    /// The first wait that was too long. Its consequences stay to the case's end.
    found: Option<String>,
}

impl ExecutorWaits {
    /// Takes a pod. Returns the trouble if this event is the first to show it.
    pub(super) fn see(&mut self, change: Change, pod: &Value) -> Option<String> {
        let before = self.found.is_some();
        self.found = self.trouble();
        let name = pod["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        let working = works(pod).filter(|_| change != Change::Deleted);
        let known = self.since.get(&name).map(|(container, _)| *container);
        match working {
            Some(container) if known != Some(container) => {
                self.since.insert(name, (container, Instant::now()));
            }
            Some(_) => {}
            None => drop(self.since.remove(&name)),
        }
        self.found.clone().filter(|_| !before)
    }

    /// The first wait that was too long.
    pub(super) fn trouble(&self) -> Option<String> {
        let limit = budgets::EXECUTOR_WORK.time;
        let too_long = || self.since.iter().find(|(_, (_, since))| since.elapsed() > limit);
        let words = |(name, (container, _)): (&String, &(&str, Instant))| {
            let seconds = limit.as_secs();
            format!("container {container} of pod {name} has no answer for more than {seconds}s")
        };
        self.found.clone().or_else(|| too_long().map(words))
    }
}

/// The container of the executor that works alone in a pod.
fn works(pod: &Value) -> Option<&'static str> {
    let list = |list: &str| pod["status"][list].as_array().into_iter().flatten();
    let runs = |status: &Value| status["state"]["running"].is_object();
    let is = |name: &'static str| move |status: &&Value| status["name"] == name;
    if list("initContainerStatuses").find(is(INIT)).is_some_and(runs) {
        return Some(INIT);
    }
    let statuses = || list("containerStatuses");
    let main = statuses().find(is(MAIN));
    if pod["metadata"]["labels"][COMPONENT] == COLLECTION {
        return main.is_some_and(runs).then_some(MAIN);
    }
    let has_ended = |status: &Value| status["state"]["terminated"].is_object();
    let others_have_ended = || statuses().filter(|status| status["name"] != WAIT).all(has_ended);
    let is_alone = statuses().find(is(WAIT)).is_some_and(runs)
        && (main.is_some_and(has_ended) || others_have_ended());
    is_alone.then_some(WAIT)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use model::history::Change;
    use rstest::rstest;
    use serde_json::{Value, json};

    use super::ExecutorWaits;

    fn pod(component: &str, containers: &[(&str, &str)]) -> Value {
        let status =
            |(name, state): &(&str, &str)| json!({ "name": name, "state": { *state: {} } });
        let (init, rest): (Vec<_>, Vec<_>) =
            containers.iter().partition(|(name, _)| *name == "init");
        let statuses = |list: Vec<&(&str, &str)>| list.into_iter().map(status).collect::<Vec<_>>();
        json!({
            "metadata": { "name": "p", "labels": { "workflows.argoproj.io/component": component } },
            "status": { "initContainerStatuses": statuses(init), "containerStatuses": statuses(rest) },
        })
    }

    #[rstest]
    #[case::input("", &[("init", "running"), ("main", "waiting"), ("wait", "waiting")], Some("init"))]
    #[case::template("", &[("init", "terminated"), ("main", "running"), ("wait", "running")], None)]
    #[case::output("", &[("main", "terminated"), ("wait", "running")], Some("wait"))]
    #[case::output_beside_a_sidecar("",
        &[("main", "terminated"), ("db", "running"), ("wait", "running")], Some("wait"))]
    #[case::container_set("", &[("a", "terminated"), ("b", "running"), ("wait", "running")], None)]
    #[case::end_of_a_container_set("",
        &[("a", "terminated"), ("b", "terminated"), ("wait", "running")], Some("wait"))]
    #[case::over("", &[("main", "terminated"), ("wait", "terminated")], None)]
    #[case::collection("artifact-gc", &[("main", "running")], Some("main"))]
    #[case::agent("agent", &[("main", "running")], None)]
    #[tokio::test(start_paused = true)]
    async fn an_executor_that_works_for_long_is_trouble(
        #[case] component: &str,
        #[case] containers: &[(&str, &str)],
        #[case] expected: Option<&str>,
    ) {
        let mut waits = ExecutorWaits::default();
        let pod = pod(component, containers);
        assert_eq!(waits.see(Change::Added, &pod), None);
        tokio::time::advance(Duration::from_secs(6)).await;
        assert_eq!(waits.see(Change::Modified, &pod), None);
        tokio::time::advance(Duration::from_secs(1)).await;
        let words = expected.map(|container| {
            format!("container {container} of pod p has no answer for more than 6s")
        });
        assert_eq!(waits.trouble(), words);
        assert_eq!(waits.see(Change::Deleted, &pod), words);
        assert_eq!(waits.see(Change::Deleted, &pod), None, "it is told once");
        assert_eq!(waits.trouble(), words, "and stays");
    }

    /// Each container of the executor has its own time.
    #[tokio::test(start_paused = true)]
    async fn the_work_of_two_containers_is_not_added_up() {
        let mut waits = ExecutorWaits::default();
        for containers in [
            [("init", "running"), ("main", "waiting")],
            [("main", "terminated"), ("wait", "running")],
        ] {
            assert_eq!(waits.see(Change::Modified, &pod("", &containers)), None);
            tokio::time::advance(Duration::from_secs(5)).await;
        }
        assert_eq!(waits.trouble(), None);
    }
}
