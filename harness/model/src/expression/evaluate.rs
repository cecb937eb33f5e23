//! The evaluation of an expression on an object.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use cel::{Context, ExecutionError, Value as CelValue};
use serde_json::{Map, Value, json};

use super::{ENVIRONMENT, Expression};

/// The nodes that an expression asks for, by the names that it uses. A value is the node, or the
/// reason why the name stands for no single node.
pub type Named = BTreeMap<String, Result<Value, String>>;

/// Most steps of loops in one evaluation, estimated before it begins.
const MOST_STEPS: u64 = 1_000_000;
/// Longest reason, in characters.
const LONGEST_REASON: usize = 200;

impl Expression {
    /// Whether the expression holds of this object. `nodes` has the nodes that the expression asks
    /// for.
    ///
    /// # Errors
    /// The reason in words. Reasons are a missing field, types that do not fit, and a result that
    /// is not boolean. Others are a name that is not of one node, and too many steps.
    pub fn says(&self, object: &Value, nodes: &Named) -> Result<bool, String> {
        let read = self.read_of(object);
        self.check_cost(&read, nodes)?;
        let mut context = Context::with_env(Arc::clone(&ENVIRONMENT));
        let value = cel::to_value(read).map_err(|error| reason(&error.to_string()))?;
        context.add_variable_from_value(self.subject.name(), value);
        context.add_function("seconds", seconds).map_err(|error| reason(&error.to_string()))?;
        if !self.nodes.is_empty() {
            let nodes = converted(nodes);
            let node = move |name: Arc<String>| found(&nodes, &name);
            context.add_function("node", node).map_err(|error| reason(&error.to_string()))?;
        }
        match self.program.execute(&context) {
            Ok(CelValue::Bool(holds)) => Ok(holds),
            Ok(_) => Err("the result is not true or false".to_owned()),
            Err(error) => Err(reason(&error.to_string())),
        }
    }

    /// As much of the object as it reads: most of a pod is of no interest, and is not converted.
    fn read_of<'o>(&self, object: &'o Value) -> Cow<'o, Value> {
        if self.whole || !object.is_object() {
            return Cow::Borrowed(object);
        }
        let mut part = Map::new();
        for path in &self.paths {
            let Some(found) = path.iter().try_fold(object, |value, field| value.get(field)) else {
                // Where the last field is missing, the ones before it are there all the same.
                if let [first, _] = path.as_slice()
                    && let Some(found) = object.get(first)
                {
                    let empty = if found.is_object() { json!({}) } else { found.clone() };
                    part.entry(first.clone()).or_insert(empty);
                }
                continue;
            };
            if let [first, second] = path.as_slice() {
                let inner = part.entry(first.clone()).or_insert_with(|| json!({}));
                inner[second] = found.clone();
            } else if let [first] = path.as_slice() {
                part.insert(first.clone(), found.clone());
            }
        }
        Cow::Owned(Value::Object(part))
    }

    /// Refuses an evaluation whose loops could take more than [`MOST_STEPS`] steps. A loop goes
    /// over one list or map, or over several of them joined. None of them is larger than the
    /// largest that the expression reads or spells out.
    fn check_cost(&self, read: &Value, nodes: &Named) -> Result<(), String> {
        if self.loops == 0 {
            return Ok(());
        }
        let named = nodes.values().flatten().map(largest).max();
        let read = largest(read).max(named.unwrap_or(0)).max(commas(&self.text));
        let joined = 1 + self.text.matches('+').count();
        let longest = u64::try_from(read.saturating_mul(joined)).unwrap_or(u64::MAX);
        let steps = longest.saturating_pow(self.power).saturating_mul(self.loops.into());
        if steps > MOST_STEPS {
            return Err(format!("its loops could take {steps} steps, more than {MOST_STEPS}"));
        }
        Ok(())
    }
}

/// Items of the largest list or map in a value.
fn largest(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(largest).max().unwrap_or(0).max(items.len()),
        Value::Object(map) => map.values().map(largest).max().unwrap_or(0).max(map.len()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

/// A list that an expression spells out has at most one item more than the text has commas.
fn commas(text: &str) -> usize {
    text.matches(',').count() + 1
}

type Converted = BTreeMap<String, Result<CelValue, String>>;

fn converted(nodes: &Named) -> Converted {
    let one = |node: &Result<Value, String>| {
        let node = node.as_ref().map_err(Clone::clone)?;
        cel::to_value(node).map_err(|error| reason(&error.to_string()))
    };
    nodes.iter().map(|(name, node)| (name.clone(), one(node))).collect()
}

fn found(nodes: &Converted, name: &str) -> Result<CelValue, ExecutionError> {
    let known = nodes.get(name).cloned();
    known
        .unwrap_or_else(|| Err(format!("there is no node {name}")))
        .map_err(|error| ExecutionError::function_error("node", error))
}

/// A time as seconds since 1970.
#[expect(clippy::needless_pass_by_value, reason = "the interpreter calls it so")]
fn seconds(time: Arc<String>) -> Result<f64, ExecutionError> {
    let parsed: Result<jiff::Timestamp, _> = time.parse();
    parsed
        .map(|time| time.as_duration().as_secs_f64())
        .map_err(|error| ExecutionError::function_error("seconds", error))
}

/// The message of the interpreter on one line, of at most [`LONGEST_REASON`] characters. Some
/// messages quote whole values.
fn reason(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(LONGEST_REASON) {
        Some((end, _)) => format!("{}…", &words[..end]),
        None => words,
    }
}
