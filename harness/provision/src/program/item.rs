//! The programs of one module, as an item to build.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::given::Given;
use crate::go::Toolchain;
use crate::progress::{UsualTimes, Work, WorkKind};

/// Version of the build procedure. A change that alters the programs needs a new version.
const RECIPE: u32 = 3;

/// Placeholder in a variable's value. The build replaces the placeholder with the commit of the
/// module.
pub(crate) const COMMIT: &str = "{commit}";

/// The programs of one module. One item gives one entry of the cache.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Name for a person: `kubernetes`.
    pub name: String,
    /// Version for a person: `1.34.4`.
    pub release: String,
    /// Path of the module.
    pub module: String,
    /// Version of the module: `v1.34.4`.
    pub version: String,
    /// Commands to build.
    pub commands: Vec<Command>,
    /// True if the build needs a C compiler.
    pub cgo: bool,
    /// Build tags.
    pub tags: Vec<String>,
    /// Go variables that the linker sets: full name and value.
    pub variables: Vec<(String, String)>,
    /// Treatment of `replace` lines that name a directory outside the module.
    pub local_replaces: LocalReplaces,
    /// The checkout or commit to build. `None`: the published module.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<Given>,
    /// Files to add to the copy. The archive of a module cannot hold these files.
    pub restored: Vec<Restored>,
    /// Directories of the module that the entry keeps beside the programs.
    pub kept: Vec<String>,
    /// Bytes of sources and compiled packages during the build, measured and rounded up. The value
    /// does not alter the programs.
    #[serde(skip)]
    pub disk: u64,
    /// Usual times of fetch and build. The value does not alter the programs.
    #[serde(skip)]
    pub usual: UsualTimes,
}

/// One command of a module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    /// The package, relative to the module: `./cmd/kubelet`.
    pub package: String,
    /// Name of the program's file.
    pub program: String,
}

/// Treatment of `replace` lines that name a directory. The module does not contain that directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LocalReplaces {
    /// The build removes the lines. Published versions satisfy the `require` lines.
    Dropped,
    /// The published module of this version replaces the directory.
    Published(String),
}

/// A file that the build adds to the copy of a module, unless the file exists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Restored {
    /// A copy of another file of the module, if the module has that file.
    Copy {
        /// The file to copy.
        from: String,
        /// The missing file.
        to: String,
    },
    /// An empty file, if the module has another file that needs it.
    Empty {
        /// The file that needs the missing file.
        beside: String,
        /// The missing file.
        to: String,
    },
}

impl Item {
    pub(super) fn new(name: &str, release: &str, module: &str, version: &str) -> Self {
        Self {
            name: name.to_owned(),
            release: release.to_owned(),
            module: module.to_owned(),
            version: version.to_owned(),
            commands: Vec::new(),
            cgo: false,
            tags: Vec::new(),
            variables: Vec::new(),
            local_replaces: LocalReplaces::Dropped,
            given: None,
            restored: Vec::new(),
            kept: Vec::new(),
            disk: 300_000_000,
            usual: UsualTimes::default(),
        }
    }

    /// An item whose module version is `release` with a leading `v`.
    pub(crate) fn of(name: &str, release: &str, module: &str) -> Self {
        Self::new(name, release, module, &format!("v{release}"))
    }

    pub(crate) fn command(mut self, package: &str, program: &str) -> Self {
        self.commands.push(Command { package: package.to_owned(), program: program.to_owned() });
        self
    }

    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Name and version, for people: `kubernetes 1.34.4`.
    pub fn label(&self) -> String {
        format!("{} {}", self.name, self.release)
    }

    /// A stage of this item.
    pub fn work(&self, kind: WorkKind) -> Work {
        let (verb, program) = (kind.verb(), self.label());
        let source = match &self.given {
            None => "",
            Some(Given::Tree(_)) => " of a checkout",
            Some(Given::Commit(_)) => " of a commit",
        };
        let usual = match kind {
            WorkKind::Fetch => Some(self.usual.fetch),
            WorkKind::Build => Some(self.usual.build),
            WorkKind::Download => None,
        };
        let (stage, key) = (format!("{verb} {program}"), format!("{verb} {}{source}", self.name));
        Work { kind, program, stage, key, usual }
    }

    /// Inputs of a build of this item with this toolchain. Equal inputs give equal programs.
    pub(crate) fn made_from(&self, toolchain: &Toolchain) -> serde_json::Value {
        let cc = self.cgo.then_some(&toolchain.cc);
        serde_json::json!({
            "item": self, "go": toolchain.target, "cc": cc, "recipe": RECIPE,
        })
    }

    /// Name of the entry of this item in the cache.
    pub(crate) fn key(&self, toolchain: &Toolchain) -> String {
        let hash = Sha256::digest(self.made_from(toolchain).to_string().as_bytes());
        format!("{}-{}-{}", self.name, self.release, &hex::encode(hash)[..16])
    }
}
