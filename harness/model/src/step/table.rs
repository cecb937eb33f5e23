//! The table of steps: every word with its reader.

use super::fault_table::{STORE_FAULT, fault};
use super::right::{RIGHT, right};
use super::{Step, StepKind};
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
type ReadStep = fn(&Node, &mut Around<'_, '_>, &mut Reader) -> Option<StepKind>;

/// The largest number of controllers of a step.
const MOST_CONTROLLERS: u64 = 9;

/// The words of which a step has exactly one, and their readers.
const WORDS: &[Row<ReadStep>] = &[
    Row::new(
        Word::new(
            "submit",
            Value::Text,
            "workflow.yaml",
            "Create the workflow of this file in the case's directory.",
        ),
        |node, _, r| r.text(node).map(|_| StepKind::Submit { workflow: () }),
    ),
    Row::new(
        Word::new(
            "restore",
            Value::Text,
            "workflow.yaml",
            "Remove the workflow controllers, and create the workflow of this file with its \
             status. The text `argo-conformance.namespace` stands for the namespace of the case. \
             The next step is `upgrade`.",
        ),
        |node, _, r| r.text(node).map(|_| StepKind::Restore { workflow: () }),
    ),
    Row::new(
        Word::new(
            "await",
            Value::Map(&FACT),
            "{ phase: completed }",
            "Wait until a fact is true. The plan ends when `patience` is over.",
        )
        .needs(&["patience"]),
        waiting,
    ),
    Row::new(Word::new("retry", Value::Map(&RETRY), "{}", "Run `argo retry`."), retry),
    Row::new(
        Word::new(
            "resubmit",
            Value::Map(&RESUBMIT),
            "{}",
            "Run `argo resubmit`, which creates another workflow. Expressions call it \
             `other_workflow`.",
        ),
        |node, _, r| resubmit(node, r),
    ),
    Row::new(plain("stop", "Run `argo stop`."), |node, _, r| bare(StepKind::Stop, node, r)),
    Row::new(plain("terminate", "Run `argo terminate`."), |node, _, r| {
        bare(StepKind::Terminate, node, r)
    }),
    Row::new(plain("suspend", "Run `argo suspend`."), |node, _, r| {
        bare(StepKind::Suspend, node, r)
    }),
    Row::new(plain("resume", "Run `argo resume`."), |node, _, r| bare(StepKind::Resume, node, r)),
    Row::new(
        plain(
            "delete",
            "Run `argo delete`. The step ends when the API server accepts the request, not when \
             the object is gone.",
        ),
        |node, _, r| bare(StepKind::Delete, node, r),
    ),
    Row::new(
        Word::new(
            "grant",
            Value::Map(&RIGHT),
            "{ verb: create, resource: pods }",
            "Give the workflow's service account, and therefore its pods, a right.",
        ),
        |node, _, r| right(node, r).map(StepKind::Grant),
    ),
    Row::new(
        Word::new(
            "revoke",
            Value::Map(&RIGHT),
            "{ verb: patch, resource: workflowtaskresults }",
            "Take a right from the workflow's service account. The step ends when the API server \
             denies the right.",
        ),
        |node, _, r| right(node, r).map(StepKind::Revoke),
    ),
    Row::new(
        Word::new(
            "delete-pod",
            Value::Map(&POD_OF),
            "{ node: work }",
            "Delete the present pod of a node, without a grace period.",
        ),
        |node, around, r| Some(StepKind::DeletePod { node: pod(node, around.context, r)? }),
    ),
    Row::new(
        Word::new(
            "lose-pod",
            Value::Map(&POD_OF),
            "{ node: work }",
            "Write into the status of a node's pod that it is Failed and its containers run. The \
             status is that of a pod on a lost machine. No machine may have taken the pod, because \
             its kubelet would overwrite the status.",
        ),
        |node, around, r| Some(StepKind::LosePod { node: pod(node, around.context, r)? }),
    ),
    Row::new(
        Word::new(
            "apply",
            Value::Text,
            "workflow.yaml",
            "Apply the objects of this file in the case's directory to the case's namespace.",
        ),
        |node, around, r| {
            let (file, objects) = around.context.input.objects(node, r)?;
            Some(StepKind::Apply { objects, file })
        },
    ),
    Row::new(
        plain(
            "restart-controller",
            "Replace the pod of the workflow controller. The step ends when the new pod has \
             processed a workflow. No other case runs meanwhile.",
        ),
        |node, _, r| bare(StepKind::RestartController, node, r),
    ),
    Row::new(
        plain(
            "kill-leader",
            "Delete the pod of the workflow controller that leads. The step ends when another \
             controller leads and has processed a workflow, and the Deployment has its replicas.",
        ),
        |node, _, r| bare(StepKind::KillLeader, node, r),
    ),
    Row::new(
        Word::new(
            "freeze-leader",
            Value::Duration,
            "40s",
            "Stop the processes of the workflow controller that leads for this time, and let them \
             go on. Another controller must lead before the end of this time. The step ends when \
             the old process has ended. It needs a native cluster.",
        ),
        |node, _, r| r.duration(node).map(StepKind::FreezeLeader),
    ),
    Row::new(
        plain(
            "lose-lease",
            "Write another holder into the Lease of the workflow controllers. The step ends when \
             the old leader's process has ended, and a leader has processed a workflow.",
        ),
        |node, _, r| bare(StepKind::LoseLease, node, r),
    ),
    Row::new(
        Word::new(
            "scale-controller",
            Value::Number(1, MOST_CONTROLLERS),
            "2",
            "Set the number of workflow controllers, from 1 to 9. The step ends when as many \
             controllers exist, and one has processed a workflow.",
        ),
        |node, _, r| {
            let replicas = r.number(node, 1, MOST_CONTROLLERS)?;
            u32::try_from(replicas).ok().map(StepKind::ScaleController)
        },
    ),
    Row::new(
        plain(
            "upgrade",
            "Replace the first installation of the run with the second one: definitions, \
             settings, controller, executor and the `argo` program. The step ends when only new \
             controllers exist and one has processed a workflow. No other case runs meanwhile.",
        ),
        |node, _, r| bare(StepKind::Upgrade, node, r),
    ),
    Row::new(
        plain(
            "rollback",
            "Replace the second installation of the run with the first one, as `upgrade` does.",
        ),
        |node, _, r| bare(StepKind::Rollback, node, r),
    ),
    Row::new(
        Word::new(
            "store-fault",
            Value::Map(&STORE_FAULT),
            "{ on: DeleteObject, answer: SlowDown, first: 2 }",
            "Inject a fault into requests to the object store for keys below the case's prefix. \
             The first fault that matches a request applies.",
        ),
        |node, _, r| fault(node, r).map(StepKind::StoreFault),
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

const GO_ON: [(&str, bool, &str); 1] = [("go-on", true, "The plan continues with the next step.")];
static GO_ON_WORDS: [Choice; 1] = choices(&GO_ON);

const fn plain(name: &'static str, about: &'static str) -> Word {
    Word::new(name, Value::Map(&NOTHING), "{}", about)
}

const HOW: [(&str, bool, &str); 1] =
    [("memoized", true, "Run `argo resubmit --memoized`, which does not rerun succeeded nodes.")];
static HOW_WORDS: [Choice; 1] = choices(&HOW);

/// A new try as another workflow.
static RESUBMIT: Map = Map {
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
static RETRY: Map = Map {
    what: "a manual retry",
    one_of: &[],
    beside: &[Word::new(
        "parameters",
        Value::List(1, &Value::Map(&PARAMETER)),
        "[{ name: items, value: '[1]' }]",
        "New parameters of the workflow, for `argo retry -p`.",
    )],
};

static PARAMETER: Map = Map {
    what: "a parameter",
    one_of: &[],
    beside: &[
        Word::new("name", Value::Text, "items", "Name of the parameter in `spec.arguments`.")
            .required(),
        Word::new("value", Value::Text, "'[1]'", "Value of the parameter.").required(),
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
fn bare(act: StepKind, node: &Node, r: &mut Reader) -> Option<StepKind> {
    Fields::of(&NOTHING, node, r)?.finish(r).then_some(act)
}

fn waiting(node: &Node, around: &mut Around<'_, '_>, r: &mut Reader) -> Option<StepKind> {
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
    Some(StepKind::Await { fact: fact?, held, patience: patience?, touching, go_on })
}

fn retry(node: &Node, around: &mut Around<'_, '_>, r: &mut Reader) -> Option<StepKind> {
    let mut f = Fields::of(&RETRY, node, r)?;
    let given = f.optional("parameters").map(|n| r.items("parameters", n)).unwrap_or_default();
    f.finish(r);
    let read = given.iter().filter_map(|item| parameter(item, around.context, r));
    let parameters: Vec<_> = read.collect();
    (parameters.len() == given.len()).then_some(StepKind::Retry { parameters })
}

fn resubmit(node: &Node, r: &mut Reader) -> Option<StepKind> {
    let mut f = Fields::of(&RESUBMIT, node, r)?;
    let memoized = f.optional("how").map_or(Some(false), |n| r.one_of(n, "resubmission", &HOW));
    f.finish(r);
    Some(StepKind::Resubmit { memoized: memoized? })
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

/// The node whose pod is meant.
fn pod(node: &Node, context: &Context<'_, '_>, r: &mut Reader) -> Option<String> {
    let mut f = Fields::of(&POD_OF, node, r)?;
    let name = f.required("node", r).and_then(|n| Some((r.text(n)?, n.at)));
    f.finish(r);
    let (node, at) = name?;
    context.check_one_node(&node, at, r);
    Some(node)
}
