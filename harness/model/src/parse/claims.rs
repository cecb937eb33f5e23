//! Reads claims and requirements.

use std::time::Duration;

use super::context::{Context, step_name};
use super::fields::{Fields, Reader};
use crate::claim::{Claim, FLOOR, Modality, OBSERVED, Requirement};
use crate::fact::table::read_fact;
use crate::fact::{Count, Fact, count};
use crate::history::Part;
use crate::vocabulary::word::Row;
use crate::vocabulary::{CLAIM, MODALITIES, Modal, PARTS, REQUIREMENT};
use crate::yaml::{Node, Position};

pub(super) fn read(
    node: &Node,
    steps: &[String],
    context: &Context<'_, '_>,
    r: &mut Reader,
) -> Option<Vec<Claim>> {
    let mut claims: Vec<Claim> = Vec::new();
    let items = r.items("claims", node);
    for item in items {
        let Some(claim) = claim(item, steps, context, r) else { continue };
        if claims.iter().any(|c| c.id == claim.id) {
            r.error(item.at, format!("two claims are called `{}`", claim.id), None);
        }
        claims.push(claim);
    }
    (claims.len() == items.len() && !claims.is_empty()).then_some(claims)
}

/// The fields that stand beside the word of the modality, as far as they can be read.
struct Beside {
    within: Option<Duration>,
    lasting: Option<Duration>,
    until: Option<Fact>,
    leads_to: Option<Fact>,
    times: Option<Count>,
    only_while: Option<Fact>,
    before: Option<Fact>,
    /// Name and place of each that is there.
    places: Vec<(&'static str, Position)>,
    /// All that are there could be read.
    whole: bool,
}

fn claim(
    node: &Node,
    steps: &[String],
    context: &Context<'_, '_>,
    r: &mut Reader,
) -> Option<Claim> {
    let mut f = Fields::of(&CLAIM, node, r)?;
    let id = f.required("id", r).and_then(|n| r.name(n));
    let since = f.optional("since").map(|n| step_name(n, steps, r));
    let after = f.optional("after").map(|n| read_fact(n, steps, context, r));
    let beside = beside(&mut f, steps, context, r);
    let part = f.optional("regardless");
    let regardless = part.map(|n| r.one_of(n, "part of the environment", &PARTS));
    let Some((word, value)) = f.one(&[MODALITIES], r) else {
        f.nothing_found(r);
        return None;
    };
    f.finish(r);
    let fact = read_fact(value, steps, context, r);
    beside.check(word, r);
    beside.check_floor(word, r);
    beside.check_end(since.as_ref().map_or(Some(&context.submit), Option::as_ref), steps, r);
    if word.meaning == Modal::Happens && fact.as_ref().is_some_and(Fact::asks_store) {
        let message = "changes of the object store cannot be counted".to_owned();
        let hint = "Claim the objects that are there: the harness lists the object store and does not watch it.".to_owned();
        r.error(value.at, message, Some(hint));
    }
    if !beside.whole {
        return None;
    }
    let (only_while, before) = (beside.only_while.clone(), beside.before.clone());
    let (modality, fact) = beside.modality(word, fact?, node.at, r)?;
    let claim = Claim {
        id: id?,
        modality,
        fact,
        since: since.map_or(Some(context.submit.clone()), |s| s)?,
        after: after.map_or(Some(None), |a| a.map(Some))?,
        before,
        only_while,
        regardless: regardless.map_or(Some(None), |part| part.map(Some))?,
    };
    if let Some(part) = part {
        check_regardless(&claim, context.uses_store, part.at, r);
    }
    Some(claim)
}

/// Reports a claim that leaves out a part which does not count for the claim. Reports a part that
/// alone shows the subject of the claim too.
fn check_regardless(claim: &Claim, uses_store: bool, at: Position, r: &mut Reader) {
    if claim.regardless != Some(Part::Store) {
        return;
    }
    if claim.asks_store() {
        let message = "invalid `regardless`: the claim speaks of objects".to_owned();
        let hint = "Claim requests to the store instead: the harness records them.".to_owned();
        r.error(at, message, Some(hint));
    } else if !uses_store && !claim.asks_requests() {
        let message = "invalid `regardless`: neither workflow nor claim uses the object store";
        r.error(at, message.to_owned(), Some("Remove `regardless`.".to_owned()));
    }
}

fn beside(
    f: &mut Fields<'_>,
    steps: &[String],
    context: &Context<'_, '_>,
    r: &mut Reader,
) -> Beside {
    let names = ["within", "for", "until", "leads-to", "times", "while", "before"];
    let nodes = names.map(|name| f.optional(name));
    let found = names.into_iter().zip(nodes).filter_map(|(name, n)| Some((name, n?.at)));
    let places: Vec<_> = found.collect();
    let [within, lasting, until, leads_to, times, only_while, before] = nodes;
    let mut facts = [until, leads_to, only_while, before].map(|node| {
        let read = |n| read_fact(n, steps, context, r);
        node.map(read)
    });
    let durations = [within, lasting].map(|node| node.map(|n| r.duration(n)));
    let times = times.map(|n| count(n, r));
    let whole = facts.iter().all(|fact| !matches!(fact, Some(None)))
        && durations.iter().all(|duration| !matches!(duration, Some(None)))
        && !matches!(times, Some(None));
    let mut take = |index: usize| facts[index].take().flatten();
    Beside {
        within: durations[0].flatten(),
        lasting: durations[1].flatten(),
        until: take(0),
        leads_to: take(1),
        times: times.flatten(),
        only_while: take(2),
        before: take(3),
        places,
        whole,
    }
}

impl Beside {
    /// Says which fields do not go with the word.
    fn check(&self, word: Row<Modal>, r: &mut Reader) {
        let is_there = |name: &str| self.places.iter().find(|(found, _)| *found == name);
        if let (Some(_), Some((_, at))) = (is_there("for"), is_there("before")) {
            let message = "`for` and `before` do not go together".to_owned();
            r.error(*at, message, None);
        }
        for (name, at) in &self.places {
            let Some(field) = CLAIM.beside.iter().find(|field| field.name == *name) else {
                continue;
            };
            if !field.with.is_empty() && !field.with.contains(&word.word.name) {
                let words: Vec<_> = field.with.iter().map(|w| format!("`{w}`")).collect();
                let message = format!("`{name}` goes with {}", words.join(" and "));
                r.error(*at, message, None);
            }
        }
    }

