//! The voice: what was found, in words, for a terminal, for programs and for a page.
//!
//! Pure: nothing here prints, reads a file or asks a clock. Each function takes values and returns
//! text, and the same values give the same text.
//!
//! | for | see |
//! |---|---|
//! | a terminal, while cases end | [`line()`] |
//! | a program, one line a case | [`json()`] |
//! | the end of a run | [`summary()`], [`exit_code()`] |
//! | several versions side by side | [`matrix`] |
//! | a reader of the cases | [`explain()`], [`catalogue()`] |
//! | the run directory | [`run::RunReport`], [`run::what_ran`] |

#![expect(
    clippy::format_push_string,
    reason = "`write!` to a String leaves a Result to throw away at every line"
)]

mod case_words;
mod catalogue;
mod counts;
pub mod exit;
mod explain;
pub mod json;
mod judged;
mod line;
mod markdown;
pub mod matrix;
pub mod measured;
pub mod run;
mod style;
mod verdict_words;

pub use catalogue::catalogue;
pub use counts::{Counts, summary};
pub use exit::exit_code;
pub use explain::explain;
pub use json::json;
pub use judged::Judged;
pub use line::line;
pub use measured::Measured;
pub use run::RunReport;
pub use style::Style;
