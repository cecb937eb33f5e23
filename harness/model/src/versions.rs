//! Versions of Argo by component, its settings, and what an installation of them is called.

use serde::{Deserialize, Serialize};

/// What Argo is installed: versions of its components, without a leading `v`, and its settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions {
    /// `workflow-controller`
    pub controller: String,
    /// `argoexec`
    pub executor: String,
    /// `argo`
    pub cli: String,
    /// Name of the controller's settings, where they are not those that a run has by itself. Since
    /// 2.1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<String>,
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
        Self { controller: version(), executor: version(), cli: version(), settings: None }
    }

    /// What such an installation is called: the version of its controller, with what is of another
    /// version, and its settings: `3.5.12`, `3.5.12+cli.3.5.10`, `3.5.12+settings.defaults`. A
    /// semantic version of which the controller's is the precedence.
    pub fn name(&self) -> String {
        let mut name = self.controller.clone();
        let others = [("executor", &self.executor), ("cli", &self.cli)];
        let others = others.into_iter().filter(|(_, version)| **version != self.controller);
        for (word, part) in others.chain(self.settings.iter().map(|name| ("settings", name))) {
            let mark = if name.contains('+') { "." } else { "+" };
            name.extend([mark, word, ".", &part.replace('+', ".")]);
        }
        name
    }

    /// That of which this is the name.
    pub fn of_name(name: &str) -> Self {
        let (rest, settings) = split_off(name, "settings");
        let (rest, cli) = split_off(rest, "cli");
        let (controller, executor) = split_off(rest, "executor");
        let version = |text: Option<&str>| {
            text.map_or_else(|| controller.to_owned(), |text| text.replacen(".tree.", TREE, 1))
        };
        Self {
            executor: version(executor),
            cli: version(cli),
            controller: controller.to_owned(),
            settings: settings.map(str::to_owned),
        }
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
    #[case::one_version(["3.5.12", "3.5.12", "3.5.12"], None, "3.5.12")]
    #[case::another_program(["3.5.12", "3.5.12", "3.5.10"], None, "3.5.12+cli.3.5.10")]
    #[case::another_executor(["3.5.12", "3.5.5", "3.5.12"], None, "3.5.12+executor.3.5.5")]
    #[case::three(
        ["3.7.0-rc1", "3.5.5", "3.5.10"],
        None,
        "3.7.0-rc1+executor.3.5.5.cli.3.5.10"
    )]
    #[case::from_a_tree(["3.5.13+tree.1b4f"; 3], None, "3.5.13+tree.1b4f")]
    #[case::beside_a_tree(
        ["3.5.13+tree.1b4f", "3.5.12", "3.5.13+tree.77aa"],
        None,
        "3.5.13+tree.1b4f.executor.3.5.12.cli.3.5.13.tree.77aa"
    )]
    #[case::other_settings(["3.5.12"; 3], Some("defaults"), "3.5.12+settings.defaults")]
    #[case::all_of_it(
        ["3.5.12", "3.5.12", "3.5.13+tree.77aa"],
        Some("defaults"),
        "3.5.12+cli.3.5.13.tree.77aa.settings.defaults"
    )]
    fn installations_by_name(
        #[case] versions: [&str; 3],
        #[case] settings: Option<&str>,
        #[case] name: &str,
    ) {
        let [controller, executor, cli] = versions.map(str::to_owned);
        let settings = settings.map(str::to_owned);
        let versions = Versions { controller, executor, cli, settings };
        assert_eq!(versions.name(), name);
        assert_eq!(Versions::of_name(name), versions);
        // It is sorted by the controller's version wherever versions are.
        let of = versions.controller.parse::<semver::Version>();
        let name = name.parse::<semver::Version>();
        let (name, of) = (name.expect("a version"), of.expect("a version"));
        assert!(name.cmp_precedence(&of).is_eq());
    }
}
