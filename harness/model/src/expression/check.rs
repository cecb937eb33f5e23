//! The types in an expression: each field must be there, and the result be true or false.

use cel::Program;
use cel::common::ast::{
    CallExpr, ComprehensionExpr, EntryExpr, Expr, IdedExpr, LiteralValue, SelectExpr,
};

use super::fields::NODE;
use super::kind::Type;
use super::names::place;
use super::{ExpressionError, Subject};

struct Check<'p> {
    text: &'p str,
    program: &'p Program,
    /// Variables of loops with their types, the innermost last.
    bound: Vec<(&'p str, Type)>,
    errors: Vec<ExpressionError>,
}

/// The type errors of an expression whose names are known.
pub(super) fn check(text: &str, program: &Program) -> Vec<ExpressionError> {
    let mut check = Check { text, program, bound: Vec::new(), errors: Vec::new() };
    let result = check.infer(program.expression());
    if !result.can_be_bool() && check.errors.is_empty() {
        let message = format!("the expression gives {}, not true or false", result.words());
        let hint = Some("compare it with something: `pod.status.phase == \"Failed\"`".to_owned());
        check.errors.push(ExpressionError { line: 1, column: 1, message, hint });
    }
    check.errors
}

impl<'p> Check<'p> {
    fn infer(&mut self, node: &'p IdedExpr) -> Type {
        match &node.expr {
            Expr::Ident(name) => self.variable(name),
            Expr::Select(select) => self.select(select, node.id),
            Expr::Call(call) => self.call(call, node.id),
            Expr::List(list) => {
                let items = list.elements.iter().map(|item| self.infer(item));
                Type::List(Box::new(items.fold(Type::Nothing, Type::or)))
            }
            Expr::Map(map) => {
                let values = map.entries.iter().map(|entry| self.entry(&entry.expr));
                Type::Map(Box::new(values.fold(Type::Nothing, Type::or)))
            }
            Expr::Comprehension(all) => self.comprehension(all, node.id),
            Expr::Literal(literal) => match literal {
                LiteralValue::Boolean(_) => Type::Bool,
                LiteralValue::Double(_) | LiteralValue::Int(_) | LiteralValue::UInt(_) => {
                    Type::Number
                }
                LiteralValue::String(_) => Type::Text,
                LiteralValue::Null => Type::Null,
                LiteralValue::Bytes(_) => Type::Any,
            },
            Expr::Struct(_) | Expr::Unspecified => Type::Any,
        }
    }

    fn variable(&self, name: &str) -> Type {
        let bound = self.bound.iter().rev().find(|(bound, _)| *bound == name);
        if let Some((_, of)) = bound {
            return of.clone();
        }
        let subject = Subject::ALL.iter().find(|(word, _)| *word == name);
        subject.map_or(Type::Any, |(_, subject)| subject.of_type())
    }

    fn select(&mut self, select: &'p SelectExpr, id: u64) -> Type {
        // A name of CEL's own with a dot in it is no field.
        if matches!(&select.operand.expr, Expr::Ident(name) if name == "optional") {
            return Type::Any;
        }
        let of = self.infer(&select.operand);
        let field = self.field(of, &select.field, id);
        if select.test { Type::Bool } else { field }
    }

    fn field(&mut self, of: Type, name: &str, id: u64) -> Type {
        match of {
            Type::Any | Type::Nothing | Type::Null => Type::Any,
            Type::Map(value) => *value,
            Type::Optional(inner) => Type::Optional(Box::new(self.field(*inner, name, id))),
            Type::Object(object) => object.field(name).unwrap_or_else(|| {
                let message = format!("{} has no field `{name}`", object.what);
                self.error(name, id, message, Some(object.hint(name)))
            }),
            Type::Bool | Type::Number | Type::Text | Type::List(_) => {
                let message = format!("{} has no fields, and no `{name}`", of.words());
                self.error(name, id, message, None)
            }
        }
    }

