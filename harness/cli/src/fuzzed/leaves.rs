//! JSON as a text with a line for each leaf: `/POINTER VALUE`. An alteration of one line leaves the
//! rest of the value as it was.

use serde_json::{Map, Value};

/// The leaves of a value. An empty list or object is a leaf.
pub(super) fn leaves(value: &Value) -> String {
    let mut text = String::new();
    add(value, "", &mut text);
    text
}

fn add(value: &Value, pointer: &str, text: &mut String) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (name, value) in fields {
                add(value, &format!("{pointer}/{}", escaped(name)), text);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                add(item, &format!("{pointer}/{index}"), text);
            }
        }
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_) => {
            text.extend([pointer, " ", &value.to_string(), "\n"]);
        }
    }
}

/// A name without what ends a name in a line.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1").replace(' ', "~2")
}

fn unescaped(name: &str) -> String {
    name.replace("~2", " ").replace("~1", "/").replace("~0", "~")
}

/// The value with these leaves. A line that is none says nothing; a later line counts.
pub(super) fn value(text: &str) -> Value {
    let mut value = Value::Null;
    for line in text.lines() {
        let Some((pointer, leaf)) = line.split_once(' ') else { continue };
        let Some(pointer) = pointer.strip_prefix('/') else { continue };
        let leaf = serde_json::from_str(leaf).unwrap_or_else(|_| Value::String(leaf.to_owned()));
        *place(&mut value, pointer) = leaf;
    }
    value
}

/// Deepest place of a leaf.
const DEEPEST: usize = 64;

fn place<'a>(value: &'a mut Value, pointer: &str) -> &'a mut Value {
    pointer.split('/').take(DEEPEST).fold(value, |at, name| {
        let index = name.parse::<usize>().ok();
        if at.is_null() && index == Some(0) {
            *at = Value::Array(Vec::new());
        }
        match (at, index) {
            (Value::Array(items), Some(index)) => {
                let index = index.min(items.len());
                if index == items.len() {
                    items.push(Value::Null);
                }
                &mut items[index]
            }
            (at, _) => {
                if !at.is_object() {
                    *at = Value::Object(Map::new());
                }
                &mut at[unescaped(name)]
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::{Value, json};

    use super::{leaves, value};

    #[rstest]
    #[case::nested(json!({ "a": [{ "b": 1.5 }, null, [], {}], "c": { "d": "x y\n" } }))]
    #[case::names(json!({ "3.7.18/a b/~1": true, "x": [[0], [1, 2]] }))]
    fn a_value_comes_back_from_its_leaves(#[case] of: Value) {
        assert_eq!(value(&leaves(&of)), of);
    }

    #[rstest]
    #[case::later_line("/a/0 1\n/a []\n", json!({ "a": [] }))]
    #[case::no_line("/a 1\n\nno pointer\n/\n", json!({ "a": 1 }))]
    #[case::no_json("/a x\n", json!({ "a": "x" }))]
    #[case::far_index("/a/0 1\n/a/99 2\n", json!({ "a": [1, 2] }))]
    #[case::other_kind("/a 1\n/a/b 2\n", json!({ "a": { "b": 2 } }))]
    fn an_altered_line_alters_its_leaf(#[case] text: &str, #[case] of: Value) {
        assert_eq!(value(text), of);
    }
}
