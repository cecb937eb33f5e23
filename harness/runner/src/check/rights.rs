//! The rights of the user: required and optional.

use kube::Client;
use model::hints;
use provision::existing::{
    MissingRight, Need, OptionalRight, RightsProblem, Subject, TargetNamespaces, missing_rights,
    rights_problem,
};
use provision::hints::hint;
use report::check::{CheckItem, Failure, Topic};

/// The missing rights.
pub(super) struct Rights {
    pub(super) items: Vec<CheckItem>,
    missing: Vec<MissingRight>,
}

impl Rights {
    /// Asks for every right of the manifests.
    pub(super) async fn ask(
        client: &Client,
        place: &TargetNamespaces,
        subject: Option<&Subject>,
    ) -> Self {
        match missing_rights(client, place).await {
            Ok(missing) => Self { items: items(&missing, place, subject), missing },
            Err(error) => {
                let item = CheckItem::fail(Topic::Rights, Failure::Rights, hints::chain(&error));
                Self { items: vec![item.with_remedy(hint(&error))], missing: Vec::new() }
            }
        }
    }

    /// Whether the user has an optional right.
    pub(super) fn has(&self, right: OptionalRight) -> bool {
        self.missing.iter().all(|missing| missing.need != Need::Optional(right))
    }
}

fn items(
    missing: &[MissingRight],
    place: &TargetNamespaces,
    subject: Option<&Subject>,
) -> Vec<CheckItem> {
    let required = missing.iter().filter(|missing| missing.need == Need::Required);
    let mut items = Vec::new();
    match rights_problem(required.map(|missing| &missing.right), place, subject) {
        Some(RightsProblem { message, remedy }) => {
            let item = CheckItem::fail(Topic::Rights, Failure::Rights, indented(&message));
            items.push(item.with_remedy(Some(sentence(&remedy))));
        }
        None => items.push(CheckItem::ok(Topic::Rights, "the user has every required right")),
    }
    for right in OptionalRight::ALL {
        let lacks = |missing: &&MissingRight| missing.need == Need::Optional(right);
        let rights: Vec<_> = missing.iter().filter(lacks).map(|missing| &missing.right).collect();
        if let Some(RightsProblem { message, remedy }) = rights_problem(rights, place, subject) {
            let words = format!("the run does not observe {}: {}", right.unobserved(), message);
            let note = CheckItem::note(Topic::Rights, indented(&words));
            items.push(note.with_remedy(Some(sentence(&remedy))));
        }
    }
    items
}

/// The text with its further lines indented by two columns.
fn indented(text: &str) -> String {
    let lines = text.split('\n').map(str::trim_start);
    lines.collect::<Vec<_>>().join("\n  ")
}

/// A remedy as a sentence.
pub(super) fn sentence(remedy: &str) -> String {
    let mut rest = remedy.chars();
    let first = rest.next().map(|first| first.to_uppercase().collect::<String>());
    let text = first.unwrap_or_default() + rest.as_str();
    if text.ends_with('.') { text } else { format!("{text}.") }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::sentence;

    #[rstest]
    #[case::bare("give `a` the output", "Give `a` the output.")]
    #[case::whole("Give it.", "Give it.")]
    #[case::ends_with_a_command("give `a`", "Give `a`.")]
    fn a_remedy_is_a_sentence(#[case] remedy: &str, #[case] expected: &str) {
        assert_eq!(sentence(remedy), expected);
    }
}
