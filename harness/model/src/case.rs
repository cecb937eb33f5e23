//! A case: one problem, as data.

use std::collections::BTreeMap;

use semver::{Version, VersionReq};
use serde_json::Value;

use crate::case_trouble::CaseTrouble;
use crate::claim::{Claim, Claims};
use crate::fact::Fact;
use crate::history::Versions;
use crate::known::{End, Extent, KnownIssue};
use crate::overlay::Overlay;
use crate::profile::Profile;
use crate::release_line::ReleaseLine;
use crate::step::{Disturbance, Step, StepKind};
use crate::verdict::{Declared, KnownIssueNote};
use crate::versions::DecidingVersions;

/// One problem: a plan, claims, the reason why it matters, and the known issues.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// `area/id`, or `area/id@variant` where the file has variants.
    pub id: String,
    /// The rule, in a sentence.
    pub title: String,
    /// A link to the description of the problem.
    pub why: String,
    /// The level: the installations that must pass.
    pub level: Level,
    /// The component whose version decides.
    pub component: Component,
    /// The versions on which the case has a meaning; all of them unless given.
    pub applies: Option<Applies>,
    /// Known issues, as measured.
    pub broken: Vec<KnownIssue>,
    /// The plan without overlays. `drive` sees a plan and nothing else of the case.
    pub plan: Plan,
    /// Differences of the plan between versions.
    pub overlays: Vec<Overlay>,
    /// The claims. `judge` sees the claims and the history.
    pub claims: Claims,
    /// The files that the case comes from.
    pub source: Source,
}

/// The versions on which a case has a meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applies {
    /// The versions, by the component that decides.
    pub versions: VersionReq,
    /// The reason why the case has no meaning on the other versions.
    pub reason: String,
}

/// The actions of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Id of the case.
    pub case: String,
    /// The workflow, as it will be created but for its name and namespace.
    pub workflow: Value,
    /// The steps, in order; before `submit` there is nothing but `apply`, `await` and
    /// `store-fault`.
    pub steps: Vec<Step>,
    /// Kinds of unhealthy environment that the case itself causes. They do not count against this
    /// case.
    pub expects: Vec<CaseTrouble>,
}

/// The files a case was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The case's directory.
    pub directory: std::path::PathBuf,
    /// Name and text of each file of the directory.
    pub files: Vec<(String, String)>,
}

/// The installations that must pass a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Every installation must pass.
    Core,
    /// An installation that has the feature must pass.
    Extended,
    /// Under discussion: reported, does not count.
    Provisional,
}

/// A part of an Argo installation with a version of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Component {
    /// `workflow-controller`
    Controller,
    /// `argoexec`
    Executor,
    /// `argo`
    Cli,
}

/// Name of a case's workflow: the last part of the case's id, with `-` for `@`. At most 40
/// characters.
pub fn workflow_name(case: &str) -> String {
    let last = case.rsplit('/').next().unwrap_or(case);
    last.replace('@', "-").chars().take(40).collect()
}

impl Case {
    /// The reason why the case has no meaning on this version; `None` if it applies.
    pub fn not_applicable(&self, version: &Version) -> Option<&str> {
        let applies = self.applies.as_ref()?;
        let plain = Version::new(version.major, version.minor, version.patch);
        (!applies.versions.matches(&plain)).then_some(applies.reason.as_str())
    }

    /// The plan for a version of the workflow controller: with the overlays that apply to it.
    /// `None` stands for an unknown version, and gives the plan for the newest one.
    pub fn plan_on(&self, controller: Option<&Version>) -> Plan {
        let mut plan = self.plan.clone();
        let applies = |overlay: &&Overlay| controller.is_some_and(|v| overlay.applies_to(v));
        self.overlays
            .iter()
            .filter(applies)
            .for_each(|overlay| overlay.change(&mut plan.workflow, &mut plan.steps));
        plan
    }

    /// Whether it means something only where requests to the store are seen on their way.
    pub fn asks_requests(&self) -> bool {
        let claims = &self.claims;
        let requires = claims.requires.iter().map(|requirement| &requirement.fact);
        let awaited = self.plan.steps.iter().filter_map(|step| step.act.awaited());
        !claims.faults.is_empty()
            || claims.claims.iter().any(Claim::asks_requests)
            || requires.chain(awaited).any(Fact::asks_requests)
    }

    /// Whether it means something only where the objects in the store are listed.
    pub fn asks_store(&self) -> bool {
        let claims = &self.claims;
        let requires = claims.requires.iter().map(|requirement| &requirement.fact);
        let awaited = self.plan.steps.iter().filter_map(|step| step.act.awaited());
        claims.claims.iter().any(Claim::asks_store) || requires.chain(awaited).any(Fact::asks_store)
    }

    /// Whether it does something to the whole installation, so that no other case can run on it
    /// meanwhile.
    pub fn runs_alone(&self) -> bool {
        self.plan.steps.iter().any(|step| !step.act.outages().is_empty())
    }

    /// Whether it means something only on a pair of installations.
    pub fn needs_pair(&self) -> bool {
        self.plan.steps.iter().any(|step| step.act.replacement().is_some())
    }

    /// Whether its workflow exists before the controller that it is about.
    pub fn restores(&self) -> bool {
        self.plan.steps.iter().any(|step| step.act.restores())
    }

    /// Whether it means something only among several controllers that elect a leader.
    pub fn needs_election(&self) -> bool {
        let disturbances = self.plan.steps.iter().filter_map(|step| step.act.disturbance());
        disturbances.into_iter().any(Disturbance::needs_election)
    }

    /// Whether it stops processes of a pod without the end of the pod.
    pub fn freezes(&self) -> bool {
        self.plan.steps.iter().any(|step| matches!(step.act, StepKind::FreezeLeader(_)))
    }

