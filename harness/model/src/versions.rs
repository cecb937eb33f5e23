//! Versions of Argo by component, its settings, on what it is, and what such an installation is
//! called.

use serde::{Deserialize, Serialize};

/// What Argo is installed: versions of its components, without a leading `v`, its settings, and the
/// version of Kubernetes.
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
    /// Version of Kubernetes without a leading `v`, where one was asked for. Since 2.2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kubernetes: Option<String>,
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
        let (controller, executor, cli) = (version(), version(), version());
        Self { controller, executor, cli, settings: None, kubernetes: None }
    }

    /// What such an installation is called: the version of its controller, with what is of another
    /// version, its settings, and Kubernetes: `3.5.12`, `3.5.12+cli.3.5.10`,
    /// `3.5.12+settings.defaults`, `3.5.12+kubernetes.1.33.7`. A semantic version of which the
    /// controller's is the precedence.
    pub fn name(&self) -> String {
        let mut name = self.controller.clone();
        let others = [("executor", &self.executor), ("cli", &self.cli)];
        let others = others.into_iter().filter(|(_, version)| **version != self.controller);
        let settings = self.settings.iter().map(|name| ("settings", name));
        let kubernetes = self.kubernetes.iter().map(|version| ("kubernetes", version));
        for (word, part) in others.chain(settings).chain(kubernetes) {
            let mark = if name.contains('+') { "." } else { "+" };
            name.extend([mark, word, ".", &part.replace('+', ".")]);
        }
        name
    }

    /// That of which this is the name.
    pub fn of_name(name: &str) -> Self {
        let (rest, kubernetes) = split_off(name, "kubernetes");
        let (rest, settings) = split_off(rest, "settings");
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
            kubernetes: kubernetes.map(str::to_owned),
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
    #[case::one_version(["3.5.12", "3.5.12", "3.5.12"], [None; 2], "3.5.12")]
    #[case::another_program(["3.5.12", "3.5.12", "3.5.10"], [None; 2], "3.5.12+cli.3.5.10")]
    #[case::another_executor(["3.5.12", "3.5.5", "3.5.12"], [None; 2], "3.5.12+executor.3.5.5")]
    #[case::three(
        ["3.7.0-rc1", "3.5.5", "3.5.10"],
        [None; 2],
        "3.7.0-rc1+executor.3.5.5.cli.3.5.10"
    )]
    #[case::from_a_tree(["3.5.13+tree.1b4f"; 3], [None; 2], "3.5.13+tree.1b4f")]
    #[case::beside_a_tree(
        ["3.5.13+tree.1b4f", "3.5.12", "3.5.13+tree.77aa"],
        [None; 2],
        "3.5.13+tree.1b4f.executor.3.5.12.cli.3.5.13.tree.77aa"
    )]
    #[case::other_settings(
        ["3.5.12"; 3],
        [Some("defaults"), None],
        "3.5.12+settings.defaults"
    )]
    #[case::another_kubernetes(
        ["3.5.12"; 3],
        [None, Some("1.33.7")],
        "3.5.12+kubernetes.1.33.7"
    )]
    #[case::all_of_it(
        ["3.5.12", "3.5.12", "3.5.13+tree.77aa"],
        [Some("defaults"), Some("1.33.7")],
        "3.5.12+cli.3.5.13.tree.77aa.settings.defaults.kubernetes.1.33.7"
    )]
    fn installations_by_name(
        #[case] versions: [&str; 3],
        #[case] besides: [Option<&str>; 2],
        #[case] name: &str,
    ) {
        let [controller, executor, cli] = versions.map(str::to_owned);
        let [settings, kubernetes] = besides.map(|given| given.map(str::to_owned));
        let versions = Versions { controller, executor, cli, settings, kubernetes };
        assert_eq!(versions.name(), name);
        assert_eq!(Versions::of_name(name), versions);
        // It is sorted by the controller's version wherever versions are.
        let of = versions.controller.parse::<semver::Version>();
        let name = name.parse::<semver::Version>();
        let (name, of) = (name.expect("a version"), of.expect("a version"));
        assert!(name.cmp_precedence(&of).is_eq());
    }
}
