//! The state of this machine that a harness must not change.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Directories whose files are listed. Other programs do not keep writing to these directories.
const LISTED: [&str; 6] = ["/etc", "/run", "/usr", "/opt", "/srv", "/var/lib"];
/// The harness's own directory in [`LISTED`].
const OWN: &str = "/run/argo-conformance";
/// Kernel settings that are counters, or change with every process.
const COUNTERS: [&str; 13] = [
    "random",
    "dentry-state",
    "file-nr",
    "inode-nr",
    "inode-state",
    "ns_last_pid",
    "pty/nr",
    "aio-nr",
    "nf_conntrack_count",
    "stat_refresh",
    "binfmt_misc",
    "usermodehelper",
    "quota",
];

/// The state of the host that a harness could change, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Host {
    things: BTreeMap<String, String>,
}

impl Host {
    /// Looks at mounts, interfaces, cgroups, kernel settings and files.
    pub fn look() -> Self {
        let mut host = Self::default();
        for line in lines("/proc/self/mountinfo") {
            let at = line.split(' ').nth(4).unwrap_or_default().to_owned();
            host.note("mount", &at, &line);
        }
        for name in names("/sys/class/net") {
            host.note("interface", &name, "");
        }
        host.walk("cgroup", Path::new("/sys/fs/cgroup"), &|path| path.is_dir().then(String::new));
        host.walk("setting", Path::new("/proc/sys"), &setting);
        for directory in LISTED {
            host.walk("file", Path::new(directory), &|path| {
                let data = fs::symlink_metadata(path).ok()?;
                let stable = data.is_file() || data.is_symlink();
                stable.then(|| format!("{} bytes, changed {}", data.len(), data.mtime()))
            });
        }
        host
    }

    /// Number of entries of the state.
    pub fn len(&self) -> usize {
        self.things.len()
    }

    /// Whether the state has no entry.
    pub fn is_empty(&self) -> bool {
        self.things.is_empty()
    }

    /// The differences from an earlier state, in words.
    pub fn changes_since(&self, before: &Self) -> Vec<String> {
        let keys: BTreeSet<&String> = before.things.keys().chain(self.things.keys()).collect();
        let words = keys.into_iter().filter_map(|key| {
            match (before.things.get(key), self.things.get(key)) {
                (Some(_), None) => Some(format!("{key} is gone")),
                (None, Some(_)) => Some(format!("{key} is new")),
                (Some(then), Some(now)) if then != now => {
                    Some(format!("{key} was {then:?} and is {now:?}"))
                }
                _ => None,
            }
        });
        words.collect()
    }

    fn note(&mut self, kind: &str, name: &str, state: &str) {
        self.things.insert(format!("{kind} {name}"), state.to_owned());
    }

    fn walk(&mut self, kind: &str, top: &Path, state: &dyn Fn(&Path) -> Option<String>) {
        let mut todo = vec![top.to_owned()];
        while let Some(directory) = todo.pop() {
            for path in children(&directory) {
                if path.starts_with(OWN) {
                    continue;
                }
                if let Some(state) = state(&path) {
                    self.note(kind, &path.display().to_string(), &state);
                }
                if path.is_dir() && !path.is_symlink() {
                    todo.push(path);
                }
            }
        }
    }
}

fn setting(path: &Path) -> Option<String> {
    let name = path.to_string_lossy();
    if COUNTERS.iter().any(|counter| name.contains(counter)) {
        return None;
    }
    fs::read_to_string(path).ok()
}

/// The remains of sandboxes at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Remains {
    /// Processes in process namespaces other than ours, and processes of the harness.
    pub processes: usize,
    /// Network namespaces other than ours.
    pub networks: usize,
    /// Mounts below the cache, or of namespaces.
    pub mounts: usize,
    /// Interfaces of sandboxes.
    pub interfaces: usize,
    /// Directories of sandboxes.
    pub directories: usize,
    /// Cgroups of sandboxes.
    pub cgroups: usize,
}

impl Remains {
    /// Looks for the remains of a harness with this binary and this cache.
    pub fn look(binary: &Path, cache: &Path) -> Self {
        let own = |kind: &str| fs::read_link(format!("/proc/self/ns/{kind}")).ok();
        let (pids, nets) = (own("pid"), own("net"));
        let mut remains = Self::default();
        let mut networks = BTreeSet::new();
        for process in children(Path::new("/proc")) {
            let Ok(namespace) = fs::read_link(process.join("ns/pid")) else { continue };
            let exe = fs::read_link(process.join("exe")).unwrap_or_default();
            let zombie = fs::read_link(process.join("exe")).is_err();
            if !zombie && (Some(namespace) != pids || exe == binary) {
                remains.processes += 1;
            }
            networks.extend(fs::read_link(process.join("ns/net")).ok().filter(|_| !zombie));
        }
        remains.networks =
            networks.iter().filter(|network| Some(*network) != nets.as_ref()).count();
        let cache_text = cache.display().to_string();
        let ours = |line: &String| line.contains(&cache_text) || line.contains(" nsfs ");
        remains.mounts = lines("/proc/self/mountinfo").iter().filter(|line| ours(line)).count();
        let interface = |name: &&String| {
            name.strip_prefix("ac")
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        };
        remains.interfaces = names("/sys/class/net").iter().filter(interface).count();
        remains.directories = children(&cache.join("sandboxes")).len();
        let mut todo = vec![PathBuf::from("/sys/fs/cgroup")];
        while let Some(directory) = todo.pop() {
            for path in children(&directory).into_iter().filter(|path| path.is_dir()) {
                remains.cgroups += usize::from(path.to_string_lossy().contains("argo-conformance"));
                todo.push(path);
            }
        }
        remains
    }

    /// Whether no process, network namespace, mount or interface is left. Directories and cgroups
    /// may be left.
    pub fn is_dead(&self) -> bool {
        self.processes + self.networks + self.mounts + self.interfaces == 0
    }

    /// Whether nothing is left.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

fn lines(path: &str) -> Vec<String> {
    fs::read_to_string(path).unwrap_or_default().lines().map(str::to_owned).collect()
}

fn names(directory: &str) -> Vec<String> {
    let names = children(Path::new(directory)).into_iter();
    names.filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned())).collect()
}

fn children(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten();
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(things: &[(&str, &str)]) -> Host {
        let things = things.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        Host { things: things.collect() }
    }

    #[test]
    fn every_difference_is_told() {
        let before = host(&[("file /etc/a", "1"), ("file /etc/b", "2"), ("mount /x", "m")]);
        let after = host(&[("file /etc/a", "1"), ("file /etc/b", "3"), ("interface ac0h", "")]);
        assert_eq!(
            after.changes_since(&before),
            ["file /etc/b was \"2\" and is \"3\"", "interface ac0h is new", "mount /x is gone"]
        );
        assert_eq!(before.changes_since(&before), [""; 0]);
    }

    #[test]
    fn a_look_finds_what_every_machine_has() {
        let host = Host::look();
        for thing in ["interface lo", "mount /proc", "setting /proc/sys/kernel/hostname"] {
            assert!(host.things.contains_key(thing), "{thing}");
        }
        assert!(host.things.keys().any(|key| key.starts_with("file /etc/")));
        assert!(!host.is_empty() && host.len() > 100);
    }
}
