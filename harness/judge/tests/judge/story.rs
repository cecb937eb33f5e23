//! Hand-written histories and claims.

use std::time::Duration;

use judge::judge;
use model::claim::{Claim, Claims, Modality, Requirement};
use model::fact::{Count, Fact, Presence};
use model::fact::{StoreFact, WorkflowFact};
use model::history::{
    Action, Change, EndReason, Event, EventKind, Header, History, Kind, Observation, Operation,
    Part, Request, StepOutcome, Unobserved, Versions,
};
use model::verdict::{Finding, Outcome};
use serde_json::{Value, json};

/// A history while it is written. The clock stands still unless told.
pub(crate) struct Story {
    history: History,
    now: u64,
}

impl Story {
    /// A plan of three steps: submit, await, delete.
    pub(crate) fn new() -> Self {
        let header = Header {
            format: (model::history::MAJOR, model::history::MINOR),
            run: "r1".to_owned(),
            case: "area/case".to_owned(),
            argo: Versions::all("3.5.12"),
            namespace: "ns".to_owned(),
            workflow: "wf".to_owned(),
            started: "2026-01-01T00:00:00Z".to_owned(),
            steps: ["submit", "await", "delete"].map(str::to_owned).to_vec(),
            controller: None,
            requests: false,
            challenge: None,
        };
        Self { history: History { header, events: Vec::new(), torn: false }, now: 0 }
    }

    /// A story in a healthy environment. `submit` ends at 1 s, and the workflow runs from 1 s on.
    pub(crate) fn submitted() -> Self {
        Self::new().well_until(1_000).done("submit").phase("Running")
    }

    /// The history of the installation of this name.
    pub(crate) fn of(mut self, argo: &str) -> Self {
        self.history.header.argo = Versions::of_name(argo);
        self
    }

    pub(crate) fn at(mut self, now: u64) -> Self {
        assert!(now >= self.now, "time runs backwards");
        self.now = now;
        self
    }

    pub(crate) fn push(mut self, what: EventKind) -> Self {
        let n = self.history.events.len() as u64 + 1;
        self.history.events.push(Event { n, at: self.now, kind: what });
        self
    }

    pub(crate) fn begun(self, step: &str) -> Self {
        self.push(EventKind::StepBegun { step: step.to_owned(), action: Action::Stop })
    }

    pub(crate) fn step(self, step: &str, outcome: StepOutcome) -> Self {
        self.push(EventKind::StepEnded { step: step.to_owned(), outcome })
    }

    pub(crate) fn done(self, step: &str) -> Self {
        self.step(step, StepOutcome::Done(String::new()))
    }

    pub(crate) fn workflow(self, change: Change, more: &Value) -> Self {
        let mut object = json!({ "metadata": { "name": "wf" }, "status": { "phase": "Running" } });
        for (key, value) in more.as_object().into_iter().flatten() {
            for (inner, value) in value.as_object().into_iter().flatten() {
                object[key][inner] = value.clone();
            }
        }
        self.push(EventKind::Observed(Observation { kind: Kind::Workflow, change, object }))
    }

    pub(crate) fn phase(self, phase: &str) -> Self {
        self.workflow(Change::Modified, &json!({ "status": { "phase": phase } }))
    }

    pub(crate) fn finalizers(self, names: &[&str]) -> Self {
        self.workflow(Change::Modified, &json!({ "metadata": { "finalizers": names } }))
    }

    pub(crate) fn gone(self) -> Self {
        self.workflow(Change::Deleted, &json!({}))
    }

    /// The store's answer to a question of 10ms ago.
    pub(crate) fn listed(self, keys: &[&str]) -> Self {
        let asked = self.now - 10;
        self.listed_since(asked, keys)
    }

    pub(crate) fn listed_since(self, asked: u64, keys: &[&str]) -> Self {
        let keys = keys.iter().map(|k| (*k).to_owned()).collect();
        self.push(EventKind::Listed { asked_at: asked, keys, etags: Vec::new() })
    }

    /// Requests to the store are recorded.
    pub(crate) fn with_requests(mut self) -> Self {
        self.history.header.requests = true;
        self
    }

    /// A request of 10 ms that ends now with this status. It met the fault of a step, if one is
    /// named.
    pub(crate) fn asked(self, on: Operation, status: u16, fault: Option<&str>) -> Self {
        let request = Request {
            from: "10.0.0.1".to_owned(),
            operation: on,
            bucket: "b".to_owned(),
            key: "ns/a".to_owned(),
            asked_at: self.now - 10,
            status: Some(status),
            sent: 0,
            received: 0,
            broken: false,
            fault: fault.map(str::to_owned),
        };
        self.push(EventKind::Requested(request))
    }

    pub(crate) fn gap(self) -> Self {
        self.push(EventKind::Gap { kind: Kind::Workflow, reason: "410 Gone".to_owned() })
    }

    pub(crate) fn probed(self, part: Part) -> Self {
        self.push(EventKind::Probed { part, error: None })
    }

    pub(crate) fn troubled(self, part: Part) -> Self {
        self.push(EventKind::Probed { part, error: Some("it is down".to_owned()) })
    }

    /// The run may not observe the part.
    pub(crate) fn unobserved(self, part: Part) -> Self {
        let reason = "you may not".to_owned();
        self.push(EventKind::Unobserved(Unobserved { part, reason }))
    }

