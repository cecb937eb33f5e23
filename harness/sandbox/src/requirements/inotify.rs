//! The limits of inotify, which the kernel counts for each user.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nix::unistd::Uid;

use super::Missing;

/// Inotify instances that an idle cluster takes, with room for a few pods.
const INSTANCES: usize = 16;
/// Inotify watches that a cluster takes. An idle cluster has 188, of which kubelet has 181. The
/// kubelet watches every cgroup, so each pod adds some.
const WATCHES: usize = 1024;

/// The limits that leave too little for a cluster of this user. `root` is `/`, or a copy of it for
/// tests. A process that denies a look at its files counts as without inotify.
pub(super) fn missing(root: &Path, user: Uid) -> Vec<Missing> {
    let open = open(root, user);
    let watches = || open.iter().map(|(fd, process)| watches(process, fd)).sum();
    let limits = [
        ("instances", "max_user_instances", open.len(), INSTANCES),
        ("watches", "max_user_watches", watches(), WATCHES),
    ];
    let limits = limits.into_iter().filter_map(|(name, setting, used, needed)| {
        let why = too_few(root, setting, used, needed).err()?;
        let what = format!("inotify {name}: {why}");
        let least = used + needed;
        Some(Missing {
            what,
            remedy: format!("run `sysctl -w fs.inotify.{setting}={least}`, or more"),
        })
    });
    limits.collect()
}

fn too_few(root: &Path, setting: &str, used: usize, needed: usize) -> Result<(), String> {
    let path = root.join("proc/sys/fs/inotify").join(setting);
    let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let limit: usize =
        text.trim().parse().map_err(|_| format!("{} is not a number", path.display()))?;
    if limit < used + needed {
        return Err(format!("{used} of {limit} are used, {needed} are needed"));
    }
    Ok(())
}

/// The inotify instances of this user: the name of the descriptor, and the directory of the
/// process.
fn open(root: &Path, user: Uid) -> Vec<(std::ffi::OsString, PathBuf)> {
    let processes = std::fs::read_dir(root.join("proc")).into_iter().flatten();
    let own = processes
        .filter_map(Result::ok)
        .filter(|process| process.metadata().is_ok_and(|m| m.uid() == user.as_raw()));
    let mut found = Vec::new();
    for process in own.map(|process| process.path()) {
        for fd in std::fs::read_dir(process.join("fd")).into_iter().flatten().flatten() {
            let target = std::fs::read_link(fd.path());
            if target.is_ok_and(|target| target.as_os_str() == "anon_inode:inotify") {
                found.push((fd.file_name(), process.clone()));
            }
        }
    }
    found
}

/// Watches of an inotify instance.
fn watches(process: &Path, fd: &std::ffi::OsStr) -> usize {
    let text = std::fs::read_to_string(process.join("fdinfo").join(fd)).unwrap_or_default();
    text.lines().filter(|line| line.starts_with("inotify wd:")).count()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// A machine on which one process has an instance with two watches.
    fn machine(instances: &str, watches: &str) -> tempfile::TempDir {
        let root = tempfile::tempdir().expect("a directory");
        let settings = root.path().join("proc/sys/fs/inotify");
        let process = root.path().join("proc/7");
        for directory in [&settings, &process.join("fd"), &process.join("fdinfo")] {
            std::fs::create_dir_all(directory).expect("make");
        }
        std::fs::write(settings.join("max_user_instances"), instances).expect("write");
        std::fs::write(settings.join("max_user_watches"), watches).expect("write");
        std::os::unix::fs::symlink("anon_inode:inotify", process.join("fd/4")).expect("link");
        std::os::unix::fs::symlink("/dev/null", process.join("fd/5")).expect("link");
        let lines = "pos:\t0\ninotify wd:2 ino:5\ninotify wd:1 ino:4\n";
        std::fs::write(process.join("fdinfo/4"), lines).expect("write");
        root
    }

    #[rstest]
    #[case::enough("17", "1026", &[])]
    #[case::instances("16", "1026", &["inotify instances: 1 of 16 are used, 16 are needed"])]
    #[case::watches("17", "1025", &["inotify watches: 2 of 1025 are used, 1024 are needed"])]
    #[case::both("0", "50", &[
        "inotify instances: 1 of 0 are used, 16 are needed",
        "inotify watches: 2 of 50 are used, 1024 are needed",
    ])]
    fn what_is_left_must_do_for_a_cluster(
        #[case] instances: &str,
        #[case] watches: &str,
        #[case] expected: &[&str],
    ) {
        let root = machine(instances, watches);
        let missing = missing(root.path(), Uid::effective());
        let told: Vec<&str> = missing.iter().map(|missing| missing.what.as_str()).collect();
        assert_eq!(told, expected);
    }

    #[test]
    fn another_users_instances_do_not_count_and_the_remedy_names_the_value() {
        let root = machine("15", "1024");
        let another = Uid::from_raw(Uid::effective().as_raw() + 1);
        let missing = missing(root.path(), another);
        let [instances] = &missing[..] else { panic!("{missing:?}") };
        assert_eq!(instances.what, "inotify instances: 0 of 15 are used, 16 are needed");
        assert_eq!(instances.remedy, "run `sysctl -w fs.inotify.max_user_instances=16`, or more");
    }
}
