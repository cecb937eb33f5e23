//! The mounts of a sandbox: directories of the host, private directories, and kernel settings.

use std::fs::{File, Permissions};
use std::os::fd::AsRawFd;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::mount::{MsFlags, mount};

use crate::spec::Bind;

/// A line of `/proc/self/mountinfo`.
#[derive(Debug)]
pub(crate) struct MountEntry {
    /// Number of the file system. A file system may be mounted at several points.
    pub(crate) device: String,
    /// The directory of the file system that is mounted.
    pub(crate) root: PathBuf,
    pub(crate) point: PathBuf,
    pub(crate) kind: String,
    pub(crate) options: String,
}

/// The mounts that this process sees.
pub(crate) fn entries() -> std::io::Result<Vec<MountEntry>> {
    let text = std::fs::read_to_string("/proc/self/mountinfo")?;
    Ok(text.lines().filter_map(entry).collect())
}

/// Reads a line of `mountinfo`.
pub(crate) fn entry(line: &str) -> Option<MountEntry> {
    let (left, right) = line.split_once(" - ")?;
    let mut right = right.split(' ');
    let mut left = left.split(' ').skip(2);
    Some(MountEntry {
        device: left.next()?.to_owned(),
        root: PathBuf::from(left.next()?.replace("\\040", " ")),
        point: PathBuf::from(left.next()?.replace("\\040", " ")),
        kind: right.next()?.to_owned(),
        options: right.nth(1)?.to_owned(),
    })
}

const NONE: Option<&str> = None;

/// Kernel settings, with the values that kubelet requires. The kernel has one value for all
/// namespaces. The sandbox covers each setting with a file of its own, so the host's values stay.
const KERNEL_SETTINGS: [(&str, &str); 6] = [
    ("kernel/panic", "10\n"),
    ("kernel/panic_on_oops", "1\n"),
    ("vm/overcommit_memory", "1\n"),
    ("vm/panic_on_oom", "0\n"),
    ("kernel/keys/root_maxkeys", "1000000\n"),
    ("kernel/keys/root_maxbytes", "25000000\n"),
];

/// Directories in which servers write at fixed paths. Each is a new, empty directory in memory
/// inside.
const PRIVATE: [&str; 4] = ["/run", "/tmp", "/var/lib", "/var/log"];

/// Sets up the mounts of a new mount namespace.
pub(crate) fn set_up(binds: &[Bind]) -> std::io::Result<()> {
    // Private propagation comes first: the host would otherwise see the later mounts.
    mount(NONE, "/", NONE, MsFlags::MS_REC | MsFlags::MS_PRIVATE, NONE)?;
    // The sources are opened before any mount, because a source may lie below a private directory.
    let open = |bind: &Bind| naming(&bind.source, File::open(&bind.source));
    let sources: Vec<File> = binds.iter().map(open).collect::<Result<_, _>>()?;
    let proc = mount(Some("proc"), "/proc", Some("proc"), MsFlags::empty(), NONE);
    naming(Path::new("/proc"), proc)?;
    for directory in PRIVATE {
        naming(Path::new(directory), in_memory(directory))?;
    }
    std::fs::set_permissions("/tmp", Permissions::from_mode(0o1777))?;
    for (bind, source) in binds.iter().zip(&sources) {
        naming(&bind.target, std::fs::create_dir_all(&bind.target))?;
        let source = format!("/proc/self/fd/{}", source.as_raw_fd());
        naming(&bind.target, bind_mount(Path::new(&source), &bind.target))?;
    }
    mask_kernel_settings()
}

/// Mounts an empty directory in memory. Large files use huge pages, if the kernel supports huge
/// pages. Reads of images and of the executor's copies then take less work.
fn in_memory(directory: &str) -> nix::Result<()> {
    let with =
        |options| mount(Some("tmpfs"), directory, Some("tmpfs"), MsFlags::empty(), Some(options));
    match with("mode=0755,huge=within_size") {
        Err(Errno::EINVAL) => with("mode=0755"),
        mounted => mounted,
    }
}

/// Adds the path to an error.
fn naming<T, E: Into<std::io::Error>>(path: &Path, result: Result<T, E>) -> std::io::Result<T> {
    result.map_err(|error| {
        let error = error.into();
        std::io::Error::new(error.kind(), format!("{}: {error}", path.display()))
    })
}

fn bind_mount(source: &Path, target: &Path) -> nix::Result<()> {
    mount(Some(source), target, NONE, MsFlags::MS_BIND | MsFlags::MS_REC, NONE)
}

fn mask_kernel_settings() -> std::io::Result<()> {
    let own = Path::new("/run/kernel-settings");
    std::fs::create_dir_all(own)?;
    for (name, value) in KERNEL_SETTINGS {
        let target = Path::new("/proc/sys").join(name);
        if target.exists() {
            let file = own.join(name.replace('/', "."));
            std::fs::write(&file, value)?;
            naming(&target, bind_mount(&file, &target))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_line_of_mountinfo() {
        let line = "36 35 98:0 /a /mnt\\040x rw,noatime master:1 - cgroup cg rw,cpuset";
        let entry = entry(line).expect("an entry");
        assert_eq!((entry.device.as_str(), entry.point.as_path()), ("98:0", Path::new("/mnt x")));
        assert_eq!(entry.root, Path::new("/a"));
        assert_eq!((entry.kind.as_str(), entry.options.as_str()), ("cgroup", "rw,cpuset"));
    }
}
