//! The outcome of a step that the API server refused or did not answer.

use model::history::StepOutcome;
use provision::objects::ObjectError;

use crate::answer::words;

/// The outcome of a step with an API error. Refused: the API server certainly did nothing. An API
/// server with trouble of its own may have done the step all the same.
pub(crate) fn outcome_of(error: &kube::Error) -> StepOutcome {
    match error {
        kube::Error::Api(status) if (400..500).contains(&status.code) => {
            StepOutcome::Refused(words(error))
        }
        _ => StepOutcome::Unknown(words(error)),
    }
}

/// The outcome of a step that has already changed something: nobody refused the step.
pub(crate) fn as_unknown(outcome: StepOutcome) -> StepOutcome {
    match outcome {
        StepOutcome::Refused(reason) => StepOutcome::Unknown(reason),
        StepOutcome::Done(_) | StepOutcome::Unmet(_) | StepOutcome::Unknown(_) => outcome,
    }
}

/// The outcome of a step that failed to apply an object.
pub(crate) fn outcome_of_apply(error: &ObjectError) -> StepOutcome {
    let ObjectError::Apply { object, cause } = error else {
        return StepOutcome::Refused(error.to_string());
    };
    match outcome_of(&cause.0) {
        StepOutcome::Refused(why) => StepOutcome::Refused(format!("{object}: {why}")),
        StepOutcome::Unknown(why) => StepOutcome::Unknown(format!("{object}: {why}")),
        other => other,
    }
}
