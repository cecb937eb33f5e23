//! The settings and the versions of Kubernetes that each Argo is tried with.

use model::history::Versions;
use model::profile::Profile;
use semver::Version;

use crate::config::RunConfig;
use rundir::error::Problem;

/// Each Argo is tried with each of these, unless its name says with which.
#[derive(Clone, Debug)]
pub struct Dimensions {
    profiles: Vec<Profile>,
    /// `None`: the one that a run has by itself.
    kubernetes: Vec<Option<String>>,
}

impl Default for Dimensions {
    fn default() -> Self {
        Self::of(&[Profile::Fast], &[])
    }
}

impl From<&RunConfig> for Dimensions {
    fn from(config: &RunConfig) -> Self {
        Self::of(&config.profiles, &config.kubernetes)
    }
}

impl Dimensions {
    /// These settings, with these versions of Kubernetes, or the one that a run has by itself.
    pub fn of(profiles: &[Profile], kubernetes: &[String]) -> Self {
        let release = |text: &String| Some(text.trim_start_matches('v').to_owned());
        let mut kubernetes: Vec<Option<String>> = kubernetes.iter().map(release).collect();
        if kubernetes.is_empty() {
            kubernetes.push(None);
        }
        Self { profiles: profiles.to_vec(), kubernetes }
    }

    /// The settings and the versions of Kubernetes for one Argo. Those of its name stand. `wrong`
    /// gets every invalid one.
    pub(super) fn of_one(
        &self,
        named: Option<Versions>,
        wrong: &mut Vec<Problem>,
    ) -> Vec<(Profile, Option<String>)> {
        let name = named.as_ref().map(Versions::name).unwrap_or_default();
        let (settings, kubernetes) =
            named.map_or((None, None), |named| (named.settings, named.kubernetes));
        let profiles = settings.map_or_else(|| self.profiles.clone(), |s| known(&name, &s, wrong));
        let (place, kubernetes) = match kubernetes {
            Some(version) => (name.as_str(), vec![Some(version)]),
            None => ("--kubernetes", self.kubernetes.clone()),
        };
        for version in kubernetes.iter().flatten() {
            let error = no_release(place, version).filter(|error| !wrong.contains(error));
            wrong.extend(error);
        }
        let with_each = |profile| kubernetes.iter().map(move |version| (profile, version.clone()));
        profiles.into_iter().flat_map(with_each).collect()
    }
}

/// The settings that the name of an installation has.
fn known(name: &str, settings: &str, wrong: &mut Vec<Problem>) -> Vec<Profile> {
    let known = Profile::of_settings(Some(settings));
    if known.is_none() {
        let there = Profile::ALL.into_iter().filter_map(Profile::settings);
        let there = there.collect::<Vec<_>>().join(", ");
        let message = format!("invalid settings: {name}: `{settings}`");
        wrong.push(Problem::new(message).with_hint(format!("Name one of these: {there}.")));
    }
    known.into_iter().collect()
}

/// Why a text is no release of Kubernetes, if it is none, and where it stands.
fn no_release(place: &str, text: &str) -> Option<Problem> {
    let hint = match Version::parse(text) {
        Ok(version) if version.pre.is_empty() && version.build.is_empty() => return None,
        _ => "Write all three numbers, for example 1.33.7.",
    };
    let message = format!("invalid Kubernetes release: {place}: {text}");
    Some(Problem::new(message).with_hint(hint))
}

#[cfg(test)]
mod tests {
    use model::profile::Profile;
    use rstest::rstest;

    use super::{Dimensions, Problem};
    use crate::config::Components;
    use crate::installation::spec::{InstallationSpec, specs};

    const FAST: &[Profile] = &[Profile::Fast];

    /// Names of what is put up, or what is wrong.
    fn names(named: &[&str], profiles: &[Profile], kubernetes: &[&str]) -> Vec<String> {
        let text = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
        let dimensions = Dimensions::of(profiles, &text(kubernetes));
        match specs(&text(named), &Components::default(), &dimensions, None) {
            Ok(specs) => specs.iter().map(InstallationSpec::name).collect(),
            Err(error) => vec![Problem::of(&error).to_string()],
        }
    }

    #[rstest]
    #[case::each_with_each(
        &["3.5.10", "3.7.18"],
        &[Profile::Fast, Profile::Defaults],
        &["3.5.10", "3.5.10+settings.defaults", "3.7.18", "3.7.18+settings.defaults"]
    )]
    #[case::alone(&["3.7.18"], &[Profile::Defaults], &["3.7.18+settings.defaults"])]
    #[case::by_name(&["3.7.18+settings.defaults"], FAST, &["3.7.18+settings.defaults"])]
    #[case::by_name_and_all_the_same(
        &["3.7.18+cli.3.5.10.settings.defaults"],
        &[Profile::Defaults, Profile::Fast],
        &["3.7.18+cli.3.5.10.settings.defaults"]
    )]
    #[case::none_of_that_name(
        &["3.7.18+settings.default"],
        FAST,
        &[
            "error: invalid settings: 3.7.18+settings.default: `default`\n\
             hint: Name one of these: no-leader-election, ha, defaults.",
        ]
    )]
    fn settings(#[case] named: &[&str], #[case] profiles: &[Profile], #[case] expected: &[&str]) {
        assert_eq!(names(named, profiles, &[]), expected);
    }

    #[rstest]
    #[case::each_on_each(
        &["3.5.10", "3.7.18"],
        &["1.33.7", "v1.34.4"],
        &[
            "3.5.10+kubernetes.1.33.7", "3.5.10+kubernetes.1.34.4", "3.7.18+kubernetes.1.33.7",
            "3.7.18+kubernetes.1.34.4",
        ]
    )]
    #[case::by_name(&["3.7.18+kubernetes.1.33.7"], &["1.34.4"], &["3.7.18+kubernetes.1.33.7"])]
    #[case::two_numbers(
        &["3.5.10", "3.7.18"],
        &["1.33"],
        &[
            "error: invalid Kubernetes release: --kubernetes: 1.33\n\
             hint: Write all three numbers, for example 1.33.7.",
        ]
    )]
    #[case::two_numbers_in_a_name(
        &["3.7.18+kubernetes.1.33"],
        &[],
        &[
            "error: invalid Kubernetes release: 3.7.18+kubernetes.1.33: 1.33\n\
             hint: Write all three numbers, for example 1.33.7.",
        ]
    )]
    fn releases_of_kubernetes(
        #[case] named: &[&str],
        #[case] asked: &[&str],
        #[case] expected: &[&str],
    ) {
        assert_eq!(names(named, FAST, asked), expected);
    }
}
