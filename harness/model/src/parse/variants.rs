//! Reads where a case applies and its variants, and makes a case of each variant.

use semver::VersionReq;
use serde_json::Value;

use super::fields::{Fields, Reader};
use super::known::{Scope, broken};
use super::manifests;
use crate::case::{Applies, Case};
use crate::claim::Symptom;
use crate::known::KnownIssue;
use crate::overlay::merge;
use crate::vocabulary::{APPLIES, VARIANT};
use crate::yaml::{Content, Node};

/// The same plan and claims on a workflow that differs in a few fields.
pub(super) struct Variant {
    id: String,
    title: Option<String>,
    patch: Value,
    broken: Option<Vec<KnownIssue>>,
}

/// The versions on which a case has a meaning, and why not on the others.
pub(super) fn applies(node: &Node, r: &mut Reader) -> Option<Applies> {
    let mut f = Fields::of(&APPLIES, node, r)?;
    let versions = f.required("versions", r).and_then(|n| range(n, r));
    let reason = f.required("reason", r).and_then(|n| r.text(n));
    f.finish(r);
    Some(Applies { versions: versions?, reason: reason? })
}

pub(super) fn range(node: &Node, r: &mut Reader) -> Option<VersionReq> {
    let text = r.text(node)?;
    match VersionReq::parse(&text) {
        Ok(range) => match range.comparators.iter().find(|bound| !bound.pre.is_empty()) {
            None => Some(range),
            Some(bound) => {
                let message = format!("invalid range: `{bound}` is bounded by a pre-release");
                let hint = "Write a release: a pre-release counts as its release.".to_owned();
                r.error(node.at, message, Some(hint));
                None
            }
        },
        Err(error) => {
            let hint = "write a range such as `>=3.5.6, <3.5.11`".to_owned();
            r.error(node.at, format!("`{text}` is not a range of versions: {error}"), Some(hint));
            None
        }
    }
}

pub(super) fn read(node: &Node, scope: &Scope<'_>, r: &mut Reader) -> Vec<Variant> {
    let mut variants: Vec<Variant> = Vec::new();
    for item in r.items("variants", node) {
        let Some(variant) = variant(item, scope, r) else { continue };
        if variants.iter().any(|v| v.id == variant.id) {
            r.error(item.at, format!("two variants are called `{}`", variant.id), None);
        }
        variants.push(variant);
    }
    variants
}

fn variant(node: &Node, scope: &Scope<'_>, r: &mut Reader) -> Option<Variant> {
    let mut f = Fields::of(&VARIANT, node, r)?;
    let id = f.required("id", r).and_then(|n| r.name(n));
    let title = f.optional("title").map(|n| r.text(n));
    let patch = f.optional("patch").map_or(Some(Value::Null), |n| patch(n, r));
    let known = f.optional("broken").map(|n| broken(n, scope, r));
    f.finish(r);
    let title = title.map_or(Some(None), |t| t.map(Some))?;
    Some(Variant { id: id?, title, patch: patch?, broken: known })
}

/// The fields of an object that differ.
pub(super) fn patch(node: &Node, r: &mut Reader) -> Option<Value> {
    if !matches!(&node.content, Content::Map(entries) if !entries.is_empty()) {
        let hint = "write the fields that differ: `{ spec: { … } }`".to_owned();
        r.error(node.at, "invalid patch: it changes nothing".to_owned(), Some(hint));
        return None;
    }
    manifests::check(node, r);
    Some(json(&node.content))
}

/// The case itself, or one case for each of its variants.
pub(super) fn expand(base: Case, variants: Option<Vec<Variant>>) -> Vec<Case> {
    let Some(variants) = variants else { return vec![with_symptoms(base)] };
    let make = |variant: Variant| {
        let mut case = base.clone();
        case.id = format!("{}@{}", base.id, variant.id);
        case.plan.case.clone_from(&case.id);
        if let Some(title) = variant.title {
            case.title = title;
        }
        if let Some(broken) = variant.broken {
            case.broken = broken;
        }
        merge(&mut case.plan.workflow, &variant.patch);
        with_symptoms(case)
    };
    variants.into_iter().map(make).collect()
}

/// Gives the claims the symptoms of the known issues.
fn with_symptoms(mut case: Case) -> Case {
    let symptom =
        |known: &KnownIssue| Symptom { claims: known.claims.clone(), fact: known.shows.clone() };
    case.claims.symptoms = case.broken.iter().map(symptom).collect();
    case
}

/// A YAML value as JSON.
pub(super) fn json(content: &Content) -> Value {
    match content {
        Content::Null => Value::Null,
        Content::Bool(b) => Value::from(*b),
        Content::Integer(n) => Value::from(*n),
        Content::Float(n) => Value::from(*n),
        Content::Text(text) => Value::from(text.as_str()),
        Content::List(items) => items.iter().map(|n| json(&n.content)).collect(),
        Content::Map(entries) => {
            entries.iter().map(|(k, n)| (k.name.clone(), json(&n.content))).collect()
        }
    }
}
