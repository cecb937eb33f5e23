//! The readers of the crates `model` and `judge` on altered inputs, and the driver itself.
//!
//! `cargo ci fuzz` runs the same tests on many more inputs.

mod case;
mod cel;
mod driver;
mod history;

use std::io::Write;

use fuzz::{Plan, Target, fuzz, inputs};

/// Runs a target with its share of the inputs, in thousandths, and asks for no panic and no hang.
pub(crate) fn holds(target: Target, share: u64) {
    let name = target.name;
    let outcome = fuzz(target, &Plan::new(inputs(share)));
    let _ = writeln!(std::io::stderr(), "{}", outcome.words(name));
    let texts = |inputs: &[Vec<u8>]| {
        let texts = inputs.iter().map(|input| String::from_utf8_lossy(input).into_owned());
        texts.collect::<Vec<_>>()
    };
    assert_eq!(texts(&outcome.panics), [""; 0], "{name}: inputs that panic");
    assert_eq!(texts(&outcome.hangs), [""; 0], "{name}: inputs that hang");
}

/// Text from the repository's root.
pub(crate) fn text(path: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    std::fs::read_to_string(path).expect("the file is there")
}
