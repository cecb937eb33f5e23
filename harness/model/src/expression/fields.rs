//! The fields of the kinds of object that an expression can be about.
//!
//! From the CRDs of Argo 3.4 to 4.2, and from Kubernetes' own types: metadata, spec and status. A
//! spec is described one field deep.

mod node;
mod pod;
mod workflow;

use super::Subject;
use super::kind::{Field, Object, Type};
pub(super) use node::NODE;
use node::OUTPUTS;

impl Subject {
    /// The type of what it is.
    pub(super) fn of_type(self) -> Type {
        match self {
            Self::Workflow | Self::OtherWorkflow => Type::Object(&workflow::WORKFLOW),
            Self::Pod => Type::Object(&pod::POD),
            Self::TaskResult => Type::Object(&TASK_RESULT),
            Self::GcTask => Type::Object(&GC_TASK),
            Self::Objects => Type::List(Box::new(Type::Text)),
        }
    }
}

const LABELS: Field = Field::Map(&Field::Text);
const TEXTS: Field = Field::List(&Field::Text);

static METADATA: Object = Object {
    what: "metadata",
    fields: &[
        ("name", Field::Text),
        ("namespace", Field::Text),
        ("generateName", Field::Text),
        ("uid", Field::Text),
        ("labels", LABELS),
        ("annotations", LABELS),
        ("finalizers", TEXTS),
        ("ownerReferences", Field::List(&Field::Object(&OWNER))),
        ("creationTimestamp", Field::Text),
        ("deletionTimestamp", Field::Text),
        ("deletionGracePeriodSeconds", Field::Number),
        ("resourceVersion", Field::Text),
        ("generation", Field::Number),
        ("selfLink", Field::Text),
        ("managedFields", Field::Any),
    ],
};

static OWNER: Object = Object {
    what: "an owner",
    fields: &[
        ("apiVersion", Field::Text),
        ("kind", Field::Text),
        ("name", Field::Text),
        ("uid", Field::Text),
        ("controller", Field::Bool),
        ("blockOwnerDeletion", Field::Bool),
    ],
};

static TASK_RESULT: Object = Object {
    what: "a task result",
    fields: &[
        ("apiVersion", Field::Text),
        ("kind", Field::Text),
        ("metadata", Field::Object(&METADATA)),
        ("phase", Field::Text),
        ("message", Field::Text),
        ("progress", Field::Text),
        ("outputs", Field::Object(&OUTPUTS)),
    ],
};

static GC_TASK: Object = Object {
    what: "an artifact GC task",
    fields: &[
        ("apiVersion", Field::Text),
        ("kind", Field::Text),
        ("metadata", Field::Object(&METADATA)),
        ("spec", Field::Object(&GC_SPEC)),
        ("status", Field::Object(&GC_STATUS)),
    ],
};

static GC_SPEC: Object = Object {
    what: "the spec of an artifact GC task",
    fields: &[("artifactsByNode", Field::Map(&Field::Any))],
};

static GC_STATUS: Object = Object {
    what: "the status of an artifact GC task",
    fields: &[("artifactResultsByNode", Field::Map(&Field::Any))],
};
