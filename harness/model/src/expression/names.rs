//! The names in an expression: each must be known, and one subject among them.

use cel::Program;
use cel::common::ast::{ComprehensionExpr, EntryExpr, Expr, IdedExpr, LiteralValue, SelectExpr};

use super::{ExpressionError, Subject};
use crate::diagnostic::nearest;

/// Functions that an expression may call.
const FUNCTIONS: [&str; 29] = [
    "all",
    "bool",
    "contains",
    "double",
    "dyn",
    "endsWith",
    "exists",
    "exists_one",
    "filter",
    "has",
    "hasValue",
    "int",
    "map",
    "matches",
    "max",
    "min",
    "node",
    "none",
    "of",
    "ofNonZeroValue",
    "or",
    "orValue",
    "seconds",
    "size",
    "startsWith",
    "string",
    "type",
    "uint",
    "value",
];

/// Variables of CEL's own.
const OWN: [&str; 10] =
    ["optional", "int", "uint", "double", "bool", "string", "bytes", "list", "map", "null_type"];

struct Walk<'p> {
    text: &'p str,
    program: &'p Program,
    bound: Vec<&'p str>,
    subjects: Vec<Subject>,
    /// Paths that are read of the subject; `whole` if all of it is.
    paths: Vec<Vec<String>>,
    whole: bool,
    nodes: Vec<String>,
    loops: u32,
    /// Number of loops around the current place; `nesting` has the largest number so far.
    depth: u32,
    nesting: u32,
    power: u32,
    errors: Vec<ExpressionError>,
}

/// Deepest nesting of loops. Each level multiplies the steps by the items that it goes over.
pub(super) const DEEPEST_LOOPS: u32 = 2;

/// The subject of an expression, and the cost of its evaluation.
pub(super) struct Checked {
    pub(super) subject: Subject,
    /// Paths that are read of the subject, at most 2 fields deep, unless all of it is.
    pub(super) paths: Vec<Vec<String>>,
    pub(super) whole: bool,
    /// The nodes that it asks for by name.
    pub(super) nodes: Vec<String>,
    /// Number of loops.
    pub(super) loops: u32,
    /// Exponent with which the work of the loops grows with their items.
    pub(super) power: u32,
}

/// Looks at every name.
pub(super) fn check(text: &str, program: &Program) -> Result<Checked, Vec<ExpressionError>> {
    let mut walk = Walk::new(text, program);
    walk.visit(program.expression());
    let Walk { mut errors, mut subjects, mut paths, whole, nodes, loops, nesting, power, .. } =
        walk;
    if nesting > DEEPEST_LOOPS {
        let message = format!("the expression nests {nesting} loops, more than {DEEPEST_LOOPS}");
        let hint = "write two claims, or ask for a node by `node(\"name\")`".to_owned();
        errors.push(ExpressionError { line: 1, column: 1, message, hint: Some(hint) });
    }
    // A field that is read whole needs no reading of its parts.
    paths.sort();
    paths.dedup_by(|later, earlier| later.starts_with(earlier));
    subjects.dedup();
    let words: Vec<&str> = Subject::ALL.iter().map(|(name, _)| *name).collect();
    let about = |message: &str| ExpressionError {
        line: 1,
        column: 1,
        message: message.to_owned(),
        hint: Some(format!("name exactly one of: {}", words.join(", "))),
    };
    match (subjects.as_slice(), errors.is_empty()) {
        ([subject], true) => {
            let subject = *subject;
            return Ok(Checked { subject, paths, whole, nodes, loops, power });
        }
        ([], true) => errors.push(about("the expression is about nothing")),
        ([_, _, ..], true) => errors.push(about("the expression is about several things")),
        _ => {}
    }
    Err(errors)
}

impl<'p> Walk<'p> {
    fn new(text: &'p str, program: &'p Program) -> Self {
        Self {
            text,
            program,
            bound: Vec::new(),
            subjects: Vec::new(),
            paths: Vec::new(),
            whole: false,
            nodes: Vec::new(),
            loops: 0,
            depth: 0,
            nesting: 0,
            power: 0,
            errors: Vec::new(),
        }
    }

    fn visit(&mut self, node: &'p IdedExpr) {
        match &node.expr {
            Expr::Ident(name) => {
                self.whole |= self.is_subject(name);
                self.name(name, node.id);
            }
            Expr::Select(select) => self.select(select),
            Expr::Call(call) => {
                self.call(&call.func_name, node.id);
                if call.func_name == "node" {
                    self.node(&call.args, node.id);
                }
                call.target.iter().for_each(|target| self.visit(target));
                call.args.iter().for_each(|argument| self.visit(argument));
            }
            Expr::List(list) => list.elements.iter().for_each(|element| self.visit(element)),
            Expr::Map(map) => map.entries.iter().for_each(|entry| self.entry(&entry.expr)),
            Expr::Struct(made) => made.entries.iter().for_each(|entry| self.entry(&entry.expr)),
            Expr::Comprehension(all) => {
                self.visit(&all.iter_range);
                self.visit(&all.accu_init);
                self.loops += 1;
                self.depth += 1;
                self.nesting = self.nesting.max(self.depth);
                // Each item of what `map` makes can be as large as what it goes over.
                self.power = self.power.max(self.depth + u32::from(makes_items(all)));
                let before = self.bound.len();
                self.bound.extend([all.iter_var.as_str(), all.accu_var.as_str()]);
                self.bound.extend(all.iter_var2.as_deref());
                self.visit(&all.loop_cond);
                self.visit(&all.loop_step);
                self.visit(&all.result);
                self.bound.truncate(before);
                self.depth -= 1;
            }
            Expr::Unspecified | Expr::Literal(_) => {}
        }
    }

