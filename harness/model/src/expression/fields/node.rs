//! The fields of a node.

use super::super::kind::{Field, Object};
use super::TEXTS;

pub(in super::super) static NODE: Object = Object {
    what: "a node",
    fields: &[
        ("id", Field::Text),
        ("name", Field::Text),
        ("displayName", Field::Text),
        ("type", Field::Text),
        ("phase", Field::Text),
        ("message", Field::Text),
        ("startedAt", Field::Text),
        ("finishedAt", Field::Text),
        ("estimatedDuration", Field::Number),
        ("progress", Field::Text),
        ("boundaryID", Field::Text),
        ("children", TEXTS),
        ("outboundNodes", TEXTS),
        ("inputs", Field::Object(&INPUTS)),
        ("outputs", Field::Object(&OUTPUTS)),
        ("daemoned", Field::Bool),
        ("podIP", Field::Text),
        ("hostNodeName", Field::Text),
        ("templateName", Field::Text),
        ("templateRef", Field::Object(&TEMPLATE_REF)),
        ("templateScope", Field::Text),
        ("storedTemplateID", Field::Text),
        ("workflowTemplateName", Field::Text),
        ("resourcesDuration", Field::Map(&Field::Number)),
        ("memoizationStatus", Field::Object(&MEMOIZATION)),
        ("synchronizationStatus", Field::Object(&SYNCHRONIZATION)),
        ("nodeFlag", Field::Object(&FLAG)),
        ("taskResultSynced", Field::Bool),
        ("failedPodRestarts", Field::Number),
        ("restartingPodUID", Field::Text),
    ],
};

static INPUTS: Object = Object {
    what: "the inputs of a node",
    fields: &[
        ("parameters", Field::List(&Field::Object(&PARAMETER))),
        ("artifacts", Field::List(&Field::Object(&ARTIFACT))),
    ],
};

pub(super) static OUTPUTS: Object = Object {
    what: "outputs",
    fields: &[
        ("parameters", Field::List(&Field::Object(&PARAMETER))),
        ("artifacts", Field::List(&Field::Object(&ARTIFACT))),
        ("result", Field::Text),
        ("exitCode", Field::Text),
    ],
};

static PARAMETER: Object = Object {
    what: "a parameter",
    fields: &[
        ("name", Field::Text),
        ("value", Field::Text),
        ("default", Field::Text),
        ("enum", TEXTS),
        ("description", Field::Text),
        ("globalName", Field::Text),
        ("valueFrom", Field::Any),
    ],
};

static ARTIFACT: Object = Object {
    what: "an artifact",
    fields: &[
        ("name", Field::Text),
        ("path", Field::Text),
        ("subPath", Field::Text),
        ("from", Field::Text),
        ("fromExpression", Field::Text),
        ("globalName", Field::Text),
        ("mode", Field::Number),
        ("recurseMode", Field::Bool),
        ("optional", Field::Bool),
        ("deleted", Field::Bool),
        ("archiveLogs", Field::Bool),
        ("archive", Field::Any),
        ("artifactGC", Field::Any),
        ("artifactory", Field::Any),
        ("azure", Field::Any),
        ("gcs", Field::Any),
        ("git", Field::Any),
        ("hdfs", Field::Any),
        ("http", Field::Any),
        ("oss", Field::Any),
        ("plugin", Field::Any),
        ("raw", Field::Any),
        ("s3", Field::Any),
    ],
};

static TEMPLATE_REF: Object = Object {
    what: "a reference to a template",
    fields: &[("name", Field::Text), ("template", Field::Text), ("clusterScope", Field::Bool)],
};

static MEMOIZATION: Object = Object {
    what: "the memoization of a node",
    fields: &[("hit", Field::Bool), ("key", Field::Text), ("cacheName", Field::Text)],
};

static SYNCHRONIZATION: Object =
    Object { what: "the synchronization of a node", fields: &[("waiting", Field::Text)] };

static FLAG: Object =
    Object { what: "a node's flag", fields: &[("hooked", Field::Bool), ("retried", Field::Bool)] };
