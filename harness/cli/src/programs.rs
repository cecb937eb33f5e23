//! The programs of a run: of the cluster, and of each version of Argo that can be had.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use model::diagnostic::nearest;
use provision::argo_source::{ArgoSource, TESTED, VersionError};
use provision::cache::entry::Entry;
use provision::program::{self, BuildError, Item};

use crate::maker::Maker;
use crate::out::Explained;
use crate::session::Session;

/// Built programs.
pub(crate) struct Programs {
    cluster: Vec<Entry>,
    /// Each version with its entry.
    pub(crate) argo: Vec<(String, Entry)>,
    /// Versions that cannot be had, and why.
    pub(crate) refused: Vec<(String, String)>,
}

/// A version that was asked for.
#[derive(Clone)]
pub(crate) struct Wanted {
    version: String,
    item: Item,
}

impl Wanted {
    /// Which version.
    pub(crate) fn version(&self) -> &str {
        &self.version
    }
}

impl Programs {
    /// Sees to it that the programs are there, building what is missing.
    ///
    /// # Errors
    /// What the machine lacks, all at once; the first
    /// build that fails. A version that is refused is no error while another can be had.
    pub(crate) async fn get(
        session: &Arc<Session>,
        maker: &Maker,
        mut wanted: Vec<Wanted>,
    ) -> anyhow::Result<Self> {
        let cluster = maker.programs();
        let mut refused: Vec<(String, String)> = Vec::new();
        let mut items = items(&cluster, &wanted);
        session.require(maker, &items).await?;
        let entries = loop {
            match ensure(session, items).await? {
                Ok(entries) => break entries,
                Err(BuildError::Refused(refusals)) => {
                    let before = wanted.len();
                    for refusal in &refusals {
                        wanted.retain(|w| {
                            !(w.item.name == refusal.name && w.version == refusal.release)
                        });
                    }
                    if wanted.is_empty() || wanted.len() == before {
                        return Err(BuildError::Refused(refusals).into());
                    }
                    refused.extend(refusals.iter().map(|r| (r.release.clone(), r.to_string())));
                    items = self::items(&cluster, &wanted);
                }
                Err(error) => return Err(error.into()),
            }
        };
        let (cluster, argo) = entries.split_at(cluster.len());
        let versions = wanted.into_iter().map(|w| w.version);
        Ok(Self {
            cluster: cluster.to_vec(),
            argo: versions.zip(argo.iter().cloned()).collect(),
            refused,
        })
    }

    /// The programs of one version of Argo alone, for a cluster that is there.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub(crate) async fn of_argo(session: &Arc<Session>, wanted: &Wanted) -> anyhow::Result<Entry> {
        let entries = ensure(session, vec![wanted.item.clone()]).await??;
        entries.into_iter().next().context("find the built programs of Argo")
    }

    /// Directories of the cluster's programs.
    pub(crate) fn directories(&self) -> Vec<PathBuf> {
        self.cluster.iter().map(Entry::bin).collect()
    }

    /// Path of one of the cluster's programs.
    pub(crate) fn path(&self, name: &str) -> Option<PathBuf> {
        self.directories().iter().map(|bin| bin.join(name)).find(|path| path.is_file())
    }
}

fn items(cluster: &[Item], wanted: &[Wanted]) -> Vec<Item> {
    cluster.iter().cloned().chain(wanted.iter().map(|w| w.item.clone())).collect()
}

async fn ensure(
    session: &Arc<Session>,
    items: Vec<Item>,
) -> anyhow::Result<Result<Vec<Entry>, BuildError>> {
    let session = Arc::clone(session);
    let building = tokio::task::spawn_blocking(move || {
        program::ensure(&session.cache, &items, &session.guard, &*session.show)
    });
    Ok(building.await?)
}

/// The versions by name: each once, in order.
///
/// # Errors
/// As for [`wanted`].
pub(crate) fn releases(versions: &[String]) -> anyhow::Result<Vec<String>> {
    Ok(wanted(versions)?.into_iter().map(|wanted| wanted.version).collect())
}

/// Each version once, in the order in which they were named.
///
/// # Errors
/// Texts that are no versions, all at once.
pub(crate) fn wanted(versions: &[String]) -> anyhow::Result<Vec<Wanted>> {
    let (mut wanted, mut wrong) = (Vec::<Wanted>::new(), Vec::new());
    for text in versions {
        match ArgoSource::module(text) {
            Ok(source) => {
                let item = source.item().clone();
                if wanted.iter().all(|w| w.version != item.release) {
                    wanted.push(Wanted { version: item.release.clone(), item });
                }
            }
            Err(error) => {
                let near = match &error {
                    VersionError::Form(_) => nearest(text, &TESTED),
                    VersionError::MisplacedModule(_) => None,
                };
                let near = near.map(|near| format!("did you mean {near}? "));
                let hint = error.hint().unwrap_or_default();
                wrong.push(format!("error: {error}\nhint: {}{hint}", near.unwrap_or_default()));
            }
        }
    }
    if wrong.is_empty() {
        return Ok(wanted);
    }
    Err(Explained { code: report::exit::USAGE, text: wrong.join("\n") }.into())
}
