//! Reads claims and requirements.

use std::time::Duration;

use super::fields::{Fields, Reader};
use super::{Context, fact};
use crate::claim::{Claim, Modality, OBSERVED, Requirement};
use crate::fact::{Count, Fact};
use crate::vocabulary::{CLAIM, REQUIREMENT};
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
    /// Where the claim stands.
    at: Position,
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
    let since = f.optional("since").map(|n| fact::step_name(n, steps, r));
    let after = f.optional("after").map(|n| fact::read(n, steps, context, r));
    let beside = beside(&mut f, node.at, steps, context, r);
    let Some((word, value)) = f.one(r) else {
        f.nothing_found(r);
        return None;
    };
    f.finish(r);
    let fact = fact::read(value, steps, context, r);
    beside.check(word, r);
    beside.check_end(word, since.as_ref().map_or(Some(&context.submit), Option::as_ref), steps, r);
    if word == "happens" && fact.as_ref().is_some_and(Fact::asks_store) {
        let message = "what comes and goes in the store cannot be counted".to_owned();
        let hint = "the store is listed, not watched: claim what is there instead".to_owned();
        r.error(value.at, message, Some(hint));
    }
    if !beside.whole {
        return None;
    }
    let (only_while, before) = (beside.only_while.clone(), beside.before.clone());
    let (modality, fact) = beside.modality(word, fact?, node.at, r)?;
    Some(Claim {
        id: id?,
        modality,
        fact,
        since: since.map_or(Some(context.submit.clone()), |s| s)?,
        after: after.map_or(Some(None), |a| a.map(Some))?,
        before,
        only_while,
        regardless: None,
    })
}

fn beside(
    f: &mut Fields<'_>,
    at: Position,
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
        let read = |n| fact::read(n, steps, context, r);
        node.map(read)
    });
    let durations = [within, lasting].map(|node| node.map(|n| r.duration(n)));
    let times = times.map(|n| fact::count(n, r));
    let whole = facts.iter().all(|fact| !matches!(fact, Some(None)))
        && durations.iter().all(|duration| !matches!(duration, Some(None)))
        && !matches!(times, Some(None));
    let mut take = |index: usize| facts[index].take().flatten();
    Beside {
        at,
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
    fn check(&self, word: &str, r: &mut Reader) {
        let is_there = |name: &str| self.places.iter().find(|(found, _)| *found == name);
        if let (Some(_), Some((_, at))) = (is_there("for"), is_there("before")) {
            let message = "`for` and `before` do not go together".to_owned();
            r.error(*at, message, None);
        }
        for (name, at) in &self.places {
            let Some(field) = CLAIM.beside.iter().find(|field| field.name == *name) else {
                continue;
            };
            if !field.with.is_empty() && !field.with.contains(&word) {
                let words: Vec<_> = field.with.iter().map(|w| format!("`{w}`")).collect();
                let message = format!("`{name}` goes with {}", words.join(" and "));
                r.error(*at, message, None);
            }
        }
    }

    /// Says so when nothing follows the step that opens the window and the window has no end, or
    /// one that comes after the last observation.
    fn check_end(&self, word: &str, since: Option<&String>, steps: &[String], r: &mut Reader) {
        let named = steps.iter().filter(|step| Some(*step) == since).count();
        if named != 1 || since != steps.last() {
            return;
        }
        let place = |name| self.places.iter().find(|(found, _)| *found == name).map(|(_, at)| *at);
        let open = ["within", "until", "before"].into_iter().all(|name| place(name).is_none());
        if open && ["never", "always", "happens"].contains(&word) {
            let message = format!("`{word}` since the last step has no end");
            let hint = "Say how long the window is: `within: 30s`.".to_owned();
            r.error(self.at, message, Some(hint));
        }
        let length = self.within.unwrap_or_default() + self.lasting.unwrap_or_default();
        if let Some(at) = place("within").filter(|_| length > OBSERVED) {
            let message = format!(
                "the window ends {}s after the last step, and a run observes {}s",
                length.as_secs_f64(),
                OBSERVED.as_secs()
            );
            r.error(at, message, Some("Shorten `within`, or add a step that waits.".to_owned()));
        }
    }

    /// The modality and the fact that it is of; says what is missing.
    fn modality(
        self,
        word: &str,
        fact: Fact,
        at: Position,
        r: &mut Reader,
    ) -> Option<(Modality, Fact)> {
        let mut missing = |what: &str, field: &str, hint: &str| {
            let message = format!("`{what}` needs `{field}`");
            r.error(at, message, Some(hint.to_owned()));
            None
        };
        let promise = "say what Argo promises: `within: 30s`";
        let Self { within, lasting, until, leads_to, times, .. } = self;
        let modality = match (word, within) {
            ("eventually", Some(within)) => Modality::Eventually { within, lasting },
            ("always", Some(within)) if until.is_some() => {
                Modality::Until { until: until?, within }
            }
            ("always", None) if until.is_some() => return missing("until", "within", promise),
            ("always", within) => Modality::Always { within },
            ("never", within) => Modality::Never { within },
            ("happens", within) => {
                let Some(times) = times else {
                    return missing("happens", "times", "say how often: `times: 1`");
                };
                Modality::Happens { times, within }
            }
            ("whenever", Some(within)) => {
                let hint = "say what must follow: `leads-to: { … }`";
                let Some(effect) = leads_to else {
                    return missing("whenever", "leads-to", hint);
                };
                return Some((Modality::LeadsTo { trigger: fact, within }, effect));
            }
            (other, _) => return missing(other, "within", promise),
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
    let at = f.optional("at").map(|n| fact::step_name(n, steps, r));
    let seen = f.required("seen", r).and_then(|n| fact::read(n, steps, context, r));
    f.finish(r);
    Some(Requirement { fact: seen?, at: at.map_or(Some(None), |a| a.map(Some))? })
}