    fn call(&mut self, call: &'p CallExpr, id: u64) -> Type {
        let target = call.target.as_ref().map(|target| self.infer(target));
        let arguments: Vec<Type> = call.args.iter().map(|argument| self.infer(argument)).collect();
        match (call.func_name.as_str(), arguments.as_slice()) {
            ("_&&_" | "_||_" | "!_", arguments) => {
                for (of, argument) in arguments.iter().zip(&call.args) {
                    self.must_be_bool(of, argument.id);
                }
                Type::Bool
            }
            ("_==_" | "_!=_" | "_<_" | "_<=_" | "_>_" | "_>=_", [one, other]) => {
                if !one.fits(other) {
                    let message = format!("{} is compared with {}", one.words(), other.words());
                    let hint = Some("convert one of them: `int(…)`, `string(…)`".to_owned());
                    self.error("", id, message, hint);
                }
                Type::Bool
            }
            ("_?_:_", [condition, one, other]) => {
                self.must_be_bool(condition, call.args[0].id);
                one.clone().or(other.clone())
            }
            ("_?._", [of, _]) => self.optional_field(of.clone(), &call.args[1], id),
            ("_[_]", [of, _]) => self.item(of.clone(), &call.args[1]),
            ("_[?_]", [of, _]) => Type::Optional(Box::new(self.item(of.clone(), &call.args[1]))),
            ("_+_", [one, other]) => one.clone().or(other.clone()),
            (
                "_-_" | "_*_" | "_/_" | "_%_" | "-_" | "size" | "seconds" | "int" | "uint"
                | "double",
                _,
            ) => Type::Number,
            ("node", _) => Type::Object(&NODE),
            ("string", _) => Type::Text,
            ("orValue", [default]) => match target {
                Some(Type::Optional(inner)) => inner.or(default.clone()),
                _ => Type::Any,
            },
            ("value", []) => match target {
                Some(Type::Optional(inner)) => *inner,
                _ => Type::Any,
            },
            (
                "@in"
                | "@not_strictly_false"
                | "bool"
                | "contains"
                | "startsWith"
                | "endsWith"
                | "matches"
                | "hasValue",
                _,
            ) => Type::Bool,
            _ => Type::Any,
        }
    }

    fn optional_field(&mut self, of: Type, name: &'p IdedExpr, id: u64) -> Type {
        let Expr::Literal(LiteralValue::String(name)) = &name.expr else { return Type::Any };
        let field = self.field(of, name.inner(), id);
        if matches!(field, Type::Optional(_)) { field } else { Type::Optional(Box::new(field)) }
    }

    fn item(&mut self, of: Type, index: &'p IdedExpr) -> Type {
        match (of, &index.expr) {
            (Type::List(item) | Type::Map(item), _) => *item,
            (Type::Optional(inner), _) => Type::Optional(Box::new(self.item(*inner, index))),
            (of @ Type::Object(_), Expr::Literal(LiteralValue::String(name))) => {
                self.field(of, name.inner(), index.id)
            }
            _ => Type::Any,
        }
    }

    fn entry(&mut self, entry: &'p EntryExpr) -> Type {
        match entry {
            EntryExpr::StructField(field) => self.infer(&field.value),
            EntryExpr::MapEntry(pair) => {
                self.infer(&pair.key);
                self.infer(&pair.value)
            }
        }
    }

    fn comprehension(&mut self, all: &'p ComprehensionExpr, id: u64) -> Type {
        let range = self.infer(&all.iter_range);
        let (key, item) = match range {
            Type::List(item) => (Type::Number, *item),
            Type::Map(value) => (Type::Text, *value),
            Type::Object(_) => (Type::Text, Type::Any),
            Type::Any | Type::Nothing | Type::Null | Type::Optional(_) => (Type::Any, Type::Any),
            Type::Bool | Type::Number | Type::Text => {
                let message = format!("{} has no items", range.words());
                (self.error("", id, message, None), Type::Any)
            }
        };
        let is_list = matches!(key, Type::Number);
        let begun = self.infer(&all.accu_init);
        let before = self.bound.len();
        match &all.iter_var2 {
            Some(second) => self.bound.extend([(all.iter_var.as_str(), key), (second, item)]),
            None => self.bound.push((&all.iter_var, if is_list { item } else { key })),
        }
        self.bound.push((&all.accu_var, begun.clone()));
        self.infer(&all.loop_cond);
        let step = self.infer(&all.loop_step);
        self.bound.pop();
        self.bound.push((&all.accu_var, begun.or(step)));
        let result = self.infer(&all.result);
        self.bound.truncate(before);
        result
    }

    fn must_be_bool(&mut self, of: &Type, id: u64) {
        if !of.can_be_bool() {
            let message = format!("{} stands where true or false must stand", of.words());
            self.error("", id, message, None);
        }
    }

    /// Notes what is wrong at the node of this id, at a name near it; the type is open then.
    fn error(&mut self, name: &str, id: u64, message: String, hint: Option<String>) -> Type {
        let offset = self.program.source_info().offset_for(id).map_or(0, |(start, _)| start);
        let (line, column) = place(self.text, name, usize::try_from(offset).unwrap_or(0));
        let error = ExpressionError { line, column, message, hint };
        if !self.errors.contains(&error) {
            self.errors.push(error);
        }
        Type::Any
    }
}
