//! Checks whether cases can run on an existing installation, before the first case.
//!
//! | item | file |
//! |---|---|
//! | user | `check/connection.rs` |
//! | controller and its settings | `check/controller.rs` |
//! | prepared namespaces | `check/namespaces.rs` |
//! | rights | `check/rights.rs` |
//! | object store, artifact repository | `check/store.rs` |
//! | admission, canary workflow, watch | `check/canary.rs` |
//! | nodes, clocks | `check/environment.rs` |
//!
//! The check tells every failure at once. It writes into a prepared namespace alone, after it holds
//! the namespace against other runs. An item that needs another one is left out with a note.

mod answer;
pub(crate) mod canary;
pub mod command;
mod connection;
mod controller;
mod environment;
mod namespaces;
mod rights;
mod store;

use futures::StreamExt;
use model::controller::{ControllerSelector, FoundController};
use model::history::Versions;
use model::{PodSettings, hints};
use provision::existing::{Hold, HoldError, OptionalRight, Subject};
use provision::installation::{Alarm, Installation};
use provision::progress::awaited;
use report::check::{CheckItem, CheckReport, Failure, SCHEMA, Topic};

use crate::installation::artifact_place::ArtifactPlace;
use crate::installation::existing_request::{ExistingRequest, versions};
use crate::installation::reached_cluster::{Findings, ReachedCluster};
use crate::session::Session;
use canary::Site;
use rights::Rights;

/// Largest number of namespaces with a canary workflow at once.
const AT_ONCE: usize = 8;

/// The results of the questions, before anything is written.
struct Facts {
    items: Vec<CheckItem>,
    /// The namespaces in which the check may write.
    prepared: Vec<String>,
    /// `None`: no controller was found, or its version is unknown.
    installed: Option<Installed>,
}

/// The installed Argo.
struct Installed {
    controller: FoundController,
    versions: Versions,
    place: ArtifactPlace,
}

/// The result of a check.
pub(crate) struct Checked {
    pub(crate) report: CheckReport,
    /// The installation with a reservation of its namespaces. `None`: the check could not reserve
    /// them, or found no controller.
    pub(crate) ready: Option<Ready>,
}

/// An installation whose namespaces are reserved. It has no `argo` program yet.
pub(crate) struct Ready {
    pub(crate) installation: Installation,
    pub(crate) hold: Hold,
}

/// The settings of a check.
pub(crate) struct Asked<'a> {
    /// The version that must be installed. `None`: any.
    pub(crate) version: Option<&'a str>,
    /// Settings for the pods of cases.
    pub(crate) pods: &'a PodSettings,
    /// Image with a shell.
    pub(crate) shell_image: &'a str,
}

/// Checks a cluster. `None`: the user stopped the check.
///
/// # Errors
/// The connection fails, or the command line is wrong for the installed version.
pub(crate) async fn check(
    session: &Session,
    cluster: &ReachedCluster,
    request: ExistingRequest,
    asked: &Asked<'_>,
) -> anyhow::Result<Option<Checked>> {
    let started = jiff::Timestamp::now();
    let since = tokio::time::Instant::now();
    let place = request.place.clone();
    let selector = request.search.selector.clone();
    let looking = awaited(&*session.progress, "look at the installation", async {
        facts(cluster, request, asked).await
    });
    let Facts { mut items, prepared, installed } = tokio::select! {
        facts = Box::pin(looking) => facts?,
        () = session.stop.cancelled() => return Ok(None),
    };
    let is_allowed = !items.iter().any(|item| item.topic == Topic::Rights && item.is_failed());
    let ready = match installed {
        Some(installed) if is_allowed && !prepared.is_empty() => {
            cluster.record(&prepared)?;
            let site = Writable {
                session,
                cluster,
                asked,
                argo_namespace: place.argo(),
                selector,
                prepared,
            };
            let Some((ready, more)) = site.check(installed).await else { return Ok(None) };
            items.extend(more);
            ready
        }
        Some(_) => {
            items.push(not_submitted("the check may not write into the namespaces"));
            None
        }
        None => {
            items.push(not_submitted("the controller is unknown"));
            None
        }
    };
    items.sort_by_key(|item| item.topic);
    let report = CheckReport {
        schema: SCHEMA,
        run: session.run.clone(),
        started,
        elapsed_ms: model::milliseconds(since.elapsed()),
        connection: cluster.connection(),
        items,
    };
    Ok(Some(Checked { report, ready }))
}

