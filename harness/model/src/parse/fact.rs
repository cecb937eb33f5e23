//! Reads facts.

use super::Context;
use super::fields::{Fields, Reader};
use crate::fact::{Count, FINAL_NODE_PHASES, FINAL_PHASES, Fact, NodeFact, Presence};
use crate::yaml::{Content, Node};

const FACTS: [&str; 14] = [
    "phase",
    "nodes",
    "node",
    "finalizer-present",
    "finalizer-absent",
    "condition-present",
    "condition-absent",
    "objects",
    "workflow",
    "pods-seen",
    "gc-pods-seen",
    "pod",
    "task-result",
    "all",
];

const WORKFLOW_PHASES: [&str; 5] = ["Pending", "Running", "Succeeded", "Failed", "Error"];
const POD_PHASES: [(&str, &str); 4] = [
    ("Pending", "Pending"),
    ("Running", "Running"),
    ("Succeeded", "Succeeded"),
    ("Failed", "Failed"),
];

/// Reads one fact: a map with one key, the kind of fact.
pub(super) fn read(
    node: &Node,
    steps: &[String],
    context: &Context<'_, '_>,
    r: &mut Reader,
) -> Option<Fact> {
    let mut f = Fields::of("a fact", node, r)?;
    let any = f.optional("any");
    let (kind, value) = match (any, f.one(&FACTS, r)) {
        (Some(any), None) => ("any", any),
        (None, Some(found)) => found,
        (None, None) => {
            f.nothing_found(r);
            return None;
        }
        (Some(_), Some((other, _))) => {
            r.error(node.at, format!("a fact has both `any` and `{other}`"), None);
            return None;
        }
    };
    f.finish(r);
    of_kind(kind, value, steps, context, r)
}

fn of_kind(
    kind: &str,
    value: &Node,
    steps: &[String],
    context: &Context<'_, '_>,
    r: &mut Reader,
) -> Option<Fact> {
    Some(match kind {
        "phase" => Fact::Phase(phases(value, &WORKFLOW_PHASES, &FINAL_PHASES, r)?),
        "nodes" => {
            r.one_of(value, "state of all nodes", &[("fulfilled", ())])?;
            Fact::NodesFulfilled
        }
        "node" => Fact::Node(node_fact(value, steps, context, r)?),
        "finalizer-present" => Fact::Finalizer(r.text(value)?, true),
        "finalizer-absent" => Fact::Finalizer(r.text(value)?, false),
        "condition-present" => Fact::Condition(r.text(value)?, true),
        "condition-absent" => Fact::Condition(r.text(value)?, false),
        "objects" => Fact::Objects(count(value, r)?),
        "workflow" => {
            Fact::Workflow(r.one_of(value, "state of the workflow object", &PRESENCES)?)
        }
        "pods-seen" => pods_seen(value, context, r)?,
        "gc-pods-seen" => Fact::GcPodsSeen(count(value, r)?),
        "pod" => pod(value, context, r)?,
        "task-result" => {
            let words = [("complete", true), ("incomplete", false)];
            Fact::TaskResult(r.one_of(value, "state of a task result", &words)?)
        }
        "all" => Fact::All(several(value, steps, context, r)?),
        _ => Fact::Any(several(value, steps, context, r)?),
    })
}

const PRESENCES: [(&str, Presence); 3] =
    [("present", Presence::Present), ("deleting", Presence::Deleting), ("gone", Presence::Gone)];

fn several(
    node: &Node,
    steps: &[String],
    context: &Context<'_, '_>,
    r: &mut Reader,
) -> Option<Vec<Fact>> {
    let items = r.items("facts", node);
    let facts: Vec<_> = items.iter().filter_map(|n| read(n, steps, context, r)).collect();
    (facts.len() == items.len() && !facts.is_empty()).then_some(facts)
}

/// One phase, several, or the word for every final one.
fn phases(node: &Node, known: &[&str], fin: &[&str], r: &mut Reader) -> Option<Vec<String>> {
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

/// `none`, `some`, a number, `{at-least: N}` or `{at-most: N}`.
fn count(node: &Node, r: &mut Reader) -> Option<Count> {
    match &node.content {
        Content::Integer(_) => Some(Count::Exactly(r.count(node)?)),
        Content::Map(_) => {
            let f = Fields::of("a count", node, r)?;
            bound(f, r)
        }
        _ => r.one_of(node, "count", &[("none", Count::Exactly(0)), ("some", Count::AtLeast(1))]),
    }
}

/// As a count, where `{at-least: N}` and `{at-most: N}` may say of which node.
fn pods_seen(node: &Node, context: &Context<'_, '_>, r: &mut Reader) -> Option<Fact> {
    if !matches!(node.content, Content::Map(_)) {
        return Some(Fact::PodsSeen { of: None, count: count(node, r)? });
    }
    let mut f = Fields::of("a count of pods", node, r)?;
    let of = f.optional("of").map(|n| Some((r.text(n)?, n.at)));
    if let Some(Some((name, at))) = &of {
        context.check_node(name, *at, r);
    }
    let count = bound(f, r)?;
    Some(Fact::PodsSeen { of: of.map_or(Some(None), |of| Some(Some(of?.0)))?, count })
}

/// `at-least: N` or `at-most: N`, the last of the fields.
fn bound(mut f: Fields<'_>, r: &mut Reader) -> Option<Count> {
    let Some((bound, n)) = f.one(&["at-least", "at-most"], r) else {
        f.nothing_found(r);
        return None;
    };
    f.finish(r);
    let n = r.count(n)?;
    Some(if bound == "at-least" { Count::AtLeast(n) } else { Count::AtMost(n) })
}

fn node_fact(
    node: &Node,
    steps: &[String],
    context: &Context<'_, '_>,
    r: &mut Reader,
) -> Option<NodeFact> {
    let mut f = Fields::of("a node", node, r)?;
    let name = f.required("name", r).and_then(|n| Some((r.text(n)?, n.at)));
    if let Some((name, at)) = &name {
        context.check_node(name, *at, r);
    }
    let known = [&WORKFLOW_PHASES[..], &FINAL_NODE_PHASES[3..]].concat();
    let phase = f.optional("phase").map(|n| phases(n, &known, &FINAL_NODE_PHASES, r));
    let message = f.optional("message").map(|n| r.text(n));
    let started = f.optional("started-as-at").map(|n| step_name(n, steps, r));
    f.finish(r);
    Some(NodeFact {
        name: name?.0,
        phase: phase.map_or(Some(None), |p| p.map(Some))?,
        message: message.map_or(Some(None), |m| m.map(Some))?,
        started_as_at: started.map_or(Some(None), |s| s.map(Some))?,
    })
}

fn pod(node: &Node, context: &Context<'_, '_>, r: &mut Reader) -> Option<Fact> {
    let mut f = Fields::of("a pod", node, r)?;
    let name = f.required("node", r).and_then(|n| Some((r.text(n)?, n.at)));
    if let Some((name, at)) = &name {
        context.check_node(name, *at, r);
    }
    let phase = f.required("phase", r).and_then(|n| r.one_of(n, "phase of a pod", &POD_PHASES));
    f.finish(r);
    Some(Fact::Pod { node: name?.0, phase: phase?.to_owned() })
}

/// The name of a step of the plan.
pub(super) fn step_name(node: &Node, steps: &[String], r: &mut Reader) -> Option<String> {
    let name = r.text(node)?;
    if steps.contains(&name) {
        return Some(name);
    }
    if !steps.is_empty() {
        let known: Vec<&str> = steps.iter().map(String::as_str).collect();
        r.unknown_word(node.at, "step", &name, &known);
    }
    None
}
