//! Versions of Argo by component, and what an installation of them is called.

use serde::{Deserialize, Serialize};

/// Versions of Argo's components, without a leading `v`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions {
    /// `workflow-controller`
    pub controller: String,
    /// `argoexec`
    pub executor: String,
    /// `argo`
    pub cli: String,
}

/// Stands between the release that a checkout is to become, and the beginning of its digest.
pub const TREE: &str = "+tree.";

/// The release that a checkout of this version is to become; `None` of a release.
pub fn to_become(version: &str) -> Option<&str> {
    version.split_once(TREE).map(|(release, _)| release)
}

impl Versions {
    /// All components of one version.
    pub fn all(version: &str) -> Self {
        let version = || version.to_owned();
        Self { controller: version(), executor: version(), cli: version() }
    }

    /// What an installation of these is called: the version of its controller, with what is of
    /// another version: `3.5.12`, `3.5.12+cli.3.5.10`. A semantic version of which the controller's
    /// is the precedence.
    pub fn name(&self) -> String {
        let mut name = self.controller.clone();
        for (word, version) in [("executor", &self.executor), ("cli", &self.cli)] {
            if *version != self.controller {
                let mark = if name.contains('+') { "." } else { "+" };
                name.extend([mark, word, ".", &version.replace('+', ".")]);
            }
        }
        name
    }

    /// The versions of which this is the name.
    pub fn of_name(name: &str) -> Self {
        let (rest, cli) = split_off(name, "cli");
        let (controller, executor) = split_off(rest, "executor");
        let version = |text: Option<&str>| {
            text.map_or_else(|| controller.to_owned(), |text| text.replacen(".tree.", TREE, 1))
        };
        Self { executor: version(executor), cli: version(cli), controller: controller.to_owned() }
    }
}

/// What stands before a word of a name, and after it.
fn split_off<'a>(name: &'a str, word: &str) -> (&'a str, Option<&'a str>) {
    let mut marks = ['+', '.'].into_iter();
    let found = marks.find_map(|mark| name.split_once(&format!("{mark}{word}.")));
    found.map_or((name, None), |(before, after)| (before, Some(after)))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::Versions;

    #[rstest]
    #[case::one_version("3.5.12", "3.5.12", "3.5.12", "3.5.12")]
    #[case::another_program("3.5.12", "3.5.12", "3.5.10", "3.5.12+cli.3.5.10")]
    #[case::another_executor("3.5.12", "3.5.5", "3.5.12", "3.5.12+executor.3.5.5")]
    #[case::three("3.7.0-rc1", "3.5.5", "3.5.10", "3.7.0-rc1+executor.3.5.5.cli.3.5.10")]
    #[case::from_a_tree(
        "3.5.13+tree.1b4f",
        "3.5.13+tree.1b4f",
        "3.5.13+tree.1b4f",
        "3.5.13+tree.1b4f"
    )]
    #[case::beside_a_tree(
        "3.5.13+tree.1b4f",
        "3.5.12",
        "3.5.13+tree.77aa",
        "3.5.13+tree.1b4f.executor.3.5.12.cli.3.5.13.tree.77aa"
    )]
    fn installations_by_name(
        #[case] controller: &str,
        #[case] executor: &str,
        #[case] cli: &str,
        #[case] name: &str,
    ) {
        let text = str::to_owned;
        let versions =
            Versions { controller: text(controller), executor: text(executor), cli: text(cli) };
        assert_eq!(versions.name(), name);
        assert_eq!(Versions::of_name(name), versions);
        // It is sorted by the controller's version wherever versions are.
        let (name, of) = (name.parse::<semver::Version>(), controller.parse::<semver::Version>());
        let (name, of) = (name.expect("a version"), of.expect("a version"));
        assert!(name.cmp_precedence(&of).is_eq());
    }
}