    /// The watch of a kind told everything up to now.
    pub(crate) fn marked(self, kind: Kind) -> Self {
        let asked = self.now;
        self.push(EventKind::Bookmark { kind, version: "1".to_owned(), asked_at: asked })
    }

    /// Every watch told everything up to now.
    pub(crate) fn marked_all(self) -> Self {
        Kind::ALL.into_iter().fold(self, Self::marked)
    }

    /// Every part but this is healthy now, and every watch told everything up to now.
    pub(crate) fn well_but(self, silent: Option<Part>) -> Self {
        let parts = Part::ALL.into_iter().filter(|p| Some(*p) != silent);
        let story = parts.fold(self, Self::probed);
        Kind::ALL.into_iter().fold(story, Self::marked)
    }

    /// Every part is healthy until then, with a probe every 2 s.
    pub(crate) fn well_until(self, until: u64) -> Self {
        self.well_but_until(None, until)
    }

    pub(crate) fn well_but_until(mut self, silent: Option<Part>, until: u64) -> Self {
        while self.now < until {
            self = self.well_but(silent);
            self.now = (self.now + 2_000).min(until);
        }
        self.well_but(silent)
    }

    /// As [`Self::well_until`], and the store lists these keys each time.
    pub(crate) fn listing_until(mut self, keys: &[&str], until: u64) -> Self {
        while self.now < until {
            let next = (self.now + 2_000).min(until);
            self = self.well_until(next).listed(keys);
        }
        self
    }

    pub(crate) fn ended(self) -> Self {
        self.push(EventKind::Ended(EndReason::Decided))
    }

    pub(crate) fn torn(mut self) -> Self {
        self.history.torn = true;
        self
    }

    pub(crate) fn history(self) -> History {
        self.history
    }

    /// The finding for one claim.
    pub(crate) fn judge(self, claim: Claim) -> Finding {
        self.judge_all(&Claims { claims: vec![claim], ..Claims::default() }).remove(0)
    }

    /// The finding for one claim under one requirement.
    pub(crate) fn judge_requiring(self, requirement: Requirement, claim: Claim) -> Finding {
        self.judge_all(&Claims {
            requires: vec![requirement],
            claims: vec![claim],
            ..Claims::default()
        })
        .remove(0)
    }

    pub(crate) fn judge_all(self, claims: &Claims) -> Vec<Finding> {
        let findings = judge(claims, &self.history);
        assert_eq!(findings, judge(claims, &self.history), "the same again");
        findings
    }
}

fn claim(modality: Modality, fact: Fact) -> Claim {
    Claim {
        id: "c".to_owned(),
        modality,
        fact,
        since: "submit".to_owned(),
        after: None,
        before: None,
        only_while: None,
        regardless: None,
    }
}

pub(crate) fn eventually(fact: Fact, within: u64) -> Claim {
    claim(Modality::Eventually { within: Duration::from_secs(within), lasting: None }, fact)
}

pub(crate) fn never(fact: Fact, within: Option<u64>) -> Claim {
    claim(Modality::Never { within: within.map(Duration::from_secs) }, fact)
}

pub(crate) fn always(fact: Fact, within: Option<u64>) -> Claim {
    claim(Modality::Always { within: within.map(Duration::from_secs) }, fact)
}

pub(crate) fn until(fact: Fact, until: Fact, within: u64) -> Claim {
    claim(Modality::Until { until, within: Duration::from_secs(within) }, fact)
}

pub(crate) fn whenever(trigger: Fact, answer: Fact, within: u64) -> Claim {
    claim(Modality::LeadsTo { trigger, within: Duration::from_secs(within) }, answer)
}

pub(crate) fn happens(fact: Fact, times: Count, within: u64) -> Claim {
    claim(Modality::Happens { times, within: Some(Duration::from_secs(within)) }, fact)
}

pub(crate) fn only_while(claim: Claim, fact: Fact) -> Claim {
    Claim { only_while: Some(fact), ..claim }
}

pub(crate) fn since(claim: Claim, step: &str) -> Claim {
    Claim { since: step.to_owned(), ..claim }
}

pub(crate) fn succeeded() -> Fact {
    Fact::Workflow(WorkflowFact::Phase(vec!["Succeeded".to_owned()]))
}

pub(crate) fn running() -> Fact {
    Fact::Workflow(WorkflowFact::Phase(vec!["Running".to_owned()]))
}

pub(crate) fn gone() -> Fact {
    Fact::Workflow(WorkflowFact::Presence(Presence::Gone))
}

pub(crate) fn no_objects() -> Fact {
    Fact::Store(StoreFact::Objects(Count::Exactly(0)))
}

pub(crate) fn some_objects() -> Fact {
    Fact::Store(StoreFact::Objects(Count::AtLeast(1)))
}

pub(crate) fn lacks_finalizer() -> Fact {
    Fact::Workflow(WorkflowFact::Finalizer("gc".to_owned(), false))
}

/// The outcome and its reason, for a snapshot: lines of 80 columns.
pub(crate) fn told(finding: &Finding) -> String {
    let outcome = match finding.outcome {
        Outcome::Pass => "pass",
        Outcome::Fail => "fail",
        Outcome::Unknown(_) => "unknown",
        Outcome::NotReached => "not reached",
    };
    let at = finding.decided_at.map_or("-".to_owned(), |at| at.to_string());
    let mut lines = vec![format!("{outcome} at {at}, events {:?}:", finding.events), String::new()];
    for word in finding.reason.raw().split(' ') {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.len() + word.len() < 80 => line.extend([" ", word]),
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}
