//! Gives rights to the pods of a case, and takes them away.

use k8s_openapi::api::authorization::v1::LocalSubjectAccessReview;
use k8s_openapi::api::rbac::v1::RoleBinding;
use kube::api::{Api, DeleteParams, PostParams};
use model::argo_api::group_of;
use model::history::StepOutcome;
use model::step::Right;
use serde_json::json;
use tokio::time::Instant;

use super::context::StepContext;
use super::outcome::{outcome_of, outcome_of_apply};
use crate::answer::words;
use crate::budgets;
use crate::pauses;

/// Grants the right to the service account. Done when the API server allows the action.
pub(super) async fn grant(context: &StepContext<'_>, right: &Right) -> StepOutcome {
    let (name, client) = (name(right), &context.installation.client);
    let role = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": { "name": name, "namespace": context.namespace },
        "rules": [{ "apiGroups": [group_of(&right.resource)], "resources": [right.resource],
            "verbs": [right.verb] }],
    });
    let binding = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": { "name": name, "namespace": context.namespace },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name },
        "subjects": [{ "kind": "ServiceAccount", "name": "default",
            "namespace": context.namespace }],
    });
    for object in [role, binding] {
        if let Err(error) = provision::objects::apply(client, &object).await {
            return outcome_of_apply(&error);
        }
    }
    until(context, right, true).await
}

/// Revokes the right. Done when the API server denies the action.
pub(super) async fn revoke(context: &StepContext<'_>, right: &Right) -> StepOutcome {
    let client = context.installation.client.clone();
    let bindings: Api<RoleBinding> = Api::namespaced(client, context.namespace);
    match bindings.delete(&name(right), &DeleteParams::default()).await {
        Ok(_) => until(context, right, false).await,
        Err(error) => outcome_of(&error),
    }
}

fn name(right: &Right) -> String {
    format!("{}-{}", right.verb, right.resource)
}

/// Asks the API server until the answer is the wanted one.
async fn until(context: &StepContext<'_>, right: &Right, wanted: bool) -> StepOutcome {
    let client = context.installation.client.clone();
    let reviews: Api<LocalSubjectAccessReview> = Api::namespaced(client, context.namespace);
    let review = json!({ "metadata": { "namespace": context.namespace }, "spec": {
        "user": format!("system:serviceaccount:{}:default", context.namespace),
        "resourceAttributes": { "namespace": context.namespace, "verb": right.verb,
            "group": group_of(&right.resource), "resource": right.resource },
    }});
    let Ok(review) = serde_json::from_value::<LocalSubjectAccessReview>(review) else {
        return StepOutcome::Unknown("the review of a right could not be built".to_owned());
    };
    let began = Instant::now();
    loop {
        match reviews.create(&PostParams::default(), &review).await {
            Ok(answer) if answer.status.as_ref().is_some_and(|s| s.allowed == wanted) => {
                let word = if wanted { "allowed" } else { "denied" };
                return StepOutcome::Done(format!("the API server says: {word}"));
            }
            Ok(_) if began.elapsed() > budgets::RIGHT_EFFECT.time => {
                let limit = budgets::RIGHT_EFFECT.time.as_secs();
                return StepOutcome::Unknown(format!("the right did not change in {limit}s"));
            }
            Ok(_) => pauses::pause(pauses::RIGHT).await,
            // The role has changed already. The effect of the change is not known.
            Err(error) => {
                return StepOutcome::Unknown(format!("ask for the right: {}", words(&error)));
            }
        }
    }
}
