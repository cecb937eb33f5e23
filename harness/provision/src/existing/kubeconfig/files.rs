//! The user's kubeconfig: one file, or the files of `KUBECONFIG` as kubectl merges them.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use kube::config::{Kubeconfig, KubeconfigError as KubeError};

use super::KubeconfigError;

/// The merged files.
#[derive(Debug, Default)]
pub(super) struct Merged {
    pub(super) config: Kubeconfig,
    /// The files that were read.
    pub(super) files: Vec<PathBuf>,
    /// Each context of the files with its file. The first file of a name counts.
    contexts: Vec<(String, PathBuf)>,
}

impl Merged {
    /// The file of a context.
    pub(super) fn file_of(&self, context: &str) -> PathBuf {
        let found = self.contexts.iter().find(|(name, _)| name == context);
        found.map(|(_, file)| file.clone()).unwrap_or_default()
    }

    fn add(mut self, file: PathBuf, config: Kubeconfig) -> Result<Self, KubeconfigError> {
        let names = config.contexts.iter().map(|context| (context.name.clone(), file.clone()));
        self.contexts.extend(names);
        let merged = self.config.merge(config);
        self.config = merged.map_err(|error| invalid(&file, &error))?;
        self.files.push(file);
        Ok(self)
    }
}

/// Reads one file. Default: the list of `KUBECONFIG`, then `~/.kube/config`.
///
/// # Errors
/// A file is invalid, the named file is missing, or every file of the list is missing.
pub(super) fn read(file: Option<&Path>) -> Result<Merged, KubeconfigError> {
    let list = std::env::var_os("KUBECONFIG");
    match (file, list.as_deref().and_then(members)) {
        (Some(file), _) => merged(&[file.to_owned()]),
        (None, Some(members)) => merged(&members),
        (None, None) => {
            let home = std::env::home_dir().ok_or(KubeconfigError::NoHome)?;
            merged(&[home.join(".kube/config")])
        }
    }
}

/// The members of a list of files. `None`: the list has no member.
fn members(list: &OsStr) -> Option<Vec<PathBuf>> {
    let members = std::env::split_paths(list).filter(|path| !path.as_os_str().is_empty());
    let members: Vec<PathBuf> = members.collect();
    (!members.is_empty()).then_some(members)
}

/// Merges files. A missing file is skipped.
fn merged(paths: &[PathBuf]) -> Result<Merged, KubeconfigError> {
    let mut merged = Merged::default();
    for path in paths {
        // The kubeconfig may name other files relative to its own directory.
        let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
        merged = match Kubeconfig::read_from(&path) {
            Ok(config) => merged.add(path, config)?,
            Err(KubeError::ReadConfig(cause, _)) if cause.kind() == ErrorKind::NotFound => merged,
            Err(KubeError::ReadConfig(cause, path)) => {
                return Err(KubeconfigError::Read { path, cause });
            }
            Err(error) => return Err(invalid(&path, &error)),
        };
    }
    if merged.files.is_empty() {
        return Err(KubeconfigError::Missing(paths.to_vec()));
    }
    Ok(merged)
}

/// The error of a file that is no kubeconfig. The text has no line of the file: a line may have a
/// key.
fn invalid(path: &Path, error: &KubeError) -> KubeconfigError {
    let reason = match error {
        KubeError::Parse(cause) => {
            let place = cause.location();
            place.map_or_else(
                || "it is not the YAML of a kubeconfig".to_owned(),
                |place| format!("line {} is not the YAML of a kubeconfig", place.line()),
            )
        }
        error => error.to_string(),
    };
    KubeconfigError::Invalid { path: path.to_owned(), reason }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use rstest::rstest;

    use super::{members, merged};

    const FIRST: &str = "contexts: [{ name: a, context: { cluster: first } }]
current-context: a
users: [{ name: red, user: { username: first } }]
";
    const SECOND: &str = "contexts:
- { name: a, context: { cluster: second } }
- { name: b, context: { cluster: second } }
current-context: b
users: [{ name: red, user: { username: second, password: kept-out } }]
";

    fn directory() -> tempfile::TempDir {
        let directory = tempfile::tempdir().expect("a directory");
        let write = |name: &str, text: &str| {
            std::fs::write(directory.path().join(name), text).expect("write");
        };
        write("first", FIRST);
        write("second", SECOND);
        write("broken", "users: [{ name: red, user: { token: [TOP-SECRET] } }]\n");
        directory
    }

    fn paths(directory: &Path, names: &[&str]) -> Vec<PathBuf> {
        names.iter().map(|name| directory.join(name)).collect()
    }

    #[rstest]
    #[case::first_wins(&["first", "second"], "first", "first")]
    #[case::other_order(&["second", "first"], "second", "second")]
    #[case::missing_before(&["gone", "first", "second"], "first", "first")]
    #[case::missing_after(&["first", "gone", "second"], "first", "first")]
    fn files_are_merged_as_kubectl_does(
        #[case] names: &[&str],
        #[case] cluster: &str,
        #[case] file: &str,
    ) {
        let directory = directory();
        let merged = merged(&paths(directory.path(), names)).expect("they are merged");
        let contexts: Vec<&str> = merged.config.contexts.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(contexts, ["a", "b"]);
        let context = merged.config.contexts[0].context.clone().expect("a context");
        assert_eq!(context.cluster, cluster);
        assert_eq!(merged.file_of("a"), directory.path().join(file));
        assert_eq!(merged.file_of("b"), directory.path().join("second"));
        // A later file adds nothing to a user of an earlier one.
        let users = &merged.config.auth_infos;
        let user = users[0].auth_info.clone().expect("a user");
        assert_eq!((users.len(), user.username.as_deref()), (1, Some(cluster)));
        assert_eq!(user.password.is_some(), cluster == "second");
    }

    #[rstest]
    #[case::no_file(&["gone", "away"], "failed to find a kubeconfig: DIR/gone and DIR/away are missing")]
    #[case::invalid_member(&["first", "broken"], "invalid kubeconfig DIR/broken: line 1 is not")]
    #[case::a_directory(&["first", "."], "failed to read the kubeconfig DIR")]
    fn files_that_cannot_be_merged(#[case] names: &[&str], #[case] expected: &str) {
        let directory = directory();
        let error = merged(&paths(directory.path(), names)).expect_err("an error").to_string();
        let error = error.replace(&directory.path().display().to_string(), "DIR");
        assert!(error.starts_with(expected) && !error.contains("SECRET"), "{error}");
    }

    #[rstest]
    #[case::nothing("", None)]
    #[case::separators(":::", None)]
    #[case::one("/a", Some(&["/a"][..]))]
    #[case::empty_members(":/a::/b:", Some(&["/a", "/b"][..]))]
    fn which_files_a_list_has(#[case] list: &str, #[case] expected: Option<&[&str]>) {
        let expected = expected.map(|names| names.iter().map(PathBuf::from).collect::<Vec<_>>());
        assert_eq!(members(list.as_ref()), expected);
    }
}
