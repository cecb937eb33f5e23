//! Refusal of run directories with key material.
//!
//! A run directory is to be published. The commands that publish it, or a text made from it, refuse
//! key material.

use std::path::PathBuf;

use crate::error::{Error, Problem};

/// Refuses run directories with key material. `known` has secrets that the user of the command
/// knows.
///
/// # Errors
/// [`Error`] with every finding, or a file that cannot be read.
pub fn refuse(directories: &[PathBuf], known: &[String]) -> anyhow::Result<()> {
    let mut problems = Vec::new();
    for directory in directories {
        let name = directory.display();
        let found = key_material::find(directory, known)?;
        problems.extend(found.iter().map(|one| Problem::refused(format!("{name}/{one}"))));
    }
    if problems.is_empty() {
        return Ok(());
    }
    let hint = "Replace each key at its issuer, delete the run directory, and repeat the run.";
    Err(Error::all(report::exit::BAD_CASE, problems).with_hint(hint).into())
}

#[cfg(test)]
mod tests {
    use super::refuse;

    const TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl";

    #[test]
    fn every_finding_is_named_at_once_and_no_value() {
        let directory = tempfile::tempdir().expect("a directory");
        let below = directory.path().join("3.7.18/cases/a.b");
        std::fs::create_dir_all(&below).expect("a directory");
        std::fs::write(below.join("history.jsonl"), format!("{{}}\n{{\"x\":\"{TOKEN}\"}}\n"))
            .expect("write");
        let kubeconfig = "kind: Config\nusers:\n- user:\n    client-key-data: abcdefgh\n";
        std::fs::write(directory.path().join("kubeconfig"), kubeconfig).expect("write");
        let error = refuse(&[directory.path().to_owned()], &[]).expect_err("a refusal");
        let error = error.downcast::<crate::Error>().expect("an error of the program");
        let name = directory.path().display();
        assert_eq!(error.code, report::exit::BAD_CASE);
        let messages: Vec<&str> = error.problems.iter().map(|one| one.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                format!("{name}/3.7.18/cases/a.b/history.jsonl:2:7: a JSON web token"),
                format!("{name}/kubeconfig:4:22: the credentials of a kubeconfig"),
            ]
        );
        assert!(!error.text().contains("abcdefgh") && !error.text().contains(TOKEN));
    }
}
