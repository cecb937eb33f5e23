//! The manifest of the canary workflow.

use model::argo_api::{API_VERSION, WORKFLOW};
use provision::objects::RUN;
use serde_json::{Value, json};

use super::Site;

/// Name of the output artifact.
pub(super) const ARTIFACT: &str = "result";

/// A workflow with one pod that writes one artifact. It has the settings and the labels that the
/// workflows of the cases have.
pub(super) fn manifest(site: &Site<'_>, namespace: &str, name: &str) -> Value {
    let mut manifest = json!({
        "apiVersion": API_VERSION,
        "kind": WORKFLOW.kind,
        "metadata": {
            "name": name, "namespace": namespace, "labels": { RUN: site.installation.run } },
        "spec": {
            "entrypoint": "main",
            "templates": [{
                "name": "main",
                "container": {
                    "image": site.installation.shell_image,
                    "command": ["sh", "-c"],
                    "args": ["echo canary > /tmp/result.txt"],
                },
                "outputs": { "artifacts": [{ "name": ARTIFACT, "path": "/tmp/result.txt" }] },
            }],
        },
    });
    drive::instance::mark(site.installation, &mut manifest);
    let controller = site.installation.versions.controller.parse().ok();
    site.pods.apply(&mut manifest, controller.as_ref());
    manifest
}
