//! The name of an installation for people.

use model::history::Versions;

/// The name of an installation for people, by its name: `3.5.12→3.7.18` for the pair
/// `3.5.12+to.3.7.18`. Every other name stays as it is.
pub fn title(name: &str) -> String {
    let versions = Versions::of_name(name);
    if versions.to.is_some() { versions.title() } else { name.to_owned() }
}

/// The names for people, with commas between them.
pub(crate) fn titles<N: AsRef<str>>(names: impl IntoIterator<Item = N>) -> String {
    names.into_iter().map(|name| title(name.as_ref())).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{title, titles};

    #[rstest]
    #[case::of_one("3.5.12+cli.3.5.10", "3.5.12+cli.3.5.10")]
    #[case::of_a_pair("3.5.12+cli.3.5.10.to.3.7.18", "3.5.12+cli.3.5.10→3.7.18")]
    #[case::of_nothing("", "")]
    #[case::foreign("<b>+to", "<b>+to")]
    fn names(#[case] name: &str, #[case] expected: &str) {
        assert_eq!(title(name), expected);
    }

    #[test]
    fn each_of_a_list() {
        assert_eq!(titles(["3.5.12+to.3.7.18", "3.7.18"]), "3.5.12→3.7.18, 3.7.18");
    }
}
