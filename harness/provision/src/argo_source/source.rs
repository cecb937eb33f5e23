//! The source of one Argo version, and its item to build.

use model::argo_api::CONTROLLER;

use super::release::Release;
use crate::program::given::{Commit, Given};
use crate::program::tree::Tree;
use crate::program::{COMMIT, Item, Restored};
use crate::progress::UsualTimes;

/// The source of one Argo version: programs and manifests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArgoSource {
    pub(super) version: String,
    pub(super) origin: Origin,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// The programs are built.
    Built(Box<Item>),
    /// The programs are downloaded from a published release.
    Published(Release),
}

impl ArgoSource {
    /// A source that is built.
    pub(super) fn built(version: String, item: Item) -> Self {
        Self { version, origin: Origin::Built(Box::new(item)) }
    }

    /// The version, without a leading `v`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The kind of source for a person: `its Go module`, `git commit …`.
    pub fn words(&self) -> String {
        let item = match &self.origin {
            Origin::Published(_) => return "its release".to_owned(),
            Origin::Built(item) => item,
        };
        match &item.given {
            None => "its Go module".to_owned(),
            Some(Given::Tree(tree)) => format!("a checkout, sha256:{}", tree.sha256),
            Some(Given::Commit(commit)) => format!("git commit {}", commit.commit),
        }
    }

    /// Tag of the images that contain this source's programs. A `-` replaces the `+` of a version.
    pub fn tag(&self) -> String {
        format!("v{}", self.version.replace('+', "-"))
    }

    /// The item to build. `None` for a published release.
    pub fn item(&self) -> Option<&Item> {
        match &self.origin {
            Origin::Built(item) => Some(item),
            Origin::Published(_) => None,
        }
    }

    /// The checkout to build. `None` for every other source.
    pub fn tree(&self) -> Option<&Tree> {
        match self.item()?.given.as_ref()? {
            Given::Tree(tree) => Some(tree),
            Given::Commit(_) => None,
        }
    }

    /// The commit to build. `None` for every other source.
    pub fn commit(&self) -> Option<&Commit> {
        match self.item()?.given.as_ref()? {
            Given::Tree(_) => None,
            Given::Commit(commit) => Some(commit),
        }
    }

    /// The release to download. `None` for every other source.
    pub fn published(&self) -> Option<&Release> {
        match &self.origin {
            Origin::Built(_) => None,
            Origin::Published(release) => Some(release),
        }
    }
}

/// The item of a Go module of Argo.
pub(super) fn argo(release: &str, module: &str) -> Item {
    let tag = format!("v{release}");
    let mut item = Item::of("argo-workflows", release, module)
        .variable(&format!("{module}.version"), &tag)
        .variable(&format!("{module}.gitTag"), &tag)
        .variable(&format!("{module}.gitTreeState"), "clean")
        // Argo reports `v3.7.18+unknown` without a commit, even if the tree is clean.
        .variable(&format!("{module}.gitCommit"), COMMIT);
    for name in [CONTROLLER, "argoexec", "argo"] {
        item = item.command(&format!("./cmd/{name}"), name);
    }
    item.restored = restored();
    item.kept = vec!["manifests".to_owned()];
    item.disk = 4_500_000_000;
    item.usual = UsualTimes::seconds(50, 210);
    item
}

/// Files that the Go module lacks. The archive of a module has no symbolic links and no files that
/// a release build generates.
fn restored() -> Vec<Restored> {
    let signal = |directory: &str| Restored::Copy {
        from: format!("workflow/executor/{directory}/signal_darwin.go"),
        to: format!("workflow/executor/{directory}/signal_linux.go"),
    };
    vec![
        signal("os-specific"),
        signal("osspecific"),
        Restored::Copy {
            from: "server/static/files.go.stub".to_owned(),
            to: "server/static/files.go".to_owned(),
        },
        Restored::Empty {
            beside: "ui/embed.go".to_owned(),
            to: "ui/dist/app/index.html".to_owned(),
        },
    ]
}
