//! The cost of observation of a version's cases, and the time to each verdict.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::line::seconds;
use crate::style::tame;

/// The cost of observation on one installation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observed {
    /// Version of Argo.
    pub argo: String,
    /// Milliseconds from the beginning of the first case to the end of the last.
    pub elapsed_ms: u64,
    /// Number of requests of the harness to the API server, by verb and resource. Requests of the
    /// `argo` program are not counted.
    pub requests: BTreeMap<String, u64>,
    /// Microseconds from the deciding event to the verdict, for each case, sorted. The deciding
    /// event is the last one that a step or a claim needed. Cases without one are left out.
    pub verdict_us: Vec<u64>,
}

/// The cost in words for a terminal, with newlines.
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
