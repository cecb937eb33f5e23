//! How the cases of a version were observed, and how promptly they were judged.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::line::seconds;
use crate::style::tame;

/// What it took to observe the cases on one installation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observed {
    /// Version of Argo.
    pub argo: String,
    /// Milliseconds from the first case's begin to the last one's end.
    pub elapsed_ms: u64,
    /// Requests of the harness to the API server in that time, by verb and resource. Those of the
    /// `argo` program are not among them.
    pub requests: BTreeMap<String, u64>,
    /// For each case, in order of size: microseconds from the event after which nothing was left to
    /// do or to decide, to the verdict. Cases that were not decided by an event are not among them.
    pub verdict_us: Vec<u64>,
}

/// In words, for a terminal.
pub(crate) fn words(observed: &Observed) -> String {
    let Observed { argo, elapsed_ms, requests, verdict_us } = observed;
    let total = requests.values().fold(0, |total: u64, count| total.saturating_add(*count));
    let mut most: Vec<(&String, &u64)> = requests.iter().collect();
    most.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), *name));
    let most: Vec<String> =
        most.into_iter().map(|(name, count)| format!("{count} {}", tame(name))).collect();
    let (argo, time) = (tame(argo), seconds(*elapsed_ms));
    let mut text = format!("  Argo {argo}: {total} requests in {time}: {}\n", most.join(", "));
    if let (Some(median), Some(slowest)) = (verdict_us.get(verdict_us.len() / 2), verdict_us.last())
    {
        let (median, slowest) = (milliseconds(*median), milliseconds(*slowest));
        text +=
            &format!("    verdict after the deciding event: median {median}, slowest {slowest}\n");
    }
    text
}

fn milliseconds(us: u64) -> String {
    format!("{}.{} ms", us / 1000, us % 1000 / 100)
}
