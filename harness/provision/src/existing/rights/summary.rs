//! Missing rights in words: one line for each namespace, and one remedy.

use super::{Right, Subject};
use crate::argo::install;
use crate::existing::TargetNamespaces;

/// Missing rights in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RightsProblem {
    /// The missing rights, one line for each set of namespaces. The first line has no rights.
    pub message: String,
    /// The remedy for all of them.
    pub remedy: String,
}

/// The rights in one namespace or in several, in words: `pods (get, list)`.
type Words = String;

/// Missing rights in words, with one remedy. `None`: no right is missing. The remedy names the
/// subject. Without a subject it has a word in its place.
pub fn problem<'r>(
    missing: impl IntoIterator<Item = &'r Right>,
    place: &TargetNamespaces,
    subject: Option<&Subject>,
) -> Option<RightsProblem> {
    let lines = lines(missing.into_iter().collect::<Vec<_>>().as_slice());
    if lines.is_empty() {
        return None;
    }
    let lines = lines.iter().map(|(namespaces, words)| {
        let place = match namespaces.as_slice() {
            [] => "in the cluster".to_owned(),
            [one] => format!("in namespace {one}"),
            several => format!("in namespaces {}", several.join(", ")),
        };
        format!("\n    {place}: {words}")
    });
    let message = format!("rights are missing:{}", lines.collect::<String>());
    Some(RightsProblem { message, remedy: prepare(place.namespaces(), place, subject) })
}

/// The remedy that prepares namespaces of a place for a subject.
pub(in crate::existing) fn prepare(
    namespaces: &[String],
    place: &TargetNamespaces,
    subject: Option<&Subject>,
) -> String {
    let names = namespaces.join(" ");
    let argo = if place.argo() == install::NAMESPACE {
        String::new()
    } else {
        format!(" --argo-namespace {}", place.argo())
    };
    let subject = subject.map_or_else(|| "--user YOU".to_owned(), Subject::argument);
    format!(
        "give `kubectl apply -f -` the output of `argo-conformance prepare {names}{argo} {subject}`"
    )
}

/// The rights by namespace, in the order of the rights. Namespaces with the same rights share a
/// line. A line without a namespace is of the cluster.
fn lines(missing: &[&Right]) -> Vec<(Vec<String>, Words)> {
    let mut namespaces: Vec<Option<&String>> = Vec::new();
    for right in missing {
        if !namespaces.contains(&right.namespace.as_ref()) {
            namespaces.push(right.namespace.as_ref());
        }
    }
    let mut lines: Vec<(Vec<String>, Words)> = Vec::new();
    for namespace in namespaces {
        let of_it = missing.iter().filter(|right| right.namespace.as_ref() == namespace);
        let words = words(&of_it.copied().collect::<Vec<_>>());
        let same = lines.iter_mut().find(|(names, said)| !names.is_empty() && *said == words);
        match (namespace, same) {
            (Some(name), Some((names, _))) => names.push(name.clone()),
            (name, _) => lines.push((name.into_iter().cloned().collect(), words)),
        }
    }
    lines
}

/// The rights of one namespace. Resources with the same verbs stand together.
fn words(rights: &[&Right]) -> Words {
    let mut resources: Vec<(&str, Vec<&str>)> = Vec::new();
    for right in rights {
        match resources.iter_mut().find(|(resource, _)| *resource == right.resource) {
            Some((_, verbs)) => verbs.push(&right.verb),
            None => resources.push((&right.resource, vec![&right.verb])),
        }
    }
    let mut groups: Vec<(Vec<&str>, Vec<&str>)> = Vec::new();
    for (resource, verbs) in resources {
        match groups.iter_mut().find(|(_, same)| *same == verbs) {
            Some((names, _)) => names.push(resource),
            None => groups.push((vec![resource], verbs)),
        }
    }
    let groups = groups.iter();
    let groups =
        groups.map(|(names, verbs)| format!("{} ({})", names.join(", "), verbs.join(", ")));
    groups.collect::<Vec<_>>().join("; ")
}
