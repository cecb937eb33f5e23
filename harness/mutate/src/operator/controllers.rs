//! Alterations of the controllers that a step shows.

use model::history::{Action, Controllers};
use model::{EventKind, History};

use crate::edit::each;

/// The history with other controllers later in each of these steps. `change` gets the controllers
/// that the step shows first, and the later ones; `None` removes the event. After a step that
/// removed the controllers, the first ones are those of before. `None` without such a step.
pub(super) fn altered(
    history: &History,
    of: impl Fn(&Action) -> bool,
    change: impl Fn(&Controllers, &Controllers) -> Option<Controllers>,
) -> Option<History> {
    let (mut within, mut before, mut found) = (false, None::<Controllers>, false);
    let mut last = None::<Controllers>;
    let edited = each(history, |event| {
        if let EventKind::StepBegun { action, .. } = &event.kind {
            (within, before) = (of(action), None);
        }
        let EventKind::Controllers(shown) = &event.kind else { return vec![event.kind.clone()] };
        if !within && !shown.pods.is_empty() {
            last = Some(shown.clone());
        }
        let Some(first) = before.clone().filter(|_| within) else {
            before = Some(shown.clone());
            return vec![event.kind.clone()];
        };
        found = true;
        let first = last.clone().filter(|_| first.pods.is_empty()).unwrap_or(first);
        change(&first, shown).map(EventKind::Controllers).into_iter().collect()
    });
    found.then_some(edited)
}
