use std::fs;
use std::path::Path;
use std::time::Duration;

use super::{LARGEST, MOST, NAME, Rows, StageTimes};
use crate::cache::Cache;

fn cache() -> (tempfile::TempDir, Cache) {
    let dir = tempfile::tempdir().expect("temporary directory");
    let cache = Cache::open(Some(&dir.path().join("cache"))).expect("cache");
    (dir, cache)
}

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_kept_time_is_there_in_the_next_run() {
    let (_dir, cache) = cache();
    let (mut times, error) = StageTimes::of_cache(&cache);
    assert!(error.is_none(), "no file is no fault");
    assert_eq!(times.of("build etcd"), None);
    times.keep("build etcd", SECOND).expect("it is written");
    times.keep("build etcd", SECOND * 3).expect("it is written");
    let (later, error) = StageTimes::of_cache(&cache);
    assert!(error.is_none());
    assert_eq!(later.of("build etcd"), Some(SECOND * 3), "the last time counts");
    assert_eq!(later.of("build runc"), None);
}

#[test]
fn two_processes_lose_no_time_of_each_other() {
    let (_dir, cache) = cache();
    let ((mut one, _), (mut other, _)) =
        (StageTimes::of_cache(&cache), StageTimes::of_cache(&cache));
    one.keep("build etcd", SECOND).expect("it is written");
    other.keep("build runc", SECOND * 2).expect("it is written");
    let (later, _) = StageTimes::of_cache(&cache);
    assert_eq!((later.of("build etcd"), later.of("build runc")), (Some(SECOND), Some(SECOND * 2)));
}

#[rstest::rstest]
#[case::broken("{\"build etcd\": ", "EOF while parsing")]
#[case::foreign("[1, 2]", "invalid type: sequence")]
#[case::negative("{\"build etcd\": -1}", "invalid value")]
#[case::long(&" ".repeat(1 << 15), "it has 32768 bytes, more than 16384")]
fn a_file_without_times_counts_as_empty_and_is_replaced(#[case] text: &str, #[case] why: &str) {
    let (_dir, cache) = cache();
    let path = cache.root().join(NAME);
    fs::write(&path, text).expect("file");
    let (mut times, error) = StageTimes::of_cache(&cache);
    let error = error.expect("a note").to_string();
    assert!(error.starts_with(&format!("invalid times of stages {}: ", path.display())), "{error}");
    assert!(error.contains(why), "{error}");
    assert_eq!(times.of("build etcd"), None);
    times.keep("build etcd", SECOND).expect("it is written");
    assert_eq!(StageTimes::of_cache(&cache).0.of("build etcd"), Some(SECOND));
}

#[test]
fn the_file_stays_small() {
    let (_dir, cache) = cache();
    let rows: Rows = (0..MOST).map(|n| (format!("build {n}"), 1)).collect();
    let path = cache.root().join(NAME);
    fs::write(&path, serde_json::to_string(&rows).expect("text")).expect("file");
    let (mut times, _) = StageTimes::of_cache(&cache);
    times.keep("build etcd", SECOND).expect("it is written");
    times.keep("build 7", SECOND).expect("it is written");
    assert_eq!((times.of("build etcd"), times.of("build 7")), (None, Some(SECOND)));
    assert!(fs::metadata(&path).expect("file").len() < LARGEST);
    assert_eq!(left_beside(&path), Vec::<String>::new());
}

/// Files with a name that begins like that of the file.
fn left_beside(path: &Path) -> Vec<String> {
    let directory = fs::read_dir(path.parent().expect("a directory")).expect("readable");
    let names = directory.map(|file| file.expect("a file").file_name().display().to_string());
    names.filter(|name| name.starts_with(NAME) && name != NAME).collect()
}

#[test]
fn clean_removes_the_times() {
    let (_dir, cache) = cache();
    StageTimes::of_cache(&cache).0.keep("build etcd", SECOND).expect("it is written");
    let sizes = cache.sizes().expect("sizes");
    assert!(sizes.iter().any(|size| size.what == NAME), "{sizes:?}");
    cache.clean().expect("cleaned");
    assert_eq!(StageTimes::of_cache(&cache).0.of("build etcd"), None);
}
