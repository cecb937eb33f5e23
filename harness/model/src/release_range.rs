//! A range of releases, of one release line or of several.

use std::fmt;
use std::str::FromStr;

use semver::Version;

/// A range of releases: never none. A pre-release and a build count as their release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseRange {
    /// The first release.
    from: Option<Version>,
    /// The end.
    upper: Option<Upper>,
}

/// The end of a range.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Upper {
    /// The first release after the range.
    Before(Version),
    /// The last release of the range.
    UpTo(Version),
}

/// The reason why a text is no range of releases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotARange {
    /// The text has none of the forms.
    Form,
    /// No release is in the range.
    Empty,
}

/// The release of a version, without a pre-release and without a build.
pub(crate) fn release(version: &Version) -> Version {
    Version::new(version.major, version.minor, version.patch)
}

impl ReleaseRange {
    /// The releases from one on, until before another one; `None` if that leaves no release.
    pub fn new(from: Option<Version>, before: Option<Version>) -> Option<Self> {
        let range = Self { from, upper: before.map(Upper::Before) };
        range.is_some().then_some(range)
    }

    /// Whether the release of this version is in it.
    pub fn contains(&self, version: &Version) -> bool {
        let release = release(version);
        self.from.as_ref().is_none_or(|from| *from <= release)
            && self.end().is_none_or(|end| release < end)
    }

    /// Whether a release is in both.
    pub fn meets(&self, other: &Self) -> bool {
        let from = self.from.clone().max(other.from.clone());
        let ends = [self.end(), other.end()];
        Self { from, upper: ends.into_iter().flatten().min().map(Upper::Before) }.is_some()
    }

    /// The first release after the range.
    fn end(&self) -> Option<Version> {
        self.upper.as_ref().map(|upper| match upper {
            Upper::Before(version) => version.clone(),
            Upper::UpTo(last) => Version::new(last.major, last.minor, last.patch + 1),
        })
    }

    /// Whether a release is in it.
    fn is_some(&self) -> bool {
        let first = self.from.clone().unwrap_or(Version::new(0, 0, 0));
        self.end().is_none_or(|end| first < end)
    }
}

/// As a case file has it.
impl fmt::Display for ReleaseRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let from = self.from.as_ref().map(|from| format!(">={from}"));
        let upper = self.upper.as_ref().map(|upper| match upper {
            Upper::Before(version) => format!("<{version}"),
            Upper::UpTo(version) => format!("<={version}"),
        });
        let bounds: Vec<String> = from.into_iter().chain(upper).collect();
        f.write_str(if bounds.is_empty() { "all" } else { "" })?;
        f.write_str(&bounds.join(" "))
    }
}

impl FromStr for ReleaseRange {
    type Err = NotARange;

    /// Reads `all`, `<V`, `<=V`, `>=V`, `>=V <V` and `>=V <=V`.
    fn from_str(text: &str) -> Result<Self, NotARange> {
        let (lower, upper) = match text.split_once(' ') {
            Some((lower, upper)) => (Some(lower), Some(upper)),
            None if text == "all" => (None, None),
            None if text.starts_with('<') => (None, Some(text)),
            None => (Some(text), None),
        };
        let range = Self {
            from: lower.map(lower_bound).transpose()?,
            upper: upper.map(upper_bound).transpose()?,
        };
        if range.is_some() { Ok(range) } else { Err(NotARange::Empty) }
    }
}

fn lower_bound(text: &str) -> Result<Version, NotARange> {
    plain(text.strip_prefix(">=").ok_or(NotARange::Form)?)
}

fn upper_bound(text: &str) -> Result<Upper, NotARange> {
    match (text.strip_prefix("<="), text.strip_prefix('<')) {
        (Some(last), _) => plain(last).map(Upper::UpTo),
        (None, Some(end)) => plain(end).map(Upper::Before),
        (None, None) => Err(NotARange::Form),
    }
}

/// A release: a version without a pre-release and without a build.
fn plain(text: &str) -> Result<Version, NotARange> {
    let version = text.parse::<Version>().map_err(|_| NotARange::Form)?;
    if release(&version) == version { Ok(version) } else { Err(NotARange::Form) }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{NotARange, ReleaseRange};

    fn range(text: &str) -> ReleaseRange {
        text.parse().expect("a range")
    }

    #[rstest]
    #[case::all("all", "0.0.0", true)]
    #[case::last("<=3.5.1", "3.5.1", true)]
    #[case::after_the_last("<=3.5.1", "3.5.2", false)]
    #[case::candidate_after_the_last("<=3.5.1", "3.5.2-rc1", false)]
    #[case::earlier_line("<=3.5.1", "3.4.17", true)]
    #[case::end("<3.5.11", "3.5.11", false)]
    #[case::before_the_end("<3.5.11", "3.5.10+tree.ab12", true)]
    #[case::first(">=3.5.3 <3.5.11", "3.5.3", true)]
    #[case::before_the_first(">=3.5.3 <3.5.11", "3.5.2", false)]
    #[case::several_lines(">=3.5.3 <=4.0.5", "3.7.18", true)]
    #[case::open(">=3.5.3", "4.1.2", true)]
    fn contains(#[case] text: &str, #[case] version: &str, #[case] expected: bool) {
        assert_eq!(range(text).contains(&version.parse().expect("a version")), expected);
        assert_eq!(range(text).to_string(), text);
    }

    #[rstest]
    #[case::no_bound("3.5.1", NotARange::Form)]
    #[case::another_sign(">3.5.1", NotARange::Form)]
    #[case::two_numbers("<3.5", NotARange::Form)]
    #[case::a_candidate("<3.5.1-rc1", NotARange::Form)]
    #[case::reversed("<3.5.8 >=3.5.0", NotARange::Form)]
    #[case::nothing("", NotARange::Form)]
    #[case::none_between(">=3.5.8 <3.5.8", NotARange::Empty)]
    #[case::none_below("<0.0.0", NotARange::Empty)]
    fn refuses(#[case] text: &str, #[case] expected: NotARange) {
        assert_eq!(text.parse::<ReleaseRange>(), Err(expected));
    }

    #[rstest]
    #[case("<=3.5.1", ">=3.5.2", false)]
    #[case("<=3.5.1", ">=3.5.1", true)]
    #[case("<3.5.1", ">=3.5.1", false)]
    #[case("all", "<=3.4.0", true)]
    #[case(">=3.5.3 <3.5.11", ">=3.5.10 <4.0.0", true)]
    fn two_ranges_meet(#[case] one: &str, #[case] other: &str, #[case] expected: bool) {
        assert_eq!(range(one).meets(&range(other)), expected);
        assert_eq!(range(other).meets(&range(one)), expected);
    }
}
