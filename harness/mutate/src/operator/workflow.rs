//! Faults of the workflow object.

use model::fact::{FINAL_PHASES, Presence};
use model::fact::{StoreFact, WorkflowFact};
use model::history::{Change, Observation};
use model::{Claim, EventKind, Fact, History};
use serde_json::json;

use super::{Operator, awaits, demands, forbids, has};
use crate::edit::{
    after_each, each_workflow, first_workflow, hang, has_finalizer, is_completed, is_done,
    last_completion, lingering, modified, quiet, workflow,
};

pub(super) const COMPLETES_LATE: Operator =
    Operator::fault("completes-late", "a quarter of an hour passes first", of_a_phase, late);

pub(super) const OPERATORS: &[Operator] = &[
    NEVER_COMPLETES,
    FORGOTTEN,
    COMPLETES_LATE,
    FAILS_INSTEAD,
    Operator::fault("succeeds-instead", "it succeeds instead of failing", of_failure, |h| {
        ends_as(h, &["Failed", "Error"], "Succeeded")
    }),
    ERRORS_INSTEAD,
    Operator::fault("phase-flaps", "once completed, it runs again for a moment", of_phases, flaps),
    FINALIZER_STAYS,
    Operator::fault(
        "finalizer-removed-early",
        "the finalizer goes as soon as the workflow is completed",
        |c| forbids(c, lacks_finalizer) || demands(c, keeps_finalizer),
        removed_early,
    ),
    NEVER_DELETED,
    Operator::fault(
        "gc-fails",
        "garbage collection reports an error, and the finalizer stays",
        |c| awaits(c, |f| lacks_finalizer(f) || is_gone(f)),
        gc_fails,
    ),
    Operator::fault("deleted-then-back", "it is deleted and made again", of_absence, comes_back),
    Operator::fault(
        "deleted-unasked",
        "after a step it is deleted",
        forbids_absence,
        deleted_unasked,
    ),
    Operator::fault("gc-condition", "garbage collection reports an error", of_condition, gc_error),
    Operator::fault(
        "conditions-lost",
        "no condition is ever set",
        |c| awaits(c, |f| matches!(f, Fact::Workflow(WorkflowFact::Condition(_, true)))),
        without_conditions,
    ),
    Operator::fault("message-lost", "the workflow has no message", of_message, |history| {
        each_workflow(history, |seen| {
            let status = seen.object["status"].as_object_mut();
            status.is_some_and(|status| status.shift_remove("message").is_some())
        })
        .map(|history| lingering(&history))
    }),
];

fn of_message(claim: &Claim) -> bool {
    let reads = |text: &str| text.contains("workflow.status.message");
    awaits(claim, |fact| matches!(fact, Fact::Cel(expression) if reads(expression.text())))
}

/// The twin of the operators that hide the fault in an unhealthy environment.
pub(super) const FAILS_INSTEAD: Operator =
    Operator::fault("fails-instead", "it fails instead of succeeding", fails_on_failure, |h| {
        ends_as(h, &["Succeeded"], "Failed")
    });

/// The twin of the operators that hide the fault in an unhealthy environment.
pub(super) const ERRORS_INSTEAD: Operator =
    Operator::fault("errors-instead", "it ends in error", fails_on_error, |h| {
        ends_as(h, &["Succeeded"], "Error")
    });

/// The twin of the operators that hide the fault in an unhealthy environment.
pub(super) const NEVER_COMPLETES: Operator =
    Operator::fault("never-completes", "it hangs before it completes", of_a_phase, |h| {
        last_completion(h).map(|index| hang(h, index))
    });

/// The twin of the operators that hide the fault in an unhealthy environment.
pub(super) const FORGOTTEN: Operator = Operator::fault(
    "completion-forgotten",
    "its nodes come to an end and it does not",
    of_a_phase,
    |history| {
        let index = last_completion(history)?;
        let mut edited = history.clone();
        if let EventKind::Observed(seen) = &mut edited.events[index].kind {
            seen.object["status"]["phase"] = json!("Running");
        }
        // The step that waited for the nodes still ends.
        let ends = |what: &EventKind| matches!(what, EventKind::StepEnded { .. });
        let next = edited.events.get(index + 1).is_some_and(|event| ends(&event.kind));
        Some(hang(&edited, index + 1 + usize::from(next)))
    },
);

