//! Known issues: in which versions which claims fail, as measured.

use semver::{Comparator, Op, Version, VersionReq};

/// In these versions, exactly these claims of the case fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownIssue {
    /// The versions, by the component that decides (`component` of the case).
    pub versions: VersionReq,
    /// Ids of the claims that fail there. Strict both ways: one of them that passes is news too.
    pub claims: Vec<String>,
    /// Where it is described; the case's `why` unless given.
    pub issue: String,
    /// How often it shows, when it is a race of Argo's own: `7 of 15 runs`. The case must be built
    /// so that the verdict does not depend on it.
    pub rate: Option<String>,
}

impl KnownIssue {
    /// Whether it applies to this version. A pre-release counts as its release.
    pub fn applies_to(&self, version: &Version) -> bool {
        let plain = Version::new(version.major, version.minor, version.patch);
        self.versions.matches(&plain)
    }

    /// The first version without it, read off the range's upper bound; `None` while it is open.
    pub fn fixed_in(&self) -> Option<Version> {
        self.versions.comparators.iter().find(|c| c.op == Op::Less).map(bound)
    }
}

fn bound(comparator: &Comparator) -> Version {
    Version::new(
        comparator.major,
        comparator.minor.unwrap_or_default(),
        comparator.patch.unwrap_or_default(),
    )
}
