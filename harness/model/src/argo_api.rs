//! Names of Argo's API: kinds, labels, annotations and the controller.
//!
//! The names are equal on every release line from 3.4 to 4.1. [`crate::fact`] has the phases.

/// API group of every kind of Argo.
pub const GROUP: &str = "argoproj.io";
/// Version of every kind of Argo.
pub const VERSION: &str = "v1alpha1";
/// Value of `apiVersion` of every object of Argo.
pub const API_VERSION: &str = "argoproj.io/v1alpha1";
/// Path of the API server for every kind of Argo.
pub const PATH: &str = "/apis/argoproj.io/v1alpha1";

/// Name of the controller's Deployment, of its container and of its program.
pub const CONTROLLER: &str = "workflow-controller";
/// Name of the controller's `ConfigMap` without an argument.
pub const CONTROLLER_CONFIG_MAP: &str = "workflow-controller-configmap";

/// A kind of Argo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArgoKind {
    /// The kind in a manifest: `Workflow`.
    pub kind: &'static str,
    /// The resource in a path and in a role: `workflows`.
    pub plural: &'static str,
}

/// A workflow.
pub const WORKFLOW: ArgoKind = ArgoKind { kind: "Workflow", plural: "workflows" };
/// A template of workflows in one namespace.
pub const WORKFLOW_TEMPLATE: ArgoKind =
    ArgoKind { kind: "WorkflowTemplate", plural: "workflowtemplates" };
/// A template of workflows in the whole cluster.
pub const CLUSTER_WORKFLOW_TEMPLATE: ArgoKind =
    ArgoKind { kind: "ClusterWorkflowTemplate", plural: "clusterworkflowtemplates" };
/// A schedule of workflows.
pub const CRON_WORKFLOW: ArgoKind = ArgoKind { kind: "CronWorkflow", plural: "cronworkflows" };
/// A rule that makes workflows from events.
pub const EVENT_BINDING: ArgoKind =
    ArgoKind { kind: "WorkflowEventBinding", plural: "workfloweventbindings" };
/// The tasks of an agent pod.
pub const TASK_SET: ArgoKind = ArgoKind { kind: "WorkflowTaskSet", plural: "workflowtasksets" };
/// The result that an executor reports for one pod.
pub const TASK_RESULT: ArgoKind =
    ArgoKind { kind: "WorkflowTaskResult", plural: "workflowtaskresults" };
/// The task of a pod that deletes artifacts.
pub const ARTIFACT_GC_TASK: ArgoKind =
    ArgoKind { kind: "WorkflowArtifactGCTask", plural: "workflowartifactgctasks" };

/// Every kind of Argo.
pub const KINDS: [ArgoKind; 8] = [
    WORKFLOW,
    WORKFLOW_TEMPLATE,
    CLUSTER_WORKFLOW_TEMPLATE,
    CRON_WORKFLOW,
    EVENT_BINDING,
    TASK_SET,
    TASK_RESULT,
    ARTIFACT_GC_TASK,
];

/// API group of a resource in a role: Argo's, or the core group. `resource` may have a subresource:
/// `workflowtaskresults/status`.
pub fn group_of(resource: &str) -> &'static str {
    let plural = resource.split('/').next().unwrap_or_default();
    if KINDS.iter().any(|kind| kind.plural == plural) { GROUP } else { "" }
}

/// Labels that Argo sets.
pub mod label {
    /// On a workflow: `true` after its end.
    pub const COMPLETED: &str = "workflows.argoproj.io/completed";
    /// On a pod and on a task result: name of the workflow.
    pub const WORKFLOW: &str = "workflows.argoproj.io/workflow";
    /// On an object: the instance ID of the controller that takes the object up.
    pub const INSTANCE_ID: &str = "workflows.argoproj.io/controller-instanceid";
    /// On a pod: the part of Argo that the pod belongs to, as `artifact-gc`.
    pub const COMPONENT: &str = "workflows.argoproj.io/component";
    /// On a task result: `true` after the report of every output.
    pub const REPORT_OUTPUTS_COMPLETED: &str = "workflows.argoproj.io/report-outputs-completed";
}

/// Annotations that Argo reads or sets.
pub mod annotation {
    /// On a pod: name of its node.
    pub const NODE_NAME: &str = "workflows.argoproj.io/node-name";
    /// On a pod: id of its node.
    pub const NODE_ID: &str = "workflows.argoproj.io/node-id";
    /// On a `ConfigMap` of artifact repositories: key of the default repository.
    pub const DEFAULT_REPOSITORY: &str = "workflows.argoproj.io/default-artifact-repository";
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{API_VERSION, GROUP, KINDS, PATH, VERSION, group_of};

    #[test]
    fn names_agree_with_each_other() {
        assert_eq!(API_VERSION, format!("{GROUP}/{VERSION}"));
        assert_eq!(PATH, format!("/apis/{API_VERSION}"));
        for kind in KINDS {
            assert_eq!(kind.plural, format!("{}s", kind.kind.to_lowercase()));
        }
    }

    #[rstest]
    #[case::of_argo("workflowtaskresults", GROUP)]
    #[case::subresource("workflowartifactgctasks/status", GROUP)]
    #[case::without_the_prefix("cronworkflows", GROUP)]
    #[case::core("pods", "")]
    #[case::core_subresource("pods/log", "")]
    fn group_of_a_resource(#[case] resource: &str, #[case] group: &str) {
        assert_eq!(group_of(resource), group);
    }
}
