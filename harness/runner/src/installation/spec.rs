//! The installations that are asked for: versions by name, and components of other versions.

mod component_sources;
mod dimensions;
mod pair;
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use model::history::Versions;
use model::profile::Profile;
use model::versions::to_become;
use provision::argo::{controller_image, executor_image};
use provision::argo_source::ArgoSource;
use provision::argo_source::release::Release;
use provision::program::Item;
use report::RunRequest;

use crate::config::{Components, RunConfig};
use rundir::error::{Error, Problem};

use component_sources::ComponentSources;
pub use dimensions::Dimensions;
use source::Places;
pub(crate) use source::guard;

/// An installation spec: the source of each component. The manifests come with the controller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstallationSpec {
    pub(crate) controller: ArgoSource,
    pub(crate) executor: ArgoSource,
    /// Source of the `argo` program.
    pub cli: ArgoSource,
    /// The controller's settings.
    pub(crate) profile: Profile,
    /// The release of Kubernetes, if one was asked for.
    pub(crate) kubernetes: Option<String>,
    /// The second installation of a pair. Its Kubernetes is that of the first.
    pub(crate) next: Option<Box<Self>>,
}

impl InstallationSpec {
    /// Version of each component, the settings, and Kubernetes.
    pub(crate) fn versions(&self) -> Versions {
        let version = |source: &ArgoSource| source.version().to_owned();
        Versions {
            controller: version(&self.controller),
            executor: version(&self.executor),
            cli: version(&self.cli),
            settings: self.profile.settings(),
            kubernetes: self.kubernetes.clone(),
            to: self.next.as_ref().map(|next| Box::new(next.versions())),
        }
    }

    /// The name of the installation.
    pub(crate) fn name(&self) -> String {
        self.versions().name()
    }

    /// How those of its components were asked for that do not come from a Go module, by version.
    pub(crate) fn sources(&self) -> impl Iterator<Item = (String, String)> {
        let of = |source: &ArgoSource| {
            let version = source.version();
            let checkout = source.tree().map(|tree| {
                format!("{}={}", tree.path.display(), to_become(version).unwrap_or(version))
            });
            let commit = source.commit().map(|commit| commit.asked.clone());
            let release = source.published().map(Release::text);
            Some((version.to_owned(), checkout.or(commit).or(release)?))
        };
        self.components().into_iter().filter_map(of)
    }

    /// The items to build for it. Components of one version have the same item.
    pub(crate) fn items(&self) -> impl Iterator<Item = &Item> {
        self.components().into_iter().filter_map(ArgoSource::item)
    }

    /// The source of each component: controller, executor, CLI. Those of the second installation
    /// come last.
    pub(crate) fn components(&self) -> Vec<&ArgoSource> {
        let next = self.next.iter().flat_map(|next| next.components());
        [&self.controller, &self.executor, &self.cli].into_iter().chain(next).collect()
    }

    /// Images that are not made here: those of releases.
    pub(super) fn published_images(&self) -> Vec<String> {
        let (controller, executor) = (&self.controller, &self.executor);
        let image = |source: &ArgoSource, name: fn(&str) -> String| {
            source.published().map(|_| name(&source.tag()))
        };
        let images = [image(controller, controller_image), image(executor, executor_image)];
        let next = self.next.iter().flat_map(|next| next.published_images());
        images.into_iter().flatten().chain(next).collect()
    }
}

/// The installations that a run puts up.
///
/// # Errors
/// As for [`specs`]. Components or Kubernetes are named, and nothing is installed.
pub(crate) fn of(config: &RunConfig) -> anyhow::Result<Vec<InstallationSpec>> {
    if !config.provider.installs() && config.components.any() {
        let error = Error::usage(
            "invalid arguments: --provider existing installs no component of another version",
        );
        return Err(error.with_hint("Name the argo program to test with by --argo-cli.").into());
    }
    if !config.provider.installs() && !config.kubernetes.is_empty() {
        let error =
            Error::usage("invalid --kubernetes: --provider existing installs no Kubernetes");
        return Err(error
            .with_hint("Leave --kubernetes out, or name another cluster by --context.")
            .into());
    }
    if config.on.is_some() || !config.provider.installs() {
        return Ok(Vec::new());
    }
    let cache = config.programs.cache.as_deref();
    specs(&config.argo(), &config.components, &config.into(), cache)
}

