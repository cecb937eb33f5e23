//! Argo Workflows: where its programs come from, its images, its installation.

pub mod install;

use std::path::Path;

use crate::image::Image;

/// Image of the workflow controller, made from its program, under its published name.
pub fn controller(bin: &Path, tag: &str) -> Image {
    Image::new(&format!("quay.io/argoproj/workflow-controller:{tag}"))
        .program("/bin/workflow-controller", &bin.join("workflow-controller"))
        .entrypoint(&["workflow-controller"])
        .user("8737")
}

/// Image of argoexec, made from its program, under its published name.
pub fn executor(bin: &Path, tag: &str) -> Image {
    Image::new(&format!("quay.io/argoproj/argoexec:{tag}"))
        .program("/bin/argoexec", &bin.join("argoexec"))
        .entrypoint(&["argoexec"])
}
