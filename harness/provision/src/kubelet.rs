//! The limits of a node, for both providers that the harness starts.

use serde_json::{Map, Value, json};

/// Limit of the events that a kubelet writes, per second. The value 0 does not disable the limit:
/// client-go then uses 5 (`rest/config.go`). With that limit, 400 events of one version came after
/// the deletion of their namespaces.
const EVENTS_A_SECOND: u32 = 200;

/// Fields of a `KubeletConfiguration`: the limits of a node for pods, events and requests.
pub(crate) fn limits() -> Map<String, Value> {
    let limits = [
        ("maxPods", json!(250)),
        ("serializeImagePulls", json!(false)),
        ("registryPullQPS", json!(0)),
        ("eventRecordQPS", json!(EVENTS_A_SECOND)),
        ("eventBurst", json!(2 * EVENTS_A_SECOND)),
        ("kubeAPIQPS", json!(200)),
        ("kubeAPIBurst", json!(400)),
    ];
    limits.map(|(name, value)| (name.to_owned(), value)).into_iter().collect()
}
