//! The filter by text and by verdict.
//!
//! Each filtered element has its verdicts in `data-verdict` and its text in `data-text`. The script
//! hides the elements that do not match, and then the sections without a visible case. The form is
//! hidden until the script runs.

use model::verdict::Verdict;

use super::{ORDER, class};
use crate::run::RunReport;
use crate::verdict_words::word;
use crate::xml::escape;

/// The form, with the verdicts of the run.
pub(super) fn form(run: &RunReport) -> String {
    if run.verdicts.is_empty() {
        return String::new();
    }
    let occurs = |verdict: &Verdict| run.verdicts.iter().any(|j| j.verdict.verdict == *verdict);
    let options = ORDER.into_iter().filter(occurs).map(|verdict| {
        format!("<option value=\"{}\">{}</option>\n", class(verdict), word(verdict))
    });
    let options: String = options.collect();
    format!(
        "<form id=\"filter\" role=\"search\" aria-label=\"Filter cases\" autocomplete=\"off\" \
         hidden>\n<label>Text <input type=\"search\" name=\"text\"></label>\n\
         <label>Verdict <select name=\"verdict\">\n<option value=\"\">all</option>\n{options}\
         </select></label>\n<output></output>\n</form>\n"
    )
}

/// The attributes of a filtered element. The text is in lower case.
pub(super) fn data(verdicts: &[Verdict], text: &[&str]) -> String {
    let verdicts: Vec<&str> = verdicts.iter().map(|verdict| class(*verdict)).collect();
    format!(
        " data-verdict=\"{}\" data-text=\"{}\"",
        verdicts.join(" "),
        escape(&text.join(" ").to_lowercase())
    )
}

/// The script; empty for a page without a form.
pub(super) fn script(run: &RunReport) -> String {
    if run.verdicts.is_empty() {
        return String::new();
    }
    format!("<script>\n{}</script>\n", include_str!("filter.js"))
}
