//! The cgroups of a sandbox: in every hierarchy of the host, v1, hybrid and v2.

use std::path::{Path, PathBuf};

use crate::mounts::MountEntry;

/// A mounted cgroup hierarchy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hierarchy {
    root: PathBuf,
    unified: bool,
    cpuset: bool,
    /// Options of the mount: the controllers of version 1.
    options: String,
}

/// A refusal of a trial. The text names the hierarchy and the cause.
#[derive(Debug)]
pub(crate) enum TrialError {
    /// A cgroup cannot be made or removed.
    Make(String),
    /// Children get no controllers.
    Enable(String),
}

/// Every mounted cgroup hierarchy.
///
/// # Errors
/// If the list of mounts cannot be read.
pub fn hierarchies() -> std::io::Result<Vec<Hierarchy>> {
    let mut devices = std::collections::HashSet::new();
    let mut entries = crate::mounts::entries()?;
    // A hierarchy may be mounted at several points. The first point is the usual one.
    entries.retain(|e| e.kind.starts_with("cgroup") && devices.insert(e.device.clone()));
    Ok(entries.iter().filter_map(Hierarchy::of).collect())
}

/// Makes the cgroups of a sandbox in every hierarchy and moves the calling process into them.
pub(crate) fn enter_all(name: &str) -> std::io::Result<()> {
    for hierarchy in hierarchies()? {
        let entered = hierarchy.make(name).and_then(|()| hierarchy.enter(name));
        entered.map_err(|error| {
            std::io::Error::new(error.kind(), format!("{}: {error}", hierarchy.root.display()))
        })?;
    }
    Ok(())
}

/// True if a process is in a cgroup of this name or below, in any hierarchy.
pub(crate) fn any_occupied(name: &str) -> std::io::Result<bool> {
    Ok(hierarchies()?.iter().any(|h| h.occupied(name)))
}

impl Hierarchy {
    fn of(entry: &MountEntry) -> Option<Self> {
        let root = entry.point.clone();
        match entry.kind.as_str() {
            "cgroup" => {
                let options = entry.options.clone();
                let cpuset = options.split(',').any(|o| o == "cpuset");
                Some(Self { root, unified: false, cpuset, options })
            }
            "cgroup2" => Some(Self::unified(root)),
            _ => None,
        }
    }

    /// A hierarchy of version 2 that is mounted here.
    pub(crate) fn unified(root: PathBuf) -> Self {
        Self { root, unified: true, cpuset: false, options: String::new() }
    }

    /// True if this hierarchy has a controller.
    pub(crate) fn has(&self, controller: &str) -> bool {
        if self.unified {
            return words(&self.root.join("cgroup.controllers")).any(|one| one == controller);
        }
        self.options.split(',').any(|one| one == controller)
    }

    /// The directory of the cgroup of this name, which need not exist.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Makes `NAME`, `NAME/servers` and `NAME/pods`.
    ///
    /// # Errors
    /// If a directory or a setting is refused.
    pub fn make(&self, name: &str) -> std::io::Result<()> {
        let top = self.root.join(name);
        if self.unified {
            delegate(&self.root);
        }
        make_dir(&top)?;
        if self.cpuset {
            copy_down(&self.root, &top)?;
        }
        if self.unified {
            delegate(&top);
        }
        for child in ["servers", "pods"] {
            make_dir(&top.join(child))?;
            if self.cpuset {
                copy_down(&top, &top.join(child))?;
            }
        }
        Ok(())
    }

    /// Makes and removes a cgroup of this name. In a hierarchy of version 2, the trial also gives
    /// children each of these controllers that the hierarchy has. The children keep it.
    pub(crate) fn try_out(&self, name: &str, controllers: &[&str]) -> Result<(), TrialError> {
        let path = self.root.join(name);
        let tried = std::fs::create_dir(&path).and_then(|()| std::fs::remove_dir(&path));
        tried.map_err(|error| TrialError::Make(format!("{}: {error}", self.root.display())))?;
        for controller in controllers.iter().filter(|one| self.unified && self.has(one)) {
            try_controller(&self.root, controller).map_err(|error| {
                let root = self.root.display();
                TrialError::Enable(format!(
                    "{root} does not give its children the controller {controller} ({error})"
                ))
            })?;
        }
        Ok(())
    }

    /// Moves the calling process into `NAME/servers`.
    ///
    /// # Errors
    /// If the kernel refuses.
    pub fn enter(&self, name: &str) -> std::io::Result<()> {
        std::fs::write(self.root.join(name).join("servers/cgroup.procs"), "0")
    }

    /// Removes `NAME` and everything below. Returns the number of removed directories.
    ///
    /// # Errors
    /// If a directory cannot be removed, for example because a process is still in the cgroup.
    pub fn remove(&self, name: &str) -> std::io::Result<usize> {
        let top = self.root.join(name);
        if top.exists() { remove_tree(&top) } else { Ok(0) }
    }

    /// True if a process is in `NAME` or below.
    pub fn occupied(&self, name: &str) -> bool {
        occupied(&self.root.join(name))
    }
}

fn make_dir(path: &Path) -> std::io::Result<()> {
    match std::fs::create_dir(path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}

/// Copies the CPUs and the memory nodes to an empty cpuset. An empty cpuset takes no process.
fn copy_down(from: &Path, to: &Path) -> std::io::Result<()> {
    for file in ["cpuset.cpus", "cpuset.mems"] {
        let value = std::fs::read_to_string(from.join(file))?;
        if std::fs::read_to_string(to.join(file))?.trim().is_empty() {
            std::fs::write(to.join(file), value.trim())?;
        }
    }
    Ok(())
}

/// Gives the children every controller that the kernel allows. kubelet reports a missing
/// controller.
fn delegate(path: &Path) {
    for controller in ["cpu", "cpuset", "memory", "pids", "io"] {
        let _ = std::fs::write(path.join("cgroup.subtree_control"), format!("+{controller}"));
    }
}

/// Gives the children a controller and reads it back. The kernel refuses this for a group with
/// processes, except for the root of the machine.
fn try_controller(root: &Path, controller: &str) -> std::io::Result<()> {
    let path = root.join("cgroup.subtree_control");
    let enabled = || words(&path).any(|one| one == controller);
    if enabled() {
        return Ok(());
    }
    std::fs::write(&path, format!("+{controller}"))?;
    if !enabled() {
        return Err(std::io::Error::other("it is not enabled after the write"));
    }
    Ok(())
}

fn words(path: &Path) -> impl Iterator<Item = String> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.split_whitespace().map(str::to_owned).collect::<Vec<_>>().into_iter()
}

fn remove_tree(path: &Path) -> std::io::Result<usize> {
    let mut removed = 1;
    for entry in std::fs::read_dir(path)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            removed += remove_tree(&entry.path())?;
        }
    }
    std::fs::remove_dir(path)?;
    Ok(removed)
}

fn occupied(path: &Path) -> bool {
    let procs = std::fs::read_to_string(path.join("cgroup.procs")).unwrap_or_default();
    if !procs.trim().is_empty() {
        return true;
    }
    let children = std::fs::read_dir(path).into_iter().flatten().filter_map(Result::ok);
    children.filter(|e| e.file_type().is_ok_and(|t| t.is_dir())).any(|e| occupied(&e.path()))
}
