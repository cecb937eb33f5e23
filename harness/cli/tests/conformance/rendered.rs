//! The manifests of each listed version of Argo that is in the cache.

use std::path::{Path, PathBuf};

use model::profile::Profile;
use provision::argo::overlay::Values;
use provision::argo::rendered_manifests::RenderedManifests;
use provision::argo_source::{ArgoSource, TESTED};
use provision::cache::Cache;
use provision::cache::entry::Entry;
use provision::program::{self, cluster_programs};
use provision::store::StoreAddress;
use sandbox::guard::Guard;
use serde_json::Value;

use crate::begun::check;

/// The custom resource definitions of Argo: the same eight in each release line.
const DEFINITIONS: usize = 8;

/// Renders and reads the manifests of each listed version in the cache, with each profile.
pub(crate) fn of_listed_versions() -> Result<(), String> {
    let cache = std::env::var_os("ARGO_CONFORMANCE_CACHE").map(PathBuf::from);
    let cache = Cache::open(cache.as_deref()).map_err(|e| e.to_string())?;
    let guard = Guard::new(super::binary().into());
    let programs = cluster_programs().into_iter();
    let mut items: Vec<_> = programs.filter(|item| item.name == "kustomize").collect();
    for version in TESTED {
        let source = ArgoSource::module(version).map_err(|e| e.to_string())?;
        items.extend(source.item().cloned());
    }
    let kept = program::kept(&cache, &items, &guard).map_err(|e| e.to_string())?;
    let [kustomize, versions @ ..] = kept.as_slice() else { return Err("no kustomize".into()) };
    let kustomize = kustomize.as_ref().and_then(|entry| entry.program("kustomize"));
    let kustomize = kustomize.ok_or("kustomize is not in the cache")?;
    let there = TESTED.into_iter().zip(versions).filter_map(|(v, e)| Some((v, e.as_ref()?)));
    let mut count = 0;
    for (version, entry) in there {
        for profile in Profile::ALL {
            one(&cache, entry, profile, &kustomize, &guard)
                .map_err(|error| format!("Argo {version}, profile {}: {error}", profile.name()))?;
        }
        count += 1;
    }
    check(count > 0, "no listed version is in the cache")
}

fn one(
    cache: &Cache,
    argo: &Entry,
    profile: Profile,
    kustomize: &Path,
    guard: &Guard,
) -> Result<(), String> {
    let rendered = RenderedManifests::get(cache, argo, profile, kustomize, guard);
    let rendered = rendered.map_err(|error| format!("{:#}", anyhow::Error::from(error)))?;
    let values = Values {
        controller_tag: "controller".to_owned(),
        executor_tag: "executor".to_owned(),
        store: StoreAddress::with_new_keys("10.0.0.1:9000".to_owned())
            .map_err(|e| e.to_string())?,
    };
    let definitions = rendered.definitions().map_err(|e| e.to_string())?;
    let objects = rendered.objects(&values).map_err(|e| e.to_string())?;
    check(definitions.len() == DEFINITIONS, &format!("{} definitions", definitions.len()))?;
    let controller =
        |o: &&Value| o["kind"] == "Deployment" && o["metadata"]["name"] == "workflow-controller";
    let controller = objects.iter().find(controller).ok_or("no controller")?.to_string();
    check(controller.contains("argoexec:executor"), &controller)?;
    check(controller.contains("workflow-controller:controller"), &controller)?;
    check(!objects.iter().any(|object| object.to_string().contains("${")), "a placeholder is left")
}
