//! The causes of an error, each text once.

use std::error::Error;

/// Texts of the HTTP client that name no cause.
const EMPTY: [&str; 3] =
    ["client error (Connect)", "client error (SendRequest)", "connection error"];

/// An error and its causes. An I/O error hides the error that it wraps from the list of causes.
pub(crate) fn links<'a>(error: &'a (dyn Error + 'static)) -> Vec<&'a (dyn Error + 'static)> {
    let mut links: Vec<&'a (dyn Error + 'static)> = Vec::new();
    let mut next = Some(error);
    while let Some(link) = next {
        links.push(link);
        let wrapped = link.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        next = match wrapped {
            Some(wrapped) => Some(wrapped),
            None => link.source(),
        };
    }
    links
}

/// The texts of an error and its causes, from the outermost to the innermost, in one line. A text
/// that another one contains is left out.
pub(crate) fn text(error: &(dyn Error + 'static)) -> String {
    let all: Vec<String> = links(error).iter().map(ToString::to_string).collect();
    let mut kept: Vec<&str> = Vec::new();
    for (index, text) in all.iter().enumerate() {
        let is_last = index + 1 == all.len();
        let inner = all[index + 1..].iter().find(|inner| !inner.is_empty());
        // An error that repeats its cause at the end gives way to the words before the cause.
        let own = inner.and_then(|inner| text.strip_suffix(inner.as_str())).unwrap_or(text);
        let own = own.trim_end_matches([':', ' ']);
        let is_empty = own.is_empty() || EMPTY.contains(&own);
        let is_known = kept.iter().any(|outer| outer.contains(own));
        if !is_known && (!is_empty || (is_last && kept.is_empty())) {
            kept.push(own);
        }
    }
    kept.join(": ")
}

#[cfg(test)]
mod tests {
    use std::error::Error;
    use std::fmt;

    use rstest::rstest;

    use super::text;

    /// An error with this text and this cause.
    #[derive(Debug)]
    struct Link(&'static str, Option<Box<Link>>);

    impl fmt::Display for Link {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    impl Error for Link {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            self.1.as_deref().map(|link| link as &(dyn Error + 'static))
        }
    }

    fn chain(texts: &[&'static str]) -> Link {
        let last = Link(texts[texts.len() - 1], None);
        texts[..texts.len() - 1].iter().rev().fold(last, |link, text| Link(text, Some(link.into())))
    }

    #[rstest]
    #[case::one(&["gone"], "gone")]
    #[case::each(&["a fails", "b fails", "c fails"], "a fails: b fails: c fails")]
    #[case::repeated_at_the_end(&["a: b: c", "b: c", "c"], "a: b: c")]
    #[case::the_same(&["gone", "gone"], "gone")]
    #[case::no_cause(&["client error (Connect)", "tcp connect error", "refused"],
        "tcp connect error: refused")]
    #[case::nothing_but_that(&["client error (Connect)"], "client error (Connect)")]
    #[case::an_inner_repeats_an_outer(&["failed to read: gone", "gone"], "failed to read: gone")]
    fn each_cause_once(#[case] texts: &[&'static str], #[case] expected: &str) {
        assert_eq!(text(&chain(texts)), expected);
    }

    #[test]
    fn an_io_error_hides_no_cause() {
        let error = std::io::Error::other(chain(&["outer", "inner"]));
        assert_eq!(text(&error), "outer: inner");
    }
}