    fn is_subject(&self, name: &str) -> bool {
        !self.bound.contains(&name) && Subject::ALL.iter().any(|(word, _)| *word == name)
    }

    /// A field, or a field of a field, of the subject; else whatever it is a field of.
    fn select(&mut self, select: &'p SelectExpr) {
        let (path, root) = if let Expr::Select(inner) = &select.operand.expr {
            (vec![inner.field.clone(), select.field.clone()], &inner.operand)
        } else {
            (vec![select.field.clone()], &select.operand)
        };
        if let Expr::Ident(name) = &root.expr
            && self.is_subject(name)
        {
            self.paths.push(path);
            self.name(name, root.id);
        } else {
            self.visit(&select.operand);
        }
    }

    fn entry(&mut self, entry: &'p EntryExpr) {
        match entry {
            EntryExpr::StructField(field) => self.visit(&field.value),
            EntryExpr::MapEntry(pair) => {
                self.visit(&pair.key);
                self.visit(&pair.value);
            }
        }
    }

    fn name(&mut self, name: &'p str, id: u64) {
        if self.bound.contains(&name) || OWN.contains(&name) || is_own(name) {
            return;
        }
        match Subject::ALL.iter().find(|(word, _)| *word == name) {
            Some((_, subject)) if self.subjects.contains(subject) => {}
            Some((_, subject)) => self.subjects.push(*subject),
            None => {
                let known: Vec<&str> = Subject::ALL.iter().map(|(word, _)| *word).collect();
                self.unknown("variable", name, &known, id);
            }
        }
    }

    fn call(&mut self, name: &'p str, id: u64) {
        if !FUNCTIONS.contains(&name) && !is_own(name) {
            self.unknown("function", name, &FUNCTIONS, id);
        }
    }

    /// A node of the workflow by its name, which stands there as text.
    fn node(&mut self, arguments: &'p [IdedExpr], id: u64) {
        if !self.subjects.contains(&Subject::Workflow) {
            self.subjects.push(Subject::Workflow);
        }
        if let [IdedExpr { expr: Expr::Literal(LiteralValue::String(name)), .. }] = arguments {
            self.nodes.push(name.inner().to_owned());
        } else {
            let (line, column) = self.place("node", id);
            let message = "`node` needs the name of a node as text".to_owned();
            let hint = Some("write `node(\"work\")`".to_owned());
            self.errors.push(ExpressionError { line, column, message, hint });
        }
    }

    fn place(&self, name: &str, id: u64) -> (usize, usize) {
        let offset = self.program.source_info().offset_for(id).map_or(0, |(start, _)| start);
        place(self.text, name, usize::try_from(offset).unwrap_or(0))
    }

    fn unknown(&mut self, what: &str, name: &str, known: &[&str], id: u64) {
        let (line, column) = self.place(name, id);
        let hint = match nearest(name, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are: {}", known.join(", ")),
        };
        let message = format!("no {what} is called `{name}`");
        self.errors.push(ExpressionError { line, column, message, hint: Some(hint) });
    }
}

/// Whether a loop makes a list of other items than those that it goes over, as `map` does.
fn makes_items(all: &ComprehensionExpr) -> bool {
    let mut step = Some(&all.loop_step.expr);
    if let Expr::Call(call) = &all.loop_step.expr
        && call.func_name == "_?_:_"
    {
        step = call.args.get(1).map(|step| &step.expr);
    }
    let Some(Expr::Call(call)) = step.filter(|_| matches!(all.accu_init.expr, Expr::List(_)))
    else {
        return false;
    };
    let is_own = |item: &IdedExpr| matches!(&item.expr, Expr::Ident(name) if *name == all.iter_var);
    match call.args.get(1).map(|added| &added.expr) {
        Some(Expr::List(added)) => !added.elements.iter().all(is_own),
        _ => true,
    }
}

/// Operators and what macros expand to.
fn is_own(name: &str) -> bool {
    name.starts_with(['_', '@', '-', '!']) || name.contains('_') && name.contains('[')
}

/// Line and column, from 1, of a name that the parser saw near an offset.
pub(super) fn place(text: &str, name: &str, near: usize) -> (usize, usize) {
    let from = (0..=near.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let begun = from.saturating_sub(name.len());
    let begun = (0..=begun).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let found = text[from..].find(name).map(|at| from + at);
    let found = found.or_else(|| text[begun..].find(name).map(|at| begun + at));
    let before = &text[..found.or_else(|| text.find(name)).unwrap_or(0)];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}
