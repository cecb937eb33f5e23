//! The command `check`: a check without a run.

use std::sync::Arc;

use model::hints::chain;
use provision::hints::hint;
use report::check::{CheckItem, CheckReport, Failure, SCHEMA, Topic};
use rundir::error::{Error, Problem};

use super::rights::sentence;
use super::{Asked, Checked, check};
use crate::config::{ExistingConfig, ProgramConfig};
use crate::console::Console;
use crate::installation::existing_request::{ExistingRequest, request_of, version_of};
use crate::installation::reached_cluster::ReachedCluster;
use crate::session::Session;

/// The request of a check.
#[derive(Debug)]
pub struct CheckRequest {
    /// The programs.
    pub programs: ProgramConfig,
    /// The version that must be installed. `None`: any.
    pub argo: Option<String>,
    /// The existing cluster.
    pub existing: ExistingConfig,
}

/// Checks an existing cluster, and removes everything that the check made.
///
/// # Errors
/// The command line is wrong, or the user stopped the check.
pub async fn run(request: CheckRequest, console: Arc<dyn Console>) -> anyhow::Result<CheckReport> {
    let wanted = request_of(&request.existing)?;
    let session = Session::open(&request.programs, None, console)?;
    let session = Arc::new(session);
    session.stop_on_signals()?;
    session.progress.show_running();
    let checked = checked(&session, wanted, &request).await;
    session.discard();
    checked
}

async fn checked(
    session: &Session,
    wanted: ExistingRequest,
    request: &CheckRequest,
) -> anyhow::Result<CheckReport> {
    let started = jiff::Timestamp::now();
    let ExistingConfig { pods, shell_image, .. } = &request.existing;
    let version = request.argo.as_deref().map(version_of);
    let asked = Asked { version: version.as_deref(), pods, shell_image };
    let tried = async {
        let cluster = ReachedCluster::open(session, &request.existing).await?;
        let checked = Box::pin(check(session, &cluster, wanted, &asked)).await?;
        let Some(Checked { report, ready }) = checked else { return Err(stopped()) };
        if let Some(ready) = ready {
            ready.hold.give_back().await;
        }
        Ok(report)
    };
    match tried.await {
        // The error says itself how the process ends.
        Err(error) if error.is::<Error>() => Err(error),
        Err(error) => Ok(CheckReport {
            schema: SCHEMA,
            run: session.run.clone(),
            started,
            elapsed_ms: session.progress.elapsed_ms(),
            connection: None,
            items: vec![not_connected(&error)],
        }),
        Ok(report) => Ok(report),
    }
}

fn not_connected(error: &anyhow::Error) -> CheckItem {
    let item = CheckItem::fail(Topic::Connection, Failure::Connection, chain(error.as_ref()));
    item.with_remedy(hint(error.as_ref()).as_deref().map(sentence))
}

fn stopped() -> anyhow::Error {
    Error::one(report::exit::UNKNOWN, Problem::new("the check was stopped")).into()
}
