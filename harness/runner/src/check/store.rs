//! The object store, or the configured artifact repository.

use report::check::{CheckItem, Failure, Topic};
use rundir::error::Problem;

use crate::installation::artifact_place::ArtifactPlace;

/// The items about a place of artifacts and its problems.
pub(super) fn items(place: &ArtifactPlace, problems: Vec<Problem>) -> Vec<CheckItem> {
    if !problems.is_empty() {
        let failed = problems.into_iter().map(|problem| {
            let item = CheckItem::fail(Topic::Store, Failure::Store, problem.message);
            item.with_remedy(problem.hint)
        });
        return failed.collect();
    }
    vec![match &place.store {
        Some(store) => {
            CheckItem::ok(Topic::Store, format!("the run lists the bucket {}", store.bucket()))
        }
        None => CheckItem::note(
            Topic::Store,
            "the run does not observe the object store of the configured artifact repository",
        ),
    }]
}
