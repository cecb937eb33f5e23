//! The checks and the generated files of `cargo ci`.
//!
//! `check` is the one entry point: a workflow file calls it and adds nothing. Each step checks a
//! rule of the project. Each problem has a file, a line, the mistake and the remedy. Rules are
//! tables with reasons: [`tidy`] for the sources, [`policy`] for dependencies.

pub mod built;
pub mod cases;
pub mod check;
pub mod codegen;
pub mod faults;
pub mod fuzz;
pub mod host;
pub mod kills;
pub mod licence;
pub mod live;
pub mod lock;
pub mod matrix;
pub mod members;
pub mod metadata;
pub mod mutate;
pub mod policy;
pub mod problem;
pub mod prose;
pub mod rust_source;
pub mod starts;
pub mod tested;
pub mod tidy;
pub mod times;
pub mod tree;
