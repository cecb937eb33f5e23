//! Fields that must be text. To a reader of YAML 1.1, as `kubectl` has one, a plain `n` is false.

use super::super::fields::Reader;
use crate::yaml::{Content, Key, Node, Position};

/// Fields whose value is text, wherever they stand.
const TEXTS: [&str; 46] = [
    "apiVersion",
    "body",
    "boundaryID",
    "bucket",
    "claimName",
    "concurrencyPolicy",
    "configMap",
    "default",
    "depends",
    "endpoint",
    "entrypoint",
    "expression",
    "from",
    "fromExpression",
    "generateName",
    "globalName",
    "image",
    "jqFilter",
    "jsonPath",
    "key",
    "kind",
    "manifest",
    "method",
    "mountPath",
    "name",
    "namespace",
    "onExit",
    "parameter",
    "path",
    "podSpecPatch",
    "priorityClassName",
    "restartPolicy",
    "retryPolicy",
    "schedule",
    "schedulerName",
    "secretName",
    "serviceAccountName",
    "shutdown",
    "source",
    "strategy",
    "subPath",
    "template",
    "timezone",
    "url",
    "when",
    "workingDir",
];

/// Fields whose value is text for the items of these lists.
const VALUES_OF: [&str; 3] = ["env", "headers", "parameters"];

/// Lists whose items are text.
const LISTS: [&str; 5] = ["args", "command", "dependencies", "enum", "finalizers"];

/// Maps whose values are text.
const MAPS: [&str; 6] =
    ["annotations", "data", "labels", "matchLabels", "nodeSelector", "stringData"];

/// Fields that hold whatever the author likes.
const FREE: [&str; 2] = ["items", "withItems"];

/// The plain scalars that a reader of YAML 1.1 takes for `true`. [`FALSE`] has those for `false`.
const TRUE: [&str; 11] = ["y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE"];
const FALSE: [&str; 11] =
    ["n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE"];

/// Says which scalars are not the text that they must be.
pub(super) fn check(node: &Node, r: &mut Reader) {
    Walk { r, parent: None }.visit(node);
}

struct Walk<'r> {
    r: &'r mut Reader,
    /// The field that the map or list is the value of.
    parent: Option<String>,
}

impl Walk<'_> {
    fn visit(&mut self, node: &Node) {
        match &node.content {
            Content::Map(entries) => {
                for (key, value) in entries {
                    self.key(key);
                    self.entry(key, value);
                }
            }
            Content::List(items) => items.iter().for_each(|item| self.visit(item)),
            Content::Null
            | Content::Bool(_)
            | Content::Integer(_)
            | Content::Float(_)
            | Content::Text(_) => {}
        }
    }

    fn entry(&mut self, key: &Key, value: &Node) {
        let name = key.name.as_str();
        let parent = self.parent.as_deref().unwrap_or_default();
        let of_list = VALUES_OF.contains(&parent) && name == "value";
        if FREE.contains(&name) {
            return;
        }
        if TEXTS.contains(&name) || of_list || MAPS.contains(&parent) {
            self.text(name, value);
        }
        if let (true, Content::List(items)) = (LISTS.contains(&name), &value.content) {
            for item in items {
                self.text(name, item);
            }
        }
        let outer = self.parent.replace(name.to_owned());
        self.visit(value);
        self.parent = outer;
    }

    fn text(&mut self, name: &str, value: &Node) {
        let plain = self.plain(value.at);
        let what = match &value.content {
            Content::Bool(value) => value.to_string(),
            Content::Integer(_) | Content::Float(_) => "a number".to_owned(),
            Content::Text(text) => match to_kubectl(text).filter(|_| plain.is_some()) {
                Some(what) => what.to_owned(),
                None => return,
            },
            Content::Null | Content::List(_) | Content::Map(_) => return,
        };
        let shown = plain.unwrap_or_default();
        let message = format!("invalid text: the `{name}` `{shown}` is {what} to kubectl");
        self.r.error(value.at, message, Some(format!("Write it in quotes: `'{shown}'`.")));
    }

    fn key(&mut self, key: &Key) {
        let Some(plain) = self.plain(key.at).filter(|_| is_boolean(&key.name)) else {
            return;
        };
        let message = format!("invalid field: `{plain}` is true or false to kubectl, not text");
        self.r.error(key.at, message, Some(format!("Write it in quotes: `'{plain}'`.")));
    }

    /// The scalar that stands here, if it has no quotes and is on one line.
    fn plain(&self, at: Position) -> Option<String> {
        let line = self.r.line(at)?;
        let end = line.find([',', '}', ']', '#']).unwrap_or(line.len());
        let word = line[..end].split(": ").next().unwrap_or_default().trim_end_matches(':');
        let quoted = word.starts_with(['\'', '"', '|', '>', '!', '*', '&']);
        (!quoted && !word.trim().is_empty()).then(|| word.trim().to_owned())
    }
}

fn is_boolean(text: &str) -> bool {
    TRUE.contains(&text) || FALSE.contains(&text)
}

/// The type of a plain scalar to a reader of YAML 1.1, if it is no text.
fn to_kubectl(text: &str) -> Option<&'static str> {
    let digits = text.trim_start_matches(['-', '+']);
    let number = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.contains('_')
        && digits.chars().all(|c| c.is_ascii_digit() || c == '_');
    match text {
        word if TRUE.contains(&word) => Some("true"),
        word if FALSE.contains(&word) => Some("false"),
        _ => number.then_some("a number"),
    }
}
