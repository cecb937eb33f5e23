//! The programs of a run: of the cluster, and of each version of Argo that can be had.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use model::hints::chain;
use provision::argo_source::ArgoSource;
use provision::argo_source::release::{checksum, manifest_url};
use provision::cache::entry::Entry;
use provision::program::download::published as published_file;
use provision::program::error::Refusal;
use provision::program::{BuildError, Item};
use provision::progress::awaited;
use sandbox::guard::{Guard, GuardedCommand};

use crate::config::ImageConfig;
use crate::installation::obtain::{Plan, build};
use crate::installation::provider::ClusterProvider;
use crate::installation::spec::InstallationSpec;
use crate::session::Session;
use report::run::{Program, ProgramOrigin};
use rundir::error::{Error, Problem};

/// Built programs.
pub struct Programs {
    cluster: Vec<Entry>,
    /// Each installation that was asked for.
    pub argo: Vec<Argo>,
    /// Archives of images: those that were given, and those of releases.
    pub(crate) archives: Vec<PathBuf>,
    /// Names of those that cannot be had, and the reasons.
    pub(crate) refused: Vec<(String, String)>,
}

/// The programs of an installation.
pub struct Argo {
    pub(crate) spec: InstallationSpec,
    pub(crate) controller: Entry,
    pub(crate) executor: Entry,
    pub(crate) cli: Entry,
    /// Kubernetes, where it is built for it.
    pub(crate) kubernetes: Option<Entry>,
    /// The programs of the second installation of a pair.
    pub(crate) next: Option<Box<Self>>,
}

impl Argo {
    /// The programs of an installation, by the entry of each source.
    fn of(
        spec: InstallationSpec,
        entry: &impl Fn(&ArgoSource) -> anyhow::Result<Entry>,
        kubernetes: &impl Fn(&InstallationSpec) -> Option<Entry>,
    ) -> anyhow::Result<Self> {
        let next = spec.next.clone().map(|next| Self::of(*next, entry, kubernetes)).transpose()?;
        Ok(Self {
            controller: entry(&spec.controller)?,
            executor: entry(&spec.executor)?,
            cli: entry(&spec.cli)?,
            kubernetes: kubernetes(&spec),
            next: next.map(Box::new),
            spec,
        })
    }

    /// The entries of the components, of Kubernetes, and of the second installation of a pair.
    fn entries(&self) -> Vec<&Entry> {
        let own = [&self.controller, &self.executor, &self.cli];
        let next = self.next.iter().flat_map(|next| next.entries());
        own.into_iter().chain(&self.kubernetes).chain(next).collect()
    }

    /// The sources of the components, in words. A published release has the checksum of its
    /// `install.yaml`.
    pub(crate) fn source(&self) -> String {
        let of = |source: &ArgoSource, entry: &Entry| {
            let checksum = source.published().and_then(|_| checksum(entry));
            let checksum = checksum.map(|sha256| format!(", install.yaml sha256:{sha256}"));
            source.words() + &checksum.unwrap_or_default()
        };
        let controller = of(&self.spec.controller, &self.controller);
        let executor = of(&self.spec.executor, &self.executor);
        let cli = of(&self.spec.cli, &self.cli);
        if controller == executor && controller == cli {
            return controller;
        }
        format!("workflow-controller: {controller}; argoexec: {executor}; argo: {cli}")
    }
}

