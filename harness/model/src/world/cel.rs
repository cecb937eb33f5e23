//! The truth of an expression on the world.

use serde_json::{Value, json};

use super::{Keeps, World};
use crate::expression::{Expression, Named, Subject};
use crate::history::{Kind, Observation};
use crate::truth::Truth;

/// The result of an expression on one object.
type OnObject = Result<bool, String>;

/// The result of an expression on one object; `None` if the object is of another kind.
pub(super) type Said = Option<OnObject>;

impl World {
    /// The truth of an expression now. About a kind with several objects, true of one object is
    /// true. False of each object is false, and so is a kind whose seen objects are all gone.
    ///
    /// # Errors
    /// The reason why the expression fails on an object that is there. There is no error if the
    /// expression is true of another object.
    pub(super) fn say(&self, expression: &Expression) -> Result<Truth, String> {
        match expression.subject() {
            Subject::Workflow => self.say_of_workflow(expression),
            Subject::Objects => self.say_of_objects(expression),
            Subject::OtherWorkflow => self.say_of_any(expression, Kind::Workflow),
            Subject::Pod => self.say_of_any(expression, Kind::Pod),
            Subject::TaskResult => self.say_of_any(expression, Kind::TaskResult),
            Subject::GcTask => self.say_of_any(expression, Kind::GcTask),
        }
    }

    fn say_of_workflow(&self, expression: &Expression) -> Result<Truth, String> {
        let Some(workflow) = &self.workflow else { return Ok(Truth::Unknown) };
        if let Some(reason) = self.nodes_unread.as_ref().filter(|_| expression.reads_nodes()) {
            return Err(reason.clone());
        }
        let named = |name: &String| (name.clone(), self.one_node(name));
        let nodes: Named = expression.nodes().iter().map(named).collect();
        expression.says(workflow, &nodes).map(Truth::of)
    }

    fn one_node(&self, name: &str) -> Result<Value, String> {
        let none = || format!("there is no node {name}");
        self.node(name).cloned().ok_or_else(|| self.ambiguous(name).unwrap_or_else(none))
    }

    /// No keys before the controller has acted are no evidence, as for `objects: none`.
    fn say_of_objects(&self, expression: &Expression) -> Result<Truth, String> {
        match &self.listing {
            Some(listing) if self.acted || !listing.keys.is_empty() => {
                expression.says(&json!(listing.keys), &Named::new()).map(Truth::of)
            }
            _ => Ok(Truth::Unknown),
        }
    }

    fn say_of_any(&self, expression: &Expression, kind: Kind) -> Result<Truth, String> {
        if !self.watched.contains(&kind) {
            return Ok(Truth::Unknown);
        }
        let none = if self.ever.kinds.contains(&kind) { Truth::False } else { Truth::Unknown };
        match self.each_said(expression, kind) {
            Some(said) => any(none, said.into_iter().map(|(_, said)| said)),
            None => Ok(Truth::Unknown),
        }
    }

    /// The names of the objects of a kind, with the result of an expression on each. `None`: the
    /// expression is not one of those whose results are kept.
    fn each_said(&self, expression: &Expression, kind: Kind) -> Option<Vec<(&str, OnObject)>> {
        let Keeps::Only(expressions) = &self.keeps else {
            let objects = self.whole.iter().filter(|((of, _), _)| *of == kind);
            let said = objects
                .map(|((_, name), object)| (&**name, expression.says(object, &Named::new())));
            return Some(said.collect());
        };
        let index = expressions.iter().position(|e| e == expression)?;
        let said = self.said.iter().filter(|((of, _), _)| *of == kind);
        let said = said.filter_map(|((_, name), said)| Some((&**name, said[index].clone()?)));
        Some(said.collect())
    }

    /// The names of the pods of which an expression is true, else of all pods.
    pub(super) fn describe_pods_of(&self, expression: &Expression) -> String {
        let (mut is_true, mut all) = (Vec::new(), Vec::new());
        for (name, said) in self.each_said(expression, Kind::Pod).unwrap_or_default() {
            if said == Ok(true) {
                is_true.push(name);
            }
            all.push(name);
        }
        match (is_true.as_slice(), all.as_slice()) {
            ([], []) => "there is no pod".to_owned(),
            ([], all) => format!("the expression is true of none of the pods {}", all.join(", ")),
            (is_true, _) => format!("the expression is true of pod {}", is_true.join(", ")),
        }
    }

    /// Keeps an object, or what the expressions say of it.
    pub(super) fn keep(&mut self, seen: &Observation, name: &str, there: bool) {
        self.ever.kinds.insert(seen.kind);
        let key = (seen.kind, name.to_owned());
        match &self.keeps {
            _ if !there => {
                self.whole.remove(&key);
                self.said.remove(&key);
            }
            Keeps::Everything => {
                self.whole.insert(key, seen.object.clone());
            }
            Keeps::Only(expressions) => {
                let said = expressions.iter().map(|expression| {
                    let is_of = expression.subject().kind() == Some(seen.kind);
                    is_of.then(|| expression.says(&seen.object, &Named::new()))
                });
                self.said.insert(key, said.collect());
            }
        }
    }
}

/// True if one is; else the first reason; else false if there is one.
fn any(none: Truth, said: impl Iterator<Item = OnObject>) -> Result<Truth, String> {
    let mut reason = None;
    for said in said {
        match said {
            Ok(true) => return Ok(Truth::True),
            Ok(false) => {}
            Err(why) => reason = reason.or(Some(why)),
        }
    }
    reason.map_or(Ok(none), Err)
}
