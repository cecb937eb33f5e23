//! Profiles: named settings of the controller.

/// Settings of the controller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Waits are shorter than the defaults of Argo. No other setting differs.
    Fast,
    /// As `Fast`, without leader election: a restarted controller does not wait for the lease.
    NoLeaderElection,
    /// The defaults of Argo.
    Defaults,
}

const FAST: &str = include_str!("../../../../manifests/install/profile-fast.yaml");
const NO_ELECTION: &str = include_str!("../../../../manifests/install/leader-election-off.yaml");
const UNCHANGED: &str = include_str!("../../../../manifests/install/unchanged.yaml");

impl Profile {
    /// Every profile. The first one is the default of a run.
    pub const ALL: [Self; 3] = [Self::Fast, Self::NoLeaderElection, Self::Defaults];

    /// Name on the command line and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fast => "fast",
            Self::NoLeaderElection => "no-leader-election",
            Self::Defaults => "defaults",
        }
    }

    /// Part of the name of an installation. `None` for the default.
    pub fn settings(self) -> Option<String> {
        (self != Self::Fast).then(|| self.name().to_owned())
    }

    /// The profile of a part of the name of an installation. `None`: the part names no profile.
    pub fn of_settings(settings: Option<&str>) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.settings().as_deref() == settings)
    }

    /// Patches of the controller's Deployment: for waits, and for leader election.
    pub(super) fn patches(self) -> [&'static str; 2] {
        match self {
            Self::Fast => [FAST, UNCHANGED],
            Self::NoLeaderElection => [FAST, NO_ELECTION],
            Self::Defaults => [UNCHANGED, UNCHANGED],
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rstest::rstest;

    use super::Profile;

    /// Environment variables that a profile adds to the controller.
    fn environment(profile: Profile) -> Vec<(String, String)> {
        let patches = profile.patches().map(|patch| {
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
    #[case::defaults(Profile::Defaults, false)]
    fn leader_election_is_off_in_one_profile(#[case] profile: Profile, #[case] off: bool) {
        let is_it = |(name, _): &(String, String)| name == "LEADER_ELECTION_DISABLE";
        assert_eq!(environment(profile).iter().any(is_it), off);
        assert_eq!(Profile::of_settings(profile.settings().as_deref()), Some(profile));
    }

    #[test]
    fn defaults_change_nothing() {
        assert_eq!(environment(Profile::Defaults), []);
    }
}