impl Programs {
    /// Gets the programs and the images that are missing.
    ///
    /// # Errors
    /// The machine lacks something: everything is named at once. An image cannot be pulled. A build
    /// fails. A version that is
    /// refused is no error while another can be had.
    pub async fn get(
        session: &Arc<Session>,
        provider: &ClusterProvider,
        mut specs: Vec<InstallationSpec>,
        images: &ImageConfig,
    ) -> anyhow::Result<Self> {
        let cluster = provider.programs();
        let first = Plan::make(session, items(provider, &cluster, &specs)).await?;
        super::preflight::require(session, provider, &specs, &first.builds).await?;
        let archives = match provider {
            ClusterProvider::Native => super::images::archives(session, &specs, images).await?,
            // The node pulls images itself.
            ClusterProvider::Kind(_) => images.archives.clone(),
        };
        let (published, mut refused) = published(session, &specs).await?;
        specs.retain(|one| refused.iter().all(|(name, _)| *name != one.name()));
        let mut items = items(provider, &cluster, &specs);
        let mut plan = Some(first).filter(|_| refused.is_empty());
        let entries = loop {
            let plan = match plan.take() {
                Some(plan) => plan,
                None => Plan::make(session, items.clone()).await?,
            };
            match plan.carry_out(session).await? {
                Ok(entries) => break entries,
                Err(BuildError::Refused(refusals)) => {
                    let (kept, lost) = without(provider, specs, &refusals);
                    if kept.is_empty() || lost.is_empty() {
                        return Err(BuildError::Refused(refusals).into());
                    }
                    refused.extend(lost);
                    specs = kept;
                    items = self::items(provider, &cluster, &specs);
                }
                Err(error) => return Err(error.into()),
            }
        };
        let built = |item: Option<&Item>| {
            let at = items.iter().position(|one| Some(one) == item)?;
            entries.get(at).cloned()
        };
        let entry = |source: &ArgoSource| {
            let published = || published.iter().find(|(of, _)| of == source);
            let entry = built(source.item()).or_else(|| Some(published()?.1.clone()));
            entry.context("failed to find the programs of Argo")
        };
        let kubernetes = |spec: &InstallationSpec| built(provider.kubernetes(spec).as_ref());
        let argo = specs.into_iter().map(|spec| Argo::of(spec, &entry, &kubernetes));
        let argo = argo.collect::<Result<_, _>>()?;
        Ok(Self { cluster: entries[..cluster.len()].to_vec(), argo, archives, refused })
    }

