//! The object store, or the configured artifact repository.

use report::check::{CheckItem, Failure, Topic};
use rundir::error::Problem;

use crate::installation::artifact_place::ArtifactPlace;

/// Parts of the messages of stores and of the executor, by kind. In lower case.
const SAID: [(&str, Failure); 14] = [
    ("the specified bucket does not exist", Failure::StoreBucket),
    ("nosuchbucket", Failure::StoreBucket),
    ("signature we calculated does not match", Failure::StoreKeys),
    ("access key id you provided does not exist", Failure::StoreKeys),
    ("security token included in the request is invalid", Failure::StoreKeys),
    ("provided token has expired", Failure::StoreKeys),
    ("access denied", Failure::StoreAccess),
    ("is not authorized to perform", Failure::StoreAccess),
    ("failed to verify certificate", Failure::StoreCertificate),
    ("certificate signed by unknown authority", Failure::StoreCertificate),
    ("connection refused", Failure::StoreUnreachable),
    ("no such host", Failure::StoreUnreachable),
    ("no route to host", Failure::StoreUnreachable),
    ("i/o timeout", Failure::StoreUnreachable),
];

/// The kind of a failure of the object store by its message. `None`: the message tells none.
pub(super) fn failure_of(words: &str) -> Option<Failure> {
    let lower = words.to_lowercase();
    let said = SAID.iter().find(|(said, _)| lower.contains(said));
    said.map(|(_, failure)| *failure)
}

/// The items about a place of artifacts and its problems.
pub(super) fn items(place: &ArtifactPlace, problems: Vec<Problem>) -> Vec<CheckItem> {
    if !problems.is_empty() {
        let failed = problems.into_iter().map(|problem| {
            let failure = failure_of(&problem.message).unwrap_or(Failure::Store);
            let item = CheckItem::fail(Topic::Store, failure, problem.message);
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

#[cfg(test)]
mod tests {
    use report::check::Failure;
    use rstest::rstest;

    use super::failure_of;

    /// The messages of `MinIO` and AWS behind those of the executor.
    #[rstest]
    #[case::bucket(
        "failed to put file: The specified bucket does not exist",
        Some(Failure::StoreBucket)
    )]
    #[case::key(
        "failed to put file: The request signature we calculated does not match the signature you \
         provided. Check your key and signing method.",
        Some(Failure::StoreKeys)
    )]
    #[case::user(
        "failed to put file: The Access Key Id you provided does not exist in our records.",
        Some(Failure::StoreKeys)
    )]
    #[case::access("failed to put file: Access Denied.", Some(Failure::StoreAccess))]
    #[case::authority(
        "failed to put file: Put \"https://s/b\": tls: failed to verify certificate: x509: \
         certificate signed by unknown authority",
        Some(Failure::StoreCertificate)
    )]
    #[case::closed(
        "dial tcp 10.0.0.1:9000: connect: connection refused",
        Some(Failure::StoreUnreachable)
    )]
    #[case::listing("NoSuchBucket (status 404): no", Some(Failure::StoreBucket))]
    #[case::another("failed to put file: internal error", None)]
    fn the_kind_of_a_failure_of_the_store(#[case] words: &str, #[case] expected: Option<Failure>) {
        assert_eq!(failure_of(words), expected);
    }
}
