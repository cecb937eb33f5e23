//! Argo Workflows: where its programs come from, its images, its installation.

pub mod install;

use std::path::Path;

use crate::image::Image;

/// Images of one Argo version, made from its programs, under their published names.
pub fn images(bin: &Path, tag: &str) -> [Image; 2] {
    let controller = format!("quay.io/argoproj/workflow-controller:{tag}");
    let executor = format!("quay.io/argoproj/argoexec:{tag}");
    [
        Image::new(&controller)
            .program("/bin/workflow-controller", &bin.join("workflow-controller"))
            .entrypoint(&["workflow-controller"])
            .user("8737"),
        Image::new(&executor)
            .program("/bin/argoexec", &bin.join("argoexec"))
            .entrypoint(&["argoexec"]),
    ]
}