    /// The programs of one source of Argo alone, for a cluster that is there.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn of_argo(session: &Arc<Session>, source: &ArgoSource) -> anyhow::Result<Entry> {
        let Some(item) = source.item() else {
            let release = source.published().context("failed to find the source of Argo")?;
            return Ok(release.get(&session.cache).await?);
        };
        let entries = build(session, vec![item.clone()]).await??;
        entries.into_iter().next().context("failed to find the built programs of Argo")
    }

    /// The origin of each program.
    pub(crate) fn report(&self) -> Vec<Program> {
        let of_argo = self.argo.iter().flat_map(Argo::entries);
        let all = self.cluster.iter().chain(of_argo);
        all.map(|entry| Program {
            name: entry.manifest().what.as_str().into(),
            origin: origin(entry),
        })
        .collect()
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

fn origin(entry: &Entry) -> ProgramOrigin {
    let published = |url: String, checksum: String| ProgramOrigin::Published {
        url: url.into(),
        checksum: checksum.into(),
    };
    if let Some(file) = published_file(entry) {
        return published(file.url, file.checksum.to_string());
    }
    match (manifest_url(entry), checksum(entry)) {
        (Some(url), Some(sha256)) => published(url, format!("sha256:{sha256}")),
        (Some(_) | None, _) => ProgramOrigin::Built,
    }
}

/// The version that an `argo` program reports.
pub(crate) async fn version_of_argo(guard: &Guard, path: &Path) -> anyhow::Result<String> {
    let command = GuardedCommand {
        program: path.to_owned(),
        args: vec!["version".into(), "--short".into()],
        env: vec![("HOME".into(), "/nonexistent".into())],
        cwd: "/".into(),
    };
    let guard = guard.clone();
    let ran = tokio::task::spawn_blocking(move || guard.run(command, &mut |_| {})).await?;
    let said =
        ran.with_context(|| format!("failed to ask {} for its version", path.display()))?.stdout;
    let version = said.trim().rsplit(['v', ' ']).next().unwrap_or_default();
    match semver::Version::parse(version) {
        Ok(version) => Ok(version.to_string()),
        Err(_) => anyhow::bail!("invalid version of {}: {:?}", path.display(), said.trim()),
    }
}

/// A release that was fetched, by what asked for it.
type Published = (ArgoSource, Entry);
/// Names of installations that cannot be had, and why.
type Lost = Vec<(String, String)>;

/// The published releases, each fetched once, and the installations whose release cannot be had.
///
/// # Errors
/// No installation is left, or the run is stopped.
async fn published(
    session: &Arc<Session>,
    specs: &[InstallationSpec],
) -> anyhow::Result<(Vec<Published>, Lost)> {
    let (mut there, mut lost) = (Vec::<Published>::new(), Lost::new());
    for one in specs {
        for source in one.components() {
            let known = there.iter().any(|(of, _)| of == source);
            let Some(release) = source.published().filter(|_| !known) else { continue };
            let stage = format!("fetch release {}", source.version());
            let fetching = awaited(&*session.progress, &stage, release.get(&session.cache));
            let fetched = tokio::select! {
                fetched = fetching => fetched,
                () = session.stop.cancelled() => {
                    anyhow::bail!("the run was stopped during the fetch of a release")
                }
            };
            match fetched {
                Ok(entry) => there.push((source.clone(), entry)),
                Err(error) if specs.len() > 1 => {
                    lost.push((one.name(), chain(&error)));
                    break;
                }
                Err(error) => {
                    let hint = error.hint();
                    let problem = Problem::of(&error.into()).with_hint_of(hint);
                    return Err(Error::one(report::exit::NO_ENVIRONMENT, problem).into());
                }
            }
        }
    }
    anyhow::ensure!(lost.len() < specs.len(), "{}", reasons(&lost));
    Ok((there, lost))
}

fn reasons(lost: &Lost) -> String {
    let lines = lost.iter().map(|(name, reason)| format!("Argo {name}: {reason}"));
    lines.collect::<Vec<_>>().join("\n")
}

/// The items to build, each once. The items of the cluster come first.
fn items(provider: &ClusterProvider, cluster: &[Item], specs: &[InstallationSpec]) -> Vec<Item> {
    let mut items = cluster.to_vec();
    for item in specs.iter().flat_map(|one| provider.items(one)) {
        if !items.contains(&item) {
            items.push(item);
        }
    }
    items
}

/// The installations that can be had, and the names of the others with the reasons.
fn without(
    provider: &ClusterProvider,
    specs: Vec<InstallationSpec>,
    refusals: &[Refusal],
) -> (Vec<InstallationSpec>, Lost) {
    let (mut kept, mut lost) = (Vec::new(), Vec::new());
    for one in specs {
        let of = |refusal: &&Refusal| {
            let mut items = provider.items(&one).into_iter();
            items.any(|i| i.name == refusal.name && i.release == refusal.release)
        };
        let reasons: Vec<String> = refusals.iter().filter(of).map(ToString::to_string).collect();
        if reasons.is_empty() {
            kept.push(one);
        } else {
            lost.push((one.name(), reasons.join("; ")));
        }
    }
    (kept, lost)
}

#[cfg(test)]
mod tests {
    use provision::program::error::Refusal;

    use rstest::rstest;

    use super::{InstallationSpec, without};
    use crate::installation::provider::ClusterProvider;
    use crate::installation::spec;

    #[rstest]
    #[case::argo(
        ["argo-workflows", "3.5.10"],
        &["3.5.12", "3.5.12+executor.3.5.5", "3.5.12+kubernetes.1.33.7"],
        &["3.5.10", "3.5.12+cli.3.5.10"]
    )]
    #[case::kubernetes(
        ["kubernetes", "1.33.7"],
        &["3.5.10", "3.5.12", "3.5.12+cli.3.5.10", "3.5.12+executor.3.5.5"],
        &["3.5.12+kubernetes.1.33.7"]
    )]
    fn what_needs_a_version_that_is_refused_is_lost_and_no_more(
        #[case] refused: [&str; 2],
        #[case] kept: &[&str],
        #[case] lost: &[&str],
    ) {
        let named = [
            "3.5.10",
            "3.5.12",
            "3.5.12+cli.3.5.10",
            "3.5.12+executor.3.5.5",
            "3.5.12+kubernetes.1.33.7",
        ];
        let specs = named.map(|name| spec::version(name).expect("a version")).into();
        let [name, release] = refused.map(str::to_owned);
        let refusal = Refusal { name, release, reason: "it answered 403".to_owned() };
        let (still, gone) = without(&ClusterProvider::Native, specs, &[refusal]);
        assert_eq!(still.iter().map(InstallationSpec::name).collect::<Vec<_>>(), kept);
        assert_eq!(gone.iter().map(|(name, _)| name).collect::<Vec<_>>(), lost);
    }
}
