//! The cgroups that a sandbox makes: a trial in every hierarchy.

use super::Missing;
use crate::cgroup::{self, Hierarchy, TrialError};

/// Controllers without which kubelet does not start.
const NEEDED: [&str; 3] = ["cpu", "cpuset", "memory"];

/// The remedy for a cgroup with processes, whose children then get no controllers.
const EMPTY_IT: &str = "start the container with `--cgroupns=host`, or move its processes into a \
     group below /sys/fs/cgroup";
const MOUNT: &str = "mount them, writable, at /sys/fs/cgroup";

/// The first thing that cgroups refuse.
pub(super) fn missing() -> Option<Missing> {
    match cgroup::hierarchies() {
        Ok(hierarchies) => {
            let name = format!("argo-conformance-trial-{}", std::process::id());
            tried(&hierarchies, &name)
        }
        Err(error) => Some(lack(&error.to_string(), MOUNT)),
    }
}

fn tried(hierarchies: &[Hierarchy], name: &str) -> Option<Missing> {
    if hierarchies.is_empty() {
        return Some(lack("none is mounted", MOUNT));
    }
    for hierarchy in hierarchies {
        match hierarchy.try_out(name, &NEEDED) {
            Ok(()) => {}
            Err(TrialError::Make(why)) => return Some(lack(&why, MOUNT)),
            Err(TrialError::Enable(why)) => return Some(lack(&why, EMPTY_IT)),
        }
    }
    let has = |controller: &&str| hierarchies.iter().any(|one| one.has(controller));
    let without: Vec<&str> = NEEDED.iter().filter(|one| !has(one)).copied().collect();
    if without.is_empty() {
        return None;
    }
    let why = format!("no hierarchy has the controllers {}", without.join(", "));
    let remedy = "take a kernel and a container with these controllers (a rootless container \
                  often has a part of them)";
    Some(lack(&why, remedy))
}

fn lack(why: &str, remedy: &str) -> Missing {
    Missing::new(&format!("cgroups that can be made: {why}"), remedy)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use rstest::rstest;

    use super::*;

    /// A hierarchy of version 2 made of plain files. A plain file keeps the text of a write. A
    /// write of `+memory` therefore enables no controller.
    fn unified(root: &Path, available: &str, enabled: &str) -> Hierarchy {
        std::fs::write(root.join("cgroup.controllers"), available).expect("write");
        std::fs::write(root.join("cgroup.subtree_control"), enabled).expect("write");
        Hierarchy::unified(root.to_owned())
    }

    #[rstest]
    #[case::all_enabled("cpuset cpu io memory pids", "cpuset cpu memory pids", None)]
    #[case::refused("cpuset cpu io memory pids", "cpuset cpu", Some("the controller memory"))]
    #[case::not_delegated("memory pids", "memory pids", Some("the controllers cpu, cpuset"))]
    fn a_group_must_give_its_children_controllers(
        #[case] available: &str,
        #[case] enabled: &str,
        #[case] expected: Option<&str>,
    ) {
        let root = tempfile::tempdir().expect("a directory");
        let missing = tried(&[unified(root.path(), available, enabled)], "trial");
        match (missing, expected) {
            (None, None) => {}
            (Some(missing), Some(text)) => assert!(missing.what.contains(text), "{missing:?}"),
            (missing, expected) => panic!("{missing:?} instead of {expected:?}"),
        }
        assert!(!root.path().join("trial").exists(), "the trial is undone");
    }

    #[test]
    fn the_remedy_moves_the_processes_away() {
        let root = tempfile::tempdir().expect("a directory");
        let missing = tried(&[unified(root.path(), "cpuset cpu memory", "")], "trial");
        assert!(missing.expect("refused").remedy.contains("--cgroupns=host"));
    }

    #[test]
    fn no_hierarchy_and_a_hierarchy_without_writes_are_told_apart() {
        let none = tried(&[], "trial").expect("none is mounted");
        assert!(none.what.ends_with("none is mounted"), "{none:?}");
        let directory = tempfile::tempdir().expect("a directory");
        let gone = directory.path().join("gone");
        let refused = tried(&[Hierarchy::unified(gone.clone())], "trial").expect("refused");
        assert!(refused.what.contains(&gone.display().to_string()), "{refused:?}");
        assert_eq!(refused.remedy, MOUNT);
    }
}
