//! Time budgets of the driver.

use std::time::Duration;

model::budgets! {
    /// Wait for the service account of a new namespace.
    patience SERVICE_ACCOUNT = Duration::from_mins(1);

    /// Run of a step that does not wait. A longer step has an unknown outcome.
    promise STEP = Duration::from_mins(1);

    /// Run of a step that replaces the installation. A longer step has an unknown outcome.
    promise REPLACEMENT = Duration::from_mins(3);

    /// Run of a step that disturbs the controllers, without the time of a freeze. A Lease ends
    /// after 15 s. A longer step has an unknown outcome.
    promise FAILOVER = Duration::from_mins(2);

    /// Wait for the watch to show the effect of a step. A later effect makes the outcome of the
    /// step unknown.
    promise STEP_EFFECT = Duration::from_secs(30);

    /// Wait for the API server to act on a changed role. A later effect makes the outcome of the
    /// step unknown.
    promise RIGHT_EFFECT = Duration::from_secs(15);

    /// Wait for the answer to a health probe. A part without an answer is unhealthy.
    promise PROBE_ANSWER = Duration::from_secs(5);

    /// Time between two heartbeats of the harness. A longer time makes the harness unhealthy.
    promise HEARTBEAT = Duration::from_secs(3);

    /// Time of an open watch without an event and without a bookmark. A longer silence makes the
    /// watch unhealthy. The API server sends a bookmark about once a minute.
    promise WATCH_SILENCE = Duration::from_secs(90);

    /// Wait for the watch to show everything that a list showed. A longer delay makes the watch
    /// unhealthy. Watches take milliseconds.
    promise WATCH_DELAY = Duration::from_secs(10);

    /// Wait for the answer to a list, and for the start of a watch.
    patience WATCH_ANSWER = Duration::from_secs(5);

    /// Waits of one pod for its node, added up. A node with a longer wait is unhealthy for the
    /// case. The measurements stand beside the rule in `watch::pod_start`.
    promise POD_START = Duration::from_secs(12);

    /// Addition to the limit of the waits of all pods of a case, for each further pod that waited.
    promise FURTHER_POD_START = Duration::from_secs(6);

    /// Postponement of a workflow by the controller. A longer one shows a limit of parallel
    /// workflows. The rule stands in `watch::postponed`.
    promise POSTPONEMENT = Duration::from_secs(5);

    /// Work of an executor before or after the containers of a pod. A longer one shows that nobody
    /// answers the executor. The measurements stand beside the rule in `watch::executor_waits`.
    promise EXECUTOR_WORK = Duration::from_secs(6);

    /// Wait for each list and for the controller's log after a case that went wrong.
    patience DIAGNOSIS_ANSWER = Duration::from_secs(10);

    /// Teardown of a case. The report lists each leftover.
    promise TEARDOWN = Duration::from_mins(1);

    /// Wait for the removal of the objects of a killed run's workflows by Kubernetes.
    patience COLLECTED = Duration::from_secs(15);

    /// Wait for the answer to one request of the teardown.
    patience TEARDOWN_ANSWER = Duration::from_secs(10);
}
