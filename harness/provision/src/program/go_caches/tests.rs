use std::fs::File;
use std::time::Duration;

use super::*;

/// Caches with these files, each with the hour of its last use.
fn caches(files: &[(&str, usize, u64)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("temporary directory");
    for (name, bytes, hour) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("directory");
        fs::write(&path, vec![0; *bytes]).expect("file");
        let used = SystemTime::UNIX_EPOCH + Duration::from_secs(3600 * hour);
        File::options().write(true).open(&path).and_then(|f| f.set_modified(used)).expect("time");
    }
    dir
}

const FILES: [(&str, usize, u64); 5] = [
    ("modules/m@v1/a.go", 100, 1),
    ("modules/cache/download/m.zip", 50, 1),
    ("compiled/00/old-d", 300, 1),
    ("compiled/01/used-d", 300, 3),
    ("compiled/02/older-d", 300, 2),
];

fn left(dir: &Path) -> Vec<&'static str> {
    FILES.iter().map(|(name, ..)| *name).filter(|name| dir.join(name).exists()).collect()
}

#[test]
fn nothing_goes_within_the_limits() {
    let dir = caches(&FILES);
    trim(dir.path(), true, 1050, 150).expect("trimmed");
    assert_eq!(left(dir.path()).len(), FILES.len());
}

#[test]
fn packages_that_were_not_used_for_longest_go_first() {
    let dir = caches(&FILES);
    trim(dir.path(), true, 1049, 150).expect("trimmed");
    assert_eq!(left(dir.path()).len(), FILES.len() - 1);
    assert!(!dir.path().join("compiled/00/old-d").exists());
    trim(dir.path(), true, 500, 150).expect("trimmed");
    let expected = [FILES[0].0, FILES[1].0, "compiled/01/used-d"];
    assert_eq!(left(dir.path()), expected);
}

#[test]
fn modules_go_all_at_once_and_leave_room_for_packages() {
    let dir = caches(&FILES);
    trim(dir.path(), true, 900, 149).expect("trimmed");
    assert_eq!(left(dir.path()), [FILES[2].0, FILES[3].0, FILES[4].0]);
}

#[test]
fn modules_are_counted_again_after_a_download() {
    let dir = caches(&FILES);
    trim(dir.path(), false, 1050, 150).expect("trimmed");
    fs::write(dir.path().join("modules/n.zip"), [0; 1]).expect("file");
    trim(dir.path(), false, 1050, 150).expect("trimmed");
    assert_eq!(left(dir.path()).len(), FILES.len(), "the new module is not counted yet");
    trim(dir.path(), true, 1050, 150).expect("trimmed");
    assert_eq!(left(dir.path()), [FILES[2].0, FILES[3].0, FILES[4].0]);
}
