//! Reads facts.

mod objects;

pub(super) use objects::key;

use super::Context;
use super::fields::{Fields, Reader};
use super::store;
use crate::expression::Expression;
use crate::fact::{Count, FINAL_NODE_PHASES, FINAL_PHASES, Fact, NodeFact, OutputFact};
use crate::fact::{NODE_PHASES, WORKFLOW_PHASES};
use crate::vocabulary as words;
use crate::yaml::{Content, Node};

/// Reads one fact: a map with one key, the kind of fact.
pub(super) fn read(
    node: &Node,
    steps: &[String],
    context: &Context<'_, '_>,
    r: &mut Reader,
) -> Option<Fact> {
    let mut f = Fields::of(&words::FACT, node, r)?;
    let Some((kind, value)) = f.one(r) else {
        f.nothing_found(r);
        return None;
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
            r.one_of(value, "state of all nodes", &words::FULFILLED)?;
            Fact::NodesFulfilled
        }
        "node" => Fact::Node(node_fact(value, steps, context, r)?),
        "node-tree" => {
            let mut names = node_names("node-tree", 1, value, context, r)?;
            names.sort();
            Fact::NodeTree(names)
        }
        "starts" => Fact::Starts(node_names("starts", 2, value, context, r)?),
        "attempts" => attempts(value, context, r)?,
        "output" => Fact::Output(output(value, context, r)?),
        "finalizer-present" => Fact::Finalizer(r.text(value)?, true),
        "finalizer-absent" => Fact::Finalizer(r.text(value)?, false),
        "condition-present" => Fact::Condition(r.text(value)?, true),
        "condition-absent" => Fact::Condition(r.text(value)?, false),
        "objects" => Fact::Objects(count(value, r)?),
        "object-present" => Fact::Object(objects::present(value, r)?),
        "object-absent" => Fact::Object(objects::absent(value, r)?),
        "requests" => Fact::Requests(store::requests(value, r)?),
        "requests-astray" => Fact::RequestsAstray(count(value, r)?),
        "read-after-deletion" => Fact::ReadAfterDeletion(key(value, r)?),
        "workflow" => {
            Fact::Workflow(r.one_of(value, "state of the workflow object", &words::PRESENCES)?)
        }
        "pods-seen" => {
            let (of, count) = pods(value, context, r)?;
            Fact::PodsSeen { of, count }
        }
        "pods-left" => {
            let (of, count) = pods(value, context, r)?;
            Fact::PodsLeft { of, count }
        }
        "gc-pods-seen" => Fact::GcPodsSeen(count(value, r)?),
        "gc-pods-left" => Fact::GcPodsLeft(count(value, r)?),
        "gc-tasks-left" => Fact::GcTasksLeft(count(value, r)?),
        "pod" => pod(value, context, r)?,
        "task-result" => {
            Fact::TaskResult(r.one_of(value, "state of a task result", &words::TASK_RESULTS)?)
        }
        "cel" => Fact::Cel(expression(value, context, r)?),
        "all" => Fact::All(several(value, steps, context, r)?),
        _ => Fact::Any(several(value, steps, context, r)?),
    })
}

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

/// `none`, `some`, a number, `{at-least: N}`, `{at-most: N}` or `{exactly: N}`.
pub(super) fn count(node: &Node, r: &mut Reader) -> Option<Count> {
    match &node.content {
        Content::Integer(_) => Some(Count::Exactly(r.count(node, 0)?)),
        Content::Map(_) => {
            let f = Fields::of(&words::BOUND, node, r)?;
            bound(f, r)
        }
        _ => r.one_of(node, "count", &words::COUNTS),
    }
}

/// As a count, where a map may say of which node.
fn pods(node: &Node, context: &Context<'_, '_>, r: &mut Reader) -> Option<(Option<String>, Count)> {
    if !matches!(node.content, Content::Map(_)) {
        return Some((None, count(node, r)?));
    }
    let mut f = Fields::of(&words::PODS, node, r)?;
    let of = f.optional("of").map(|n| known_node(n, context, r));
    let count = bound(f, r)?;
    Some((of.map_or(Some(None), |of| of.map(Some))?, count))
}

/// The attempts of a node, and how many.
fn attempts(node: &Node, context: &Context<'_, '_>, r: &mut Reader) -> Option<Fact> {
    let mut f = Fields::of(&words::ATTEMPTS, node, r)?;
    let of = f.required("of", r).and_then(|n| known_node(n, context, r));
    let count = bound(f, r)?;
    Some(Fact::Attempts { of: of?, count })
}

