//! Versions of an installation: components of Argo, settings, Kubernetes, and the installation's
//! name.

use semver::Version;
use serde::{Deserialize, Serialize};

use crate::profile::Profile;

/// The versions of an installation of Argo, each without a leading `v`, with the name of its
/// settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions {
    /// `workflow-controller`
    pub controller: String,
    /// `argoexec`
    pub executor: String,
    /// `argo`
    pub cli: String,
    /// Name of the controller's settings. `None` stands for the settings that a run has by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<String>,
    /// Version of Kubernetes without a leading `v`, where one was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kubernetes: Option<String>,
    /// The second installation of a pair, to which a step `upgrade` goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Box<Self>>,
}

/// The versions that decide which known issues of a case apply to an installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecidingVersions {
    /// The version of the case's component.
    pub component: Version,
    /// The version of the executor.
    pub executor: Version,
    /// The version of the workflow controller.
    pub controller: Version,
    /// The settings of the controller. `None`: the name of the settings is no profile.
    pub profile: Option<Profile>,
}

impl DecidingVersions {
    /// One version for all of them, with the settings that a run has by itself.
    pub fn all(version: &Version) -> Self {
        let version = || version.clone();
        let profile = Profile::of_settings(None);
        Self { component: version(), executor: version(), controller: version(), profile }
    }
}
/// Stands between the two names of a pair, for people: `3.5.12→3.7.18`.
pub const ARROW: char = '→';
/// Stands for [`ARROW`] in the name of a pair.
const TO: &str = "to";

/// Stands between the target release of a checkout and the beginning of its digest.
pub const TREE: &str = "+tree.";
/// Stands between the target release of a commit and the first digits of the commit.
pub const GIT: &str = "+git.";

/// Source of a version that is not a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreleased<'a> {
    /// A checkout: files of a directory.
    Checkout {
        /// Release whose expectations apply.
        target: &'a str,
    },
    /// A commit of a git repository.
    Commit {
        /// Release whose expectations apply.
        target: &'a str,
        /// First digits of the commit.
        commit: &'a str,
    },
}

impl<'a> Unreleased<'a> {
    /// Source of this version; `None` for a release.
    pub fn of(version: &'a str) -> Option<Self> {
        let checkout = version.split_once(TREE).map(|(target, _)| Self::Checkout { target });
        let commit = version.split_once(GIT);
        checkout.or_else(|| commit.map(|(target, commit)| Self::Commit { target, commit }))
    }

    /// Release whose expectations apply.
    pub fn target(&self) -> &'a str {
        match self {
            Self::Checkout { target } | Self::Commit { target, .. } => target,
        }
    }
}

/// The target release of the checkout or commit of this version; `None` for a release.
pub fn to_become(version: &str) -> Option<&str> {
    Unreleased::of(version).map(|unreleased| unreleased.target())
}

impl Versions {
    /// All components of one version.
    pub fn all(version: &str) -> Self {
        let version = || version.to_owned();
        let (controller, executor, cli) = (version(), version(), version());
        Self { controller, executor, cli, settings: None, kubernetes: None, to: None }
    }

    /// The first installation of a pair. An installation that is no pair is its own first.
    #[must_use]
    pub fn first(&self) -> Self {
        Self { to: None, ..self.clone() }
    }

    /// The installation whose expectations apply: the second one of a pair.
    pub fn last(&self) -> &Self {
        self.to.as_deref().map_or(self, Self::last)
    }

    /// The workflow controller for which a case has its text. On a pair it is the earlier one: both
    /// controllers know the fields of its workflows. A version that is not known counts as the
    /// newest.
    pub fn earliest_controller(&self) -> Option<Version> {
        let next = self.to.as_deref().and_then(Self::earliest_controller);
        self.controller.parse().ok().into_iter().chain(next).min()
    }

    /// The name for people: `3.5.12→3.7.18` for a pair.
    pub fn title(&self) -> String {
        let second = self.to.as_ref().map(|to| format!("{ARROW}{}", to.title()));
        self.first().name() + &second.unwrap_or_default()
    }

    /// The name of the installation: the version of its controller, then the differences from it.
    /// Differences are components of another version, settings, and Kubernetes. Examples: `3.5.12`,
    /// `3.5.12+cli.3.5.10`, `3.5.12+settings.defaults`, `3.5.12+kubernetes.1.33.7`. A pair has both
    /// names: `3.5.12+to.3.7.18`. The name is a semantic version with the precedence of the
    /// controller's.
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
        if let Some(to) = &self.to {
            let mark = if name.contains('+') { "." } else { "+" };
            name.extend([mark, TO, ".", &to.name().replace('+', ".")]);
        }
        name
    }

    /// The versions of the installation with this name.
    pub fn of_name(name: &str) -> Self {
        let (name, to) = split_off(name, TO);
        let (rest, kubernetes) = split_off(name, "kubernetes");
        let (rest, settings) = split_off(rest, "settings");
        let (rest, cli) = split_off(rest, "cli");
        let (controller, executor) = split_off(rest, "executor");
        let controller = of_part(controller);
        let version = |text: Option<&str>| text.map_or_else(|| controller.clone(), of_part);
        Self {
            executor: version(executor),
            cli: version(cli),
            settings: settings.map(str::to_owned),
            kubernetes: kubernetes.map(str::to_owned),
            to: to.map(|to| Box::new(Self::of_name(to))),
            controller,
        }
    }
}

