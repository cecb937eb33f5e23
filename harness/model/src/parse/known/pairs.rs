//! Reads the pairs of a known issue: releases of the executor and of the workflow controller.

use super::rewritten;
use crate::diagnostic::nearest;
use crate::known::Pair;
use crate::parse::fields::{Fields, Reader};
use crate::release_range::{NotARange, ReleaseRange};
use crate::vocabulary::PAIR;
use crate::yaml::{Node, Position};

/// The forms of a range, for hints.
const FORMS: &str = "Write `all`, `<V`, `<=V`, `>=V`, `>=V <V` or `>=V <=V`, where V is a release \
                     such as 3.5.11.";

/// The pairs with their places; `None` if one of them is wrong.
pub(super) fn pairs(node: &Node, r: &mut Reader) -> Option<Vec<(Pair, Position)>> {
    let items = r.items("pairs", node);
    let read: Vec<_> = items.iter().map(|item| pair(item, r)).collect();
    let pairs: Vec<(Pair, Position)> = read.into_iter().collect::<Option<_>>()?;
    for (index, (one, at)) in pairs.iter().enumerate() {
        if let Some((before, _)) = pairs[..index].iter().find(|(before, _)| before.meets(one)) {
            let message = format!("invalid pair: another pair has some of it too: {before}");
            r.error(*at, message, Some("Name each pair of releases once.".to_owned()));
            return None;
        }
    }
    (!pairs.is_empty()).then_some(pairs)
}

fn pair(node: &Node, r: &mut Reader) -> Option<(Pair, Position)> {
    let mut f = Fields::of(&PAIR, node, r)?;
    let from = f.required("from", r).and_then(|n| range(n, r));
    let to = f.required("to", r).and_then(|n| range(n, r));
    f.finish(r);
    Some((Pair { from: from?, to: to? }, node.at))
}

fn range(node: &Node, r: &mut Reader) -> Option<ReleaseRange> {
    let text = r.text(node)?;
    let (reason, hint) = match text.parse() {
        Ok(range) => return Some(range),
        Err(NotARange::Empty) => {
            (format!("no release is in `{text}`"), "Write the lower bound first.".to_owned())
        }
        Err(NotARange::Form) => {
            let meant = nearest(&text, &["all"]).map(str::to_owned);
            let hint = meant.or_else(|| rewritten(&text));
            let hint = hint.map_or_else(|| FORMS.to_owned(), |meant| format!("Write `{meant}`."));
            (format!("`{text}` is no range of releases"), hint)
        }
    };
    r.error(node.at, format!("invalid range: {reason}"), Some(hint));
    None
}