/// The twin of the operators that hide the fault in an unhealthy environment.
pub(super) const FINALIZER_STAYS: Operator = Operator::fault(
    "finalizer-never-removed",
    "it hangs before the finalizer is removed",
    |c| awaits(c, |f| lacks_finalizer(f) || is_gone(f)),
    |history| {
        let begun = first_workflow(history, 0, has_finalizer)?;
        let removed = first_workflow(history, begun, |seen| !has_finalizer(seen))?;
        Some(hang(history, removed))
    },
);

/// The twin of the operators that hide the fault in an unhealthy environment.
pub(super) const NEVER_DELETED: Operator = Operator::fault(
    "never-deleted",
    "its deletion is taken and never done",
    |c| awaits(c, |f| lacks_finalizer(f) || is_gone(f)),
    |history| {
        let index = first_workflow(history, 0, |seen| seen.change == Change::Deleted)?;
        let mut edited = history.clone();
        if let EventKind::Observed(seen) = &mut edited.events[index].kind {
            being_deleted(seen);
        }
        Some(hang(&edited, index + 1))
    },
);

fn being_deleted(seen: &mut Observation) {
    seen.change = Change::Modified;
    seen.object["metadata"]["deletionTimestamp"] = json!("2026-01-01T00:00:00Z");
}

fn lacks_finalizer(fact: &Fact) -> bool {
    matches!(fact, Fact::Workflow(WorkflowFact::Finalizer(_, false)))
}

fn keeps_finalizer(fact: &Fact) -> bool {
    matches!(fact, Fact::Workflow(WorkflowFact::Finalizer(_, true)))
}

pub(super) fn is_gone(fact: &Fact) -> bool {
    matches!(fact, Fact::Workflow(WorkflowFact::Presence(Presence::Gone)))
}

fn of_a_phase(claim: &Claim) -> bool {
    awaits(
        claim,
        |f| matches!(f, Fact::Workflow(WorkflowFact::Phase(p)) if p.iter().all(|p| is_final(p))),
    )
}

fn of_success(claim: &Claim) -> bool {
    awaits(claim, |f| matches!(f, Fact::Workflow(WorkflowFact::Phase(p)) if *p == ["Succeeded"]))
}

fn fails_on_failure(claim: &Claim) -> bool {
    of_success(claim) || forbids_phase(claim, "Failed")
}

fn fails_on_error(claim: &Claim) -> bool {
    of_success(claim) || forbids_phase(claim, "Error")
}

fn forbids_phase(claim: &Claim, phase: &str) -> bool {
    forbids(
        claim,
        |f| matches!(f, Fact::Workflow(WorkflowFact::Phase(p)) if p.iter().any(|p| p == phase)),
    )
}

fn of_failure(claim: &Claim) -> bool {
    let is = |f: &Fact, phase: &str| {
        matches!(f, Fact::Workflow(WorkflowFact::Phase(p))
            if *p == [phase])
    };
    awaits(claim, |f| is(f, "Failed")) || forbids(claim, |f| is(f, "Succeeded"))
}

fn of_phases(claim: &Claim) -> bool {
    let phase = |f: &Fact| matches!(f, Fact::Workflow(WorkflowFact::Phase(_)));
    demands(claim, phase) || forbids(claim, phase)
}

fn of_absence(claim: &Claim) -> bool {
    demands(claim, is_gone)
}

fn forbids_absence(claim: &Claim) -> bool {
    forbids(claim, is_gone)
}

fn of_condition(claim: &Claim) -> bool {
    forbids(
        claim,
        |f| matches!(f, Fact::Workflow(WorkflowFact::Condition(kind, true)) if kind == "ArtifactGCError"),
    )
}

fn without_conditions(history: &History) -> Option<History> {
    let edited = each_workflow(history, |seen| {
        seen.object["status"]
            .as_object_mut()
            .is_some_and(|s| s.shift_remove("conditions").is_some())
    });
    edited.map(|history| lingering(&history))
}

