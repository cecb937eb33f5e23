//! The user that may make a sandbox: root of the machine or of a container, in no user namespace.

use std::path::Path;

use nix::unistd::Uid;

use super::Missing;

/// The lack of the rights of root. `root` is `/`, or a copy of it for tests.
pub(super) fn missing(root: &Path, user: Uid) -> Option<Missing> {
    if !user.is_root() {
        let remedy = "run it with sudo, or use `--provider kind` with a Docker daemon that \
                      answers this user";
        return Some(Missing::new("root", remedy));
    }
    let map = std::fs::read_to_string(root.join("proc/self/uid_map")).unwrap_or_default();
    if is_of_a_user_namespace(&map) {
        let what = "root of the machine: this process is root in a user namespace alone";
        let remedy = "run it as root outside `unshare --user` and outside a rootless container";
        return Some(Missing::new(what, remedy));
    }
    None
}

/// True if the map of users is not the one of the machine: every user as itself.
fn is_of_a_user_namespace(map: &str) -> bool {
    let numbers: Vec<&str> = map.split_whitespace().collect();
    !numbers.is_empty() && numbers != ["0", "0", "4294967295"]
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::root(0, "         0          0 4294967295\n", None)]
    #[case::a_kernel_without_user_namespaces(0, "", None)]
    #[case::another(1000, "         0          0 4294967295\n", Some("root"))]
    #[case::unshared(0, "         0       1000          1\n", Some("user namespace"))]
    #[case::remapped(0, "         0     231072      65536\n", Some("user namespace"))]
    fn only_root_of_the_machine_may(
        #[case] user: u32,
        #[case] map: &str,
        #[case] expected: Option<&str>,
    ) {
        let root = tempfile::tempdir().expect("a directory");
        std::fs::create_dir_all(root.path().join("proc/self")).expect("make");
        std::fs::write(root.path().join("proc/self/uid_map"), map).expect("write");
        let missing = missing(root.path(), Uid::from_raw(user));
        match (missing, expected) {
            (None, None) => {}
            (Some(missing), Some(text)) => assert!(missing.what.contains(text), "{missing:?}"),
            (missing, expected) => panic!("{missing:?} instead of {expected:?}"),
        }
    }
}
