//! Installations as `run.json` has them, from what a run read back.

use std::path::Path;

use model::Untrusted;
use model::history::Versions;
use model::profile::Profile;
use model::read_back::ReadBack;
use report::Judged;
use report::run::{ArgoReport, Image};

/// File with what was read back of an installation, in its directory.
pub const INSTALLATION: &str = "installation.json";

/// An installation as it was read back.
pub fn argo(versions: &Versions, profile: Option<Profile>, read: &ReadBack) -> ArgoReport {
    let flag = |name: &str| {
        let mut args = read.controller_args.iter();
        args.find(|arg| *arg == name).and_then(|_| args.next()).cloned()
    };
    let settings = read.controller_env.iter().filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        Some((name.to_owned(), value.into()))
    });
    let digest = read.controller_image_id.rsplit('@').next().filter(|d| d.starts_with("sha256:"));
    let mut images = vec![Image {
        component: "workflow-controller".to_owned(),
        name: read.controller_image.as_str().into(),
        digest: digest.map(Untrusted::from),
    }];
    // A found controller may have the image from its settings.
    let executor = match &read.controller {
        Some(found) => found.executor_image.as_ref().map(|image| image.raw().to_owned()),
        None => flag("--executor-image"),
    };
    images.extend(executor.map(|name| Image {
        component: "argoexec".to_owned(),
        name: name.into(),
        digest: None,
    }));
    ArgoReport {
        versions: versions.clone(),
        source: read.source.as_str().into(),
        profile,
        settings: settings.collect(),
        images,
        kubernetes: read.kubernetes.as_str().into(),
        controller: read.controller.clone(),
    }
}

/// A verdict whose history is named from the run directory.
pub fn relative(judged: &Judged, directory: &Path) -> Judged {
    let history = judged.history.as_ref().map(|path| {
        let path = Path::new(path);
        path.strip_prefix(directory).unwrap_or(path).display().to_string()
    });
    Judged { history, ..judged.clone() }
}
