//! Prerequisites of a kind cluster on this machine. The check finds all missing prerequisites
//! before the start.

use std::collections::BTreeSet;
use std::path::PathBuf;

use futures::future::join_all;

use super::docker::Docker;
use super::error::KindError;
use super::settings::Settings;
use crate::go;
use crate::program::Missing;
use crate::progress::{Progress, awaited};

/// Absolute path of a program in `PATH`.
pub fn in_path(program: &str) -> Option<PathBuf> {
    let path = go::in_path(&std::env::vars_os().collect(), program)?;
    std::path::absolute(path).ok()
}

/// Prerequisites that this machine lacks for clusters with these settings, besides `kind` itself.
/// The function pulls missing images.
pub async fn lacks(settings: &[Settings], progress: &dyn Progress) -> Vec<Missing> {
    let mut missing = Vec::new();
    let mut lack = |what: String, remedy: &str| {
        missing.push(Missing { what, remedy: remedy.to_owned() });
    };
    if in_path("docker").is_none() {
        let what = "no docker command in PATH, which kind runs";
        lack(what.to_owned(), "install one (Debian: apt-get install docker-cli)");
    }
    match Docker::reach().await {
        Err(error) => {
            let remedy = remedy(&error);
            lack(format!("a Docker daemon that answers ({error})"), &remedy);
        }
        Ok(docker) => {
            let images: BTreeSet<(&str, &str, &str)> = settings
                .iter()
                .flat_map(|one| {
                    let node = ("node", "--node-image", one.node_image.as_str());
                    [node, ("store", "--store-image", &one.store_image)]
                })
                .collect();
            let had = images.iter().map(|(_, _, reference)| image(&docker, reference, progress));
            for ((part, flag, reference), had) in images.iter().zip(join_all(had).await) {
                if let Err(error) = had {
                    lack(
                        format!("the {part}'s image {reference}, which is not here ({error})"),
                        &format!(
                            "`docker load` it, log in with `docker login` if its registry wants \
                             credentials, name another with {flag}, or --provider native"
                        ),
                    );
                }
            }
        }
    }
    missing
}

/// Remedy for a daemon that does not answer.
fn remedy(error: &KindError) -> String {
    let first = match error.hint() {
        Some(hint) => hint,
        None if error.is_permission() => {
            "join the group that may use its socket (usually `docker`) and log in again".to_owned()
        }
        None => "start it, or name it with DOCKER_HOST".to_owned(),
    };
    format!("{first}; `--provider native` needs none")
}

async fn image(docker: &Docker, reference: &str, progress: &dyn Progress) -> Result<(), KindError> {
    if docker.has_image(reference).await? {
        return Ok(());
    }
    awaited(progress, "pull images", docker.pull(reference)).await
}
