//! Argo Workflows: its images, its rendered manifests, and its installation.

mod controller_pod;
pub mod controller_ready;
pub mod install;
pub mod overlay;
pub mod pair;
mod profile;
pub mod rendered_manifests;
pub mod replicas;

use std::path::Path;

use model::argo_api::CONTROLLER;

use crate::image::Image;

/// Published name of the workflow controller's image.
pub fn controller_image(tag: &str) -> String {
    format!("quay.io/argoproj/{CONTROLLER}:{tag}")
}

/// Published name of argoexec's image.
pub fn executor_image(tag: &str) -> String {
    format!("quay.io/argoproj/argoexec:{tag}")
}

/// Image of the workflow controller, made from its program, under its published name.
pub fn controller(bin: &Path, tag: &str) -> Image {
    Image::new(&controller_image(tag))
        .program(&format!("/bin/{CONTROLLER}"), &bin.join(CONTROLLER))
        .entrypoint(&[CONTROLLER])
        .user("8737")
}

/// Image of argoexec, made from its program, under its published name.
pub fn executor(bin: &Path, tag: &str) -> Image {
    Image::new(&executor_image(tag))
        .program("/bin/argoexec", &bin.join("argoexec"))
        .entrypoint(&["argoexec"])
}
