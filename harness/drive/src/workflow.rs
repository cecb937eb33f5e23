//! The workflow of a case: its name and its images.

use model::image::SHELL;
use serde_json::{Value, json};

/// Name of a case's workflow: the last part of the case's id, with `-` for `@`. At most 40
/// characters.
pub fn workflow_name(case: &str) -> String {
    let last = case.rsplit('/').next().unwrap_or(case);
    last.replace('@', "-").chars().take(40).collect()
}

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
        _ => {}
    }
}
