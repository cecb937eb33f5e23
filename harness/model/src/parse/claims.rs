//! Reads claims and requirements.

use super::fields::{Fields, Reader};
use super::{Context, fact};
use crate::claim::{Claim, Modality, Requirement};
use crate::yaml::Node;

pub(super) fn read(
    node: &Node,
    steps: &[String],
    context: &Context<'_, '_>,
    r: &mut Reader,
) -> Option<Vec<Claim>> {
    let mut claims: Vec<Claim> = Vec::new();
    let items = r.items("claims", node);
    for item in items {
        let Some(claim) = claim(item, steps, context, r) else { continue };
        if claims.iter().any(|c| c.id == claim.id) {
            r.error(item.at, format!("two claims are called `{}`", claim.id), None);
        }
        claims.push(claim);
    }
    (claims.len() == items.len() && !claims.is_empty()).then_some(claims)
}

fn claim(
    node: &Node,
    steps: &[String],
    context: &Context<'_, '_>,
    r: &mut Reader,
) -> Option<Claim> {
    let mut f = Fields::of("a claim", node, r)?;
    let id = f.required("id", r).and_then(|n| r.text(n));
    let since = f.optional("since").map(|n| fact::step_name(n, steps, r));
    let within = f.optional("within").map(|n| (r.duration(n), n.at));
    let only_while = f.optional("while").map(|n| (fact::read(n, steps, context, r), n.at));
    let Some((word, value)) = f.one(&["eventually", "always", "never"], r) else {
        f.nothing_found(r);
        return None;
    };
    f.finish(r);
    let fact = fact::read(value, steps, context, r);
    if let (Some((_, at)), "eventually") = (&only_while, word) {
        let message = "`while` goes with `always` and `never`".to_owned();
        r.error(*at, message, None);
    }
    if within.is_none() && word == "eventually" {
        let hint = "say what Argo promises: `within: 30s`".to_owned();
        r.error(node.at, "`eventually` needs `within`".to_owned(), Some(hint));
        return None;
    }
    let within = within.map_or(Some(None), |(d, _)| d.map(Some))?;
    let first = steps.first().cloned().unwrap_or_default();
    Some(Claim {
        id: id?,
        modality: match (word, within) {
            ("eventually", Some(within)) => Modality::Eventually { within },
            ("always", within) => Modality::Always { within },
            _ => Modality::Never { within },
        },
        fact: fact?,
        since: since.map_or(Some(first), |s| s)?,
        only_while: only_while.map_or(Some(None), |(f, _)| f.map(Some))?,
    })
}

pub(super) fn requirements(
    node: &Node,
    steps: &[String],
    context: &Context<'_, '_>,
    r: &mut Reader,
) -> Vec<Requirement> {
    let items = r.items("requirements", node);
    items.iter().filter_map(|item| requirement(item, steps, context, r)).collect()
}

fn requirement(
    node: &Node,
    steps: &[String],
    context: &Context<'_, '_>,
    r: &mut Reader,
) -> Option<Requirement> {
    let mut f = Fields::of("a requirement", node, r)?;
    let at = f.optional("at").map(|n| fact::step_name(n, steps, r));
    let seen = f.required("seen", r).and_then(|n| fact::read(n, steps, context, r));
    f.finish(r);
    Some(Requirement { fact: seen?, at: at.map_or(Some(None), |a| a.map(Some))? })
}
