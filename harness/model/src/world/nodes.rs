//! The nodes of a workflow, wherever its status has them.

use std::borrow::Cow;
use std::io::Read;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

/// Largest text of inflated nodes, in bytes. Argo compresses what is larger than 1 MiB.
const LARGEST: u64 = 64 * 1024 * 1024;

/// The workflow with compressed nodes where others are.
///
/// # Errors
/// The reason why the nodes cannot be read: they are offloaded, or cannot be inflated.
pub fn with_nodes(workflow: &Value) -> Result<Cow<'_, Value>, String> {
    let status = &workflow["status"];
    let is_set = |field: &str| status[field].as_str().filter(|text| !text.is_empty());
    if is_set("offloadNodeStatusVersion").is_some() {
        return Err("the workflow's nodes are offloaded to a database".to_owned());
    }
    let Some(compressed) = is_set("compressedNodes") else { return Ok(Cow::Borrowed(workflow)) };
    let nodes = inflated(compressed)
        .map_err(|cause| format!("failed to inflate the workflow's nodes: {cause}"))?;
    let mut workflow = workflow.clone();
    workflow["status"]["nodes"] = nodes;
    Ok(Cow::Owned(workflow))
}

fn inflated(compressed: &str) -> Result<Value, String> {
    let bytes = BASE64_STANDARD.decode(compressed).map_err(|error| error.to_string())?;
    let mut text = Vec::new();
    let inflater = flate2::read::GzDecoder::new(bytes.as_slice());
    inflater.take(LARGEST + 1).read_to_end(&mut text).map_err(|error| error.to_string())?;
    if text.len() as u64 > LARGEST {
        return Err(format!("they have more than {LARGEST} bytes"));
    }
    let nodes: Value = serde_json::from_slice(&text).map_err(|error| error.to_string())?;
    if nodes.is_object() { Ok(nodes) } else { Err("they are no map".to_owned()) }
}
