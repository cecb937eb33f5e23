//! The value by which a verifier recognizes a run.

use std::fmt;
use std::str::FromStr;

/// A value that a verifier gives for a run: 16 to 63 letters, digits, `-`, `_` and `.`. Both ends
/// are letters or digits, since the value becomes that of a label. A shorter one can be guessed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge(String);

impl FromStr for Challenge {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let at_end = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        let ends = at_end(text.chars().next()) && at_end(text.chars().next_back());
        if !(16..=63).contains(&text.len()) || !ends || !text.chars().all(inside) {
            return Err(
                "a challenge has 16 to 63 letters, digits, `-`, `_` and `.`, and a letter \
                        or digit at both ends\nhint: Take the output of `openssl rand -hex 16`."
                    .to_owned(),
            );
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::Challenge;

    #[rstest]
    #[case::of_openssl("0123456789abcdef0123456789abcdef", true)]
    #[case::mixed("Verifier-7_2026.11", true)]
    #[case::longest(&"a".repeat(63), true)]
    #[case::too_long(&"a".repeat(64), false)]
    #[case::short("0123456789abcde", false)]
    #[case::empty("", false)]
    #[case::dash_first("-123456789abcdef", false)]
    #[case::dot_last("123456789abcdef.", false)]
    #[case::slash("0123456789/abcdef", false)]
    #[case::escape("0123456789\u{1b}abcdef", false)]
    #[case::space("0123456789 abcdef", false)]
    #[case::letter_of_another_script("0123456789аbcdef", false)]
    fn a_challenge_is_a_label_that_cannot_be_guessed(#[case] text: &str, #[case] good: bool) {
        assert_eq!(text.parse::<Challenge>().is_ok(), good);
    }
}
