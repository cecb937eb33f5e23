//! The table of steps: every word with its reader.

use super::fault_table::{STORE_FAULT, fault};
use super::{Act, Right, Step};
use crate::fact::table::{FACT, read_fact};
use crate::parse::context::Context;
use crate::parse::fields::{Fields, Reader};
use crate::vocabulary::word::{self, Choice, Map, NOTHING, Row, Value, Word, choices};
use crate::yaml::Node;

/// The things around a step that its reader needs.
struct Around<'a, 'n> {
    /// The fields beside the word of the step.
    beside: &'a mut Fields<'n>,
    /// Names of the steps before this one.
    before: &'a [String],
    context: &'a Context<'a, 'a>,
}

/// Reads the field of a word of steps.
type ReadStep = fn(&Node, &mut Around<'_, '_>, &mut Reader) -> Option<Act>;

/// The words of which a step has exactly one, and their readers.
const WORDS: &[Row<ReadStep>] = &[
    Row::new(
        Word::new(
            "submit",
            Value::Text,
            "workflow.yaml",
            "Create the workflow of this file of the case's directory.",
        ),
        |node, _, r| r.text(node).map(|_| Act::Submit),
    ),
    Row::new(
        Word::new(
            "await",
            Value::Map(&FACT),
            "{ phase: completed }",
            "Wait until a fact holds. When `patience` runs out the plan ends there.",
        )
        .needs(&["patience"]),
        waiting,
    ),
    Row::new(Word::new("retry", Value::Map(&RETRY), "{}", "`argo retry`."), retry),
    Row::new(
        Word::new(
            "resubmit",
            Value::Map(&RESUBMIT),
            "{}",
            "`argo resubmit`: makes another workflow, which expressions call `other_workflow`.",
        ),
        |node, _, r| resubmit(node, r),
    ),
    Row::new(plain("stop", "`argo stop`."), |node, _, r| bare(Act::Stop, node, r)),
    Row::new(plain("terminate", "`argo terminate`."), |node, _, r| bare(Act::Terminate, node, r)),
    Row::new(plain("suspend", "`argo suspend`."), |node, _, r| bare(Act::Suspend, node, r)),
    Row::new(plain("resume", "`argo resume`."), |node, _, r| bare(Act::Resume, node, r)),
    Row::new(
        plain(
            "delete",
            "`argo delete`: done when the API has taken the request, not when the object is gone.",
        ),
        |node, _, r| bare(Act::Delete, node, r),
    ),
    Row::new(
        Word::new(
            "grant",
            Value::Map(&RIGHT),
            "{ verb: create, resource: pods }",
            "Give the workflow's service account, and so its pods, a right.",
        ),
        |node, _, r| right(node, r).map(Act::Grant),
    ),
    Row::new(
        Word::new(
            "revoke",
            Value::Map(&RIGHT),
            "{ verb: patch, resource: workflowtaskresults }",
            "Take a right from the workflow's service account; done when the API server denies it.",
        ),
        |node, _, r| right(node, r).map(Act::Revoke),
    ),
    Row::new(
        Word::new(
            "delete-pod",
            Value::Map(&POD_OF),
            "{ node: work }",
            "Delete the pod that now runs a node, without grace.",
        ),
        |node, around, r| Some(Act::DeletePod { node: pod(node, around.context, r)? }),
    ),
    Row::new(
        Word::new(
            "lose-pod",
            Value::Map(&POD_OF),
            "{ node: work }",
            "Say in the status of a node's pod that it is Failed and that its containers run: as it \
             is when the machine it ran on is lost. No machine may have taken the pod, for its \
             kubelet would say otherwise.",
        ),
        |node, around, r| Some(Act::LosePod { node: pod(node, around.context, r)? }),
    ),
    Row::new(
        Word::new(
            "apply",
            Value::Text,
            "workflow.yaml",
            "Apply the objects of this file of the case's directory to the case's namespace.",
        ),
        |node, around, r| {
            let (file, objects) = around.context.input.objects(node, r)?;
            Some(Act::Apply { objects, file })
        },
    ),
    Row::new(
        plain(
            "restart-controller",
            "Put another pod in the place of the workflow controller's; done when it has taken up \
             a workflow. No other case runs meanwhile.",
        ),
        |node, _, r| bare(Act::RestartController, node, r),
    ),
    Row::new(
        Word::new(
            "store-fault",
            Value::Map(&STORE_FAULT),
            "{ on: DeleteObject, answer: SlowDown, first: 2 }",
            "From here on the store misbehaves towards requests for keys below the case's prefix. \
             A request meets the first fault that is meant for it.",
        ),
        |node, _, r| fault(node, r).map(Act::StoreFault),
    ),
];

static ONE_OF: [Word; word::count(&[WORDS])] = word::words(&[WORDS]);

