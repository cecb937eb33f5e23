//! The effect of a step, as the watches tell it.

use kube::Resource;
use kube::api::Api;
use model::World;
use model::history::{Kind, StepOutcome};
use serde::de::DeserializeOwned;

use super::context::StepContext;
use crate::answer::words;
use crate::budgets;
use crate::recorder::RecordError;

/// `resourceVersion` of an object. `None` if the object is absent.
pub(super) async fn version<K>(api: Api<K>, name: &str) -> Result<Option<String>, kube::Error>
where
    K: Resource + Clone + DeserializeOwned + std::fmt::Debug,
{
    let found = api.get_opt(name).await?;
    Ok(found.and_then(|object| object.meta().resource_version.clone()))
}

/// Waits until the watch has told the step's effect on an object. The next step then sees the world
/// after this step.
pub(super) async fn caught_up(
    context: &StepContext<'_>,
    kind: Kind,
    there: impl Future<Output = Result<Option<String>, kube::Error>>,
    gone: impl Fn(&World) -> bool,
    said: String,
) -> Result<StepOutcome, RecordError> {
    let told = async {
        let target = match there.await {
            Ok(version) => version.as_deref().map(number),
            Err(error) => {
                let why = format!("read the {kind:?}: {}", words(&error));
                return Ok(StepOutcome::Unknown(why));
            }
        };
        let told = context.recorder.until(|world| match target {
            None => gone(world),
            Some(target) => world.version(kind).is_some_and(|v| number(v) >= target),
        });
        told.await.map(|()| StepOutcome::Done(said))
    };
    tokio::time::timeout(budgets::STEP_EFFECT.time, told).await.unwrap_or_else(|_| {
        let limit = budgets::STEP_EFFECT.time.as_secs();
        Ok(StepOutcome::Unknown(format!("the watch did not tell of it within {limit}s")))
    })
}

/// Resource versions are numbers of one etcd, and grow.
fn number(version: &str) -> u64 {
    version.parse().unwrap_or_default()
}
