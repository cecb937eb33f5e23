//! Limits in files of cgroups v1 and v2, made for the test.

use std::path::Path;

use rstest::rstest;

use super::{available_memory, quota_of_cores};

const V1: &str = "\
30 25 0:26 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
31 25 0:27 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct
";
const V1_OF_DOCKER: &str = "\
30 25 0:26 /docker/c0 /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory
31 25 0:27 /docker/c0 /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu,cpuacct
";
const V2: &str = "30 25 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate\n";

const OWN_V1: &str = "4:memory:/a/b\n2:cpu,cpuacct:/a/b\n";
const OWN_V1_OF_DOCKER: &str = "4:memory:/docker/c0\n2:cpu,cpuacct:/docker/c0\n";
const OWN_V2: &str = "0::/a/b\n";

/// A machine with 8,000 MiB available, and these files.
fn machine(mounts: &str, own: &str, files: &[(&str, &str)]) -> tempfile::TempDir {
    let root = tempfile::tempdir().expect("a directory");
    let base = [
        ("proc/meminfo", "MemTotal: 16777216 kB\nMemAvailable:    8192000 kB\n"),
        ("proc/self/mountinfo", mounts),
        ("proc/self/cgroup", own),
    ];
    for (name, text) in base.iter().chain(files) {
        write(root.path(), name, text);
    }
    root
}

fn write(root: &Path, name: &str, text: &str) {
    let path = root.join(name);
    std::fs::create_dir_all(path.parent().expect("a parent")).expect("make");
    std::fs::write(path, text).expect("write");
}

#[rstest]
#[case::no_cgroups("", "", &[], 8000, "proc/meminfo")]
#[case::unlimited_v1(
    V1, OWN_V1,
    &[("memory/a/b/memory.limit_in_bytes", "9223372036854771712\n")],
    8000, "proc/meminfo"
)]
#[case::unlimited_v2(V2, OWN_V2, &[("a/b/memory.max", "max\n")], 8000, "proc/meminfo")]
#[case::more_than_the_machine(V2, OWN_V2, &[("a/b/memory.max", "99999999999\n")],
    8000, "proc/meminfo")]
#[case::own_group_v1(
    V1, OWN_V1,
    &[
        ("memory/a/b/memory.limit_in_bytes", "2147483648\n"),
        ("memory/a/b/memory.usage_in_bytes", "1073741824\n"),
        ("memory/a/b/memory.stat", "inactive_file 1\ntotal_inactive_file 536870912\n"),
    ],
    1536, "sys/fs/cgroup/memory/a/b/memory.limit_in_bytes"
)]
#[case::parent_v1(
    V1, OWN_V1,
    &[
        ("memory/a/b/memory.limit_in_bytes", "9223372036854771712\n"),
        ("memory/a/memory.limit_in_bytes", "1572864000\n"),
    ],
    1500, "sys/fs/cgroup/memory/a/memory.limit_in_bytes"
)]
#[case::container_v1(
    V1_OF_DOCKER, OWN_V1_OF_DOCKER,
    &[("memory/memory.limit_in_bytes", "1572864000\n")],
    1500, "sys/fs/cgroup/memory/memory.limit_in_bytes"
)]
#[case::own_group_v2(
    V2, OWN_V2,
    &[
        ("a/b/memory.max", "2147483648\n"),
        ("a/b/memory.current", "1073741824\n"),
        ("a/b/memory.stat", "inactive_file 536870912\n"),
    ],
    1536, "sys/fs/cgroup/a/b/memory.max"
)]
#[case::container_v2(V2, "0::/\n", &[("memory.max", "1572864000\n")],
    1500, "sys/fs/cgroup/memory.max")]
#[case::used_up(
    V2, OWN_V2,
    &[("a/b/memory.max", "1048576\n"), ("a/b/memory.current", "2097152\n")],
    0, "sys/fs/cgroup/a/b/memory.max"
)]
fn the_least_memory_decides(
    #[case] mounts: &str,
    #[case] own: &str,
    #[case] files: &[(&str, &str)],
    #[case] mib: u64,
    #[case] source: &str,
) {
    let files: Vec<_> =
        files.iter().map(|(name, text)| (format!("sys/fs/cgroup/{name}"), *text)).collect();
    let files: Vec<_> = files.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    let root = machine(mounts, own, &files);
    let limit = available_memory(root.path()).expect("memory");
    assert_eq!((limit.amount, limit.source), (mib, root.path().join(source)));
}

#[rstest]
#[case::none_v1(V1, OWN_V1, "cpu/a/b/cpu.cfs_quota_us", "-1\n", None)]
#[case::none_v2(V2, OWN_V2, "a/b/cpu.max", "max 100000\n", None)]
#[case::one_and_a_half_v1(V1, OWN_V1, "cpu/a/b/cpu.cfs_quota_us", "150000\n", Some(2))]
#[case::half_v2(V2, OWN_V2, "a/b/cpu.max", "50000 100000\n", Some(1))]
#[case::parent_v2(V2, OWN_V2, "a/cpu.max", "400000 100000\n", Some(4))]
#[case::no_period(V2, OWN_V2, "a/cpu.max", "400000 0\n", None)]
fn the_quota_of_cores_is_rounded_up(
    #[case] mounts: &str,
    #[case] own: &str,
    #[case] file: &str,
    #[case] text: &str,
    #[case] cores: Option<u64>,
) {
    let file = format!("sys/fs/cgroup/{file}");
    let period = ("sys/fs/cgroup/cpu/a/b/cpu.cfs_period_us", "100000\n");
    let root = machine(mounts, own, &[(file.as_str(), text), period]);
    assert_eq!(quota_of_cores(root.path()).map(|limit| limit.amount), cores);
}
