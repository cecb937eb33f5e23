//! Whether a fact holds.

use serde_json::Value;

use super::names::Asked;
use super::pod::Pod;
use super::{Listing, World};
use crate::fact::{Count, FINAL_NODE_PHASES, Fact, NodeFact, ObjectFact, OutputFact, Presence};
use crate::history::Kind;
use crate::truth::Truth;

impl World {
    /// Whether the fact holds now.
    ///
    /// # Guarantees
    /// True and false need evidence. The absence of a finalizer, condition or object is unknown
    /// until the controller has written anything on the workflow.
    pub fn holds(&self, fact: &Fact) -> Truth {
        self.after_gaps(fact, self.told(fact))
    }

    /// Whether the fact holds by what was told, whatever may have been missed.
    pub(super) fn told(&self, fact: &Fact) -> Truth {
        match fact {
            Fact::Phase(phases) => self.on_workflow(|w| is_one_of(&w["status"]["phase"], phases)),
            Fact::NodesFulfilled => self.on_nodes(|| self.on_workflow(|_| self.nodes_fulfilled())),
            Fact::Node(node) => self.node_holds(node),
            Fact::NodeTree(names) => self.on_nodes(|| self.when_acted(|| self.tree() == *names)),
            Fact::Attempts { of, count } => self.on_nodes(|| match self.ambiguous_attempts(of) {
                Some(_) => Truth::Unknown,
                None => self.when_acted(|| count.admits(self.attempts_of(of).len())),
            }),
            Fact::Starts(names) => self.starts_in_order(names),
            Fact::Output(output) => self.output_holds(output),
            Fact::Finalizer(name, there) => {
                let seen = |w: &Value| !self.workflow_gone && has_finalizer(w, name);
                self.presence(seen, *there)
            }
            Fact::Condition(kind, there) => self.presence(|w| has_condition(w, kind), *there),
            Fact::Objects(count) => self.objects(|listing| count.admits(listing.keys.len())),
            Fact::Object(object) => self.objects(|listing| object_holds(listing, object)),
            Fact::Requests(requests) => self.count_requests(requests),
            Fact::RequestsAstray(count) => self.count_astray(*count),
            Fact::ReadAfterDeletion(key) => self.was_read_after_deletion(key),
            Fact::Workflow(presence) => self.on_workflow(|w| {
                let deleting = w["metadata"]["deletionTimestamp"].is_string();
                match presence {
                    Presence::Gone => self.workflow_gone,
                    Presence::Present => !self.workflow_gone,
                    Presence::Deleting => deleting && !self.workflow_gone,
                }
            }),
            Fact::Pod { node, phase } => {
                let pods = |node: &Asked| {
                    let mut pods = self.pods.values().filter(|pod| pod.there && pod.runs(node));
                    self.when_watched(Kind::Pod, || pods.any(|pod| pod.phase_is(phase)))
                };
                self.of_pods(Some(node), |node| node.map_or(Truth::Unknown, pods))
            }
            Fact::PodsSeen { of, count } => {
                self.of_pods(of.as_deref(), |node| self.count_pods(*count, |pod| pod.is_of(node)))
            }
            Fact::PodsLeft { of, count } => self.of_pods(of.as_deref(), |node| {
                self.count_pods(*count, |pod| pod.there && pod.is_of(node))
            }),
            Fact::GcPodsSeen(count) => self.count_pods(*count, |pod| pod.collects_garbage),
            Fact::GcPodsLeft(count) => {
                self.count_pods(*count, |pod| pod.there && pod.collects_garbage)
            }
            Fact::GcTasksLeft(count) => {
                self.when_watched(Kind::GcTask, || count.admits(self.gc_tasks.len()))
            }
            Fact::TaskResult(complete) => self.task_result_holds(*complete),
            Fact::Cel(expression) => self.say(expression).unwrap_or(Truth::Unknown),
            Fact::All(facts) => facts.iter().map(|f| self.holds(f)).fold(Truth::True, Truth::and),
            Fact::Any(facts) => facts.iter().map(|f| self.holds(f)).fold(Truth::False, Truth::or),
        }
    }

