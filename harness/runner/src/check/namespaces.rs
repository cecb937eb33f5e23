//! The prepared namespaces: whether an administrator prepared each of them.

use kube::Client;
use provision::existing::{ExistingError, TargetNamespaces, Unprepared, unprepared};
use report::check::{CheckItem, Failure, Topic};

use super::rights::sentence;

/// The namespaces in which the check may write, and the items about all of them.
///
/// # Errors
/// The API server did not answer, or knows no such user.
pub(super) async fn look(
    client: &Client,
    place: &TargetNamespaces,
) -> Result<(Vec<String>, Vec<CheckItem>), ExistingError> {
    let (mut prepared, mut items) = (Vec::new(), Vec::new());
    for name in place.namespaces() {
        match unprepared(client, name).await? {
            None => {
                prepared.push(name.clone());
                items.push(CheckItem::ok(Topic::Namespace, "it is prepared").of(name));
            }
            Some(Unprepared { message, remedy }) => {
                let item = CheckItem::fail(Topic::Namespace, Failure::NotPrepared, message);
                items.push(item.of(name).with_remedy(Some(sentence(&remedy))));
            }
        }
    }
    Ok((prepared, items))
}
