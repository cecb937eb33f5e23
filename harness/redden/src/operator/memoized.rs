//! Faults of what is memoized.

use model::{Claim, Fact};
use serde_json::json;

use super::{Operator, awaits};
use crate::edit::{each_node, each_workflow, lingering};

pub(super) const OPERATORS: &[Operator] = &[
    Operator::fault(
        "memoization-missed",
        "no node finds what was memoized",
        |c| reads(c, "memoizationStatus.hit"),
        |history| {
            let edited = each_workflow(history, |seen| {
                let mut found = false;
                each_node(&mut seen.object, |node| {
                    if node["memoizationStatus"]["hit"] == true {
                        node["memoizationStatus"]["hit"] = json!(false);
                        found = true;
                    }
                });
                found
            });
            edited.map(|history| lingering(&history))
        },
    ),
    Operator::fault(
        "memoized-has-no-children",
        "nothing comes after a node that found what was memoized",
        |c| reads(c, ".children"),
        |history| {
            let edited = each_workflow(history, |seen| {
                let mut found = false;
                each_node(&mut seen.object, |node| {
                    let hit = node["memoizationStatus"]["hit"] == true;
                    let fields = node.as_object_mut().filter(|_| hit);
                    found |= fields.is_some_and(|node| node.shift_remove("children").is_some());
                });
                found
            });
            edited.map(|history| lingering(&history))
        },
    ),
];

/// Whether the claim awaits an expression that reads this field.
fn reads(claim: &Claim, field: &str) -> bool {
    awaits(claim, |fact| matches!(fact, Fact::Cel(e) if e.text().contains(field)))
}
