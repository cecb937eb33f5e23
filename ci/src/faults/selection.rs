//! Arguments of `faults`: the trials to run, and where their run directories stay.

use std::path::PathBuf;

use anyhow::{Result, bail};

use super::trial::{TRIALS, Trial};

/// Lists the trials: `--list`.
pub(super) const LIST: &str = "--list";
/// Selects the trial whose name follows: `--only NAME`, as often as needed.
const ONLY: &str = "--only";
/// Keeps the run directory of each trial below the directory that follows: `--keep DIRECTORY`.
const KEEP: &str = "--keep";

/// Everything that the arguments ask for.
pub(super) struct Selection {
    /// In the order of the table.
    pub(super) trials: Vec<&'static Trial>,
    /// The parent of the run directories; they go away if there is none.
    pub(super) keep: Option<PathBuf>,
}

/// Reads the arguments; without `--only` every trial is selection.
///
/// # Errors
/// If an argument is unknown, or names no trial.
pub(super) fn selection(arguments: &[&str]) -> Result<Selection> {
    let (mut names, mut keep) = (Vec::new(), None);
    for pair in arguments.chunks(2) {
        match pair {
            [ONLY, name] if TRIALS.iter().any(|trial| trial.name == *name) => names.push(*name),
            [ONLY, name] => bail!("invalid trial: there is no `{name}`; see `faults {LIST}`"),
            [KEEP, directory] => keep = Some(PathBuf::from(directory)),
            other => {
                let words = other.join(" ");
                bail!("invalid argument: `{words}` is not `{ONLY} NAME` or `{KEEP} DIRECTORY`")
            }
        }
    }
    let selection = |trial: &&Trial| names.is_empty() || names.contains(&trial.name);
    Ok(Selection { trials: TRIALS.iter().filter(selection).collect(), keep })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use rstest::rstest;

    use super::{TRIALS, selection};

    #[rstest]
    #[case::all(&[], TRIALS.len())]
    #[case::one(&["--only", "quota"], 1)]
    #[case::two(&["--only", "quota", "--only", "controller-stopped"], 2)]
    #[case::the_same_twice(&["--only", "quota", "--only", "quota"], 1)]
    #[case::kept(&["--keep", "there"], TRIALS.len())]
    fn arguments_select_trials(#[case] arguments: &[&str], #[case] count: usize) {
        assert_eq!(selection(arguments).expect("they are right").trials.len(), count);
    }

    #[rstest]
    #[case(&["--only", "quota"], None)]
    #[case(&["--keep", "there", "--only", "quota"], Some("there"))]
    fn run_directories_stay_if_asked(#[case] arguments: &[&str], #[case] keep: Option<&str>) {
        let found = selection(arguments).expect("they are right").keep;
        assert_eq!(found.as_deref(), keep.map(Path::new));
    }

    #[rstest]
    #[case::no_such_trial(&["--only", "quotas"], "there is no `quotas`")]
    #[case::no_name(&["--only"], "`--only` is not `--only NAME`")]
    #[case::no_directory(&["--keep"], "`--keep` is not `--only NAME` or `--keep DIRECTORY`")]
    #[case::a_name_alone(&["quota"], "`quota` is not `--only NAME`")]
    fn wrong_arguments_are_refused(#[case] arguments: &[&str], #[case] why: &str) {
        let error = selection(arguments).err().expect("it is refused").to_string();
        assert!(error.contains(why), "{error}");
    }
}