fn not_submitted(why: &str) -> CheckItem {
    CheckItem::note(Topic::Canary, format!("no canary workflow was submitted: {why}"))
}

/// The items of namespaces that the check could not reserve.
fn not_held(error: &HoldError) -> Vec<CheckItem> {
    let (failure, why) = match error {
        HoldError::Held { .. } => (Failure::InUse, "the namespaces are in use"),
        HoldError::Api { .. } => (Failure::SetUp, "the check could not reserve the namespaces"),
    };
    let item = CheckItem::fail(Topic::Namespace, failure, hints::chain(error));
    vec![item.with_remedy(error.hint()), not_submitted(why)]
}

/// Prepared namespaces in which the check may write.
struct Writable<'a> {
    session: &'a Session,
    cluster: &'a ReachedCluster,
    asked: &'a Asked<'a>,
    /// Namespace of the controller.
    argo_namespace: &'a str,
    /// The pods of the controller.
    selector: ControllerSelector,
    prepared: Vec<String>,
}

impl Writable<'_> {
    /// Holds the namespaces, and runs a canary workflow in each. `None`: the user stopped the
    /// check.
    async fn check(self, installed: Installed) -> Option<(Option<Ready>, Vec<CheckItem>)> {
        let Self { session, cluster, asked, prepared, .. } = self;
        let Installed { controller, versions, place } = installed;
        let alarm = Alarm::default();
        let note = |text: &str| session.console.note(text);
        let answer = tokio::select! {
            answer = Hold::take(&cluster.client, &prepared, &session.run, &alarm, note) => answer,
            () = session.stop.cancelled() => return None,
        };
        let hold = match answer {
            Ok(hold) => hold,
            Err(error) => {
                return Some((None, not_held(&error)));
            }
        };
        let argo_namespace = self.argo_namespace.to_owned();
        let found = Findings {
            versions,
            place,
            prepared: prepared.clone(),
            argo_namespace,
            selector: self.selector,
            controller: controller.clone(),
            alarm,
        };
        let installation = cluster.installation(session, found, asked.shell_image);
        let site = Site {
            installation: &installation,
            pods: asked.pods,
            reach: &controller::reach(&controller),
            unknown_instance_id: controller::unknown_instance_id(&controller),
            stop: &session.stop,
        };
        let items = canaries(session, &site, &prepared).await;
        if session.stop.is_cancelled() {
            hold.give_back().await;
            return None;
        }
        Some((Some(Ready { installation, hold }), items))
    }
}

/// Asks everything that needs no write.
async fn facts(
    cluster: &ReachedCluster,
    request: ExistingRequest,
    asked: &Asked<'_>,
) -> anyhow::Result<Facts> {
    let (client, place) = (&cluster.client, &request.place);
    // The first request: an error of the connection ends the check.
    let looked = namespaces::look(client, place).await?;
    let user = connection::user(client).await;
    let subject = user.as_deref().map(Subject::of_user_name);
    let (prepared, mut items) = namespaces::items(looked, place, subject.as_ref());
    items.push(connection::item(user.as_deref()));
    let rights = Rights::ask(client, place, subject.as_ref()).await;
    let (found, about) = controller::look(client, place, &request.search).await;
    items.extend(about);
    let installed = match found {
        None => None,
        Some(controller) => {
            items.extend(controller::defaults(&controller));
            let versions = versions(&controller, asked.version)?;
            let examined = request.artifacts.examine(client, place, &controller, &versions).await?;
            let (artifacts, problems) = examined;
            items.extend(store::items(&artifacts, problems));
            Some(Installed { controller, versions, place: artifacts })
        }
    };
    if rights.has(OptionalRight::Nodes) {
        items.extend(environment::nodes(client).await);
    }
    items.extend(environment::clocks(client).await);
    items.extend(rights.items);
    Ok(Facts { items, prepared, installed })
}

/// The items about the canary workflow of each namespace, in the order of the namespaces.
async fn canaries(session: &Session, site: &Site<'_>, prepared: &[String]) -> Vec<CheckItem> {
    let each = prepared.iter().map(|namespace| async move {
        let stage = format!("canary workflow in {namespace}");
        let checked =
            async { Ok::<_, std::convert::Infallible>(canary::check(site, namespace).await) };
        let Ok(items) = awaited(&*session.progress, &stage, checked).await;
        items
    });
    let items: Vec<Vec<CheckItem>> = futures::stream::iter(each).buffered(AT_ONCE).collect().await;
    items.concat()
}

#[cfg(test)]
mod tests;
