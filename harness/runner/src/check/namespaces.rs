//! The prepared namespaces: whether an administrator prepared each of them.

use kube::Client;
use provision::existing::{ExistingError, Subject, TargetNamespaces, Unprepared, unprepared};
use report::check::{CheckItem, Failure, Topic};

use super::rights::sentence;

/// Why each namespace is not prepared, in the order of the namespaces. `None`: it is.
///
/// # Errors
/// The API server did not answer, or knows no such user.
pub(super) async fn look(
    client: &Client,
    place: &TargetNamespaces,
) -> Result<Vec<Option<Unprepared>>, ExistingError> {
    let mut looked = Vec::new();
    for name in place.namespaces() {
        looked.push(unprepared(client, name).await?);
    }
    Ok(looked)
}

/// The namespaces in which the check may write, and the items about all of them.
pub(super) fn items(
    looked: Vec<Option<Unprepared>>,
    place: &TargetNamespaces,
    subject: Option<&Subject>,
) -> (Vec<String>, Vec<CheckItem>) {
    let (mut prepared, mut items) = (Vec::new(), Vec::new());
    for (name, unprepared) in place.namespaces().iter().zip(looked) {
        match unprepared {
            None => {
                prepared.push(name.clone());
                items.push(CheckItem::ok(Topic::Namespace, "it is prepared").of(name));
            }
            Some(unprepared) => {
                let remedy = sentence(&unprepared.remedy(place, subject));
                let message = unprepared.message;
                let item = CheckItem::fail(Topic::Namespace, Failure::NotPrepared, message);
                items.push(item.of(name).with_remedy(Some(remedy)));
            }
        }
    }
    (prepared, items)
}
