//! The words of steps.

use super::{Choice, FACT, Map, NOTHING, STORE_FAULT, Value, Word, choices};

pub(crate) const GO_ON: [(&str, bool, &str); 1] =
    [("go-on", true, "The plan continues with the next step.")];
static GO_ON_WORDS: [Choice; 1] = choices(&GO_ON);

/// A step.
pub static STEP: Map = Map {
    what: "a step",
    one_of: &[
        Word::new(
            "submit",
            Value::Text,
            "workflow.yaml",
            "Create the workflow of this file in the case's directory.",
        ),
        Word::new(
            "await",
            Value::Map(&FACT),
            "{ phase: completed }",
            "Wait until a fact is true. The plan ends when `patience` is over.",
        )
        .needs(&["patience"]),
        Word::new("retry", Value::Map(&RETRY), "{}", "Run `argo retry`."),
        Word::new(
            "resubmit",
            Value::Map(&RESUBMIT),
            "{}",
            "Run `argo resubmit`, which creates another workflow. Expressions call it \
             `other_workflow`.",
        ),
        plain("stop", "Run `argo stop`."),
        plain("terminate", "Run `argo terminate`."),
        plain("suspend", "Run `argo suspend`."),
        plain("resume", "Run `argo resume`."),
        plain(
            "delete",
            "Run `argo delete`. The step ends when the API server accepts the request, not when \
             the object is gone.",
        ),
        Word::new(
            "grant",
            Value::Map(&RIGHT),
            "{ verb: create, resource: pods }",
            "Give the workflow's service account, and therefore its pods, a right.",
        ),
        Word::new(
            "revoke",
            Value::Map(&RIGHT),
            "{ verb: patch, resource: workflowtaskresults }",
            "Take a right from the workflow's service account. The step ends when the API server \
             denies the right.",
        ),
        Word::new(
            "delete-pod",
            Value::Map(&POD_OF),
            "{ node: work }",
            "Delete the present pod of a node, without a grace period.",
        ),
        Word::new(
            "lose-pod",
            Value::Map(&POD_OF),
            "{ node: work }",
            "Write into the status of a node's pod that it is Failed and its containers run. The \
             status is that of a pod on a lost machine. No machine may have taken the pod, because \
             its kubelet would overwrite the status.",
        ),
        Word::new(
            "apply",
            Value::Text,
            "workflow.yaml",
            "Apply the objects of this file in the case's directory to the case's namespace.",
        ),
        plain(
            "restart-controller",
            "Replace the pod of the workflow controller. The step ends when the new pod has \
             processed a workflow. No other case runs meanwhile.",
        ),
        Word::new(
            "store-fault",
            Value::Map(&STORE_FAULT),
            "{ on: DeleteObject, answer: SlowDown, first: 2 }",
            "Inject a fault into requests to the object store for keys below the case's prefix. \
             The first fault that matches a request applies.",
        ),
    ],
    beside: &[
        Word::new(
            "as",
            Value::Name,
            "completed",
            "Name of the step for claims, unique in the case. Default: its verb.",
        ),
        Word::new(
            "patience",
            Value::Duration,
            "60s",
            "Longest wait. Patience is a limit of the harness and no promise of Argo.",
        )
        .with(&["await"]),
        Word::new(
            "for",
            Value::Duration,
            "3s",
            "Time for which the fact must stay true without a break.",
        )
        .with(&["await"]),
        Word::new(
            "touching",
            Value::Duration,
            "2s",
            "Interval at which the step touches the workflow during the wait. A touch makes the \
             controller process the workflow again. The controller can miss a stop that meets one \
             of its updates.",
        )
        .with(&["await"]),
        Word::new(
            "otherwise",
            Value::Choice(&GO_ON_WORDS),
            "go-on",
            "The action when patience is over. Default: the plan ends.",
        )
        .with(&["await"]),
    ],
};

const fn plain(name: &'static str, about: &'static str) -> Word {
    Word::new(name, Value::Map(&NOTHING), "{}", about)
}

pub(crate) const HOW: [(&str, bool, &str); 1] =
    [("memoized", true, "Run `argo resubmit --memoized`, which does not rerun succeeded nodes.")];
static HOW_WORDS: [Choice; 1] = choices(&HOW);

/// A new try as another workflow.
pub(crate) static RESUBMIT: Map = Map {
    what: "a resubmission",
    one_of: &[],
    beside: &[Word::new(
        "how",
        Value::Choice(&HOW_WORDS),
        "memoized",
        "The kind of resubmission. Default: every node runs.",
    )],
};

/// A manual retry.
pub(crate) static RETRY: Map = Map {
    what: "a manual retry",
    one_of: &[],
    beside: &[Word::new(
        "parameters",
        Value::List(1, &Value::Map(&PARAMETER)),
        "[{ name: items, value: '[1]' }]",
        "New parameters of the workflow, for `argo retry -p`.",
    )],
};

pub(crate) static PARAMETER: Map = Map {
    what: "a parameter",
    one_of: &[],
    beside: &[
        Word::new("name", Value::Text, "items", "Name of the parameter in `spec.arguments`.")
            .required(),
        Word::new("value", Value::Text, "'[1]'", "Value of the parameter.").required(),
    ],
};

pub(crate) static RIGHT: Map = Map {
    what: "a right",
    one_of: &[],
    beside: &[
        Word::new("verb", Value::Text, "patch", "Verb of RBAC, for example `create` or `patch`.")
            .required(),
        Word::new(
            "resource",
            Value::Text,
            "pods",
            "Resource of RBAC, for example `workflowtaskresults` or `pods`.",
        )
        .required(),
    ],
};

pub(crate) static POD_OF: Map = Map {
    what: "a pod of a step",
    one_of: &[],
    beside: &[Word::new("node", Value::Text, "work", "Display name of the node.").required()],
};
