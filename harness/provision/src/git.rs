//! The program `git`. The harness lets git read a repository, but no configuration of the user or
//! system.
//!
//! Root may read a repository of another user. The configuration of that repository must start no
//! program. Commands that read objects and names run in the repository. A checkout uses a git
//! directory of its own, which refers to the objects of the repository.

mod mirror;
mod program;
pub mod repository;

pub(crate) use mirror::refuse_credential;
pub use program::{Git, GitError};
pub use repository::Repository;

#[cfg(test)]
pub(crate) mod tests;
