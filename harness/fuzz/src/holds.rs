//! A target as a test.

use std::io::Write;

use crate::{Plan, Progress, Target, fuzz, inputs};

/// Tries a target with its share of the inputs, in thousandths. Writes the progress and the result
/// to standard error.
///
/// # Panics
/// If an input panics or hangs. The message has the inputs.
pub fn holds(target: Target, share: u64) {
    let name = target.name;
    let tell = |progress: &Progress| say(&progress.words(name));
    let outcome = fuzz(target, &Plan::new(inputs(share)), &tell);
    say(&outcome.words(name));
    let texts = |inputs: &[Vec<u8>]| {
        let texts = inputs.iter().map(|input| String::from_utf8_lossy(input).into_owned());
        texts.collect::<Vec<_>>()
    };
    assert_eq!(texts(&outcome.panics), [""; 0], "{name}: inputs that panic");
    assert_eq!(texts(&outcome.hangs), [""; 0], "{name}: inputs that hang");
}

fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
