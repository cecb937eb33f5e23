//! Phases of workflows and nodes.

use crate::parse::fields::Reader;
use crate::yaml::Node;

/// Every phase of a workflow.
pub const WORKFLOW_PHASES: [&str; 5] = ["Pending", "Running", "Succeeded", "Failed", "Error"];

/// Every phase of a node.
pub const NODE_PHASES: [&str; 7] =
    ["Pending", "Running", "Succeeded", "Failed", "Error", "Skipped", "Omitted"];

/// The final phases of a workflow, and of a node besides `Skipped` and `Omitted`.
pub const FINAL_PHASES: [&str; 3] = ["Succeeded", "Failed", "Error"];

/// Every final phase of a node.
pub const FINAL_NODE_PHASES: [&str; 5] = ["Succeeded", "Failed", "Error", "Skipped", "Omitted"];

/// Reads one phase, several, or the word for every final one.
pub(super) fn phases(
    node: &Node,
    known: &[&str],
    fin: &[&str],
    r: &mut Reader,
) -> Option<Vec<String>> {
    let words = r.texts(node)?;
    if let [(word, _)] = words.as_slice()
        && word == "completed"
    {
        return Some(fin.iter().map(|&p| p.to_owned()).collect());
    }
    let mut found = Vec::new();
    for (word, at) in words {
        if known.contains(&word.as_str()) {
            found.push(word);
        } else {
            let known: Vec<&str> = known.iter().copied().chain(["completed"]).collect();
            r.unknown_word(at, "phase", &word, &known);
        }
    }
    (!found.is_empty()).then_some(found)
}
