//! The checks and the generated files of `cargo ci`.
//!
//! `check` is the one entry point: a workflow file calls it and adds nothing. Each step checks a
//! rule of the project. Each problem has a file, a line, the mistake and the remedy. Rules are
//! tables with reasons: [`tidy`] for the sources, [`policy`] for the crates, `deny.toml` for
//! dependencies.

pub mod book;
pub mod cache;
pub mod cases;
pub mod check;
pub mod codegen;
pub mod faults;
pub mod fuzz;
pub mod host;
pub mod imports;
pub mod kills;
pub mod live;
pub mod matrix;
pub mod metadata;
pub mod msrv;
pub mod mutate;
pub mod policy;
pub mod problem;
pub mod prose;
pub mod reasons;
pub mod release;
pub mod rust_source;
pub mod starts;
pub mod syntax;
pub mod tested;
pub mod tidy;
pub mod times;
pub mod tools;
pub mod tree;
