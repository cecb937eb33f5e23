//! Pulls from a registry on the loopback interface.

mod server;

use std::collections::BTreeMap;
use std::io::Read;

use server::{Registry, Trouble};

use super::*;
use crate::image::references;
use crate::progress::Silent;

const IMAGE: &str = "quay.io/argoproj/argoexec:v9.9.9";

async fn archive(registry: &Registry, cache: &Cache) -> Result<std::path::PathBuf, String> {
    archive_by(registry, cache, Credentials::default()).await
}

async fn archive_by(
    registry: &Registry,
    cache: &Cache,
    credentials: Credentials,
) -> Result<std::path::PathBuf, String> {
    let mirror = Some(registry.address.parse().expect("a registry"));
    let pulled = Registries { mirror, credentials }.archive(cache, IMAGE, &Silent).await;
    pulled.map_err(|error| {
        let hint = error.hint().unwrap_or_default();
        let text = format!("{}\nhint: {hint}", model::hints::chain(&error));
        text.replace(&registry.address, "REGISTRY")
    })
}

#[tokio::test]
async fn an_image_is_pulled_once_under_its_own_name() {
    let directory = tempfile::tempdir().expect("a directory");
    let cache = Cache::open(Some(directory.path())).expect("a cache");
    let registry = Registry::new(None);
    let path = archive(&registry, &cache).await.expect("an archive");
    assert_eq!(references(&path).expect("names"), [IMAGE]);
    let mut files = BTreeMap::new();
    let mut read = tar::Archive::new(fs::File::open(&path).expect("a file"));
    for entry in read.entries().expect("files") {
        let mut entry = entry.expect("a file");
        let name = entry.path().expect("a path").display().to_string();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).expect("its content");
        files.insert(name, content);
    }
    for (name, content) in &files {
        if let Some(digits) = name.strip_prefix("blobs/sha256/") {
            assert_eq!(hex::encode(Sha256::digest(content)), digits);
        }
    }
    assert!(files.values().any(|content| content == server::LAYER));
    let asked = registry.asked();
    assert_eq!(archive(&registry, &cache).await, Ok(path));
    assert_eq!(registry.asked(), asked, "the second time asks no registry");
}

#[tokio::test]
async fn pulls_that_fail_leave_no_archive() {
    let directory = tempfile::tempdir().expect("a directory");
    let cache = Cache::open(Some(directory.path())).expect("a cache");
    let altered = archive(&Registry::new(Some(Trouble::AlteredLayer)), &cache).await;
    insta::assert_snapshot!(altered.expect_err("another digest"), @r"
    failed to pull REGISTRY/argoproj/argoexec:v9.9.9: Digest error: Invalid digest. Expected sha256:e28d98ac666afd34f089b971a663264d54d67a60ddc82996d48d8f3c204eb75f, got sha256:ae448ac86c4e8e4dec645729708ef41873ae79c6dff84eff73360989487f08e5: Invalid digest. Expected sha256:e28d98ac666afd34f089b971a663264d54d67a60ddc82996d48d8f3c204eb75f, got sha256:ae448ac86c4e8e4dec645729708ef41873ae79c6dff84eff73360989487f08e5
    hint: log in with `docker login` if the registry wants credentials, name another with --image-mirror, or an archive of `docker save` with --load-image
    ");
    let missing = archive(&Registry::new(Some(Trouble::NoImage)), &cache).await;
    insta::assert_snapshot!(missing.expect_err("no image"), @r"
    failed to pull REGISTRY/argoproj/argoexec:v9.9.9: Server error: url http://REGISTRY/v2/argoproj/argoexec/manifests/v9.9.9, code: 404, message: 
    hint: log in with `docker login` if the registry wants credentials, name another with --image-mirror, or an archive of `docker save` with --load-image
    ");
    assert_eq!(fs::read_dir(cache.entries()).expect("a directory").count(), 0);
}

#[tokio::test]
async fn a_registry_gets_the_credentials_of_docker_login() {
    let directory = tempfile::tempdir().expect("a directory");
    let cache = Cache::open(Some(&directory.path().join("cache"))).expect("a cache");
    let registry = Registry::new(Some(Trouble::Credentials));
    let refused = archive(&registry, &cache).await.expect_err("no credentials");
    insta::assert_snapshot!(refused, @r"
    failed to pull REGISTRY/argoproj/argoexec:v9.9.9: Not authorized: url http://REGISTRY/v2/argoproj/argoexec/manifests/v9.9.9
    hint: log in with `docker login` if the registry wants credentials, name another with --image-mirror, or an archive of `docker save` with --load-image
    ");
    let server = &registry.address;
    let login = format!(r#"{{"auths": {{"{server}": {{"auth": "{}"}}}}}}"#, server::CREDENTIALS);
    fs::write(directory.path().join("config.json"), login).expect("a file");
    let docker = ("DOCKER_CONFIG".into(), directory.path().as_os_str().to_owned());
    let credentials = Credentials::of(&[docker].into());
    archive_by(&registry, &cache, credentials).await.expect("an archive");
}