    /// Whether it replaces the only controller, or adds to it.
    pub fn needs_one_controller(&self) -> bool {
        let adds = |act: &StepKind| {
            matches!(act, StepKind::RestartController | StepKind::ScaleController(_))
        };
        self.plan.steps.iter().any(|step| adds(&step.act))
    }

    /// Whether it leaves another number of controllers, or another leader.
    pub fn disturbs_controllers(&self) -> bool {
        self.plan.steps.iter().any(|step| step.act.disturbance().is_some())
    }

    /// Whether a template of its workflow, or of what it applies, is memoized. Argo keeps what such
    /// a template gave in its own namespace, whichever the workflow's is.
    pub fn memoizes(&self) -> bool {
        let applied = self.plan.steps.iter().flat_map(|step| step.act.applied());
        std::iter::once(&self.plan.workflow).chain(applied).any(is_memoized)
    }

    /// The versions of an installation that decide for the case. On a pair, executors of the first
    /// installation run under the controller of the second one.
    ///
    /// # Errors
    /// The first text that is no version.
    pub fn deciding(&self, versions: &Versions) -> Result<DecidingVersions, InvalidVersion> {
        let parsed = |text: &str| {
            text.parse::<Version>()
                .map_err(|source| InvalidVersion { text: text.to_owned(), source })
        };
        Ok(DecidingVersions {
            component: parsed(self.version(versions))?,
            executor: parsed(&versions.executor)?,
            controller: parsed(&self.last_of(versions).controller)?,
            profile: Profile::of_settings(versions.settings.as_deref()),
        })
    }

    /// The version of the component that decides. On a pair, the second installation decides.
    pub fn version<'v>(&self, versions: &'v Versions) -> &'v str {
        self.component.version(self.last_of(versions))
    }

    /// The last installation of a pair that the case reaches: a case without an upgrade stays on
    /// the first one.
    fn last_of<'v>(&self, versions: &'v Versions) -> &'v Versions {
        if self.needs_pair() { versions.last() } else { versions }
    }

    /// The known issues that apply to these versions.
    pub fn known_issues(&self, versions: &DecidingVersions) -> Vec<&KnownIssue> {
        self.broken.iter().filter(|known| known.applies_to(versions)).collect()
    }

    /// The end of a known issue in each affected line. Every entry for the same issue that shares a
    /// claim with the known issue counts. A known issue of pairs has none.
    pub fn ends(&self, known: &KnownIssue) -> BTreeMap<ReleaseLine, End> {
        let shares = |other: &&KnownIssue| {
            other.issue == known.issue && other.claims.iter().any(|id| known.claims.contains(id))
        };
        let mut ends: BTreeMap<ReleaseLine, End> = BTreeMap::new();
        let entries = match known.extent {
            Extent::Lines(_) => self.broken.as_slice(),
            Extent::Pairs(_) => &[],
        };
        for entry in entries.iter().filter(shares) {
            for (line, affected) in entry.lines() {
                let mut end = End { fix: affected.fixed_in(), predicted: entry.predicted };
                if let Some(before) = ends.remove(line) {
                    end = before.later(end);
                }
                ends.insert(*line, end);
            }
        }
        ends
    }

    /// One of its known issues as it is on these versions.
    pub fn note(&self, known: &KnownIssue, versions: &DecidingVersions) -> KnownIssueNote {
        let (executor, controller) = (&versions.executor, &versions.controller);
        let pair = known.pairs().iter().find(|pair| pair.contains(executor, controller));
        KnownIssueNote {
            issue: known.issue.clone(),
            declared: match pair {
                Some(pair) => {
                    Declared::Pair { from: pair.from.to_string(), to: pair.to.to_string() }
                }
                None => self.declared(known, ReleaseLine::of(&versions.component)),
            },
            predicted: known.predicted,
            claims: known.claims.clone(),
        }
    }

    /// The declaration of one of its known issues for a release line.
    fn declared(&self, known: &KnownIssue, line: ReleaseLine) -> Declared {
        let mut ends = self.ends(known);
        let here = ends.remove(&line).and_then(|end| end.fix);
        let elsewhere = ends.into_values().filter_map(|end| end.fix);
        let releases = known.lines().find(|(of, _)| **of == line);
        Declared::Line {
            line: line.to_string(),
            releases: releases.map(|(_, affected)| affected.to_string()).unwrap_or_default(),
            fixed_in: here.map(|fix| fix.to_string()),
            fixed_elsewhere: elsewhere.map(|fix| fix.to_string()).collect(),
        }
    }
}

/// A text that is no version.
#[derive(Debug, thiserror::Error)]
#[error("invalid version: `{text}`")]
pub struct InvalidVersion {
    text: String,
    #[source]
    source: semver::Error,
}

impl Component {
    /// Its version among those that really ran.
    pub fn version(self, versions: &Versions) -> &str {
        match self {
            Self::Controller => &versions.controller,
            Self::Executor => &versions.executor,
            Self::Cli => &versions.cli,
        }
    }

    /// Its name in Argo.
    pub fn name(self) -> &'static str {
        match self {
            Self::Controller => "workflow-controller",
            Self::Executor => "argoexec",
            Self::Cli => "argo",
        }
    }
}

impl Level {
    /// Its word in a case file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Extended => "extended",
            Self::Provisional => "provisional",
        }
    }
}

/// Whether there is such a template anywhere in it, inline ones included.
fn is_memoized(value: &Value) -> bool {
    match value {
        Value::Object(fields) => fields.contains_key("memoize") || fields.values().any(is_memoized),
        Value::Array(items) => items.iter().any(is_memoized),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}