/// A step.
pub static STEP: Map = Map {
    what: "a step",
    one_of: &ONE_OF,
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

const GO_ON: [(&str, bool, &str); 1] = [("go-on", true, "The next step is done all the same.")];
static GO_ON_WORDS: [Choice; 1] = choices(&GO_ON);

const fn plain(name: &'static str, about: &'static str) -> Word {
    Word::new(name, Value::Map(&NOTHING), "{}", about)
}

const HOW: [(&str, bool, &str); 1] =
    [("memoized", true, "What has succeeded is not run again: `argo resubmit --memoized`.")];
static HOW_WORDS: [Choice; 1] = choices(&HOW);

/// A new try as another workflow.
static RESUBMIT: Map = Map {
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
static RETRY: Map = Map {
    what: "a manual retry",
    one_of: &[],
    beside: &[Word::new(
        "parameters",
        Value::List(1, &Value::Map(&PARAMETER)),
        "[{ name: items, value: '[1]' }]",
        "Parameters of the workflow that it has from then on: `argo retry -p`.",
    )],
};

static PARAMETER: Map = Map {
    what: "a parameter",
    one_of: &[],
    beside: &[
        Word::new("name", Value::Text, "items", "Its name in `spec.arguments`.").required(),
        Word::new("value", Value::Text, "'[1]'", "Its value.").required(),
    ],
};

static RIGHT: Map = Map {
    what: "a right",
    one_of: &[],
    beside: &[
        Word::new("verb", Value::Text, "patch", "As in RBAC: `create`, `patch`.").required(),
        Word::new("resource", Value::Text, "pods", "As in RBAC: `workflowtaskresults`, `pods`.")
            .required(),
    ],
};

static POD_OF: Map = Map {
    what: "a pod of a step",
    one_of: &[],
    beside: &[Word::new("node", Value::Text, "work", "Display name of the node.").required()],
};

/// Reads a step of a plan, after the steps of these names.
pub(crate) fn read_step(
    node: &Node,
    before: &[String],
    context: &Context<'_, '_>,
    r: &mut Reader,
) -> Option<Step> {
    let mut f = Fields::of(&STEP, node, r)?;
    let name = f.optional("as").map(|n| r.name(n));
    let Some((row, value)) = f.one(&[WORDS], r) else {
        f.nothing_found(r);
        return None;
    };
    let act = (row.meaning)(value, &mut Around { beside: &mut f, before, context }, r);
    f.finish(r);
    let name = name.map_or(Some(row.word.name.to_owned()), |given| given)?;
    Some(Step { name, act: act? })
}

/// Reads a step without parameters.
fn bare(act: Act, node: &Node, r: &mut Reader) -> Option<Act> {
    Fields::of(&NOTHING, node, r)?.finish(r).then_some(act)
}

fn waiting(node: &Node, around: &mut Around<'_, '_>, r: &mut Reader) -> Option<Act> {
    let f = &mut *around.beside;
    let fact = read_fact(node, around.before, around.context, r);
    let patience = f.required("patience", r).and_then(|n| r.duration(n));
    let held = f.optional("for").map(|n| r.duration(n));
    let held = held.map_or(Some(None), |t| t.map(Some))?;
    let touching = f.optional("touching").map(|n| r.duration(n));
    let touching = touching.map_or(Some(None), |t| t.map(Some))?;
    let otherwise = f.optional("otherwise");
    let go_on = otherwise.map(|n| r.one_of(n, "end of a wait", &GO_ON));
    let go_on = go_on.unwrap_or(Some(false))?;
    Some(Act::Await { fact: fact?, held, patience: patience?, touching, go_on })
}

fn retry(node: &Node, around: &mut Around<'_, '_>, r: &mut Reader) -> Option<Act> {
    let mut f = Fields::of(&RETRY, node, r)?;
    let given = f.optional("parameters").map(|n| r.items("parameters", n)).unwrap_or_default();
    f.finish(r);
    let read = given.iter().filter_map(|item| parameter(item, around.context, r));
    let parameters: Vec<_> = read.collect();
    (parameters.len() == given.len()).then_some(Act::Retry { parameters })
}

fn resubmit(node: &Node, r: &mut Reader) -> Option<Act> {
    let mut f = Fields::of(&RESUBMIT, node, r)?;
    let memoized = f.optional("how").map_or(Some(false), |n| r.one_of(n, "resubmission", &HOW));
    f.finish(r);
    Some(Act::Resubmit { memoized: memoized? })
}

/// Name and value.
fn parameter(node: &Node, context: &Context<'_, '_>, r: &mut Reader) -> Option<(String, String)> {
    let mut f = Fields::of(&PARAMETER, node, r)?;
    let name = f.required("name", r).and_then(|n| Some((r.text(n)?, n.at)));
    let value = f.required("value", r).and_then(|n| r.text(n));
    f.finish(r);
    let (name, at) = name?;
    context.check_parameter(&name, at, r);
    Some((name, value?))
}

fn right(node: &Node, r: &mut Reader) -> Option<Right> {
    let mut f = Fields::of(&RIGHT, node, r)?;
    let verb = f.required("verb", r).and_then(|n| r.text(n));
    let resource = f.required("resource", r).and_then(|n| r.text(n));
    f.finish(r);
    Some(Right { verb: verb?, resource: resource? })
}

/// The node whose pod is meant.
fn pod(node: &Node, context: &Context<'_, '_>, r: &mut Reader) -> Option<String> {
    let mut f = Fields::of(&POD_OF, node, r)?;
    let name = f.required("node", r).and_then(|n| Some((r.text(n)?, n.at)));
    f.finish(r);
    let (node, at) = name?;
    context.check_one_node(&node, at, r);
    Some(node)
}
