//! Pairs of installations, by the text that asks for them: `3.5.12→3.7.18`.

use model::history::Versions;
use model::versions::ARROW;
use rundir::error::Problem;

use super::{ComponentSources, Dimensions, InstallationSpec, source};

/// The text of the first installation, and that of the second one of a pair.
pub(super) fn split(text: &str) -> (String, Option<String>) {
    if let Some((first, second)) = text.split_once(ARROW) {
        return (first.to_owned(), Some(second.to_owned()));
    }
    let named = source::by_name(text);
    let to = named.as_ref().and_then(|named| Some((named.first(), named.to.as_deref()?)));
    to.map_or((text.to_owned(), None), |(first, to)| (first.name(), Some(to.name())))
}

/// The first installation with each second one that the text asks for. The settings and the
/// Kubernetes of the second are those of the first, unless the text has others.
pub(super) fn with_second(
    first: &InstallationSpec,
    second: &str,
    given: &ComponentSources<'_>,
    wrong: &mut Vec<Problem>,
) -> Vec<InstallationSpec> {
    if second.contains(ARROW) {
        let message =
            format!("invalid pair: {ARROW}{second} has more than one second installation");
        wrong.push(Problem::new(message).with_hint("Name one pair for each upgrade."));
        return Vec::new();
    }
    let kubernetes: Vec<String> = first.kubernetes.iter().cloned().collect();
    let dimensions = Dimensions::of(&[first.profile], &kubernetes);
    let mut pairs = Vec::new();
    for next in given.each(second, &dimensions, wrong) {
        if next.kubernetes != first.kubernetes {
            let message = format!("invalid pair: {} has another Kubernetes", next.name());
            wrong.push(Problem::new(message).with_hint("Name one Kubernetes for both."));
            continue;
        }
        pairs.push(InstallationSpec { next: Some(Box::new(next)), ..first.clone() });
    }
    pairs
}

/// The text that asks for a pair by its name. `given` is the text for a version.
pub(super) fn asked(pair: &Versions, given: &impl Fn(&String) -> String) -> String {
    let text = |one: &Versions| {
        let same = one.executor == one.controller && one.cli == one.controller;
        let plain = same && one.settings.is_none() && one.kubernetes.is_none();
        if plain { given(&one.controller) } else { one.name() }
    };
    let second = pair.to.as_deref().map(|to| format!("{ARROW}{}", text(to)));
    text(&pair.first()) + &second.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::{Dimensions, InstallationSpec, specs};
    use crate::config::Components;
    use model::Profile;
    use rundir::error::Problem;

    #[rstest]
    #[case::by_arrow("3.5.12→3.7.18", Ok("3.5.12+to.3.7.18"))]
    #[case::by_name("3.5.12+to.3.7.18", Ok("3.5.12+to.3.7.18"))]
    #[case::with_components(
        "3.5.12+cli.3.5.10→3.7.18+executor.3.7.17",
        Ok("3.5.12+cli.3.5.10.to.3.7.18.executor.3.7.17")
    )]
    #[case::other_settings(
        "3.5.12→3.7.18+settings.defaults",
        Ok("3.5.12+to.3.7.18.settings.defaults")
    )]
    #[case::two_kubernetes(
        "3.5.12→3.7.18+kubernetes.1.33.7",
        Err(
            "error: invalid pair: 3.7.18+kubernetes.1.33.7 has another Kubernetes\n\
             hint: Name one Kubernetes for both."
        )
    )]
    #[case::three(
        "3.5.12→3.6.5→3.7.18",
        Err(
            "error: invalid pair: →3.6.5→3.7.18 has more than one second installation\n\
             hint: Name one pair for each upgrade."
        )
    )]
    fn pairs(#[case] text: &str, #[case] expected: Result<&str, &str>) {
        let asked = [text.to_owned()];
        let found = specs(&asked, &Components::default(), &Dimensions::default(), None);
        let names = found.map(|found| found.iter().map(InstallationSpec::name).collect::<Vec<_>>());
        let names = names.map_err(|error| Problem::of(&error).to_string());
        assert_eq!(names, expected.map(|name| vec![name.to_owned()]).map_err(str::to_owned));
    }

    #[test]
    fn both_have_the_settings_and_the_kubernetes_that_are_asked_for() {
        let dimensions = Dimensions::of(&[Profile::Defaults], &["1.33.7".to_owned()]);
        let asked = ["3.5.12→3.7.18".to_owned()];
        let found = specs(&asked, &Components::default(), &dimensions, None).expect("a pair");
        let names: Vec<String> = found.iter().map(InstallationSpec::name).collect();
        let one = "settings.defaults.kubernetes.1.33.7";
        assert_eq!(names, [format!("3.5.12+{one}.to.3.7.18.{one}")]);
    }
}