/// `at-least: N`, `at-most: N` or `exactly: N`, the last of the fields.
pub(super) fn bound(mut f: Fields<'_>, r: &mut Reader) -> Option<Count> {
    let Some((bound, n)) = f.one(r) else {
        f.nothing_found(r);
        return None;
    };
    f.finish(r);
    // None or more is always so.
    let n = r.count(n, u64::from(bound == "at-least"))?;
    Some(match bound {
        "at-least" => Count::AtLeast(n),
        "at-most" => Count::AtMost(n),
        _ => Count::Exactly(n),
    })
}

/// The name of a node that the workflow can have.
fn known_node(node: &Node, context: &Context<'_, '_>, r: &mut Reader) -> Option<String> {
    let name = r.text(node)?;
    context.check_one_node(&name, node.at, r);
    Some(name)
}

/// A list of such names, so many at least.
fn node_names(
    what: &'static str,
    least: usize,
    node: &Node,
    context: &Context<'_, '_>,
    r: &mut Reader,
) -> Option<Vec<String>> {
    let words = r.texts(node)?;
    if words.len() < least {
        let message = format!("`{what}` needs at least {least} names of nodes");
        r.error(node.at, message, None);
        return None;
    }
    for (name, at) in &words {
        // A tree can have several nodes of one name.
        if what == "node-tree" {
            context.check_node(name, *at, r);
        } else {
            context.check_one_node(name, *at, r);
        }
    }
    Some(words.into_iter().map(|(name, _)| name).collect())
}

fn node_fact(
    node: &Node,
    steps: &[String],
    context: &Context<'_, '_>,
    r: &mut Reader,
) -> Option<NodeFact> {
    let mut f = Fields::of(&words::NODE, node, r)?;
    let name = f.required("name", r).and_then(|n| known_node(n, context, r));
    let phase = f.optional("phase").map(|n| phases(n, &NODE_PHASES, &FINAL_NODE_PHASES, r));
    let message = f.optional("message").map(|n| r.text(n));
    let started = f.optional("started-as-at").map(|n| step_name(n, steps, r));
    f.finish(r);
    Some(NodeFact {
        name: name?,
        phase: phase.map_or(Some(None), |p| p.map(Some))?,
        message: message.map_or(Some(None), |m| m.map(Some))?,
        started_as_at: started.map_or(Some(None), |s| s.map(Some))?,
    })
}

fn output(node: &Node, context: &Context<'_, '_>, r: &mut Reader) -> Option<OutputFact> {
    let mut f = Fields::of(&words::OUTPUT, node, r)?;
    let of = f.required("node", r).and_then(|n| known_node(n, context, r));
    let value = f.optional("value").map(|n| (r.text(n), n.at));
    let Some((kind, name)) = f.one(r) else {
        f.nothing_found(r);
        return None;
    };
    f.finish(r);
    let is_artifact = kind == "artifact";
    if let (true, Some((_, at))) = (is_artifact, &value) {
        r.error(*at, "`value` goes with `parameter`".to_owned(), None);
    }
    let name = r.text(name);
    let value = value.map_or(Some(None), |(v, _)| v.map(Some))?;
    Some(OutputFact { node: of?, name: name?, is_artifact, value })
}

fn pod(node: &Node, context: &Context<'_, '_>, r: &mut Reader) -> Option<Fact> {
    let mut f = Fields::of(&words::POD, node, r)?;
    let name = f.required("node", r).and_then(|n| known_node(n, context, r));
    let phase =
        f.required("phase", r).and_then(|n| r.one_of(n, "phase of a pod", &words::POD_PHASES));
    f.finish(r);
    Some(Fact::Pod { node: name?, phase: phase?.to_owned() })
}

/// An expression; what is wrong in it is pointed at where it stands in the file.
fn expression(node: &Node, context: &Context<'_, '_>, r: &mut Reader) -> Option<Expression> {
    let text = r.text(node)?;
    match Expression::parse(&text) {
        Ok(expression) => {
            for name in expression.nodes() {
                let (line, column) = place_of(&text, name);
                context.check_one_node(name, r.place_in(node.at, &text, line, column), r);
            }
            Some(expression)
        }
        Err(errors) => {
            for error in errors {
                let at = r.place_in(node.at, &text, error.line, error.column);
                r.error(at, error.message, error.hint);
            }
            None
        }
    }
}

/// Line and column, from 1, of a part of a text.
fn place_of(text: &str, part: &str) -> (usize, usize) {
    let before = &text[..text.find(part).unwrap_or(0)];
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
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
