//! The table of facts: every word with its reader.

use super::Fact;
use super::reader::ReadFact;
use super::{nodes, pods, requests, store, tasks, workflow};
use crate::expression::Expression;
use crate::parse::context::Context;
use crate::parse::fields::{Fields, Reader};
use crate::vocabulary::word::{self, Map, Row, Value, Word};
use crate::yaml::Node;

/// The words of each family.
const FAMILIES: &[&[Row<ReadFact>]] =
    &[workflow::WORDS, nodes::WORDS, store::WORDS, requests::WORDS, pods::WORDS, tasks::WORDS];

/// The words that are not of a family.
static OTHERS: [Row<ReadFact>; 3] = [
    Row::new(
        Word::new(
            "cel",
            Value::Text,
            "workflow.status.progress == '1/1'",
            "The result of a CEL expression about one object: `workflow`, `other_workflow`, \
             `pod`, `task_result`, `gc_task` or `objects`. `node(\"name\")` is a node of the \
             workflow. A failed expression makes the fact unknown. Test an optional field with \
             `has(…)`.",
        ),
        |node, _, context, r| Some(Fact::Cel(expression(node, context, r)?)),
    ),
    Row::new(
        Word::new(
            "all",
            Value::List(1, &ONE_FACT),
            "[{ nodes: fulfilled }, { objects: none }]",
            "All of these facts are true at the same moment.",
        ),
        |node, steps, context, r| Some(Fact::All(several(node, steps, context, r)?)),
    ),
    Row::new(
        Word::new(
            "any",
            Value::List(1, &ONE_FACT),
            "[{ phase: completed }, { workflow: gone }]",
            "At least one of these facts is true.",
        ),
        |node, steps, context, r| Some(Fact::Any(several(node, steps, context, r)?)),
    ),
];

/// Every word.
static TABLES: [&[Row<ReadFact>]; 7] = [
    workflow::WORDS,
    nodes::WORDS,
    store::WORDS,
    requests::WORDS,
    pods::WORDS,
    tasks::WORDS,
    &OTHERS,
];

static ONE_OF: [Word; word::count(FAMILIES) + 3] = word::words(&TABLES);

/// A fact.
pub static FACT: Map = Map { what: "a fact", one_of: &ONE_OF, beside: &[] };

static ONE_FACT: Value = Value::Map(&FACT);

/// Reads one fact: a map with one key, the kind of fact.
pub(crate) fn read_fact(
    node: &Node,
    steps: &[String],
    context: &Context<'_, '_>,
    r: &mut Reader,
) -> Option<Fact> {
    let mut f = Fields::of(&FACT, node, r)?;
    let Some((row, value)) = f.one(&TABLES, r) else {
        f.nothing_found(r);
        return None;
    };
    f.finish(r);
    (row.meaning)(value, steps, context, r)
}

fn several(
    node: &Node,
    steps: &[String],
    context: &Context<'_, '_>,
    r: &mut Reader,
) -> Option<Vec<Fact>> {
    let items = r.items("facts", node);
    let facts: Vec<_> = items.iter().filter_map(|n| read_fact(n, steps, context, r)).collect();
    (facts.len() == items.len() && !facts.is_empty()).then_some(facts)
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
