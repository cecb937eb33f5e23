use std::sync::mpsc;

use super::entry::Entry;
use super::lock::Tried;
use super::*;

fn cache() -> (tempfile::TempDir, Cache) {
    let dir = tempfile::tempdir().expect("temporary directory");
    let cache = Cache::open(Some(&dir.path().join("cache"))).expect("cache");
    (dir, cache)
}

/// An entry with one program of three bytes.
fn publish(cache: &Cache, name: &str) -> Entry {
    let staged = cache.builds().join("staged");
    fs::create_dir_all(staged.join("bin")).expect("directory");
    fs::write(staged.join("bin/true"), "abc").expect("file");
    Entry::publish(cache, name, &staged, "true 1.0", serde_json::json!({"a": 1})).expect("entry")
}

fn rooted(error: &CacheError, dir: &tempfile::TempDir) -> String {
    let text = format!("{error}\nhint: {}", error.hint().unwrap_or_default());
    text.replace(&dir.path().display().to_string(), "DIR")
        .replace(&format!("process {}", std::process::id()), "process PID")
}

#[test]
fn a_cache_says_that_it_is_one() {
    let (_dir, cache) = cache();
    let tag = fs::read_to_string(cache.root().join("CACHEDIR.TAG")).expect("tag");
    assert!(tag.starts_with("Signature: 8a477f597d28d172789f06886806bc55"));
}

#[test]
fn a_cache_that_cannot_be_made_is_an_error_with_path_and_remedy() {
    let dir = tempfile::tempdir().expect("temporary directory");
    let file = dir.path().join("file");
    fs::write(&file, "").expect("file");
    let error = Cache::open(Some(&file)).expect_err("a file is no directory");
    insta::assert_snapshot!(rooted(&error, &dir), @r"
    failed to create DIR/file/locks
    hint: make it readable and writable, or name another cache directory
    ");
}

#[test]
fn an_entry_is_found_with_its_files_and_their_hashes() {
    let (_dir, cache) = cache();
    assert_eq!(Entry::find(&cache, "true-1.0"), None);
    let entry = publish(&cache, "true-1.0");
    assert_eq!(Entry::find(&cache, "true-1.0"), Some(entry.clone()));
    assert_eq!(entry.bytes(), 3);
    assert_eq!(entry.program("true"), None, "it is not executable");
    assert_eq!(entry.damaged().expect("readable"), Vec::<String>::new());
    insta::assert_json_snapshot!(entry.manifest(), @r#"
    {
      "what": "true 1.0",
      "made_from": {
        "a": 1
      },
      "files": [
        {
          "path": "bin/true",
          "bytes": 3,
          "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
          "executable": false
        }
      ]
    }
    "#);
}

#[rstest::rstest]
#[case::a_file_is_gone(|dir: &Path| fs::remove_file(dir.join("bin/true")))]
#[case::a_file_is_shorter(|dir: &Path| fs::write(dir.join("bin/true"), "ab"))]
#[case::the_manifest_is_gone(|dir: &Path| fs::remove_file(dir.join("manifest.json")))]
#[case::the_manifest_is_cut_off(|dir: &Path| fs::write(dir.join("manifest.json"), "{"))]
fn an_entry_that_is_not_whole_is_not_found(#[case] damage: fn(&Path) -> std::io::Result<()>) {
    let (_dir, cache) = cache();
    let entry = publish(&cache, "true-1.0");
    damage(entry.dir()).expect("damage");
    assert_eq!(Entry::find(&cache, "true-1.0"), None);
    publish(&cache, "true-1.0");
    assert!(Entry::find(&cache, "true-1.0").is_some(), "it is replaced");
}

#[test]
fn a_changed_file_of_the_same_size_is_told_by_its_hash() {
    let (_dir, cache) = cache();
    let entry = publish(&cache, "true-1.0");
    fs::write(entry.dir().join("bin/true"), "abd").expect("file");
    assert_eq!(entry.damaged().expect("readable"), ["bin/true"]);
}

#[test]
fn sizes_are_told_by_part() {
    let (_dir, cache) = cache();
    publish(&cache, "true-1.0");
    let sizes = cache.sizes().expect("sizes");
    let entry = sizes.iter().find(|size| size.what == "entries/true-1.0").expect("the entry");
    assert!(entry.bytes > 3, "files and manifest");
}

#[test]
fn clean_removes_everything_and_says_how_much() {
    let (_dir, cache) = cache();
    publish(&cache, "true-1.0");
    let sum: u64 = cache.sizes().expect("sizes").iter().map(|size| size.bytes).sum();
    assert_eq!(cache.clean().expect("cleaned"), sum);
    assert!(!cache.root().exists());
    assert!(cache.hold("a run").is_ok(), "a cache that was cleaned can be used on");
}

#[test]
fn clean_refuses_while_somebody_holds_a_lock() {
    let (dir, cache) = cache();
    let held = cache.hold("the installation `up`").expect("lock");
    let error = cache.clean().expect_err("in use");
    insta::assert_snapshot!(rooted(&error, &dir), @r"
    failed to clean DIR/cache: it is in use by process PID (the installation `up`)
    hint: wait for it to end, or stop it
    ");
    drop(held);
    assert!(cache.clean().is_ok());
}

#[test]
fn who_waits_for_a_lock_is_told_who_holds_it_and_gets_it_next() {
    let (_dir, cache) = cache();
    let Tried::Held(first) = Lock::try_take(&cache, "etcd", "building etcd").expect("lock") else {
        panic!("nobody else is here");
    };
    let (tell, told) = mpsc::channel();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut waits = |holder: &str| tell.send(holder.to_owned()).expect("receiver");
            Lock::take(&cache, "etcd", "building etcd too", &mut waits, &|| false).expect("lock");
        });
        let holder = told.recv().expect("it waits");
        assert_eq!(holder, format!("process {} (building etcd)", std::process::id()));
        drop(first);
    });
}

#[test]
fn a_wait_for_a_lock_ends_when_the_user_cancels() {
    let (_dir, cache) = cache();
    let held = Lock::try_take(&cache, "etcd", "building etcd").expect("lock");
    let waited = Lock::take(&cache, "etcd", "again", &mut |_| {}, &|| true);
    assert!(matches!(waited, Err(CacheError::Cancelled)));
    drop(held);
}

#[test]
fn a_lock_file_that_a_dead_process_left_is_free() {
    let (_dir, cache) = cache();
    fs::write(cache.locks().join("etcd.lock"), "process 1 (building etcd)").expect("file");
    assert!(matches!(Lock::try_take(&cache, "etcd", "next"), Ok(Tried::Held(_))));
}