fn is_final(phase: &str) -> bool {
    FINAL_PHASES.contains(&phase)
}

fn late(history: &History) -> Option<History> {
    let index = last_completion(history)?;
    let (before, after) = history.events.split_at(index);
    let now = before.last().map_or(0, |e| e.at);
    let delay = 900_000;
    let mut events = before.to_vec();
    events.extend(quiet(now, delay, &crate::edit::last_keys(before)));
    events.extend(after.iter().cloned().map(|mut event| {
        event.at += delay;
        if let EventKind::Listed { asked_at: asked, .. } = &mut event.kind {
            *asked += delay;
        }
        event
    }));
    Some(crate::edit::with_events(history, events))
}

fn ends_as(history: &History, from: &[&str], to: &str) -> Option<History> {
    let edited = each_workflow(history, |seen| {
        let found = seen.object["status"]["phase"].as_str().is_some_and(|p| from.contains(&p));
        if found {
            seen.object["status"]["phase"] = json!(to);
        }
        found
    });
    edited.map(|history| lingering(&history))
}

fn flaps(history: &History) -> Option<History> {
    let index = last_completion(history)?;
    let completed = history.events[index].n;
    after_each(history, |event| {
        let seen = workflow(history, event).filter(|_| event.n >= completed)?;
        let running = modified(seen, |object| object["status"]["phase"] = json!("Running"));
        (seen.change != Change::Deleted).then(|| vec![running, event.kind.clone()])
    })
}

fn removed_early(history: &History) -> Option<History> {
    let completed = last_completion(history)?;
    let completed = history.events[completed].at;
    let mut edited = history.clone();
    let mut found = false;
    for event in edited.events.iter_mut().filter(|e| e.at >= completed) {
        if let EventKind::Observed(seen) = &mut event.kind
            && has_finalizer(seen)
            && is_completed(seen)
        {
            seen.object["metadata"]["finalizers"] = json!([]);
            found = true;
        }
    }
    found.then_some(edited)
}

fn gc_fails(history: &History) -> Option<History> {
    let kept = first_workflow(history, 0, has_finalizer)?;
    let EventKind::Observed(seen) = &history.events[kept].kind else { return None };
    let finalizers = seen.object["metadata"]["finalizers"].clone();
    let first = history.events[kept].n;
    let mut edited = gc_error(history)?;
    for event in edited.events.iter_mut().filter(|e| e.n > first) {
        if workflow(history, event).is_some()
            && let EventKind::Observed(seen) = &mut event.kind
        {
            seen.object["metadata"]["finalizers"] = finalizers.clone();
            if seen.change == Change::Deleted {
                being_deleted(seen);
            }
        }
    }
    Some(lingering(&edited))
}

fn comes_back(history: &History) -> Option<History> {
    after_each(history, |event| {
        let seen = workflow(history, event).filter(|s| s.change == Change::Deleted)?;
        let again = Observation { change: Change::Added, ..seen.clone() };
        Some(vec![EventKind::Observed(again)])
    })
}

fn deleted_unasked(history: &History) -> Option<History> {
    let mut last: Option<Observation> = None;
    after_each(history, |event| {
        if let Some(seen) = workflow(history, event) {
            last = Some(seen.clone());
        }
        let seen = last.clone().filter(|_| is_done(event))?;
        Some(vec![EventKind::Observed(Observation { change: Change::Deleted, ..seen })])
    })
}

fn gc_error(history: &History) -> Option<History> {
    let error = json!({ "type": "ArtifactGCError", "status": "True", "message": "it failed" });
    each_workflow(history, |seen| {
        if !is_completed(seen) {
            return false;
        }
        let conditions = &mut seen.object["status"]["conditions"];
        match conditions.as_array_mut() {
            Some(list) => list.push(error.clone()),
            None => *conditions = json!([error]),
        }
        true
    })
}

/// Whether the claim forbids the removal of the finalizer while objects are there.
pub(super) fn is_guarded(claim: &Claim) -> bool {
    forbids(claim, lacks_finalizer)
        && claim
            .only_while
            .as_ref()
            .is_some_and(|f| has(f, &|f: &Fact| matches!(f, Fact::Store(StoreFact::Objects(_)))))
}
