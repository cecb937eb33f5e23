//! Rights in case files.

use super::Right;
use crate::parse::fields::{Fields, Reader};
use crate::vocabulary::word::{Map, Value, Word};
use crate::yaml::Node;

pub(super) static RIGHT: Map = Map {
    what: "a right",
    one_of: &[],
    beside: &[
        Word::new("verb", Value::Text, "patch", "Verb of RBAC, for example `create` or `patch`.")
            .required(),
        Word::new(
            "resource",
            Value::Text,
            "pods",
            "Resource of RBAC, for example `workflowtaskresults` or `pods`.",
        )
        .required(),
    ],
};

/// Reads a right.
pub(super) fn right(node: &Node, r: &mut Reader) -> Option<Right> {
    let mut f = Fields::of(&RIGHT, node, r)?;
    let verb = f.required("verb", r).and_then(|n| r.text(n));
    let resource = f.required("resource", r).and_then(|n| r.text(n));
    f.finish(r);
    Some(Right { verb: verb?, resource: resource? })
}
