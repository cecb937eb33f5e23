//! The workflow controller, its settings, and the namespaces that it watches.

use kube::Client;
use model::controller::{ControllerScope, FoundController, Leader, ObservedSettings};
use model::{Untrusted, hints};
use provision::existing::{
    ControllerError, ControllerSearch, TargetNamespaces, find_controller, not_watched,
};
use report::check::{CheckItem, Failure, Topic};

use super::rights::sentence;

/// The controller, if there is one, and the items about it.
pub(super) async fn look(
    client: &Client,
    place: &TargetNamespaces,
    search: &ControllerSearch,
) -> (Option<FoundController>, Vec<CheckItem>) {
    match find_controller(client, place.argo(), search).await {
        Ok(found) => {
            let items = items(&found, place);
            (Some(found), items)
        }
        Err(error) if error.is_refused() => (None, vec![failed(Failure::Rights, &error)]),
        Err(error) => (None, vec![failed(Failure::Controller, &error)]),
    }
}

fn failed(failure: Failure, error: &ControllerError) -> CheckItem {
    let item = CheckItem::fail(Topic::Controller, failure, hints::chain(error));
    item.with_remedy(error.hint().as_deref().map(sentence))
}

/// The items about a controller.
fn items(found: &FoundController, place: &TargetNamespaces) -> Vec<CheckItem> {
    let mut items = vec![CheckItem::ok(Topic::Controller, words(found))];
    items.extend(not_watched(found, place).map(|error| failed(Failure::Scope, &error)));
    match &found.settings {
        ObservedSettings::Unobserved(why) => {
            let words = format!("the settings of the controller are unknown: {}", why.raw());
            items.push(CheckItem::note(Topic::Controller, words));
        }
        ObservedSettings::Observed(settings) => {
            let changed = settings.change_verdicts();
            items.extend(changed.into_iter().map(|(setting, value)| {
                let words = format!("the controller sets {} to {}", setting.key(), value.raw());
                CheckItem::note(Topic::Controller, words)
            }));
            items.extend(settings.cases_at_once(place.namespaces().len()).map(|most| {
                let words = format!("the controller runs at most {most} workflows at once");
                CheckItem::note(Topic::Controller, words)
            }));
        }
    }
    items
}

/// The controller on one line.
fn words(found: &FoundController) -> String {
    let unknown = || "of an unknown version".to_owned();
    let version = found.version.clone().unwrap_or_else(unknown);
    let executor = found.executor_version.clone().unwrap_or_else(unknown);
    let replicas = match found.pods.len() {
        1 => "1 replica".to_owned(),
        count => format!("{count} replicas"),
    };
    let leader = match &found.leader {
        Leader::Known(pod) => format!("leader {pod}"),
        Leader::Unknown(why) => format!("leader unknown ({})", why.raw()),
    };
    let image = found.executor_image.as_ref().map(|image| format!(" ({})", image.raw()));
    format!(
        "controller {} {version}, {replicas}, {leader}; executor {executor}{}; {}",
        found.words(),
        image.unwrap_or_default(),
        reach(found),
    )
}

/// The namespaces and the workflows that a controller takes up.
pub(super) fn reach(found: &FoundController) -> String {
    let scope = match &found.scope {
        ControllerScope::Cluster => "it watches every namespace".to_owned(),
        ControllerScope::Namespace(name) => format!("it watches namespace {name} alone"),
    };
    match (&found.instance_id, &found.settings) {
        (Some(id), _) => format!("{scope}, with the instance ID {id}"),
        (None, ObservedSettings::Observed(_)) => format!("{scope}, without an instance ID"),
        (None, ObservedSettings::Unobserved(_)) => format!("{scope}, its instance ID is unknown"),
    }
}

/// The remedy of a workflow that the controller does not take up. `None`: the run knows the
/// instance ID.
pub(super) fn unknown_instance_id(found: &FoundController) -> Option<String> {
    let known = found.instance_id.is_some() || found.settings.observed().is_some();
    let remedy = "Name the instance ID of the controller by --instance-id. Without it, let the user \
                  read the settings of the controller.";
    (!known).then(|| remedy.to_owned())
}

/// The defaults of workflows that remove workflows or pods during a case.
pub(super) fn defaults(found: &FoundController) -> Vec<CheckItem> {
    let Some(settings) = found.settings.observed() else { return Vec::new() };
    let Some(spec) = settings.workflow_defaults.as_ref().map(|all| &all["spec"]) else {
        return Vec::new();
    };
    let set = [("ttlStrategy", "workflows"), ("podGC", "pods")];
    let set = set.into_iter().filter(|(field, _)| !spec[field].is_null());
    set.map(|(field, gone)| {
        let value: Untrusted = spec[field].to_string().into();
        let words =
            format!("the default {field} removes {gone} of cases that set none: {}", value.raw());
        CheckItem::note(Topic::Environment, words)
    })
    .collect()
}
