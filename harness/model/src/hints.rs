//! Hints of errors, by tables of error types, and the causes of an error on one line.

use std::error::Error;

/// Gives the remedy of an error. `None`: the error has another type, or no remedy.
pub type Ask = fn(&(dyn Error + 'static)) -> Option<String>;

/// Gives the remedy of an error of type `E`.
///
/// ```
/// # #[derive(Debug)]
/// # struct Full;
/// # impl std::fmt::Display for Full {
/// #     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
/// #         f.write_str("the disk is full")
/// #     }
/// # }
/// # impl std::error::Error for Full {}
/// use model::hints::{Ask, ask, hint};
///
/// const HINTS: [Ask; 1] = [|error| ask(error, |_: &Full| Some("free some space".to_owned()))];
///
/// assert_eq!(hint(&Full, &[&HINTS]).as_deref(), Some("free some space"));
/// ```
pub fn ask<E: Error + 'static>(
    error: &(dyn Error + 'static),
    hint: impl FnOnce(&E) -> Option<String>,
) -> Option<String> {
    error.downcast_ref::<E>().and_then(hint)
}

/// The remedy of an error: its own, or the remedy of its first cause that has one.
pub fn hint(error: &(dyn Error + 'static), tables: &[&[Ask]]) -> Option<String> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        let found = tables.iter().copied().flatten().find_map(|ask| ask(error));
        if found.is_some() {
            return found;
        }
        cause = error.source();
    }
    None
}

/// An error and its causes on one line, with colons between them.
pub fn chain(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        line.extend([": ", &error.to_string()]);
        cause = error.source();
    }
    line
}
