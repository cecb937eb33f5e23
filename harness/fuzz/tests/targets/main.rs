//! The readers of the crates `model` and `judge` on altered inputs, and the driver itself.
//!
//! `cargo ci fuzz` runs the same tests on many more inputs.

mod case;
mod cel;
mod driver;
mod history;

/// Text from the repository's root.
pub(crate) fn text(path: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    std::fs::read_to_string(path).expect("the file is there")
}
