//! The evaluator: events in, findings out.

use std::collections::BTreeSet;
use std::io::BufRead;

use model::history::{EndReason, HistoryError, Kind, Reader};
use model::verdict::{Doubt, Finding};
use model::{Claims, Event, EventKind, Fact, Header, History, World};

use crate::effect::Effect;
use crate::environment::Environment;
use crate::failover::Failover;
use crate::fault::Fault;
use crate::moment::Moment;
use crate::order::Order;
use crate::replacement::Replacement;
use crate::requirement::{Need, doubt_everything, withhold};
use crate::store_freshness::StoreFreshness;
use crate::watch::Watch;

/// Judges claims while a history is written.
///
/// The tables of the [crate] say what comes out.
#[derive(Debug)]
pub struct Judge {
    steps: Vec<String>,
    /// The kinds of object that the claims read.
    kinds: BTreeSet<Kind>,
    world: World,
    freshness: StoreFreshness,
    environment: Environment,
    order: Order,
    needs: Vec<Need>,
    effects: Vec<Effect>,
    faults: Vec<Fault>,
    replacements: Vec<Replacement>,
    failovers: Vec<Failover>,
    watches: Vec<Watch>,
    ended: bool,
    /// The reason why the harness could not go on.
    trouble: Option<String>,
}

impl Judge {
    /// Before the first event.
    pub fn new(header: &Header, claims: &Claims) -> Self {
        let required = claims.requires.iter().map(|r| &r.fact);
        let symptoms = claims.symptoms.iter().map(|symptom| &symptom.fact);
        let facts = claims.claims.iter().flat_map(model::Claim::facts);
        let facts = facts.chain(required).chain(symptoms);
        let facts: Vec<&Fact> = facts.collect();
        // Every claim reads from the workflow whether the controller has acted.
        let mut kinds = BTreeSet::from([Kind::Workflow]);
        kinds.extend(facts.iter().flat_map(|fact| fact.kinds()));
        Self {
            steps: header.steps.clone(),
            world: World::for_facts(header, facts).with_names(&claims.node_names),
            freshness: StoreFreshness::default(),
            environment: Environment::new(&claims.outages),
            order: Order::of(kinds.clone(), &header.steps),
            kinds,
            needs: claims.requires.iter().map(Need::new).collect(),
            effects: claims.effects.iter().map(|step| Effect::new(step)).collect(),
            faults: claims.faults.iter().map(|step| Fault::new(step)).collect(),
            replacements: claims
                .replacements
                .iter()
                .map(|one| Replacement::new(one, header))
                .collect(),
            failovers: claims.failovers.iter().map(Failover::new).collect(),
            watches: claims.claims.iter().map(|claim| Watch::new(claim, claims)).collect(),
            ended: false,
            trouble: None,
        }
    }

    /// The kinds of object that the claims read. Objects of others make no difference.
    pub fn kinds(&self) -> BTreeSet<Kind> {
        self.kinds.clone()
    }

    /// Takes the next event. Events after `Ended` say nothing.
    pub fn push(&mut self, event: &Event) {
        if self.ended {
            return;
        }
        self.order.apply(event);
        for watch in &mut self.watches {
            watch.before(event, &self.world, &self.freshness);
        }
        self.world.apply(event);
        self.freshness.apply(event);
        self.environment.apply(event);
        let (world, freshness, environment) = (&self.world, &self.freshness, &self.environment);
        let moment = Moment { event, world, freshness, environment };
        for need in &mut self.needs {
            need.see(&moment);
        }
        for effect in &mut self.effects {
            effect.see(&moment);
        }
        for fault in &mut self.faults {
            fault.see(&event.kind);
        }
        for replacement in &mut self.replacements {
            replacement.see(&moment);
        }
        for failover in &mut self.failovers {
            failover.see(&moment);
        }
        for watch in &mut self.watches {
            watch.see(&moment, &self.steps);
        }
        if let EventKind::Ended(reason) = &event.kind {
            self.ended = true;
            if let EndReason::HarnessError(cause) = reason {
                self.could_not_go_on(cause);
            }
        }
    }

    /// The harness could not go on and the history may not say so: nothing in it decides anything.
    pub fn could_not_go_on(&mut self, reason: &str) {
        self.trouble.get_or_insert_with(|| trouble(reason));
    }

    /// Whether the claims need no more observation. Each claim is decided, or its open window ends
    /// only with the history.
    ///
    /// # Caveats
    /// The answer is about the claims only. A run still does the steps that are left. A requirement
    /// that is not met does not make the run longer.
    pub fn settled(&self) -> bool {
        self.unsettled().next().is_none()
    }

    /// Ids of the claims for which it is worth observing further.
    pub fn unsettled(&self) -> impl Iterator<Item = &str> {
        let now = self.order.last().map_or(0, |mark| mark.at);
        let environment = &self.environment;
        let open = self.watches.iter().filter(move |watch| !watch.is_settled(now, environment));
        open.map(Watch::id)
    }

    /// The next end of an open window, in milliseconds since the start. A mark of each watch that
    /// is asked for right after it lets the window close.
    pub fn deadline(&self) -> Option<u64> {
        let now = self.order.last().map_or(0, |mark| mark.at);
        let ends = self.watches.iter().filter_map(Watch::deadline);
        ends.filter(|end| *end >= now).min()
    }

