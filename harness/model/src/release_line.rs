//! Release lines: a minor version with its patch releases, such as 3.5 and 4.1.

use std::fmt;
use std::str::FromStr;

use semver::Version;

/// A minor version with its patch releases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReleaseLine {
    /// The 3 of 3.5.
    pub major: u64,
    /// The 5 of 3.5.
    pub minor: u64,
}

impl ReleaseLine {
    /// The line of a version. A pre-release or a build belongs to the line of its release.
    pub fn of(version: &Version) -> Self {
        Self { major: version.major, minor: version.minor }
    }

    /// A patch release of the line.
    pub fn release(self, patch: u64) -> Version {
        Version::new(self.major, self.minor, patch)
    }
}

impl fmt::Display for ReleaseLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// The text is not MAJOR.MINOR.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotALine;

impl FromStr for ReleaseLine {
    type Err = NotALine;

    fn from_str(text: &str) -> Result<Self, NotALine> {
        let release = format!("{text}.0").parse::<Version>().map_err(|_| NotALine)?;
        let line = Self::of(&release);
        if line.to_string() == text { Ok(line) } else { Err(NotALine) }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{NotALine, ReleaseLine};

    #[rstest]
    #[case("3.5", Ok((3, 5)))]
    #[case("3.10", Ok((3, 10)))]
    #[case("3", Err(NotALine))]
    #[case("3.5.8", Err(NotALine))]
    #[case("3.05", Err(NotALine))]
    #[case("v3.5", Err(NotALine))]
    #[case("3.x", Err(NotALine))]
    #[case("3.5-rc", Err(NotALine))]
    #[case("", Err(NotALine))]
    fn a_line_is_major_and_minor(
        #[case] text: &str,
        #[case] expected: Result<(u64, u64), NotALine>,
    ) {
        let parsed = text.parse::<ReleaseLine>();
        assert_eq!(parsed.map(|line| (line.major, line.minor)), expected);
        if let Ok(line) = parsed {
            assert_eq!(line.to_string(), text);
        }
    }

    #[test]
    fn lines_are_in_the_order_of_their_numbers() {
        let mut lines = ["4.0", "3.10", "3.4"].map(str::parse::<ReleaseLine>);
        lines.sort_by_key(|line| line.ok());
        let sorted = lines.map(|line| line.map(|line| line.to_string()));
        assert_eq!(sorted, ["3.4", "3.10", "4.0"].map(|text| Ok(text.to_owned())));
    }
}
