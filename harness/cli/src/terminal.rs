//! The terminal: the only files that print.

pub(crate) mod conclusion;
pub(crate) mod console;
pub(crate) mod out;
pub(crate) mod screen;
