//! A case in words, for a terminal.

use model::Case;

use crate::case_words::{known, overlay, requirement, step};
use crate::style::{Style, Tone, tame};

/// The text of a case: title, reason, level, steps, overlays, requirements, claims, known issues.
pub fn explain(case: &Case, style: Style) -> String {
    let mut text = format!("{}\n", style.paint(Tone::Strong, &tame(&case.id)));
    text += &format!("  {}\n\n", tame(&case.title));
    text += &format!("  why    {}\n", tame(&case.why));
    text += &format!("  level  {}\n", case.level.name());
    let component = case.component.name();
    text += &format!("  which  the version of {component} decides\n");
    let steps: Vec<_> = case.plan.steps.iter().map(step).collect();
    text += &section("steps", &steps, style);
    let overlays: Vec<_> = case.overlays.iter().map(overlay).collect();
    text += &section("differs by version of the controller", &overlays, style);
    let requires = case.claims.requires.iter();
    let requires: Vec<_> = requires.map(|r| ("seen".to_owned(), requirement(r))).collect();
    text += &section("means something only if its history shows", &requires, style);
    let claims = case.claims.claims.iter();
    let claims: Vec<_> = claims.map(|claim| (claim.id.clone(), claim.to_string())).collect();
    text += &section("claims", &claims, style);
    for issue in &case.broken {
        text += &format!("\n{}\n", style.paint(Tone::Known, &tame(&known(case, issue))));
        text += &format!("  exactly these claims fail in {}:\n", issue.releases());
        text += &format!("  {}\n", tame(&issue.claims.join(", ")));
        text += &format!("  with the symptom: {}\n", tame(&issue.shows.to_string()));
    }
    text
}

/// A titled list of names and words, with the words in one column; empty for an empty list.
fn section(title: &str, items: &[(String, String)], style: Style) -> String {
    let Some(width) = items.iter().map(|(name, _)| name.chars().count()).max() else {
        return String::new();
    };
    let mut text = format!("\n{}\n", style.paint(Tone::Strong, title));
    for (name, words) in items {
        text += &format!("  {:<width$}  {}\n", tame(name), tame(words));
    }
    text
}
