//! Known issues: on which releases, or on which pairs of releases, which claims fail.

mod pair;

use std::collections::BTreeMap;
use std::fmt;

use semver::Version;

use crate::fact::Fact;
use crate::profile::Profile;
use crate::release_line::ReleaseLine;
use crate::release_range::ReleaseRange;
use crate::versions::DecidingVersions;

pub use pair::Pair;
pub(crate) use pair::words as pair_words;

/// On these releases, exactly these claims of the case fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownIssue {
    /// The affected releases or pairs.
    pub extent: Extent,
    /// Ids of the claims that fail there. A claim of these that passes is a *fixed* verdict.
    pub claims: Vec<String>,
    /// The symptom: the fact that the history must show when one of the claims fails. Without it
    /// the failure is another one, and no known issue.
    pub shows: Fact,
    /// The link to the description; the case's `why` unless given.
    pub issue: String,
    /// Frequency of the issue, where Argo itself has a race: `7 of 15 runs`. A claim that passes
    /// then shows no fix.
    pub rate: Option<String>,
    /// Whether no run has measured it on the named lines.
    pub predicted: bool,
    /// The settings of the controller that have the issue. `None`: all settings.
    pub settings: Option<Profile>,
}

/// The installations that a known issue affects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Extent {
    /// The affected releases of each line, by the component that decides (`component` of the case).
    /// A line that is not named is not affected.
    Lines(BTreeMap<ReleaseLine, Affected>),
    /// The affected pairs of executor and workflow controller; at least one.
    Pairs(Vec<Pair>),
}

/// The affected releases of one line: never none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Affected {
    line: ReleaseLine,
    /// Number of the first affected patch release.
    from: u64,
    /// Number of the first patch release with the fix.
    until: Option<u64>,
}

/// The end of an issue in one release line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// The first release with the fix after every affected one; `None` while the line is open.
    pub fix: Option<Version>,
    /// Whether no run has measured the issue on the line.
    pub predicted: bool,
}

impl End {
    /// The later one of two. An open line has the latest.
    #[must_use]
    pub fn later(self, other: Self) -> Self {
        let is_later = match (&self.fix, &other.fix) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some(one), Some(other)) => one < other,
        };
        if is_later { other } else { self }
    }
}

impl KnownIssue {
    /// Whether it applies to these versions. A pre-release and a build count as their release.
    pub fn applies_to(&self, versions: &DecidingVersions) -> bool {
        let DecidingVersions { component, executor, controller, profile } = versions;
        let has_settings = self.settings.is_none_or(|settings| Some(settings) == *profile);
        has_settings
            && match &self.extent {
                Extent::Lines(lines) => lines
                    .get(&ReleaseLine::of(component))
                    .is_some_and(|affected| affected.contains(component.patch)),
                Extent::Pairs(pairs) => {
                    pairs.iter().any(|pair| pair.contains(executor, controller))
                }
            }
    }

    /// The affected releases of each line; none for pairs.
    pub fn lines(&self) -> impl Iterator<Item = (&ReleaseLine, &Affected)> {
        let lines = match &self.extent {
            Extent::Lines(lines) => Some(lines),
            Extent::Pairs(_) => None,
        };
        lines.into_iter().flatten()
    }

    /// The affected pairs; none for release lines.
    pub fn pairs(&self) -> &[Pair] {
        match &self.extent {
            Extent::Lines(_) => &[],
            Extent::Pairs(pairs) => pairs,
        }
    }

    /// The affected releases of all lines: `3.4 (all), 3.5 (<3.5.11)`; or the affected pairs. The
    /// settings follow, if not all have the issue: `3.7 (all) with settings ha`.
    pub fn releases(&self) -> String {
        let lines = self.lines().map(|(_, affected)| affected.in_line());
        let pairs = self.pairs().iter().map(Pair::to_string);
        let releases = lines.chain(pairs).collect::<Vec<_>>().join(", ");
        match self.settings {
            Some(settings) => format!("{releases} with settings {}", settings.name()),
            None => releases,
        }
    }

    /// Whether an installation can have the settings of both.
    pub fn shares_settings(&self, other: &Self) -> bool {
        self.settings.is_none() || other.settings.is_none() || self.settings == other.settings
    }
}

impl Affected {
    /// From this patch release of the line on, until the one with the fix; `None` if that leaves no
    /// release.
    pub fn new(line: ReleaseLine, from: u64, until: Option<u64>) -> Option<Self> {
        until.is_none_or(|until| from < until).then_some(Self { line, from, until })
    }

    /// Whether the patch release of this number is affected.
    pub fn contains(&self, patch: u64) -> bool {
        self.from <= patch && self.until.is_none_or(|until| patch < until)
    }

