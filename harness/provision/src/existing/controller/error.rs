//! The errors of the search for a controller.

use kube::Error;
use model::controller::ControllerSelector;

use crate::api_error::ApiError;

/// The controller of an existing cluster cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ControllerError {
    /// The API server did not answer, or refused the request.
    #[error("failed to {action}")]
    Api {
        /// The request, as a verb and object.
        action: String,
        /// Error of the API server or the client.
        #[source]
        cause: ApiError,
    },
    /// The namespace has no live pod of a controller.
    #[error("failed to find a workflow controller in namespace {namespace} by {selector}{}", ended(.leftovers))]
    Missing {
        /// The namespace.
        namespace: String,
        /// The selector of the pods.
        selector: ControllerSelector,
        /// Names of pods of a controller that have ended or are being deleted.
        leftovers: Vec<String>,
        /// Other namespaces with a live pod of a controller, as far as the client may list pods.
        elsewhere: Vec<String>,
    },
    /// The namespace has controllers of several Deployments.
    #[error("invalid namespace {namespace}: it has several workflow controllers: {}", .owners.join(", "))]
    Several {
        /// The namespace.
        namespace: String,
        /// Names of the Deployments.
        owners: Vec<String>,
    },
    /// The instance ID of the command line is not that of the settings.
    #[error("invalid --instance-id {given}: the workflow controller has {}", id(.found.as_ref()))]
    InstanceId {
        /// The instance ID of the command line.
        given: String,
        /// The instance ID of the settings.
        found: Option<String>,
    },
    /// The controller does not watch every prepared namespace.
    #[error(
        "the workflow controller {controller} watches namespace {watched} alone, and not {}",
        .unwatched.join(", ")
    )]
    NotWatched {
        /// Namespace and Deployment of the controller.
        controller: String,
        /// The namespace that the controller watches.
        watched: String,
        /// The prepared namespaces that the controller does not watch.
        unwatched: Vec<String>,
    },
}

fn ended(leftovers: &[String]) -> String {
    match leftovers {
        [] => String::new(),
        pods => format!("; its pods have ended: {}", pods.join(", ")),
    }
}

fn id(found: Option<&String>) -> String {
    found.map_or_else(|| "none".to_owned(), |id| format!("the instance ID {id}"))
}

impl ControllerError {
    /// Whether the API server refused the request, because the client has no right to it.
    pub fn is_refused(&self) -> bool {
        let refused = |cause: &Error| matches!(cause, Error::Api(status) if status.code == 403);
        matches!(self, Self::Api { cause, .. } if refused(&cause.0))
    }

    /// The remedy.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Api { cause, .. } => return cause.hint(),
            Self::Missing { elsewhere, .. } if !elsewhere.is_empty() => {
                let verb = if elsewhere.len() == 1 { "has" } else { "have" };
                return Some(format!(
                    "name the namespace of the controller with --argo-namespace; {} {verb} one",
                    elsewhere.join(", ")
                ));
            }
            Self::Missing { leftovers, .. } if !leftovers.is_empty() => {
                "start the controller, or name the namespace of another one with --argo-namespace"
            }
            Self::Missing { selector, .. } => match selector {
                ControllerSelector::Recognized => {
                    "name the namespace of the controller with --argo-namespace, or the labels of \
                     its pods with --controller-selector"
                }
                ControllerSelector::Labels(_) => {
                    "correct --controller-selector, or name the namespace of the controller with \
                     --argo-namespace"
                }
            },
            Self::Several { .. } => {
                "name the labels of the controller's pods with --controller-selector"
            }
            Self::InstanceId { .. } => "leave --instance-id out, or name the one of the controller",
            Self::NotWatched { watched, .. } => {
                return Some(format!(
                    "prepare namespace {watched} and name it with --namespaces, or name a controller \
                     that watches the namespaces with --argo-namespace"
                ));
            }
        };
        Some(hint.to_owned())
    }
}

/// Turns an error of the client into a [`ControllerError`] with the request.
pub(super) fn api(action: &str) -> impl FnOnce(Error) -> ControllerError {
    let action = action.to_owned();
    |cause| ControllerError::Api { action, cause: cause.into() }
}
