//! Faults of memoization.

use model::{Claim, Fact};
use serde_json::{Value, json};

use super::{Operator, awaits};
use crate::edit::{each_workflow_node, lingering};

pub(super) const OPERATORS: &[Operator] = &[
    Operator::fault(
        "memoization-missed",
        "no node finds what was memoized",
        |c| reads(c, "memoizationStatus.hit"),
        |history| each_workflow_node(history, miss).map(|history| lingering(&history)),
    ),
    Operator::fault(
        "memoized-has-no-children",
        "nothing comes after a node that found what was memoized",
        |c| reads(c, ".children"),
        |history| each_workflow_node(history, be_alone).map(|history| lingering(&history)),
    ),
];

/// Whether the claim awaits an expression that reads this field.
fn reads(claim: &Claim, field: &str) -> bool {
    awaits(claim, |fact| matches!(fact, Fact::Cel(e) if e.text().contains(field)))
}

fn has_hit(node: &Value) -> bool {
    node["memoizationStatus"]["hit"] == true
}

fn miss(node: &mut Value) -> bool {
    let hit = has_hit(node);
    if hit {
        node["memoizationStatus"]["hit"] = json!(false);
    }
    hit
}

fn be_alone(node: &mut Value) -> bool {
    has_hit(node) && node.as_object_mut().is_some_and(|n| n.shift_remove("children").is_some())
}
