//! Sets the number of workflow controllers.

use model::hints::chain;
use model::history::{EventKind, Part, StepOutcome};
use provision::argo::replicas;

use super::context::StepContext;
use super::outcome::as_unknown;
use super::replace::controllers;
use crate::budgets;
use crate::recorder::RecordError;

/// Scales the controller's Deployment. Done when so many controllers exist and one of them has
/// taken up a workflow. The history has the controllers before and after.
pub(super) async fn scale(
    context: &StepContext<'_>,
    count: u32,
) -> Result<StepOutcome, RecordError> {
    let before = match controllers(context).await {
        Ok(before) => before,
        Err(outcome) => return Ok(outcome),
    };
    context.recorder.record(EventKind::Controllers(before))?;
    let installation = context.installation;
    let (client, patience) = (&installation.client, budgets::FAILOVER.time);
    let scaled = replicas::scale(client, &installation.run, count, patience).await;
    if let Err(error) = scaled {
        return Ok(StepOutcome::Unknown(chain(&error)));
    }
    let live = usize::try_from(count).unwrap_or(usize::MAX);
    let mut changes = context.watches.controller_changes();
    let seen = changes.wait_for(|now| now.live().count() == live).await.map(drop);
    if seen.is_err() {
        let why = "the watch of the workflow controller has ended";
        return Ok(StepOutcome::Unknown(why.to_owned()));
    }
    if let Err(error) = context.watches.observe(installation).await {
        return Ok(StepOutcome::Unknown(chain(&error)));
    }
    context.watches.record_health(Part::Controller, None);
    match controllers(context).await {
        Ok(after) => {
            let said = after.to_string();
            context.recorder.record(EventKind::Controllers(after))?;
            Ok(StepOutcome::Done(said))
        }
        Err(outcome) => Ok(as_unknown(outcome)),
    }
}