/// The version of a component by its part of a name, in which each `+` is a dot.
fn of_part(text: &str) -> String {
    let mark = [TREE, GIT].into_iter().find(|mark| text.contains(&mark.replace('+', ".")));
    mark.map_or_else(|| text.to_owned(), |mark| text.replacen(&mark.replace('+', "."), mark, 1))
}

/// The part of a name before a word, and the part after the word.
fn split_off<'a>(name: &'a str, word: &str) -> (&'a str, Option<&'a str>) {
    let mut marks = ['+', '.'].into_iter();
    let found = marks.find_map(|mark| name.split_once(&format!("{mark}{word}.")));
    found.map_or((name, None), |(before, after)| (before, Some(after)))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{Unreleased, Versions, to_become};

    #[rstest]
    #[case::a_release("3.5.12", None)]
    #[case::a_checkout("3.5.13+tree.1b4f", Some(Unreleased::Checkout { target: "3.5.13" }))]
    #[case::a_commit(
        "4.1.3-rc1+git.0b4f12345678",
        Some(Unreleased::Commit { target: "4.1.3-rc1", commit: "0b4f12345678" })
    )]
    fn sources_of_versions(#[case] version: &str, #[case] source: Option<Unreleased<'_>>) {
        assert_eq!(Unreleased::of(version), source);
        assert_eq!(to_become(version), source.map(|source| source.target()));
    }

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
    #[case::from_a_commit(["4.1.3+git.0b4f12345678"; 3], [None; 2], "4.1.3+git.0b4f12345678")]
    #[case::beside_a_commit(
        ["4.1.3+git.0b4f12345678", "4.1.2", "3.5.13+git.77aa12345678"],
        [None; 2],
        "4.1.3+git.0b4f12345678.executor.4.1.2.cli.3.5.13.git.77aa12345678"
    )]
    #[case::a_commit_beside_a_tree(
        ["3.5.13+tree.1b4f", "4.1.3+git.0b4f12345678", "3.5.13+tree.1b4f"],
        [Some("defaults"), None],
        "3.5.13+tree.1b4f.executor.4.1.3.git.0b4f12345678.settings.defaults"
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
        let versions = Versions { controller, executor, cli, settings, kubernetes, to: None };
        assert_eq!(versions.name(), name);
        assert_eq!(Versions::of_name(name), versions);
        // It is sorted by the controller's version wherever versions are.
        let of = versions.controller.parse::<semver::Version>();
        let name = name.parse::<semver::Version>();
        let (name, of) = (name.expect("a version"), of.expect("a version"));
        assert!(name.cmp_precedence(&of).is_eq());
    }

    #[rstest]
    #[case::no_pair("3.7.18+executor.3.5.12", Some("3.7.18"))]
    #[case::an_upgrade("3.5.12+to.3.7.18", Some("3.5.12"))]
    #[case::a_downgrade("3.7.18+to.3.5.12", Some("3.5.12"))]
    #[case::to_what_is_not_known("3.5.12+to.main", Some("3.5.12"))]
    #[case::not_known("main", None)]
    fn earliest_controllers(#[case] name: &str, #[case] expected: Option<&str>) {
        let expected = expected.map(|text| text.parse().expect("a version"));
        assert_eq!(Versions::of_name(name).earliest_controller(), expected);
    }

    #[rstest]
    #[case::plain("3.5.12+to.3.7.18", "3.5.12→3.7.18")]
    #[case::with_differences(
        "3.5.12+cli.3.5.10.to.3.7.18.executor.3.7.17.settings.defaults",
        "3.5.12+cli.3.5.10→3.7.18+executor.3.7.17.settings.defaults"
    )]
    #[case::to_a_checkout("3.5.12+to.3.5.13.tree.1b4f", "3.5.12→3.5.13+tree.1b4f")]
    #[case::from_a_commit(
        "4.1.3+git.0b4f12345678.to.4.1.3.git.77aa12345678.cli.4.1.2",
        "4.1.3+git.0b4f12345678→4.1.3+git.77aa12345678.cli.4.1.2"
    )]
    fn pairs_by_name(#[case] name: &str, #[case] title: &str) {
        let versions = Versions::of_name(name);
        assert_eq!((versions.name().as_str(), versions.title().as_str()), (name, title));
        assert!(name.parse::<semver::Version>().is_ok());
        let (first, last) = title.split_once('→').expect("a pair");
        assert_eq!(versions.first(), Versions::of_name(first));
        assert_eq!(*versions.last(), Versions::of_name(last));
    }
}
