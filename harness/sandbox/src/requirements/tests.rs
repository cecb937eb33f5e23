//! Requirements against files of a machine, made for the test.

use super::*;

#[test]
fn too_little_memory_names_the_file_that_says_so() {
    let root = tempfile::tempdir().expect("a directory");
    std::fs::create_dir(root.path().join("proc")).expect("make");
    let file = root.path().join("proc/meminfo");
    std::fs::write(&file, "MemAvailable: 2097152 kB\n").expect("write");
    assert_eq!(memory(root.path()), None, "2048 MiB are enough");
    std::fs::write(&file, "MemAvailable: 2097151 kB\n").expect("write");
    let missing = memory(root.path()).expect("too little");
    let expected = format!("memory: 2047 MiB are available by {}, 2048 are needed", file.display());
    assert_eq!(missing.what, expected);
}