/// The installations, each once, in the order in which they were named. A name is a version such as
/// `3.5.12`, or the name in a report, such as `3.5.12+cli.3.5.10`. The settings and the Kubernetes
/// of a name stand. A name without them is taken with each of the dimensions. The components that
/// are named besides replace those of every installation: each executor with each CLI. `cache` is
/// the cache directory, if one was named.
///
/// # Errors
/// Every text that names no installation, and every version from two sources, all at once.
pub fn specs(
    named: &[String],
    components: &Components,
    dimensions: &Dimensions,
    cache: Option<&Path>,
) -> anyhow::Result<Vec<InstallationSpec>> {
    let places = Places { releases: &components.releases, cache };
    let mut wrong = Vec::new();
    let given = ComponentSources::of(components, places, &mut wrong);
    let mut specs = Vec::<InstallationSpec>::new();
    for text in named {
        let (first, second) = pair::split(text);
        for one in given.each(&first, dimensions, &mut wrong) {
            let pairs = match &second {
                Some(second) => pair::with_second(&one, second, &given, &mut wrong),
                None => vec![one],
            };
            for one in pairs {
                if !specs.contains(&one) {
                    specs.push(one);
                }
            }
        }
    }
    wrong.extend(ambiguous(&specs));
    if wrong.is_empty() {
        return Ok(specs);
    }
    Err(Error::all(report::exit::USAGE, wrong).into())
}

/// Versions that are asked for from two sources: nothing could tell their verdicts apart.
fn ambiguous(specs: &[InstallationSpec]) -> impl Iterator<Item = Problem> {
    let mut known: BTreeMap<&str, &ArgoSource> = BTreeMap::new();
    let mut twice = BTreeSet::new();
    for source in specs.iter().flat_map(InstallationSpec::components) {
        if *known.entry(source.version()).or_insert(source) != source {
            twice.insert(source.version());
        }
    }
    twice.into_iter().map(|version| {
        let message = format!(
            "invalid arguments: {version} has two sources, which a report cannot distinguish"
        );
        Problem::new(message).with_hint("Run the sources one after the other.")
    })
}

/// The installations that were asked for when a run began, as they are now. `refusals` gets each
/// installation that is another now, and each with unknown settings.
///
/// # Errors
/// As for [`specs`].
pub(crate) fn again(
    request: &RunRequest,
    releases: &str,
    cache: Option<&Path>,
    refusals: &mut Vec<String>,
) -> anyhow::Result<Vec<InstallationSpec>> {
    let given = |version: &String| request.sources.get(version).unwrap_or(version).clone();
    let mut all = Vec::new();
    for name in &request.argo {
        let asked = Versions::of_name(name);
        if asked.to.is_some() {
            let found = of_text(&pair::asked(&asked, &given), cache)?;
            refusals.extend(changed(name, &found.name()));
            all.push(found);
            continue;
        }
        let Versions { controller, executor, cli, settings, kubernetes, to: _ } = asked;
        let [controller, executor, cli] = [controller, executor, cli].map(|v| given(&v));
        let (executors, clis, releases) = (vec![executor], vec![cli], releases.to_owned());
        let components = Components { controller: None, executors, clis, releases };
        let Some(profile) = Profile::of_settings(settings.as_deref()) else {
            refusals.push(format!("Argo {name} has unknown settings"));
            continue;
        };
        let dimensions = Dimensions::of(&[profile], kubernetes.as_slice());
        let found = specs(&[controller], &components, &dimensions, cache)?;
        refusals.extend(found.iter().filter_map(|one| changed(name, &one.name())));
        all.extend(found);
    }
    Ok(all)
}

