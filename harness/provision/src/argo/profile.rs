//! Patches of the profiles.

use model::profile::Profile;

const FAST: &str = include_str!("../../../../manifests/install/profile-fast.yaml");
const NO_ELECTION: &str = include_str!("../../../../manifests/install/leader-election-off.yaml");
const TWO: &str = include_str!("../../../../manifests/install/two-replicas.yaml");
const UNCHANGED: &str = include_str!("../../../../manifests/install/unchanged.yaml");

/// Patches of the controller's Deployment: for waits, and for leader election or replicas.
pub(super) fn patches(profile: Profile) -> [&'static str; 2] {
    match profile {
        Profile::Fast => [FAST, UNCHANGED],
        Profile::NoLeaderElection => [FAST, NO_ELECTION],
        Profile::Ha => [FAST, TWO],
        Profile::Defaults => [UNCHANGED, UNCHANGED],
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rstest::rstest;

    use super::{Profile, patches};

    /// Environment variables that a profile adds to the controller.
    fn environment(profile: Profile) -> Vec<(String, String)> {
        let patches = patches(profile).map(|patch| {
            model::parse::manifest(patch).expect("YAML").into_iter().next().expect("a document")
        });
        let variables = patches.iter().flat_map(|patch| {
            let container = &patch["spec"]["template"]["spec"]["containers"][0];
            container["env"].as_array().cloned().unwrap_or_default()
        });
        let text = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
        variables.map(|variable| (text(&variable["name"]), text(&variable["value"]))).collect()
    }

    /// `INFORMER_WRITE_BACK` is no wait. The default of the variable is true up to 3.7 and false in
    /// 4.0.
    #[test]
    fn fast_changes_waits_only() {
        let environment = environment(Profile::Fast);
        assert!(!environment.is_empty());
        for (name, value) in environment {
            let wait = value.parse::<jiff::SignedDuration>().ok().map(Duration::try_from);
            assert!(wait.is_some_and(|wait| wait.is_ok()), "{name}={value} is no wait");
        }
    }

    #[rstest]
    #[case::fast(Profile::Fast, false)]
    #[case::no_leader_election(Profile::NoLeaderElection, true)]
    #[case::ha(Profile::Ha, false)]
    #[case::defaults(Profile::Defaults, false)]
    fn leader_election_is_off_in_one_profile(#[case] profile: Profile, #[case] off: bool) {
        let is_it = |(name, _): &(String, String)| name == "LEADER_ELECTION_DISABLE";
        assert_eq!(environment(profile).iter().any(is_it), off);
        assert_eq!(Profile::of_settings(profile.settings().as_deref()), Some(profile));
    }

    #[rstest]
    #[case::fast(Profile::Fast)]
    #[case::no_leader_election(Profile::NoLeaderElection)]
    #[case::ha(Profile::Ha)]
    #[case::defaults(Profile::Defaults)]
    fn the_manifests_have_the_replicas_of_the_profile(#[case] profile: Profile) {
        let patches = patches(profile).map(|patch| {
            model::parse::manifest(patch).expect("YAML").into_iter().next().expect("a document")
        });
        let set = patches.iter().find_map(|patch| patch["spec"]["replicas"].as_u64());
        assert_eq!(set.unwrap_or(1), u64::from(profile.replicas()));
    }

    #[test]
    fn defaults_change_nothing() {
        assert_eq!(environment(Profile::Defaults), []);
    }
}
