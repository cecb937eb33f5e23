//! The results of a check for a terminal.

use super::{CheckConnection, CheckItem, CheckReport, Outcome, Topic};
use crate::style::{Style, Tone, tame};

/// Spaces below the word of the outcome.
const INDENT: &str = "      ";

/// The items in order, each with its remedy. The last line counts them.
pub fn text(report: &CheckReport, style: Style) -> String {
    let mut text = String::new();
    for item in &report.items {
        text += &lines(item, report.connection.as_ref(), style);
    }
    text + &format!("\n{}\n", sum(report))
}

fn lines(item: &CheckItem, connection: Option<&CheckConnection>, style: Style) -> String {
    let (word, tone) = match item.outcome {
        Outcome::Ok => ("ok  ", Tone::Good),
        Outcome::Note => ("note", Tone::Doubtful),
        Outcome::Fail { .. } => ("FAIL", Tone::Bad),
    };
    let place = item.namespace.as_ref().map(|name| format!("{}: ", tame(name))).unwrap_or_default();
    let mut message = item.message.raw().split('\n').map(tame);
    let first = message.next().unwrap_or_default();
    let reached = connection.filter(|_| item.topic == Topic::Connection && !item.is_failed());
    let reached = reached.map(words).unwrap_or_default();
    let mut text = format!("{}  {place}{first}{reached}\n", style.paint(tone, word));
    for line in message {
        text += &format!("{INDENT}{line}\n");
    }
    if let Some(remedy) = &item.remedy {
        text += &format!("{INDENT}remedy: {}\n", tame(remedy));
    }
    text
}

fn words(connection: &CheckConnection) -> String {
    let server = tame(&connection.server);
    match (&connection.context, &connection.kubeconfig) {
        (Some(context), Some(file)) => {
            format!(": {server} (context {} of {})", tame(context), tame(file))
        }
        (_, _) => format!(": {server} (service account of this pod)"),
    }
}

fn sum(report: &CheckReport) -> String {
    let count = |wanted: fn(&Outcome) -> bool| {
        report.items.iter().filter(|item| wanted(&item.outcome)).count()
    };
    let ok = count(|outcome| matches!(outcome, Outcome::Ok));
    let notes = count(|outcome| matches!(outcome, Outcome::Note));
    let failed = count(|outcome| matches!(outcome, Outcome::Fail { .. }));
    let noun = if notes == 1 { "note" } else { "notes" };
    let time = crate::line::seconds(report.elapsed_ms);
    format!("{ok} ok, {notes} {noun}, {failed} failed in {time}")
}
