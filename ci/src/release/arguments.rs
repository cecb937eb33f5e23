//! Arguments of `cargo ci release`.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

/// The target that a release is for by default.
const TARGET: &str = if cfg!(target_arch = "aarch64") {
    "aarch64-unknown-linux-gnu"
} else {
    "x86_64-unknown-linux-gnu"
};

/// The release, and the directory of its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arguments {
    /// Directory for the files.
    pub output: PathBuf,
    /// Run directory of this checkout's cases, for the proof of the program.
    pub run: PathBuf,
    /// Target of the program.
    pub target: String,
    /// Tag of the release. Without a tag the commit may have changes.
    pub tag: Option<String>,
}

impl Arguments {
    /// Reads pairs of an option and its value.
    ///
    /// # Errors
    /// If an option is unknown or has no value, or if a required one is missing.
    pub fn read(words: &[&str]) -> Result<Self> {
        let (mut output, mut run, mut target, mut tag) = (None, None, TARGET, None);
        for pair in words.chunks(2) {
            let [option, value] = pair else { bail!("invalid option {}: no value", pair[0]) };
            match *option {
                "--output" => output = Some(*value),
                "--run" => run = Some(*value),
                "--target" => target = value,
                "--tag" => tag = Some((*value).to_owned()),
                other => bail!("invalid option {other}: unknown"),
            }
        }
        let output = output.context("missing option --output. Name a directory for the files")?;
        let run = run.context("missing option --run. Name a run directory of these cases")?;
        Ok(Self { output: output.into(), run: run.into(), target: target.to_owned(), tag })
    }
}