    /// Says so when the window of an absence is so short that nothing has time to happen in it.
    fn check_floor(&self, word: Row<Modal>, r: &mut Reader) {
        let absence = match word.meaning {
            Modal::Never | Modal::Always | Modal::Happens => self.until.is_none(),
            Modal::Eventually | Modal::Whenever => false,
        };
        let short = self.within.is_some_and(|within| within < FLOOR);
        if let Some(at) = self.place("within").filter(|_| absence && short) {
            let message = format!("the window is shorter than {}s", FLOOR.as_secs());
            r.error(at, message, Some(format!("Write `within: {}s` or more.", FLOOR.as_secs())));
        }
    }

    /// Says so when nothing follows the step that opens the window and the window ends after the
    /// last observation.
    fn check_end(&self, since: Option<&String>, steps: &[String], r: &mut Reader) {
        let named = steps.iter().filter(|step| Some(*step) == since).count();
        if named != 1 || since != steps.last() {
            return;
        }
        let length = self.within.unwrap_or_default() + self.lasting.unwrap_or_default();
        if let Some(at) = self.place("within").filter(|_| length > OBSERVED) {
            let message = format!(
                "the window ends {}s after the last step, and a run observes {}s",
                length.as_secs_f64(),
                OBSERVED.as_secs()
            );
            r.error(at, message, Some("Shorten `within`, or add a step that waits.".to_owned()));
        }
    }

    fn place(&self, name: &str) -> Option<Position> {
        self.places.iter().find(|(found, _)| *found == name).map(|(_, at)| *at)
    }

    /// The modality and the fact that it is of; says what is missing.
    fn modality(
        self,
        word: Row<Modal>,
        fact: Fact,
        at: Position,
        r: &mut Reader,
    ) -> Option<(Modality, Fact)> {
        let mut missing = |field: &str, hint: &str| {
            let message = format!("`{}` needs `{field}`", word.word.name);
            r.error(at, message, Some(hint.to_owned()));
        };
        let Self { within, lasting, until, leads_to, times, .. } = self;
        if within.is_none() {
            missing("within", "say what Argo promises: `within: 30s`");
        }
        if word.meaning == Modal::Happens && times.is_none() {
            missing("times", "say how often: `times: 1`");
        }
        if word.meaning == Modal::Whenever && leads_to.is_none() {
            missing("leads-to", "say what must follow: `leads-to: { … }`");
        }
        let within = within?;
        let modality = match (word.meaning, until) {
            (Modal::Eventually, _) => Modality::Eventually { within, lasting },
            (Modal::Always, Some(until)) => Modality::Until { until, within },
            (Modal::Always, None) => Modality::Always { within: Some(within) },
            (Modal::Never, _) => Modality::Never { within: Some(within) },
            (Modal::Happens, _) => Modality::Happens { times: times?, within: Some(within) },
            (Modal::Whenever, _) => {
                return Some((Modality::LeadsTo { trigger: fact, within }, leads_to?));
            }
        };
        Some((modality, fact))
    }
}

pub(super) fn requirements(
    node: &Node,
    steps: &[String],
    context: &Context<'_, '_>,
    r: &mut Reader,
) -> Vec<Requirement> {
    let items = r.items("requirements", node);
    items.iter().filter_map(|item| requirement(item, steps, context, r)).collect()
}

fn requirement(
    node: &Node,
    steps: &[String],
    context: &Context<'_, '_>,
    r: &mut Reader,
) -> Option<Requirement> {
    let mut f = Fields::of(&REQUIREMENT, node, r)?;
    let at = f.optional("at").map(|n| step_name(n, steps, r));
    let seen = f.required("seen", r).and_then(|n| read_fact(n, steps, context, r));
    f.finish(r);
    Some(Requirement { fact: seen?, at: at.map_or(Some(None), |a| a.map(Some))? })
}
