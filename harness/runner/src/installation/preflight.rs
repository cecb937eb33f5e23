//! The requirements of a run on this machine, before anything is built.

use provision::kind::{self, Settings};
use provision::program::{Item, Missing, prerequisites_of_builds};
use rundir::error::Error;

use super::provider::{ClusterProvider, of_kind};
use super::spec::InstallationSpec;
use crate::session::Session;

/// Refuses a machine that cannot build these programs or run a cluster of them.
///
/// # Errors
/// Everything that the machine lacks, each with its remedy.
pub(super) async fn require(
    session: &Session,
    provider: &ClusterProvider,
    specs: &[InstallationSpec],
    items: &[Item],
) -> anyhow::Result<()> {
    let mut lacking = lacks(session, provider, specs).await;
    lacking.extend(prerequisites_of_builds(&session.cache, items, &session.guard));
    let line = |m: &Missing| format!("  {}\n    remedy: {}", m.what, m.remedy);
    let lines: Vec<String> = lacking.iter().map(line).collect();
    if lines.is_empty() {
        return Ok(());
    }
    Err(Error::no_environment(format!("this machine lacks:\n{}", lines.join("\n"))).into())
}

/// Everything that the machine lacks for these installations, besides programs.
async fn lacks(
    session: &Session,
    provider: &ClusterProvider,
    specs: &[InstallationSpec],
) -> Vec<Missing> {
    match provider {
        ClusterProvider::Native => of_sandbox(sandbox::requirements::missing(&session.exe)),
        ClusterProvider::Kind(settings) => {
            let settings: Vec<Settings> = specs.iter().map(|one| of_kind(settings, one)).collect();
            let mut lacking = kind::lacks(&settings, &*session.progress).await;
            lacking.extend(of_sandbox(sandbox::requirements::missing_for_containers()));
            lacking
        }
    }
}

fn of_sandbox(missing: Vec<sandbox::requirements::Missing>) -> Vec<Missing> {
    let missing = missing.into_iter();
    missing.map(|m| Missing { what: m.what, remedy: m.remedy }).collect()
}