/// The refusal of an installation that has another name now.
fn changed(name: &str, now: &str) -> Option<String> {
    let is_other = now != name;
    is_other.then(|| format!("Argo {name} is now {now}, because a checkout or a revision changed"))
}

/// One installation by its name. A name without components is one of a single version.
///
/// # Errors
/// The text names no installation.
pub fn version(text: &str) -> anyhow::Result<InstallationSpec> {
    of_text(text, None)
}

/// As [`version`], with this cache directory.
///
/// # Errors
/// The text names no installation.
pub(crate) fn of_text(text: &str, cache: Option<&Path>) -> anyhow::Result<InstallationSpec> {
    let (components, dimensions) = (Components::default(), Dimensions::default());
    let mut specs = specs(&[text.to_owned()], &components, &dimensions, cache)?;
    specs.pop().ok_or_else(|| anyhow::anyhow!("no Argo version is named"))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{Dimensions, specs};
    use crate::config::Components;

    fn given(components: [Option<&str>; 3]) -> Components {
        let [controller, executor, cli] = components;
        let list = |given: Option<&str>| {
            given.iter().flat_map(|list| list.split(',')).map(str::to_owned).collect()
        };
        let (controller, executors, clis) =
            (controller.map(str::to_owned), list(executor), list(cli));
        Components { controller, executors, clis, ..Components::default() }
    }

    #[rstest]
    #[case::as_it_is(&["3.5.12"], [None; 3], &["3.5.12"])]
    #[case::two(&["3.5.12", "v3.5.10"], [None; 3], &["3.5.12", "3.5.10"])]
    #[case::program(&["3.5.12"], [None, None, Some("3.5.10")], &["3.5.12+cli.3.5.10"])]
    #[case::executor(&["3.5.12"], [None, Some("v3.5.5"), None], &["3.5.12+executor.3.5.5"])]
    #[case::controller(
        &["3.5.10"],
        [Some("3.5.12"), None, None],
        &["3.5.12+executor.3.5.10.cli.3.5.10"]
    )]
    #[case::of_the_same_version(&["3.5.12"], [Some("3.5.12"), Some("3.5.12"), Some("v3.5.12")], &["3.5.12"])]
    #[case::each(
        &["3.5.10", "3.5.12"],
        [None, None, Some("3.5.10")],
        &["3.5.10", "3.5.12+cli.3.5.10"]
    )]
    #[case::become_one(
        &["3.5.10", "3.5.12"],
        [Some("3.7.0"), Some("3.7.0"), Some("3.7.0")],
        &["3.7.0"]
    )]
    #[case::executors(
        &["3.5.10", "3.5.12"],
        [None, Some("3.5.10,3.5.12"), None],
        &["3.5.10", "3.5.10+executor.3.5.12", "3.5.12+executor.3.5.10", "3.5.12"]
    )]
    #[case::each_executor_with_each_cli(
        &["3.5.12"],
        [None, Some("3.5.10,3.5.12"), Some("3.4.17,3.5.12")],
        &[
            "3.5.12+executor.3.5.10.cli.3.4.17", "3.5.12+executor.3.5.10",
            "3.5.12+cli.3.4.17", "3.5.12",
        ]
    )]
    #[case::by_name(&["3.5.12+executor.3.5.5.cli.3.5.10"], [None; 3], &["3.5.12+executor.3.5.5.cli.3.5.10"])]
    #[case::by_name_and_yet(&["3.5.12+cli.3.5.10"], [None, None, Some("3.5.12")], &["3.5.12"])]
    fn installations(
        #[case] named: &[&str],
        #[case] components: [Option<&str>; 3],
        #[case] expected: &[&str],
    ) {
        let named: Vec<String> = named.iter().map(|&text| text.to_owned()).collect();
        let specs =
            specs(&named, &given(components), &Dimensions::default(), None).expect("versions");
        let names: Vec<String> = specs.iter().map(super::InstallationSpec::name).collect();
        assert_eq!(names, expected);
    }
}
