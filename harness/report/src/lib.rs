//! The reports: output formats of a run for people and programs.
//!
//! Every function is pure and returns text: the same values give the same text. No function prints,
//! reads a file or reads a clock.
//!
//! | for | see |
//! |---|---|
//! | a terminal, while cases end | [`line()`] |
//! | a terminal, while they run | [`Live`] |
//! | a program, one line for each case and each untested version | [`json()`] |
//! | the end of a run | [`summary()`], [`exit_code()`] |
//! | several versions side by side | [`matrix`] |
//! | a reader of the cases | [`explain()`], [`catalogue()`] |
//! | the user of a version, before an upgrade | [`exposure`] |
//! | the user of an existing cluster, before a run | [`check`] |
//! | a writer of cases | [`vocabulary()`] |
//! | the run directory | [`run::RunReport`], [`run::what_ran`], [`merge::merge`] |
//! | a reader of a whole run ([`Evidence`]) | [`text()`], [`formats::markdown::markdown`] |
//! | a reader with a browser | [`html()`] |
//! | readers of results of several runs, without a server | [`site::site`] |
//! | a list of implementations | [`conformance::conformance`] |
//! | a user of `report --format` | [`formats::FORMATS`] |
//! | a CI system | [`junit()`], [`ctrf()`], [`github`] |

#![expect(
    clippy::format_push_string,
    reason = "`write!` to a String leaves a Result to throw away at every line"
)]

mod case_words;
mod catalogue;
pub mod check;
pub mod controller_notes;
mod counts;
mod escapable;
mod evidence;
pub mod exit;
mod explain;
pub mod exposure;
mod fact_list;
pub mod formats;
pub mod judged;
mod left_out;
mod line;
mod live;
mod markdown;
pub mod matrix;
pub mod measured;
pub mod merge;
pub mod observed;
pub mod request;
mod result;
pub mod run;
mod shares;
pub mod site;
pub mod statement;
mod style;
mod tag;
pub mod timeline;
mod title;
mod unobserved;
mod verdict_words;
mod vocabulary;
mod xml;

pub use catalogue::catalogue;
pub use check::CheckReport;
pub use counts::{Counts, Spent, about, summary};
pub use escapable::Escapable;
pub use evidence::{CaseFile, Detection, Evidence};
pub use explain::explain;
pub use formats::ctrf::ctrf;
pub use formats::html::html;
pub use formats::json::{json, json_untested};
pub use formats::junit::junit;
pub use formats::text::text;
pub use formats::{conformance, ctrf, github, json, junit};
pub use judged::Judged;
pub use left_out::LeftOut;
pub use line::line;
pub use live::{Live, Size};
pub use measured::Measured;
pub use request::{Build, RunRequest, Shard};
pub use result::{RunResult, Warning, exit_code, exit_code_of_run};
pub use run::RunReport;
pub use style::{Style, tame};
pub use title::title;
pub use vocabulary::vocabulary;
