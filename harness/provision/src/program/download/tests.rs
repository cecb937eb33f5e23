//! Downloads from servers on the loopback interface that do what servers do.

mod server;

use std::path::Path;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use server::{Answers, Server};

use super::checksum::Checksum;
use super::*;
use crate::go::run::Unguarded;
use crate::progress::Silent;

/// A program of an archive, and the archive.
fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (path, content) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, path, *content).expect("a member");
    }
    builder.into_inner().expect("an archive").finish().expect("a file in gzip")
}

fn whole() -> Vec<u8> {
    archive(&[("tiny-v1/README.md", b"read"), ("tiny-v1/tiny", b"tiny"), ("x/leaf", b"leaf")])
}

fn item() -> Item {
    Item::of("tiny", "1.0.0", "example.com/tiny").command(".", "tiny").command("./leaf", "leaf")
}

fn sha256(content: &[u8]) -> Checksum {
    let mut sum = Checksum::Sha256(String::new()).begin();
    sum.add(content);
    sum.end()
}

fn downloads(of: &[u8], mirror: &str) -> Downloads {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let checksum = sha256(of);
    let row = |architecture: &str| {
        format!(
            "    {architecture}:\n      url: https://tiny.example/v1/tiny.tar.gz\n      \
             sha256: '{}'\n",
            checksum.digits()
        )
    };
    let text = format!(
        "- program: tiny\n  version: 1.0.0\n  source: a test\n  files:\n{}{}",
        row("amd64"),
        row("arm64")
    );
    fs::write(file.path(), text).expect("it is written");
    let table = Table::read(file.path()).expect("a table");
    Downloads { table, mirror: Some(mirror.parse().expect("a mirror")) }
}

/// The result of a download, for a snapshot.
fn said(downloads: &Downloads, cache: &Cache, url: &str) -> String {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let means = Means { cache, runner: &Unguarded, progress: &Silent };
    let of_tiny = item();
    let file = downloads.file(&of_tiny).expect("a file");
    let least = Least { window: Duration::from_secs(1), bytes: 1000 };
    match downloads.get_by(means, &item(), &file, runtime.handle(), least) {
        Ok(entry) => {
            let read = |name: &str| {
                let path = entry.program(name).expect("an executable file");
                fs::read_to_string(path).expect("its content")
            };
            assert_eq!(downloads.kept(cache, &item()), Some(entry.clone()));
            let origin = published(&entry).expect("an origin").url;
            format!("{} {}, from {origin}", read("tiny"), read("leaf"))
        }
        Err(error) => {
            assert_eq!(downloads.kept(cache, &item()), None, "{error}");
            let hint = error.hint().unwrap_or_default();
            format!("{}\nhint: {hint}", model::hints::chain(&error)).replace(url, "URL")
        }
    }
}

fn from(answers: Answers) -> (String, Vec<String>) {
    let directory = tempfile::tempdir().expect("a directory");
    let cache = Cache::open(Some(directory.path())).expect("a cache");
    let server = Server::new(answers);
    let said = said(&downloads(&whole(), &server.url), &cache, &server.url);
    (said, server.asked())
}

const HAD: &str = "tiny leaf, from https://tiny.example/v1/tiny.tar.gz";

#[test]
fn a_whole_file_gives_the_programs() {
    let (said, asked) = from(Answers::whole(whole()));
    assert_eq!(said, HAD);
    assert_eq!(asked, ["/tiny.example/v1/tiny.tar.gz"]);
}

#[test]
fn a_download_goes_on_where_a_connection_ended() {
    let (said, asked) = from(Answers::whole(whole()).ends_after(100));
    assert_eq!(said, HAD);
    assert_eq!(asked[1], "/tiny.example/v1/tiny.tar.gz bytes=100-");
}

#[test]
fn a_server_without_ranges_sends_the_file_again() {
    let (said, asked) = from(Answers::whole(whole()).ends_once_after(100).without_ranges());
    assert_eq!(said, HAD);
    assert_eq!(asked.len(), 2);
}