    /// The releases that both affect; `None` if there are none.
    pub fn common(&self, other: &Self) -> Option<Self> {
        let until = match (self.until, other.until) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (one, None) | (None, one) => one,
        };
        let common = Self::new(self.line, self.from.max(other.from), until);
        common.filter(|_| self.line == other.line)
    }

    /// The first affected release.
    pub fn since(&self) -> Version {
        self.line.release(self.from)
    }

    /// The first release with the fix; `None` while there is none.
    pub fn fixed_in(&self) -> Option<Version> {
        self.until.map(|patch| self.line.release(patch))
    }

    /// Whether a release is in the range too.
    pub fn meets(&self, range: &ReleaseRange) -> bool {
        let end = match self.fixed_in() {
            Some(fix) => fix,
            None => Version::new(self.line.major, self.line.minor + 1, 0),
        };
        let own = ReleaseRange::new(Some(self.line.release(self.from)), Some(end));
        own.is_some_and(|own| own.meets(range))
    }

    /// The releases with their line: `3.5 (<3.5.11)`, `3.6 (all)`.
    pub fn in_line(&self) -> String {
        format!("{} ({self})", self.line)
    }
}

/// As a case file has it.
impl fmt::Display for Affected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let from = self.line.release(self.from);
        match (self.from, self.fixed_in()) {
            (0, None) => f.write_str("all"),
            (0, Some(until)) => write!(f, "<{until}"),
            (_, None) => write!(f, ">={from}"),
            (_, Some(until)) => write!(f, ">={from} <{until}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use rstest::rstest;

    use super::{Affected, End, Extent, KnownIssue, Pair};
    use crate::fact::Fact;
    use crate::profile::Profile;
    use crate::release_line::ReleaseLine;
    use crate::versions::DecidingVersions;

    fn affected(line: &str, from: u64, until: Option<u64>) -> Affected {
        let line = line.parse().expect("as written below");
        Affected::new(line, from, until).expect("as written below")
    }

    fn issue() -> KnownIssue {
        let lines = [
            affected("3.4", 0, None),
            affected("3.5", 0, Some(11)),
            affected("4.0", 3, Some(9)),
            affected("4.1", 1, None),
        ];
        KnownIssue {
            extent: Extent::Lines(
                lines.into_iter().map(|a| (a.line, a)).collect::<BTreeMap<_, _>>(),
            ),
            claims: Vec::new(),
            shows: Fact::Workflow(crate::fact::WorkflowFact::Phase(Vec::new())),
            issue: String::new(),
            rate: None,
            predicted: false,
            settings: None,
        }
    }

    #[rstest]
    #[case::its_settings(Some(Profile::Ha), true)]
    #[case::other_settings(Some(Profile::Fast), false)]
    #[case::unknown_settings(None, false)]
    fn applies_by_settings(#[case] profile: Option<Profile>, #[case] expected: bool) {
        let issue = KnownIssue { settings: Some(Profile::Ha), ..issue() };
        let version = "4.1.77".parse().expect("a version");
        let versions = DecidingVersions { profile, ..DecidingVersions::all(&version) };
        assert_eq!(issue.applies_to(&versions), expected);
    }

    #[rstest]
    #[case::the_same(Some(Profile::Ha), Some(Profile::Ha), true)]
    #[case::all_and_one(None, Some(Profile::Ha), true)]
    #[case::two(Some(Profile::Fast), Some(Profile::Ha), false)]
    fn settings_of_two_issues_meet(
        #[case] one: Option<Profile>,
        #[case] other: Option<Profile>,
        #[case] expected: bool,
    ) {
        let of = |settings| KnownIssue { settings, ..issue() };
        assert_eq!(of(one).shares_settings(&of(other)), expected);
        assert_eq!(of(other).shares_settings(&of(one)), expected);
    }

    #[rstest]
    #[case::all_of_a_line("3.4.18", true)]
    #[case::first_release("3.5.0", true)]
    #[case::last_before_the_fix("3.5.10", true)]
    #[case::the_fix("3.5.11", false)]
    #[case::a_line_that_is_not_named("3.6.0", false)]
    #[case::before_it_came("4.0.2", false)]
    #[case::when_it_came("4.0.3", true)]
    #[case::open("4.1.77", true)]
    #[case::a_candidate_counts_as_its_release("3.5.11-rc1", false)]
    #[case::a_candidate_of_the_first("3.5.0-rc1", true)]
    #[case::a_tree("3.5.10+tree.ab12", true)]
    #[case::a_tree_of_the_fix("3.5.11+tree.ab12", false)]
    #[case::a_commit("4.1.2+git.ab12", true)]
    #[case::another_major_version("4.5.0", false)]
    fn applies_by_release_line(#[case] version: &str, #[case] expected: bool) {
        let versions = DecidingVersions::all(&version.parse().expect("a version"));
        assert_eq!(issue().applies_to(&versions), expected);
    }

    /// The version of the case's component does not matter for a pair.
    #[rstest]
    #[case::in_the_pair("3.4.17", "3.5.8", true)]
    #[case::in_the_second_pair("3.4.17", "3.7.1", true)]
    #[case::own_executor("3.5.8", "3.5.8", false)]
    #[case::after_the_pairs("3.4.17", "3.7.2", false)]
    fn applies_by_pair(#[case] executor: &str, #[case] controller: &str, #[case] expected: bool) {
        let range = |text: &str| text.parse().expect("a range");
        let pair = |from, to| Pair { from: range(from), to: range(to) };
        let pairs = vec![pair("<=3.5.1", ">=3.5.3 <3.5.11"), pair("<=3.4.17", ">=3.7.1 <3.7.2")];
        let issue = KnownIssue { extent: Extent::Pairs(pairs), ..issue() };
        let version = |text: &str| text.parse().expect("a version");
        let (executor, controller) = (version(executor), version(controller));
        let component = version("9.9.9");
        let versions = DecidingVersions { component, executor, controller, profile: None };
        assert_eq!(issue.applies_to(&versions), expected);
    }

    #[rstest]
    #[case(0, Some(8), "<3.5.0", false)]
    #[case(0, Some(8), "<=3.5.0", true)]
    #[case(3, None, ">=3.6.0", false)]
    #[case(3, None, ">=3.5.99", true)]
    #[case(3, Some(8), ">=3.5.8", false)]
    fn releases_of_a_line_meet_a_range(
        #[case] from: u64,
        #[case] until: Option<u64>,
        #[case] range: &str,
        #[case] expected: bool,
    ) {
        assert_eq!(affected("3.5", from, until).meets(&range.parse().expect("a range")), expected);
    }

    #[test]
    fn releases_are_in_the_order_of_the_lines() {
        let releases = "3.4 (all), 3.5 (<3.5.11), 4.0 (>=4.0.3 <4.0.9), 4.1 (>=4.1.1)";
        assert_eq!(issue().releases(), releases);
        let of_settings = KnownIssue { settings: Some(Profile::Ha), ..issue() };
        assert_eq!(of_settings.releases(), format!("{releases} with settings ha"));
    }

    #[rstest]
    #[case::the_later_release(Some("3.5.8"), Some("3.5.12"), Some("3.5.12"))]
    #[case::the_earlier_last(Some("3.5.12"), Some("3.5.8"), Some("3.5.12"))]
    #[case::by_number(Some("3.5.9"), Some("3.5.10"), Some("3.5.10"))]
    #[case::open_is_last(Some("3.5.8"), None, None)]
    #[case::open_is_first(None, Some("3.5.8"), None)]
    fn the_end_of_an_issue_is_the_later_one(
        #[case] one: Option<&str>,
        #[case] other: Option<&str>,
        #[case] expected: Option<&str>,
    ) {
        let end = |text: Option<&str>, predicted| End {
            fix: text.map(|text| text.parse().expect("a version")),
            predicted,
        };
        let later = end(one, false).later(end(other, true));
        assert_eq!(later.fix, end(expected, false).fix);
        assert_eq!(later.predicted, expected == other);
    }

    #[rstest]
    #[case(0, Some(8), 8, None, None)]
    #[case(0, Some(9), 8, None, Some(">=3.5.8 <3.5.9"))]
    #[case(3, None, 0, None, Some(">=3.5.3"))]
    #[case(2, Some(9), 3, Some(7), Some(">=3.5.3 <3.5.7"))]
    fn common_releases(
        #[case] from: u64,
        #[case] until: Option<u64>,
        #[case] other_from: u64,
        #[case] other_until: Option<u64>,
        #[case] expected: Option<&str>,
    ) {
        let one = affected("3.5", from, until);
        let other = affected("3.5", other_from, other_until);
        let common = |a: Affected, b: Affected| a.common(&b).map(|common| common.to_string());
        assert_eq!(common(one, other).as_deref(), expected);
        assert_eq!(common(other, one).as_deref(), expected);
        assert_eq!(common(one, affected("3.6", 0, None)), None, "of another line");
    }

    #[test]
    fn a_range_without_a_release_is_none() {
        let line: ReleaseLine = "3.5".parse().expect("a line");
        assert_eq!(Affected::new(line, 8, Some(8)), None);
        assert_eq!(Affected::new(line, 0, Some(0)), None);
    }
}
