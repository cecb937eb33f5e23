//! A run directory as data: manifest, attempts, verdicts, resume, merge, statements.
//!
//! Every function works on files alone. The crate needs no cluster and no clock besides the time of
//! a statement, and prints nothing. Anybody may have made a run directory: each file in it is read
//! as foreign input.

pub mod attempt;
pub mod attempt_log;
pub mod challenge;
pub mod detection;
pub mod digest;
pub mod error;
pub mod evidence;
pub mod history_file;
pub mod installed;
pub mod key_material;
pub mod layout;
pub mod manifest;
pub mod merge;
pub mod new_directory;
pub mod output;
pub mod program_build;
pub mod recorded_plan;
pub mod resume;
pub mod shard;
pub mod site;
pub mod statement;
pub mod stored;
mod strict_json;
pub mod times;
pub mod verdicts;

pub use challenge::Challenge;
pub use error::{Error, Problem};