    /// Whether some task result is so. One without the label can be either.
    fn task_result_holds(&self, complete: bool) -> Truth {
        let is_so = self.task_results.values().any(|c| *c == Some(complete));
        if !is_so && self.unlabelled().is_some() {
            return Truth::Unknown;
        }
        self.when_watched(Kind::TaskResult, || is_so)
    }

    /// Name of a task result that does not say whether it is complete.
    pub(super) fn unlabelled(&self) -> Option<&str> {
        let result = self.task_results.iter().find(|(_, complete)| complete.is_none())?;
        Some(result.0)
    }

    fn on_workflow(&self, test: impl FnOnce(&Value) -> bool) -> Truth {
        self.workflow.as_ref().map_or(Truth::Unknown, |w| Truth::of(test(w)))
    }

    /// The truth about the workflow's nodes; unknown where they cannot be read.
    fn on_nodes(&self, holds: impl FnOnce() -> Truth) -> Truth {
        if self.nodes_unread.is_none() { holds() } else { Truth::Unknown }
    }

    /// The truth about the pods of a node, or of any node. It is unknown where several nodes have
    /// the name.
    fn of_pods(&self, node: Option<&str>, holds: impl FnOnce(Option<&Asked>) -> Truth) -> Truth {
        if node.is_some_and(|name| self.ambiguous_pods(name).is_some()) {
            return Truth::Unknown;
        }
        holds(node.map(|name| self.asked(name)).as_ref())
    }

    fn when_acted(&self, test: impl FnOnce() -> bool) -> Truth {
        if self.acted { Truth::of(test()) } else { Truth::Unknown }
    }

    fn when_watched(&self, kind: Kind, test: impl FnOnce() -> bool) -> Truth {
        if self.watched.contains(&kind) { Truth::of(test()) } else { Truth::Unknown }
    }

    /// Whether something is there, or absent, on the workflow.
    fn presence(&self, seen: impl FnOnce(&Value) -> bool, there: bool) -> Truth {
        match self.workflow.as_ref().map(seen) {
            None => Truth::Unknown,
            Some(false) if !self.acted => Truth::Unknown,
            Some(found) => Truth::of(found == there),
        }
    }

    fn objects(&self, test: impl FnOnce(&Listing) -> bool) -> Truth {
        match &self.listing {
            None => Truth::Unknown,
            Some(listing) if listing.keys.is_empty() && !self.acted => Truth::Unknown,
            Some(listing) => Truth::of(test(listing)),
        }
    }

    fn count_pods(&self, count: Count, which: impl Fn(&Pod) -> bool) -> Truth {
        self.when_watched(Kind::Pod, || {
            count.admits(self.pods.values().filter(|pod| which(pod)).count())
        })
    }

    fn nodes_fulfilled(&self) -> bool {
        let mut nodes = self.nodes().peekable();
        nodes.peek().is_some()
            && nodes.all(|n| n["phase"].as_str().is_some_and(|p| FINAL_NODE_PHASES.contains(&p)))
    }

    /// A node that is not there is unknown, unless its existence alone is asked for.
    fn node_holds(&self, fact: &NodeFact) -> Truth {
        let Some(node) = self.node(&fact.name) else {
            let is_none = fact.asks_existence() && !self.has_node(&fact.name);
            return self.on_nodes(|| match is_none {
                true => self.when_acted(|| false),
                false if self.is_left_out(&fact.name) => Truth::False,
                false => Truth::Unknown,
            });
        };
        if self.nodes_unread.is_some() {
            return Truth::Unknown;
        }
        let phase = fact.phase.as_ref().is_none_or(|p| is_one_of(&node["phase"], p));
        let message = fact
            .message
            .as_ref()
            .is_none_or(|m| node["message"].as_str().is_some_and(|said| said.contains(m.as_str())));
        let started = match &fact.started_as_at {
            None => Truth::True,
            Some(step) => self.started_as_at(node, step),
        };
        Truth::of(phase && message).and(started)
    }

