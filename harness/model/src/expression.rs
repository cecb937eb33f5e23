//! Predicates that a case author writes in CEL: the facts that the closed list lacks.
//!
//! An expression is about one object: it names exactly one of the [`Subject`]s, and is true or
//! false of it. When it must hold, and for how long, the claim says, not the expression.
//!
//! Two functions extend those of CEL. `seconds(text)` turns a time as Kubernetes writes it into
//! seconds since 1970. `node("name")` is the node of the workflow that a case calls by this name.
//!
//! A result is boolean. An expression that fails on an object, or gives anything else, says nothing
//! of the object. The reason is an error.

mod check;
mod evaluate;
mod fields;
mod kind;
mod names;

use std::fmt;
use std::sync::{Arc, LazyLock};

use cel::{Env, Program};

use crate::history::Kind;
pub use evaluate::Named;
use names::Checked;

/// Longest expression, in bytes.
pub const LONGEST: usize = 1_000;
/// Deepest nesting of brackets. Deeper ones could exhaust the stack of the thread that judges.
pub const DEEPEST: usize = 12;
/// Most operators. A long chain of them nests as deeply as brackets do.
const OPERATORS: usize = 60;
/// Stack of the thread that compiles: the parser needs much for little.
const STACK: usize = 64 * 1024 * 1024;

/// A predicate on one object.
#[derive(Clone)]
pub struct Expression {
    text: String,
    subject: Subject,
    /// Paths that the expression reads of the object: at most 2 fields deep. The flag `whole`
    /// stands for the whole object.
    paths: Vec<Vec<String>>,
    whole: bool,
    /// The nodes that it asks for by name.
    nodes: Vec<String>,
    /// Number of loops.
    loops: u32,
    /// Exponent with which the work of the loops grows with their items.
    power: u32,
    program: Arc<Program>,
}

/// The object that an expression is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// `workflow`: the workflow as last seen.
    Workflow,
    /// `other_workflow`: some workflow of the case's namespace that is there and not the case's
    /// own. Sources of such a workflow are `resubmit`, `apply` and a `CronWorkflow`.
    OtherWorkflow,
    /// `pod`: some pod that is there.
    Pod,
    /// `task_result`: some task result that is there.
    TaskResult,
    /// `gc_task`: some artifact GC task that is there.
    GcTask,
    /// `objects`: the keys under the case's prefix, a list.
    Objects,
}

/// An error in an expression, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpressionError {
    /// Line in the expression, from 1.
    pub line: usize,
    /// Column in it, from 1, in characters.
    pub column: usize,
    /// The error, a lower-case fragment.
    pub message: String,
    /// The remedy.
    pub hint: Option<String>,
}

static ENVIRONMENT: LazyLock<Arc<Env>> =
    LazyLock::new(|| Arc::new(Env::stdlib().with_optional_support(true)));

impl Subject {
    /// All of them by their words.
    pub const ALL: [(&'static str, Self); 6] = [
        ("workflow", Self::Workflow),
        ("other_workflow", Self::OtherWorkflow),
        ("pod", Self::Pod),
        ("task_result", Self::TaskResult),
        ("gc_task", Self::GcTask),
        ("objects", Self::Objects),
    ];

    /// The kind of object that it is; none for the keys in the store.
    pub fn kind(self) -> Option<Kind> {
        match self {
            Self::Workflow | Self::OtherWorkflow => Some(Kind::Workflow),
            Self::Pod => Some(Kind::Pod),
            Self::TaskResult => Some(Kind::TaskResult),
            Self::GcTask => Some(Kind::GcTask),
            Self::Objects => None,
        }
    }

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, subject)| *subject == self).map_or("", |(name, _)| name)
    }
}

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    /// The errors of the expression, at least one. CEL cannot parse the text, or nothing bears a
    /// name. The expression is about no subject or about several, or names a field that the subject
    /// has not. The result is not boolean, or the expression is too long or too deep.
    pub fn parse(text: &str) -> Result<Self, Vec<ExpressionError>> {
        if let Some(error) = too_much(text) {
            return Err(vec![error]);
        }
        let program = Arc::new(compile(text)?);
        let Checked { subject, paths, whole, nodes, loops, power } = names::check(text, &program)?;
        let errors = check::check(text, &program);
        if !errors.is_empty() {
            return Err(errors);
        }
        let text = text.to_owned();
        Ok(Self { text, subject, paths, whole, nodes, loops, power, program })
    }

    /// The object that the expression is about.
    pub fn subject(&self) -> Subject {
        self.subject
    }

    /// The nodes that it asks for by `node("…")`.
    pub fn nodes(&self) -> &[String] {
        &self.nodes
    }

    /// Whether it reads the nodes of a workflow.
    pub fn reads_nodes(&self) -> bool {
        let reads = |path: &Vec<String>| {
            path.iter().map(String::as_str).eq(["status"])
                || path.iter().map(String::as_str).eq(["status", "nodes"])
        };
        self.subject.kind() == Some(Kind::Workflow)
            && (self.whole || !self.nodes.is_empty() || self.paths.iter().any(reads))
    }

    /// The expression as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// The error of an expression that is too long or too deep to be read.
fn too_much(text: &str) -> Option<ExpressionError> {
    let whole = |message: String| ExpressionError { line: 1, column: 1, message, hint: None };
    if text.len() > LONGEST {
        return Some(whole(format!(
            "the expression has {} bytes, more than {LONGEST}",
            text.len()
        )));
    }
    let (mut depth, mut deepest) = (0_usize, 0_usize);
    for c in text.chars() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    if deepest > DEEPEST {
        let message = format!("the expression nests {deepest} brackets, more than {DEEPEST}");
        return Some(whole(message));
    }
    let operators = text.chars().filter(|c| "!-+*/%?&|<>=.".contains(*c)).count();
    (operators > OPERATORS)
        .then(|| whole(format!("the expression has {operators} operators, more than {OPERATORS}")))
}

fn compile(text: &str) -> Result<Program, Vec<ExpressionError>> {
    let source = text.to_owned();
    let compiling = std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || ENVIRONMENT.compile(&source))
        .map(std::thread::JoinHandle::join);
    let trouble = |message: &str| {
        vec![ExpressionError { line: 1, column: 1, message: message.to_owned(), hint: None }]
    };
    match compiling {
        Ok(Ok(Ok(program))) => Ok(program),
        Ok(Ok(Err(errors))) => {
            let all = errors.errors.iter().map(|error| ExpressionError {
                line: usize::try_from(error.pos.0).unwrap_or(1).max(1),
                column: usize::try_from(error.pos.1).unwrap_or(1).max(1),
                message: format!("not readable as CEL: {}", one_line(&error.msg)),
                hint: None,
            });
            let all: Vec<_> = all.collect();
            Err(if all.is_empty() { trouble("not readable as CEL") } else { all })
        }
        Ok(Err(_)) => Err(trouble("not readable as CEL: its parser gave up")),
        Err(_) => Err(trouble("no thread to read the expression in")),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Expression {}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Expression").field(&self.text).finish()
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