    /// The findings, in the order of the claims. A claim that is still undecided becomes unknown.
    pub fn finish(self) -> Vec<Finding> {
        self.conclude("the history breaks off")
    }

    /// As [`Self::finish`], of a history whose last line was cut short ([`History::torn`]).
    pub fn finish_torn(self) -> Vec<Finding> {
        self.conclude("the history is torn: its last line was cut short")
    }

    fn conclude(mut self, how: &str) -> Vec<Finding> {
        if !self.ended {
            let ending = match self.order.last() {
                Some(mark) => format!("{how} after {}", mark.words()),
                None => format!("{how} before the first event"),
            };
            let (world, freshness, environment) = (&self.world, &self.freshness, &self.environment);
            let last = self.order.last().map(|mark| {
                let what = EventKind::Ended(EndReason::Stopped);
                Event { n: mark.n, at: mark.at, kind: what }
            });
            let moment = last.as_ref().map(|event| Moment { event, world, freshness, environment });
            for watch in &mut self.watches {
                watch.break_off(moment.as_ref(), &ending);
            }
        }
        let watches = self.watches.into_iter();
        let mut findings: Vec<_> = watches.map(|watch| watch.finding(&self.environment)).collect();
        let unmet = self.needs.iter().find_map(|need| need.unmet(&self.world));
        let unmet = unmet.or_else(|| self.faults.iter().find_map(Fault::nothing));
        let nothing = self.effects.iter().find_map(Effect::nothing);
        let spoilt = self.needs.iter().find_map(|need| need.spoilt_by(&self.environment));
        if let (Some(reason), Some(trouble)) = (&unmet, spoilt) {
            let reason = format!("{reason}; {}", trouble.words);
            doubt_everything(&mut findings, trouble.doubt, &reason);
        } else if let Some(reason) = unmet {
            withhold(&mut findings, Doubt::Precondition, &reason);
        } else if let Some(reason) = nothing {
            withhold(&mut findings, Doubt::StepChangedNothing, reason);
        }
        let unproven = self.replacements.iter().find_map(Replacement::unproven);
        let unproven = unproven.or_else(|| self.failovers.iter().find_map(Failover::unproven));
        if let Some(reason) = unproven {
            doubt_everything(&mut findings, Doubt::Precondition, reason);
        }
        if let Some(reason) = self.order.disorder() {
            doubt_everything(&mut findings, Doubt::Order, reason);
        }
        if let Some(trouble) = &self.trouble {
            doubt_everything(&mut findings, Doubt::Harness, trouble);
        }
        findings
    }
}

fn trouble(reason: &str) -> String {
    format!("the harness could not go on: {reason}")
}

/// Whether a whole history meets each requirement of the claims, in their order.
pub fn met(claims: &Claims, history: &History) -> Vec<bool> {
    let mut judge = Judge::new(&history.header, claims);
    history.events.iter().for_each(|event| judge.push(event));
    judge.needs.iter().map(|need| need.unmet(&judge.world).is_none()).collect()
}

/// Judges a history while it is read. The memory holds one event at a time. Objects that no claim
/// reads are not parsed. The findings are those of [`judge`].
///
/// # Errors
/// If the history cannot be read.
pub fn judge_reader<R: BufRead>(
    claims: &Claims,
    reader: Reader<R>,
) -> Result<(Vec<Finding>, Reader<R>), HistoryError> {
    let mut judge = Judge::new(reader.header(), claims);
    let mut reader = reader.only(judge.kinds());
    for event in reader.by_ref() {
        judge.push(&event?);
    }
    let findings = if reader.torn() { judge.finish_torn() } else { judge.finish() };
    Ok((findings, reader))
}

/// Judges a history that was read back, by the same evaluator that a run uses.
///
/// # Examples
/// A history without an end is no evidence of a failure: the finding is unknown.
/// ```
/// use std::path::Path;
///
/// use model::parse::{CaseFiles, cases};
/// use model::verdict::Outcome;
/// use model::History;
///
/// let case = "
/// title: A workflow completes
/// why: https://example.org/issues/1
/// level: core
/// component: workflow-controller
/// steps: [{ submit: workflow.yaml }]
/// claims: [{ id: completes, eventually: { phase: completed }, within: 30s }]
/// ";
/// let files = [("case.yaml", case), ("workflow.yaml", "kind: Workflow")];
/// let files = files.map(|(name, text)| (name.to_owned(), text.to_owned()));
/// let input = CaseFiles { directory: Path::new("cases/a/b"), id: "a/b", files: &files };
/// let cases = cases(&input).expect("the files are a case");
///
/// let history = r#"{"format":[1,0],"run":"r1","case":"a/b","argo":{"controller":"3.7.18",
///     "executor":"3.7.18","cli":"3.7.18"},"namespace":"a-b-0","workflow":"b",
///     "started":"2026-11-29T04:31:19Z","steps":["submit"],"controller":null,
///     "requests":false,"challenge":null}"#;
/// let history = History::parse(&format!("{}\n", history.replace('\n', ""))).expect("a header");
/// let findings = judge::judge(&cases[0].claims, &history);
/// assert!(!matches!(findings[0].outcome, Outcome::Pass | Outcome::Fail));
/// ```
pub fn judge(claims: &Claims, history: &History) -> Vec<Finding> {
    let mut judge = Judge::new(&history.header, claims);
    for event in &history.events {
        judge.push(event);
    }
    if history.torn { judge.finish_torn() } else { judge.finish() }
}
