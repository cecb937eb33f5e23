//! The fields of a workflow.

use super::super::kind::{Field, Object};
use super::node::{NODE, OUTPUTS};
use super::{LABELS, METADATA};

pub(super) static WORKFLOW: Object = Object {
    what: "a workflow",
    fields: &[
        ("apiVersion", Field::Text),
        ("kind", Field::Text),
        ("metadata", Field::Object(&METADATA)),
        ("spec", Field::Object(&SPEC)),
        ("status", Field::Object(&STATUS)),
    ],
};

static SPEC: Object = Object {
    what: "the spec of a workflow",
    fields: &[
        ("entrypoint", Field::Text),
        ("shutdown", Field::Text),
        ("suspend", Field::Bool),
        ("onExit", Field::Text),
        ("hooks", Field::Map(&Field::Any)),
        ("arguments", Field::Any),
        ("templates", Field::List(&Field::Any)),
        ("templateDefaults", Field::Any),
        ("workflowTemplateRef", Field::Any),
        ("activeDeadlineSeconds", Field::Number),
        ("affinity", Field::Any),
        ("archiveLogs", Field::Bool),
        ("artifactGC", Field::Any),
        ("artifactRepositoryRef", Field::Any),
        ("automountServiceAccountToken", Field::Bool),
        ("dnsConfig", Field::Any),
        ("dnsPolicy", Field::Text),
        ("executor", Field::Any),
        ("executorPlugins", Field::List(&Field::Any)),
        ("hostAliases", Field::List(&Field::Any)),
        ("hostNetwork", Field::Bool),
        ("imagePullSecrets", Field::List(&Field::Any)),
        ("metrics", Field::Any),
        ("nodeSelector", LABELS),
        ("parallelism", Field::Number),
        ("podDisruptionBudget", Field::Any),
        ("podGC", Field::Any),
        ("podMetadata", Field::Any),
        ("podPriority", Field::Number),
        ("podPriorityClassName", Field::Text),
        ("podResources", Field::Any),
        ("podSpecPatch", Field::Text),
        ("priority", Field::Number),
        ("resourceClaims", Field::List(&Field::Any)),
        ("retryStrategy", Field::Any),
        ("schedulerName", Field::Text),
        ("securityContext", Field::Any),
        ("serviceAccountName", Field::Text),
        ("synchronization", Field::Any),
        ("tolerations", Field::List(&Field::Any)),
        ("ttlStrategy", Field::Any),
        ("volumeClaimGC", Field::Any),
        ("volumeClaimTemplates", Field::List(&Field::Any)),
        ("volumes", Field::List(&Field::Any)),
        ("workflowMetadata", Field::Any),
    ],
};

static STATUS: Object = Object {
    what: "the status of a workflow",
    fields: &[
        ("phase", Field::Text),
        ("message", Field::Text),
        ("startedAt", Field::Text),
        ("finishedAt", Field::Text),
        ("estimatedDuration", Field::Number),
        ("progress", Field::Text),
        ("nodes", Field::Map(&Field::Object(&NODE))),
        ("conditions", Field::List(&Field::Object(&CONDITION))),
        ("outputs", Field::Object(&OUTPUTS)),
        ("resourcesDuration", Field::Map(&Field::Number)),
        ("compressedNodes", Field::Text),
        ("offloadNodeStatusVersion", Field::Text),
        ("storedTemplates", Field::Map(&Field::Any)),
        ("storedWorkflowTemplateSpec", Field::Any),
        ("persistentVolumeClaims", Field::List(&Field::Any)),
        ("artifactRepositoryRef", Field::Object(&REPOSITORY)),
        ("artifactGCStatus", Field::Object(&GC)),
        ("taskResultsCompletionStatus", Field::Map(&Field::Bool)),
        ("synchronization", Field::Object(&SYNCHRONIZATION)),
    ],
};

static CONDITION: Object = Object {
    what: "a condition",
    fields: &[("type", Field::Text), ("status", Field::Text), ("message", Field::Text)],
};

static REPOSITORY: Object = Object {
    what: "a reference to an artifact repository",
    fields: &[
        ("artifactRepository", Field::Any),
        ("configMap", Field::Text),
        ("default", Field::Bool),
        ("key", Field::Text),
        ("namespace", Field::Text),
    ],
};

static GC: Object = Object {
    what: "the status of artifact GC",
    fields: &[
        ("notSpecified", Field::Bool),
        ("podsRecouped", Field::Map(&Field::Bool)),
        ("strategiesProcessed", Field::Map(&Field::Bool)),
    ],
};

static SYNCHRONIZATION: Object = Object {
    what: "the synchronization of a workflow",
    fields: &[("mutex", Field::Object(&LOCKS)), ("semaphore", Field::Object(&LOCKS))],
};

static LOCKS: Object = Object {
    what: "locks",
    fields: &[("holding", Field::List(&Field::Any)), ("waiting", Field::List(&Field::Any))],
};
