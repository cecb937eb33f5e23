//! Removes the workflow controllers, so that an object exists before the next controller.

use futures::FutureExt;
use model::hints::chain;
use model::history::StepOutcome;
use provision::argo::replicas;
use provision::installation::Installation;

use super::context::StepContext;
use super::outcome::as_unknown;
use super::replace::{list, record};
use crate::budgets;
use crate::joint::Answer;
use crate::recorder::RecordError;

/// Removes the controllers, once for all participants. Done when no controller exists. The history
/// has the controllers before and after. The installation of the pair that comes next brings its
/// own controllers.
pub(super) async fn remove_controllers(
    context: &StepContext<'_>,
) -> Result<StepOutcome, RecordError> {
    if context.installation.pair.is_none() {
        return Ok(StepOutcome::Refused("the run has no second installation".to_owned()));
    }
    context.participant.arrive().await;
    let installation = context.installation.clone();
    let listed = context.participant.share(|| async move { list(&installation).await }.boxed());
    match listed.await {
        Ok(before) => record(context, before)?,
        Err(outcome) => return Ok(outcome),
    };
    let installation = context.installation.clone();
    let removed = context.participant.share(|| async move { remove(&installation).await }.boxed());
    match removed.await {
        Ok(after) => Ok(StepOutcome::Done(record(context, after)?)),
        Err(outcome) => Ok(outcome),
    }
}

/// Removes the controllers, and lists those that are left.
async fn remove(installation: &Installation) -> Answer {
    let patience = budgets::REPLACEMENT.time;
    let removed = replicas::remove(&installation.client, patience).await;
    removed.map_err(|error| StepOutcome::Unknown(chain(&error)))?;
    list(installation).await.map_err(as_unknown)
}
