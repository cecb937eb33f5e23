//! The words of steps.

use super::{Choice, FACT, Map, NOTHING, STORE_FAULT, Value, Word, choices};

pub(crate) const GO_ON: [(&str, bool, &str); 1] =
    [("go-on", true, "The next step is done all the same.")];
static GO_ON_WORDS: [Choice; 1] = choices(&GO_ON);

/// A step.
pub static STEP: Map = Map {
    what: "a step",
    one_of: &[
        Word::new(
            "submit",
            Value::Text,
            "workflow.yaml",
            "Create the workflow of this file of the case's directory.",
        ),
        Word::new(
            "await",
            Value::Map(&FACT),
            "{ phase: completed }",
            "Wait until a fact holds. When `patience` runs out the plan ends there.",
        )
        .needs(&["patience"]),
        Word::new("retry", Value::Map(&RETRY), "{}", "`argo retry`."),
        Word::new(
            "resubmit",
            Value::Map(&RESUBMIT),
            "{}",
            "`argo resubmit`: makes another workflow, which expressions call `other_workflow`.",
        ),
        plain("stop", "`argo stop`."),
        plain("terminate", "`argo terminate`."),
        plain("suspend", "`argo suspend`."),
        plain("resume", "`argo resume`."),
        plain(
            "delete",
            "`argo delete`: done when the API has taken the request, not when the object is gone.",
        ),
        Word::new(
            "grant",
            Value::Map(&RIGHT),
            "{ verb: create, resource: pods }",
            "Give the workflow's service account, and so its pods, a right.",
        ),
        Word::new(
            "revoke",
            Value::Map(&RIGHT),
            "{ verb: patch, resource: workflowtaskresults }",
            "Take a right from the workflow's service account; done when the API server denies it.",
        ),
        Word::new(
            "delete-pod",
            Value::Map(&POD_OF),
            "{ node: work }",
            "Delete the pod that now runs a node, without grace.",
        ),
        Word::new(
            "lose-pod",
            Value::Map(&POD_OF),
            "{ node: work }",
            "Say in the status of a node's pod that it is Failed and that its containers run: as it \
             is when the machine it ran on is lost. No machine may have taken the pod, for its \
             kubelet would say otherwise.",
        ),
        Word::new(
            "apply",
            Value::Text,
            "workflow.yaml",
            "Apply the objects of this file of the case's directory to the case's namespace.",
        ),
        plain(
            "restart-controller",
            "Put another pod in the place of the workflow controller's; done when it has taken up \
             a workflow. No other case runs meanwhile.",
        ),
        Word::new(
            "store-fault",
            Value::Map(&STORE_FAULT),
            "{ on: DeleteObject, answer: SlowDown, first: 2 }",
            "From here on the store misbehaves towards requests for keys below the case's prefix. \
             A request meets the first fault that is meant for it.",
        ),
    ],
    beside: &[
        Word::new(
            "as",
            Value::Name,
            "completed",
            "The step's name, unique in the case: claims speak of it. Its verb unless given.",
        ),
        Word::new(
            "patience",
            Value::Duration,
            "60s",
            "How long to wait at most; our patience, not Argo's promise.",
        )
        .with(&["await"]),
        Word::new(
            "for",
            Value::Duration,
            "3s",
            "For how long the fact must have held without a break.",
        )
        .with(&["await"]),
        Word::new(
            "touching",
            Value::Duration,
            "2s",
            "Touch the workflow this often while waiting, which makes the controller look again: a \
             stop that meets an update of its own can pass it by.",
        )
        .with(&["await"]),
        Word::new(
            "otherwise",
            Value::Choice(&GO_ON_WORDS),
            "go-on",
            "What happens when patience runs out; the plan ends unless given.",
        )
        .with(&["await"]),
    ],
};

const fn plain(name: &'static str, about: &'static str) -> Word {
    Word::new(name, Value::Map(&NOTHING), "{}", about)
}

pub(crate) const HOW: [(&str, bool, &str); 1] =
    [("memoized", true, "What has succeeded is not run again: `argo resubmit --memoized`.")];
static HOW_WORDS: [Choice; 1] = choices(&HOW);

/// A new try as another workflow.
pub(crate) static RESUBMIT: Map = Map {
    what: "a resubmission",
    one_of: &[],
    beside: &[Word::new(
        "how",
        Value::Choice(&HOW_WORDS),
        "memoized",
        "As if it were new, unless given.",
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
        "Parameters of the workflow that it has from then on: `argo retry -p`.",
    )],
};

pub(crate) static PARAMETER: Map = Map {
    what: "a parameter",
    one_of: &[],
    beside: &[
        Word::new("name", Value::Text, "items", "Its name in `spec.arguments`.").required(),
        Word::new("value", Value::Text, "'[1]'", "Its value.").required(),
    ],
};

pub(crate) static RIGHT: Map = Map {
    what: "a right",
    one_of: &[],
    beside: &[
        Word::new("verb", Value::Text, "patch", "As in RBAC: `create`, `patch`.").required(),
        Word::new("resource", Value::Text, "pods", "As in RBAC: `workflowtaskresults`, `pods`.")
            .required(),
    ],
};

pub(crate) static POD_OF: Map = Map {
    what: "a pod of a step",
    one_of: &[],
    beside: &[Word::new("node", Value::Text, "work", "Display name of the node.").required()],
};
