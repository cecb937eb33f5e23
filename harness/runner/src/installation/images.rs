//! The images of published releases, for a native cluster. Such a cluster pulls no images.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::Context;
use provision::image;
use provision::registry::{Credentials, Registries};
use rundir::error::{Error, Problem};

use super::spec::InstallationSpec;
use crate::config::ImageConfig;
use crate::session::Session;

/// The given archives, and an archive of each image of a release that no given archive has. The
/// images come from the cache or from their registry.
///
/// # Errors
/// An archive cannot be read, or images cannot be pulled: each image with the reason.
pub(super) async fn archives(
    session: &Session,
    specs: &[InstallationSpec],
    config: &ImageConfig,
) -> anyhow::Result<Vec<PathBuf>> {
    let mut archives = config.archives.clone();
    let needed: BTreeSet<String> =
        specs.iter().flat_map(InstallationSpec::published_images).collect();
    if needed.is_empty() {
        return Ok(archives);
    }
    let mut there = BTreeSet::new();
    for archive in &archives {
        let read = image::references(archive);
        there.extend(read.with_context(|| format!("failed to read {}", archive.display()))?);
    }
    let registries = Registries {
        mirror: config.mirror.clone(),
        credentials: Credentials::of(&std::env::vars_os().collect()),
    };
    let mut problems = Vec::new();
    for image in needed.difference(&there) {
        let pulling = registries.archive(&session.cache, image, &*session.progress);
        let pulled = tokio::select! {
            pulled = pulling => pulled,
            () = session.stop.cancelled() => {
                anyhow::bail!("the run was stopped during the pull of an image")
            }
        };
        match pulled {
            Ok(archive) => archives.push(archive),
            Err(error) => {
                let hint = error.hint();
                problems.push(Problem::of(&error.into()).with_hint_of(hint));
            }
        }
    }
    if problems.is_empty() {
        return Ok(archives);
    }
    Err(Error::all(report::exit::NO_ENVIRONMENT, problems).into())
}
