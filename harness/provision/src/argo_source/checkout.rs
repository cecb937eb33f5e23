//! A checkout of Argo as a source, for a fix that has no release.

use std::path::{Path, PathBuf};

use semver::{BuildMetadata, Version};

use super::layout;
use super::source::{ArgoSource, argo};
use crate::program::given::Given;
use crate::program::tree::{Tree, TreeError};

/// Error of a checkout: the text names no source of Argo that can be built.
#[derive(Debug, thiserror::Error)]
pub enum CheckoutError {
    /// The text has no target release.
    #[error("invalid checkout {}: it has no target release", path.display())]
    Unsaid {
        /// Path of the checkout.
        path: PathBuf,
    },
    /// The target release is not a version of Argo.
    #[error("invalid target release `{version}` of the checkout {}: not a version of Argo", path.display())]
    Version {
        /// Path of the checkout.
        path: PathBuf,
        /// The text after the `=`.
        version: String,
    },
    /// The directory is not Argo's source.
    #[error("invalid checkout {}: it is not Argo Workflows: {reason}", path.display())]
    Other {
        /// Path of the checkout.
        path: PathBuf,
        /// The difference from Argo's source.
        reason: String,
    },
    /// The target release has another major version than the checkout.
    #[error("invalid target release {version} of the checkout {}: its module is {module}", path.display())]
    Major {
        /// Path of the checkout.
        path: PathBuf,
        /// Module path of the checkout.
        module: String,
        /// The target release.
        version: String,
    },
    /// A file of the checkout failed to be read.
    #[error(transparent)]
    Tree(#[from] TreeError),
}

impl CheckoutError {
    /// The remedy.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Unsaid { path } | Self::Version { path, .. } => format!(
                "append the target release, for example {}=3.5.13; that release's expectations \
                 apply",
                path.display()
            ),
            Self::Other { .. } => "name the directory of Argo's go.mod".to_owned(),
            Self::Major { .. } => "name a target release of that major version".to_owned(),
            Self::Tree(error) => return error.hint(),
        })
    }
}

/// A checkout by `PATH=VERSION`.
pub(super) fn source(text: &str) -> Result<ArgoSource, CheckoutError> {
    let Some((path, version)) = text.rsplit_once('=') else {
        return Err(CheckoutError::Unsaid { path: text.into() });
    };
    let path = PathBuf::from(path);
    let unusable = || {
        let version = version.to_owned();
        CheckoutError::Version { path: path.clone(), version }
    };
    let of = version.strip_prefix('v').unwrap_or(version).parse::<Version>();
    let mut of = of.ok().filter(|v| v.major >= 3 && v.build.is_empty()).ok_or_else(unusable)?;
    let module = module(&path)?;
    if !layout::is_of(&module, of.major) {
        let version = of.to_string();
        return Err(CheckoutError::Major { path, module, version });
    }
    let real = path.canonicalize();
    let path = real.map_err(|source| TreeError::Io { path: path.clone(), source })?;
    let tree = Tree::read(&path)?;
    // The value has hexadecimal digits, letters and a dot. Such a value is always build metadata.
    of.build = BuildMetadata::new(&format!("tree.{}", tree.short())).unwrap_or_default();
    let mut item = argo(&of.to_string(), &module);
    item.given = Some(Given::Tree(tree));
    Ok(ArgoSource::built(of.to_string(), item))
}

/// Module path of a directory. The directory must have every part of Argo that a build needs.
fn module(path: &Path) -> Result<String, CheckoutError> {
    let other = |reason: String| CheckoutError::Other { path: path.to_owned(), reason };
    let text = std::fs::read_to_string(path.join("go.mod"))
        .map_err(|error| other(format!("its go.mod cannot be read: {error}")))?;
    let module = layout::module(&text).map_err(other)?;
    layout::lacks(|name| path.join(name).is_dir()).map_err(other)?;
    Ok(module)
}

#[cfg(test)]
mod tests;
