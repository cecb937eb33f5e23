//! The programs of a run: each from the cache, by a download, or by a build.

use std::sync::Arc;

use futures::StreamExt;
use model::hints::chain;
use provision::cache::entry::Entry;
use provision::program::download::{AT_ONCE, DownloadError, Means, Published, UnreachableError};
use provision::program::supply::Preference;
use provision::program::{self, BuildError, Item};
use provision::progress::{Notice, Progress, WorkKind, awaited};
use rundir::error::{Error, Problem};
use tokio::runtime::Handle;

use crate::session::Session;

/// The origin of each item that a run needs.
pub(super) struct Plan {
    /// All items, in the order of the entries.
    items: Vec<Item>,
    /// Items that the cache has from a download.
    kept: Vec<(Item, Entry)>,
    downloads: Vec<(Item, Published)>,
    /// Items to build, unless the cache has them.
    pub(super) builds: Vec<Item>,
}

impl Plan {
    /// Chooses the origin of each item. No server is asked yet.
    ///
    /// # Errors
    /// The task that reads the cache panicked.
    pub(super) async fn make(session: &Arc<Session>, items: Vec<Item>) -> anyhow::Result<Self> {
        let mut plan =
            Self { items: items.clone(), kept: Vec::new(), downloads: Vec::new(), builds: items };
        let preference = session.supply.preference;
        if preference == Preference::Build {
            return Ok(plan);
        }
        let built = match preference {
            Preference::Auto => built(session, &plan.builds).await?,
            Preference::Download | Preference::Build => Vec::new(),
        };
        let downloads = &session.supply.downloads;
        for item in std::mem::take(&mut plan.builds) {
            if let Some(entry) = downloads.kept(&session.cache, &item) {
                plan.kept.push((item, entry));
            } else if let Some(file) = downloads.file(&item).filter(|_| !built.contains(&item)) {
                plan.downloads.push((item, file));
            } else {
                plan.builds.push(item);
            }
        }
        Ok(plan)
    }

    /// Moves the items of servers that do not answer from the downloads to the builds. Such a
    /// server is known within seconds.
    async fn ask_servers(&mut self, session: &Session) -> anyhow::Result<()> {
        if self.downloads.is_empty() {
            return Ok(());
        }
        let items: Vec<Item> = self.downloads.iter().map(|(item, _)| item.clone()).collect();
        let asking = async {
            Ok::<_, std::convert::Infallible>(session.supply.downloads.unreachable(&items).await)
        };
        let Ok(unreachable) = awaited(&*session.progress, "ask download servers", asking).await;
        if session.supply.preference == Preference::Download && !unreachable.is_empty() {
            let problems = unreachable.into_iter().map(|error| {
                let hint = error.hint();
                Problem::of(&error.into()).with_hint_of(hint)
            });
            return Err(Error::all(report::exit::NO_ENVIRONMENT, problems.collect()).into());
        }
        for UnreachableError { items, cause } in unreachable {
            say_builds(session, &items, &*cause);
            self.downloads.retain(|(item, _)| !items.contains(item));
            self.builds.extend(items);
        }
        Ok(())
    }

    /// Asks the servers, then downloads and builds at the same time. A failed download leads to a
    /// build, unless only downloads are allowed. The entries are in the order of the items.
    ///
    /// # Errors
    /// A server does not answer or a download fails, and only downloads are allowed. The inner
    /// error is of a build.
    pub(super) async fn carry_out(
        mut self,
        session: &Arc<Session>,
    ) -> anyhow::Result<Result<Vec<Entry>, BuildError>> {
        self.ask_servers(session).await?;
        let Self { items, mut kept, downloads, builds } = self;
        let (downloaded, built) =
            tokio::join!(download(session, downloads), build(session, builds.clone()));
        let mut failed = Vec::new();
        for (item, outcome) in downloaded? {
            match outcome {
                Ok(entry) => kept.push((item, entry)),
                Err(DownloadError::Cancelled) => return Ok(Err(BuildError::Cancelled)),
                Err(error) => failed.push((item, error)),
            }
        }
        match built? {
            Ok(entries) => kept.extend(builds.into_iter().zip(entries)),
            Err(error) => return Ok(Err(error)),
        }
        if session.supply.preference == Preference::Download && !failed.is_empty() {
            let problems = failed.into_iter().map(|(_, error)| {
                let hint = error.hint();
                Problem::of(&error.into()).with_hint_of(hint)
            });
            return Err(Error::all(report::exit::NO_ENVIRONMENT, problems.collect()).into());
        }
        if !failed.is_empty() {
            for (item, error) in &failed {
                say_builds(session, std::slice::from_ref(item), error);
            }
            let items: Vec<Item> = failed.into_iter().map(|(item, _)| item).collect();
            match build(session, items.clone()).await? {
                Ok(entries) => kept.extend(items.into_iter().zip(entries)),
                Err(error) => return Ok(Err(error)),
            }
        }
        let entry = |item: &Item| {
            let found = kept.iter().find(|(of, _)| of == item);
            found.map(|(_, entry)| entry.clone())
        };
        let entries: Option<Vec<Entry>> = items.iter().map(entry).collect();
        entries.map(Ok).ok_or_else(|| anyhow::anyhow!("failed to find the programs of the run"))
    }
}

/// Says which items are built in place of a download, with the reason.
fn say_builds(session: &Session, items: &[Item], cause: &(dyn std::error::Error + 'static)) {
    let labels = items.iter().map(Item::label).collect::<Vec<_>>().join(", ");
    session.progress.say(&format!("build {labels} in place of a download: {}", chain(cause)));
}

/// The items whose built programs the cache has. Without Go the cache has none.
async fn built(session: &Arc<Session>, items: &[Item]) -> anyhow::Result<Vec<Item>> {
    let (session, items) = (Arc::clone(session), items.to_vec());
    let found = tokio::task::spawn_blocking(move || {
        let kept = program::kept(&session.cache, &items, &session.guard).unwrap_or_default();
        let found = items.into_iter().zip(kept).filter(|(_, entry)| entry.is_some());
        found.map(|(item, _)| item).collect()
    });
    Ok(found.await?)
}

/// The result of each download.
type Downloaded = Vec<(Item, Result<Entry, DownloadError>)>;

async fn download(
    session: &Arc<Session>,
    files: Vec<(Item, Published)>,
) -> anyhow::Result<Downloaded> {
    let works = files.iter().map(|(item, _)| item.work(WorkKind::Download)).collect();
    session.progress.notice(Notice::Planned { works });
    let handle = Handle::current();
    let each = futures::stream::iter(files).map(|(item, file)| {
        let (session, handle) = (Arc::clone(session), handle.clone());
        tokio::task::spawn_blocking(move || {
            let Session { cache, guard, progress, supply, .. } = &*session;
            let means = Means { cache, runner: guard, progress: &**progress };
            let outcome = supply.downloads.get(means, &item, &file, &handle);
            (item, outcome)
        })
    });
    let outcomes: Vec<_> = each.buffer_unordered(AT_ONCE).collect().await;
    Ok(outcomes.into_iter().collect::<Result<_, _>>()?)
}

/// Builds the items that the cache lacks.
pub(super) async fn build(
    session: &Arc<Session>,
    items: Vec<Item>,
) -> anyhow::Result<Result<Vec<Entry>, BuildError>> {
    if items.is_empty() {
        return Ok(Ok(Vec::new()));
    }
    let session = Arc::clone(session);
    let building = tokio::task::spawn_blocking(move || {
        program::ensure(&session.cache, &items, &session.guard, &*session.progress)
    });
    Ok(building.await?)
}
