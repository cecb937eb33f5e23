//! The image for the steps of workflows: a shell and a few small programs.

use serde_json::{Value, json};

/// The image that every provider has, as case files name it.
pub const SHELL: &str = "argo-conformance/shell:1";

/// The image that no provider has and no registry serves: its pods wait for it.
pub const ABSENT: &str = "argo-conformance/absent:1";

/// The programs of [`SHELL`] besides `sh`, in `/bin`.
pub const PROGRAMS: [&str; 6] = ["cat", "kill", "ls", "mkdir", "rm", "sleep"];

/// The commands of its shell: `mvdan.cc/sh`, the parts of Bash that it has.
pub const BUILTINS: [&str; 43] = [
    ".",
    ":",
    "[",
    "[[",
    "alias",
    "bg",
    "break",
    "builtin",
    "cd",
    "command",
    "continue",
    "declare",
    "dirs",
    "echo",
    "eval",
    "exec",
    "exit",
    "export",
    "false",
    "fg",
    "getopts",
    "let",
    "local",
    "mapfile",
    "nameref",
    "popd",
    "printf",
    "pushd",
    "pwd",
    "read",
    "readarray",
    "readonly",
    "return",
    "set",
    "shift",
    "shopt",
    "source",
    "test",
    "trap",
    "true",
    "type",
    "unset",
    "wait",
];

/// Replaces the image of case files with this image, in every `image` field.
pub fn replace_image(value: &mut Value, image: &str) {
    match value {
        Value::Object(map) => {
            for (key, value) in map.iter_mut() {
                if key == "image" && value == SHELL {
                    *value = json!(image);
                } else {
                    replace_image(value, image);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|v| replace_image(v, image)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
