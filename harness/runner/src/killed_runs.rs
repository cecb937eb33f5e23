//! Killed runs on existing clusters: a sweep removes their objects and their private directories.
//!
//! The private directory of a run has the kubeconfig and a record of the prepared namespaces. The
//! sweep removes the objects with the label of the run from these namespaces. It removes the
//! directory in any case, because the directory has a credential.

use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use kube::Client;
use model::hints;
use provision::client::{self, ClientError, Origin};
use provision::existing::{Hold, HoldError, unprepared};
use provision::installation::Alarm;
use provision::requests::Requests;
use rundir::error::Problem;

use crate::budgets;
use crate::private_directory::{self, Abandoned, KUBECONFIG};

/// The record of the prepared namespaces of a run, in its private directory.
const NAMESPACES: &str = "namespaces.json";

/// The results of a sweep.
#[derive(Debug, Default)]
pub struct Swept {
    /// Number of removed private directories.
    pub directories: usize,
    /// Number of namespaces from which objects of killed runs were removed.
    pub namespaces: usize,
    /// The namespaces in which objects may be left, each with a remedy.
    pub failed: Vec<Problem>,
}

/// Records the namespaces into which a run may write.
pub(crate) fn record(directory: &Path, namespaces: &[String]) -> anyhow::Result<()> {
    let path = directory.join(NAMESPACES);
    let text = serde_json::to_string(namespaces)?;
    std::fs::write(&path, text).with_context(|| format!("failed to write {}", path.display()))
}

/// Removes the private directories of killed runs, and their objects in prepared namespaces.
///
/// # Errors
/// A private directory cannot be read or removed.
pub async fn sweep(cache: &Path) -> anyhow::Result<Swept> {
    sweep_by(cache, |kubeconfig| client::client(kubeconfig, Origin::Own, &Requests::default()))
        .await
}

async fn sweep_by(
    cache: &Path,
    connect: impl Fn(&Path) -> Result<Client, ClientError>,
) -> anyhow::Result<Swept> {
    let mut swept = Swept::default();
    for killed in private_directory::abandoned(cache)? {
        let namespaces = namespaces(&killed.path);
        if !namespaces.is_empty() {
            let client = connect(&killed.path.join(KUBECONFIG));
            for namespace in namespaces {
                let emptied = match &client {
                    Ok(client) => empty(client, &namespace, &killed).await,
                    Err(error) => Err(error.to_string()),
                };
                match emptied {
                    Ok(()) => swept.namespaces += 1,
                    Err(cause) => swept.failed.push(problem(&killed.run, &namespace, &cause)),
                }
            }
        }
        killed.remove()?;
        swept.directories += 1;
    }
    Ok(swept)
}

/// The recorded namespaces. None: the run was killed before it wrote into one.
fn namespaces(directory: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(directory.join(NAMESPACES)).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

/// Removes the objects of a killed run from a namespace, unless another run holds the namespace.
async fn empty(client: &Client, namespace: &str, killed: &Abandoned) -> Result<(), String> {
    let limit = budgets::SWEPT_NAMESPACE.time;
    let emptied = tokio::time::timeout(limit, try_empty(client, namespace, &killed.run)).await;
    emptied.unwrap_or_else(|_| Err(no_end(limit)))
}

fn no_end(limit: Duration) -> String {
    format!("the sweep did not end within {} s", limit.as_secs())
}

async fn try_empty(client: &Client, namespace: &str, run: &str) -> Result<(), String> {
    let unprepared = unprepared(client, namespace).await;
    if let Some(unprepared) = unprepared.map_err(|error| hints::chain(&error))? {
        return Err(unprepared.message);
    }
    let names = [namespace.to_owned()];
    let hold = match Hold::take(client, &names, run, &Alarm::default(), |_| {}).await {
        Ok(hold) => hold,
        // The check of that run removes the objects of killed runs.
        Err(HoldError::Held { .. }) => return Ok(()),
        Err(error @ HoldError::Api { .. }) => return Err(hints::chain(&error)),
    };
    let left = drive::teardown::of_killed(client, namespace, Some(run)).await;
    hold.give_back().await;
    if left.is_empty() { Ok(()) } else { Err(left.join("; ")) }
}

fn problem(run: &str, namespace: &str, cause: &str) -> Problem {
    let message = format!("failed to remove the objects of run {run} from {namespace}: {cause}");
    Problem::new(message).with_hint(
        "Run `argo-conformance check` with the namespace. It removes the objects of killed runs.",
    )
}

#[cfg(test)]
mod tests;