#[test]
fn a_later_download_goes_on_and_a_part_of_another_file_begins_anew() {
    let directory = tempfile::tempdir().expect("a directory");
    let cache = Cache::open(Some(directory.path())).expect("a cache");
    let silent = Server::new(Answers::whole(whole()).stalls_after(50));
    let of_silent = downloads(&whole(), &silent.url);
    insta::assert_snapshot!(said(&of_silent, &cache, &silent.url), @r"
    failed to download URL/tiny.example/v1/tiny.tar.gz: fewer than 1 kB in 1 s
    hint: name a mirror with --mirror, or build the programs with --programs build
    ");
    let server = Server::new(Answers::whole(whole()));
    let of_server = downloads(&whole(), &server.url);
    let part = only_file(&cache.downloads());
    assert_eq!(fs::metadata(&part).expect("a part").len(), 50);
    fs::write(&part, [0; 50]).expect("a part of another file");
    assert_eq!(said(&of_server, &cache, &server.url), HAD);
    assert_eq!(
        server.asked(),
        ["/tiny.example/v1/tiny.tar.gz bytes=50-", "/tiny.example/v1/tiny.tar.gz"]
    );
    assert_eq!(fs::read_dir(cache.downloads()).expect("a directory").count(), 0);
}

fn only_file(directory: &Path) -> std::path::PathBuf {
    let mut children = fs::read_dir(directory).expect("a directory");
    let child = children.next().expect("a file").expect("a file").path();
    assert!(children.next().is_none());
    child
}

#[test]
fn a_file_that_is_not_the_pinned_one_gives_no_programs() {
    insta::assert_snapshot!(from(Answers::whole(b"another".to_vec())).0, @r"
    invalid checksum of URL/tiny.example/v1/tiny.tar.gz: sha256:ae448ac86c4e8e4dec645729708ef41873ae79c6dff84eff73360989487f08e5, expected sha256:30acec6dc182df4d928d719143208130d19a780b2671f12c673321f63c95a73d
    hint: do not trust this file; name another mirror, or build with --programs build
    ");
    insta::assert_snapshot!(from(Answers::missing()).0, @r"
    failed to download URL/tiny.example/v1/tiny.tar.gz: the server answers 404 Not Found
    hint: name a mirror with --mirror, or build the programs with --programs build
    ");
}

#[test]
fn a_server_that_does_not_answer() {
    let directory = tempfile::tempdir().expect("a directory");
    let cache = Cache::open(Some(directory.path())).expect("a cache");
    let closed = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", closed.local_addr().expect("an address"));
    drop(closed);
    let downloads = downloads(&whole(), &url);
    insta::assert_snapshot!(said(&downloads, &cache, &url), @r"
    failed to reach URL/tiny.example/v1/tiny.tar.gz: tcp connect error: Connection refused (os error 111)
    hint: name a mirror with --mirror, or build the programs with --programs build
    ");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let unreachable = runtime.block_on(downloads.unreachable(&[item()]));
    let [error] = &unreachable[..] else { panic!("{unreachable:?}") };
    assert_eq!(error.items, [item()]);
    let text = model::hints::chain(error).replace(&url, "URL");
    insta::assert_snapshot!(format!("{text}\nhint: {}", crate::hints::hint(error).expect("a remedy")), @r"
    failed to download tiny 1.0.0: failed to reach URL/tiny.example/v1/tiny.tar.gz: Connection refused (os error 111)
    hint: name a mirror with --mirror, or let the programs be built with --programs auto
    ");
}

#[test]
fn a_server_that_answers_is_reachable() {
    let server = Server::new(Answers::missing());
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let downloads = downloads(&whole(), &server.url);
    assert!(runtime.block_on(downloads.unreachable(&[item()])).is_empty());
}

#[test]
fn a_mirror_in_a_directory() {
    let directory = tempfile::tempdir().expect("a directory");
    let cache = Cache::open(Some(&directory.path().join("cache"))).expect("a cache");
    let mirror = directory.path().display().to_string();
    let downloads = downloads(&whole(), &mirror);
    insta::assert_snapshot!(said(&downloads, &cache, &mirror), @r"
    failed to read URL/tiny.example/v1/tiny.tar.gz: No such file or directory (os error 2)
    hint: name a mirror with --mirror, or build the programs with --programs build
    ");
    let file = directory.path().join("tiny.example/v1/tiny.tar.gz");
    fs::create_dir_all(file.parent().expect("a directory")).expect("it is made");
    fs::write(&file, whole()).expect("it is written");
    assert_eq!(said(&downloads, &cache, &mirror), HAD);
}

#[test]
fn a_pinned_file_without_the_programs() {
    let directory = tempfile::tempdir().expect("a directory");
    let cache = Cache::open(Some(&directory.path().join("cache"))).expect("a cache");
    let mirror = directory.path().display().to_string();
    let file = directory.path().join("tiny.example/v1/tiny.tar.gz");
    fs::create_dir_all(file.parent().expect("a directory")).expect("it is made");
    let lacking = archive(&[("tiny", b"tiny")]);
    fs::write(&file, &lacking).expect("it is written");
    insta::assert_snapshot!(said(&downloads(&lacking, &mirror), &cache, &mirror), @r"
    failed to unpack https://tiny.example/v1/tiny.tar.gz: it has no program leaf
    hint: name the published file of this program in the table of downloads
    ");
    fs::write(&file, b"no archive").expect("it is written");
    insta::assert_snapshot!(said(&downloads(b"no archive", &mirror), &cache, &mirror), @r"
    failed to unpack https://tiny.example/v1/tiny.tar.gz: invalid gzip header
    hint: name the published file of this program in the table of downloads
    ");
}

#[test]
fn a_text_that_is_no_mirror() {
    let error = "ftp://mirror".parse::<Mirror>().expect_err("no mirror");
    assert_eq!(
        error.to_string(),
        "`ftp://mirror` is neither a URL with HTTP or HTTPS nor a directory"
    );
    assert!("/nonexistent/mirror".parse::<Mirror>().is_err());
}