    fn started_as_at(&self, node: &Value, step: &str) -> Truth {
        let then = self
            .starts_at_step
            .get(step)
            .and_then(|starts| starts.get(node["id"].as_str().unwrap_or_default()));
        match (then, node["startedAt"].as_str()) {
            (Some(then), Some(now)) => Truth::of(then == now),
            _ => Truth::Unknown,
        }
    }

    /// The names of the nodes, as a case calls them, sorted; without groups of steps.
    pub(super) fn tree(&self) -> Vec<String> {
        let displayed = self.nodes().filter_map(|n| n["displayName"].as_str());
        let mut names: Vec<String> =
            displayed.filter(|n| !n.starts_with('[')).map(|n| self.case_name(n)).collect();
        names.sort();
        names
    }

    /// The name that a case has for the node of this display name.
    fn case_name(&self, display: &str) -> String {
        match display.strip_prefix(&self.workflow_name) {
            Some(rest) if rest.is_empty() || rest.starts_with('(') => format!("root{rest}"),
            Some(rest) if rest.starts_with(".onExit") || rest.starts_with(".hooks.") => {
                rest[1..].to_owned()
            }
            _ => display.to_owned(),
        }
    }

    /// Start times have whole seconds: two that are the same say nothing of their order.
    fn starts_in_order(&self, names: &[String]) -> Truth {
        let start = |name: &String| self.node(name)?["startedAt"].as_str();
        let pairs = names.windows(2).map(|pair| match (start(&pair[0]), start(&pair[1])) {
            (Some(first), Some(then)) if first != then => Truth::of(first < then),
            _ => Truth::Unknown,
        });
        let left_out = names.iter().any(|name| self.is_left_out(name));
        if left_out { Truth::False } else { pairs.fold(Truth::True, Truth::and) }
    }

    fn output_holds(&self, fact: &OutputFact) -> Truth {
        let Some(node) = self.node(&fact.node) else {
            return if self.is_left_out(&fact.node) { Truth::False } else { Truth::Unknown };
        };
        let found = find_output(node, fact);
        Truth::of(found.is_some_and(|output| {
            fact.value.as_ref().is_none_or(|value| output["value"] == value.as_str())
        }))
    }
}

impl Pod {
    /// Whether it runs this node, or any.
    fn is_of(&self, node: Option<&Asked>) -> bool {
        !self.collects_garbage && node.is_none_or(|node| self.runs(node))
    }
}

pub(super) fn find_output<'n>(node: &'n Value, fact: &OutputFact) -> Option<&'n Value> {
    let outputs = &node["outputs"];
    let list = if fact.is_artifact { &outputs["artifacts"] } else { &outputs["parameters"] };
    list.as_array().into_iter().flatten().find(|output| output["name"] == fact.name.as_str())
}

fn object_holds(listing: &Listing, fact: &ObjectFact) -> bool {
    let index = listing.keys.iter().position(|key| fact.is_meant(key));
    match (&fact.etag, index) {
        (Some(etag), Some(index)) => fact.there && listing.etags.get(index) == Some(etag),
        (_, index) => index.is_some() == fact.there,
    }
}

fn is_one_of(phase: &Value, phases: &[String]) -> bool {
    phase.as_str().is_some_and(|p| phases.iter().any(|q| q == p))
}

fn has_finalizer(workflow: &Value, name: &str) -> bool {
    let list = workflow["metadata"]["finalizers"].as_array();
    list.into_iter().flatten().any(|f| f == name)
}

fn has_condition(workflow: &Value, kind: &str) -> bool {
    let list = workflow["status"]["conditions"].as_array();
    list.into_iter().flatten().any(|c| c["type"] == kind && c["status"] == "True")
}
