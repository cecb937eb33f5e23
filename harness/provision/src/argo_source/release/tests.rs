use std::io::Write;

use rstest::rstest;

use super::*;
use crate::fetch::tests::{Server, file};

const YAML: &[u8] = b"kind: Namespace\n";

fn packed(program: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(program).expect("it is packed");
    gzip.finish().expect("it is packed")
}

/// A server with a release, and a cache.
fn published(manifest: Vec<u8>, program: Vec<u8>) -> (Server, tempfile::TempDir, Cache) {
    let argo = format!("/v3.7.18/argo-linux-{}.gz", architecture());
    let server = Server::new(&[("/v3.7.18/install.yaml", manifest), (&argo, program)]);
    let dir = tempfile::tempdir().expect("temporary directory");
    let cache = Cache::open(Some(&dir.path().join("cache"))).expect("cache");
    (server, dir, cache)
}

fn named(text: &str, server: &Server) -> Release {
    Release::named(text, &format!("{}/", server.url)).expect("a release")
}

/// The error of [`Release::get`] with its hint. The function checks that the cache has no new
/// entry.
async fn refused(text: &str, server: &Server, cache: &Cache) -> String {
    let error = named(text, server).get(cache).await.expect_err("it cannot be had");
    let left = crate::cache::children(&cache.entries()).expect("entries");
    assert_eq!(left, Vec::<std::path::PathBuf>::new());
    let text = format!("{error}\nhint: {}", error.hint().unwrap_or_default());
    text.replace(&server.url, "URL").replace(architecture(), "ARCH")
}

#[tokio::test]
async fn it_is_fetched_once_and_kept_with_its_checksum() {
    let (server, _dir, cache) = published(file(YAML, 0), file(&packed(b"#!/bin/true\n"), 0));
    let entry = named("v3.7.18", &server).get(&cache).await.expect("it is there");
    assert_eq!(std::fs::read(entry.dir().join(KEPT).join(MANIFEST)).expect("a file"), YAML);
    let argo = entry.program("argo").expect("a program that can be run");
    assert_eq!(std::fs::read(argo).expect("a file"), b"#!/bin/true\n");
    let sha256 = hex::encode(Sha256::digest(YAML));
    assert_eq!(checksum(&entry), Some(sha256.clone()));
    assert_eq!(crate::cache::children(&cache.builds()).expect("builds"), [] as [&Path; 0]);
    // The cache gives the manifest that the user named. Another manifest comes from the server.
    let nowhere = Server { url: "http://127.0.0.1:1".to_owned() };
    let same = Release { base: server.url.clone(), ..named("3.7.18", &nowhere) };
    assert_eq!(same.get(&cache).await.expect("it is kept"), entry);
    let right = format!("3.7.18@sha256:{sha256}");
    assert_eq!(named(&right, &server).get(&cache).await.expect("it is kept"), entry);
    let wrong = format!("3.7.18@sha256:{}", "0".repeat(64));
    let error = named(&wrong, &server).get(&cache).await.expect_err("it is another");
    assert!(matches!(error, ReleaseError::Checksum { .. }), "{error}");
}

#[tokio::test]
async fn each_trouble_has_its_own_words() {
    let program = || file(&packed(b"argo"), 0);
    let (server, _dir, cache) = published(file(YAML, 0), program());
    let wrong = format!("3.7.18@sha256:{}", "0".repeat(64));
    insta::assert_snapshot!(refused(&wrong, &server, &cache).await, @r"
    invalid checksum of URL/v3.7.18/install.yaml: sha256:e25209b6e6c1f782b78132b008b475de169b9153540f2d59a52d4c0e44d15571, expected sha256:0000000000000000000000000000000000000000000000000000000000000000
    hint: compare both checksums with the release before you install it
    ");
    insta::assert_snapshot!(refused("3.7.99", &server, &cache).await, @r"
    failed to download URL/v3.7.99/install.yaml: the server answers 404 Not Found
    hint: check that the release exists and has these files
    ");
    let (server, _dir, cache) = published(file(YAML, 100), program());
    insta::assert_snapshot!(refused("3.7.18", &server, &cache).await, @r"
    failed to download URL/v3.7.18/install.yaml: the connection ended before 116 bytes
    hint: try again
    ");
    let (server, _dir, cache) = published(file(YAML, 0), file(&packed(b"argo"), 7));
    insta::assert_snapshot!(refused("3.7.18", &server, &cache).await, @r"
    failed to download URL/v3.7.18/argo-linux-ARCH.gz: the connection ended before 31 bytes
    hint: try again
    ");
    let (server, _dir, cache) = published(file(YAML, 0), file(b"<html>", 0));
    insta::assert_snapshot!(refused("3.7.18", &server, &cache).await, @r"
    failed to unpack URL/v3.7.18/argo-linux-ARCH.gz: it is not a program in gzip
    hint: name another mirror with --releases
    ");
}

#[rstest]
#[case::no_version("latest")]
#[case::too_old("2.12.13")]
#[case::half("3.7")]
#[case::no_digest("3.7.18@")]
#[case::another_digest("3.7.18@md5:00")]
#[case::a_short_one("3.7.18@sha256:00")]
#[case::a_checkout("3.7.18+tree.00")]
fn what_names_no_release(#[case] text: &str) {
    let error = Release::named(text, RELEASES).expect_err("it is none");
    assert_eq!(
        error.to_string(),
        format!("invalid release `release:{text}`: it is not a version of Argo")
    );
}
