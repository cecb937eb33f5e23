//! Names of the generated files and links between them.

/// Longest name of a file without its extension, in bytes.
const LONGEST: usize = 120;

/// The name of a file for any text. Different texts have different names, also on a file system
/// that ignores case. A name has lower-case letters, digits, `-`, `.`, `+`, `@` and `_` alone.
///
/// `/` is `__`, and any other byte is `_` with two hexadecimal digits. A dot that is not
/// between letters or digits is such a byte too. A long name ends with a digest.
pub(super) fn slug(text: &str) -> String {
    let mut slug = String::new();
    let bytes = text.as_bytes();
    let is_plain =
        |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_alphanumeric);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'-' | b'+' | b'@' => slug.push(char::from(byte)),
            b'.' if is_plain(at.checked_sub(1)) && is_plain(Some(at + 1)) => slug.push('.'),
            b'/' => slug.push_str("__"),
            byte => slug += &format!("_{byte:02x}"),
        }
    }
    if slug.is_empty() {
        return "_".to_owned();
    }
    if slug.len() > LONGEST {
        slug.truncate(LONGEST);
        slug += &format!("_-{:016x}", digest(text));
    }
    slug
}

/// FNV-1a with 64 bits.
fn digest(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |digest, byte| {
        (digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The page of a case.
pub(super) fn case(id: &str) -> String {
    format!("cases/{}.html", slug(id))
}

/// The page of a version.
pub(super) fn version(name: &str) -> String {
    format!("versions/{}.html", slug(name))
}

/// The page of a given run.
pub(super) fn run(id: &str) -> String {
    format!("runs/{}.html", slug(id))
}

/// The page of a given statement.
pub(super) fn statement(id: &str) -> String {
    format!("statements/{}.html", slug(id))
}

/// The page of the differences between two versions. No name of a file has `_.` inside.
pub(super) fn versions(from: &str, to: &str) -> String {
    format!("differences/{}_.{}.html", slug(from), slug(to))
}

/// The page of the differences between two runs of a version.
pub(super) fn runs(version: &str, from: &str, to: &str) -> String {
    format!("differences/{}_.{}_.{}.html", slug(version), slug(from), slug(to))
}

/// The badge of a version, with this extension.
pub(super) fn badge(version: &str, extension: &str) -> String {
    format!("badges/{}.{extension}", slug(version))
}

/// The anchor of a version on the page of a case.
pub(super) fn anchor(version: &str) -> String {
    format!("on-{}", slug(version))
}

/// The link from a page to a target, both by path from the site's directory.
pub(super) fn from(page: &str, target: &str) -> String {
    "../".repeat(page.matches('/').count()) + target
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rstest::rstest;

    use super::{from, slug};

    #[rstest]
    #[case::case("artifact-gc/directory@steps", "artifact-gc__directory@steps")]
    #[case::release("release:4.1.2", "release_3a4.1.2")]
    #[case::checkout("./x=4.2.0", "_2e__x_3d4.2.0")]
    #[case::pair("3.4.17→3.5.8", "3.4.17_e2_86_923.5.8")]
    #[case::settings("3.7.18+settings.ha", "3.7.18+settings.ha")]
    #[case::parent("..", "_2e_2e")]
    #[case::up_and_away("../../x", "_2e_2e___2e_2e__x")]
    #[case::upper_case("A", "_41")]
    #[case::nothing("", "_")]
    fn names_of_files(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(slug(text), expected);
    }

    #[test]
    fn different_texts_have_different_names_of_bounded_length() {
        let long = "x/".repeat(500);
        let texts = ["a/b", "a__b", "a_b", "a.b", "a/b.", "A/b", "a_2fb", "", "_", &long];
        let longer = long.clone() + "y";
        let slugs: Vec<String> = texts.into_iter().chain([longer.as_str()]).map(slug).collect();
        assert_eq!(slugs.iter().collect::<BTreeSet<_>>().len(), slugs.len(), "{slugs:?}");
        assert!(slugs.iter().all(|slug| slug.len() <= 140));
    }

    #[test]
    fn a_link_leads_up_first() {
        assert_eq!(from("index.html", "cases/a.html"), "cases/a.html");
        assert_eq!(from("cases/a.html", "index.html"), "../index.html");
    }
}
