//! Memory and cores that this process may take, by the machine and by the cgroups around it.
//!
//! A container often has less than the machine. `/proc/meminfo` tells of the machine alone.

use std::io::{Error, Result as IoResult};
use std::path::{Path, PathBuf};

use crate::mounts;

/// An amount, with the file that gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// MiB of memory, or number of cores.
    pub amount: u64,
    /// Path of the file.
    pub source: PathBuf,
}

/// A limit of cgroups at or above this value stands for none. Version 1 has a number near 2^63.
const UNLIMITED: u64 = 1 << 60;
const MIB: u64 = 1 << 20;

/// Memory that is available to new programs, in MiB: the least of the machine and of the cgroups.
/// `root` is `/`, or a copy of it for tests.
///
/// # Errors
/// If `/proc/meminfo` cannot be read, or does not name the available memory.
pub fn available_memory(root: &Path) -> IoResult<Limit> {
    let source = root.join("proc/meminfo");
    let text = std::fs::read_to_string(&source)?;
    let line = text.lines().find(|l| l.starts_with("MemAvailable:"));
    let number = line.and_then(|l| l.split_whitespace().nth(1)?.parse::<u64>().ok());
    let kib = number.ok_or_else(|| Error::other("/proc/meminfo does not say what is available"))?;
    let machine = Limit { amount: kib / 1024, source };
    let groups = groups(root, "memory").into_iter().filter_map(|group| left(&group));
    Ok(groups.chain([machine]).min_by_key(|limit| limit.amount).unwrap_or_else(none))
}

/// Cores that the cgroups allow, rounded up. None: no cgroup has a quota. `root` is as for
/// [`available_memory`].
pub fn quota_of_cores(root: &Path) -> Option<Limit> {
    let groups = groups(root, "cpu").into_iter().filter_map(|group| quota(&group));
    groups.min_by_key(|limit| limit.amount)
}

fn none() -> Limit {
    Limit { amount: u64::MAX, source: PathBuf::new() }
}

/// Memory that a group has left, in MiB. Files that the kernel can drop count as left. None: the
/// group has no limit.
fn left(group: &Group) -> Option<Limit> {
    let [limit, usage, inactive] = match group.version {
        Version::One => ["memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"],
        Version::Two => ["memory.max", "memory.current", "inactive_file"],
    };
    let source = group.path.join(limit);
    let limit = number(&source).filter(|limit| *limit < UNLIMITED)?;
    let used = number(&group.path.join(usage)).unwrap_or(0);
    let stat = std::fs::read_to_string(group.path.join("memory.stat")).unwrap_or_default();
    let droppable = stat.lines().find_map(|line| {
        line.strip_prefix(inactive)?.strip_prefix(' ')?.trim().parse::<u64>().ok()
    });
    let used = used.saturating_sub(droppable.unwrap_or(0));
    Some(Limit { amount: limit.saturating_sub(used) / MIB, source })
}

fn quota(group: &Group) -> Option<Limit> {
    let (source, quota, period) = match group.version {
        Version::One => {
            let source = group.path.join("cpu.cfs_quota_us");
            // Without a quota the file has -1, which is no number here.
            let quota = number(&source)?;
            (source, quota, number(&group.path.join("cpu.cfs_period_us"))?)
        }
        Version::Two => {
            let source = group.path.join("cpu.max");
            let text = std::fs::read_to_string(&source).ok()?;
            let (quota, period) = text.trim().split_once(' ')?;
            (source, quota.parse().ok()?, period.parse().ok()?)
        }
    };
    let cores = quota.checked_add(period)?.checked_sub(1)?.checked_div(period)?;
    Some(Limit { amount: cores.max(1), source })
}

fn number(path: &Path) -> Option<u64> {
    std::fs::read_to_string(path).ok()?.trim().parse().ok()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    One,
    Two,
}

/// A cgroup of this process, or a parent of one.
struct Group {
    path: PathBuf,
    version: Version,
}

/// The groups of this process that can have limits of a controller, up to the visible top. A file
/// that cannot be read counts as none.
fn groups(root: &Path, controller: &str) -> Vec<Group> {
    let read = |name: &str| std::fs::read_to_string(root.join(name)).unwrap_or_default();
    let (mounted, own) = (read("proc/self/mountinfo"), read("proc/self/cgroup"));
    let mut found = Vec::new();
    for entry in mounted.lines().filter_map(mounts::entry) {
        let version = match entry.kind.as_str() {
            "cgroup" if entry.options.split(',').any(|o| o == controller) => Version::One,
            "cgroup2" => Version::Two,
            _ => continue,
        };
        let Some(path) = own.lines().find_map(|line| path_of(line, version, controller)) else {
            continue;
        };
        let Ok(top) = entry.point.strip_prefix("/") else { continue };
        let top = root.join(top);
        // A mount that begins elsewhere does not show the group itself, but the top of a container.
        let below = Path::new(path).strip_prefix(&entry.root).unwrap_or(Path::new(""));
        let mut path = top.join(below);
        loop {
            found.push(Group { path: path.clone(), version });
            if path == top || !path.pop() {
                break;
            }
        }
    }
    found
}

/// The path of a line `NUMBER:CONTROLLERS:PATH` of `/proc/self/cgroup`. None: the line has another
/// controller.
fn path_of<'a>(line: &'a str, version: Version, controller: &str) -> Option<&'a str> {
    let (number, rest) = line.split_once(':')?;
    let (controllers, path) = rest.split_once(':')?;
    let fits = match version {
        Version::One => controllers.split(',').any(|one| one == controller),
        Version::Two => number == "0",
    };
    fits.then_some(path)
}

#[cfg(test)]
mod tests;
