//! The images of containers, and what they run.

use super::super::fields::Reader;
use super::programs;
use crate::diagnostic::nearest;
use crate::image::{ABSENT, PROGRAMS, SHELL};
use crate::yaml::{Content, Node};

/// Says which images no provider has, and which programs their image has not.
pub(super) fn check(node: &Node, r: &mut Reader) {
    match &node.content {
        Content::Map(entries) => {
            if let Some(Content::Text(image)) = field(node, "image").map(|image| &image.content) {
                container(node, image, r);
            }
            for (_, value) in entries {
                check(value, r);
            }
        }
        Content::List(items) => items.iter().for_each(|item| check(item, r)),
        Content::Null
        | Content::Bool(_)
        | Content::Integer(_)
        | Content::Float(_)
        | Content::Text(_) => {}
    }
}

fn field<'n>(node: &'n Node, name: &str) -> Option<&'n Node> {
    let Content::Map(entries) = &node.content else { return None };
    entries.iter().find(|(key, _)| key.name == name).map(|(_, value)| value)
}

/// The texts of a list, with their nodes.
fn texts<'n>(node: Option<&'n Node>) -> Vec<(&'n str, &'n Node)> {
    let Some(Content::List(items)) = node.map(|node| &node.content) else { return Vec::new() };
    let text = |item: &'n Node| Some((item.content.text()?, item));
    items.iter().filter_map(text).collect()
}

fn container(node: &Node, image: &str, r: &mut Reader) {
    let at = field(node, "image").map_or(node.at, |image| image.at);
    if image.contains("{{") || image == ABSENT {
        return;
    }
    if image != SHELL {
        let hint = match nearest(image, &[SHELL]) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are: {SHELL}, and {ABSENT} for a pod that must wait"),
        };
        r.error(at, format!("no provider has the image `{image}`"), Some(hint));
        return;
    }
    let words: Vec<_> =
        texts(field(node, "command")).into_iter().chain(texts(field(node, "args"))).collect();
    let Some((program, place)) = words.first().filter(|_| field(node, "command").is_some()) else {
        let hint = "write a `command`: `[sh, -c]`".to_owned();
        r.error(at, format!("the image `{SHELL}` has no command of its own"), Some(hint));
        return;
    };
    let name = program.strip_prefix("/bin/").unwrap_or(program);
    if name != "sh" {
        if !program.contains("{{") && !PROGRAMS.contains(&name) {
            unknown(program, place.at, r);
        }
        return;
    }
    let after = words.iter().skip_while(|(word, _)| *word != "-c").nth(1);
    let source = field(node, "source").and_then(|source| Some((source.content.text()?, source)));
    for (script, node) in after.copied().into_iter().chain(source) {
        for found in programs::called(script) {
            let (line, column) = programs::place(script, found.at);
            unknown(found.name, r.place_in(node.at, script, line, column), r);
        }
    }
}

fn unknown(program: &str, at: crate::yaml::Position, r: &mut Reader) {
    let known: Vec<&str> = ["sh"].into_iter().chain(PROGRAMS).collect();
    // A short word is near to each of them.
    let hint = match nearest(program, &known).filter(|_| program.len() > 4) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("it has: {}, and the shell's own commands", known.join(", ")),
    };
    r.error(at, format!("the image `{SHELL}` has no program `{program}`"), Some(hint));
}
