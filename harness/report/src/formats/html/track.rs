//! Bars on a time axis.

use unicode_width::UnicodeWidthStr;

use crate::line::seconds;
use crate::xml::escape;

/// Characters of a label with room in a bar as long as the axis, on a page 390 pixels wide.
const CHARACTERS: u64 = 36;

/// Labels below a track that stand open. More labels are folded.
const OPEN: usize = 4;

/// A bar: begin and end in milliseconds, class, words.
pub(super) type Bar<'a> = (u64, u64, &'a str, String);

/// A row with its name and bars, up to `end` in milliseconds. A label without room in its bar
/// stands below the track, with its times.
pub(super) fn row(name: &str, bars: &[Bar<'_>], end: u64) -> String {
    let all = bars.iter().map(|(from, to, _, word)| said(*from, *to, word));
    let all: Vec<String> = all.collect();
    let (mut spans, mut below) = (String::new(), Vec::new());
    for ((from, to, class, word), said) in bars.iter().zip(&all) {
        let inside = has_room(word, to.saturating_sub(*from), end);
        if !inside {
            below.push(said.as_str());
        }
        let (left, width) = (percent(*from, end), percent(to.saturating_sub(*from), end));
        let label = if inside { escape(word) } else { String::new() };
        // A bar at the end of the axis keeps its least width of 3 pixels on the track.
        spans += &format!(
            "<span class=\"{class}\" style=\"left:min({left}%,100% - 3px);width:{width}%\" \
             title=\"{}\">{label}</span>",
            escape(said)
        );
    }
    let (name, label) = (escape(name), escape(&all.join("; ")));
    format!(
        "<dt>{name}</dt><dd><div class=\"track\" role=\"img\" aria-label=\"{label}\">{spans}</div>\
         {}</dd>\n",
        under(&below)
    )
}

/// Whether the whole label has room in a bar of `length` milliseconds.
fn has_room(label: &str, length: u64, end: u64) -> bool {
    let characters = u64::try_from(label.width()).unwrap_or(u64::MAX).saturating_add(2);
    characters.saturating_mul(end) <= length.saturating_mul(CHARACTERS)
}

/// The labels below a track.
fn under(labels: &[&str]) -> String {
    let text = escape(&labels.join("; "));
    match labels.len() {
        0 => String::new(),
        1..=OPEN => format!("<div class=\"below\">{text}</div>"),
        count => {
            format!("<details class=\"below\"><summary>{count} states</summary>{text}</details>")
        }
    }
}

/// The row of the time axis, in seconds.
pub(super) fn axis(end: u64) -> String {
    let step = step(end);
    let count = usize::try_from(end / step).unwrap_or_default();
    let ticks = (0..=count as u64).map(|n| {
        let at = n * step;
        // The label of a tick near the end stands left of the tick.
        let side =
            if at.saturating_mul(10) > end.saturating_mul(9) { " class=\"last\"" } else { "" };
        format!("<span{side} style=\"--at:{}%\">{}s</span>", percent(at, end), at / 1000)
    });
    let ticks = ticks.collect::<Vec<_>>().concat();
    format!(
        "<dt>seconds</dt><dd><div class=\"track axis\" aria-hidden=\"true\">{ticks}</div></dd>\n"
    )
}

/// Milliseconds between two ticks: a round number of seconds with at most six ticks.
fn step(end: u64) -> u64 {
    let round = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_800, 3_600];
    let fits = round.into_iter().map(|s| s * 1000).find(|step| end / step <= 6);
    fits.unwrap_or(end / 6).max(1)
}

fn said(from: u64, to: u64, word: &str) -> String {
    let times = if from == to {
        format!("at {}", seconds(from))
    } else {
        format!("{} to {}", seconds(from), seconds(to))
    };
    if word.is_empty() { times } else { format!("{word}: {times}") }
}

/// The percentage with two decimals, at most 100.
fn percent(part: u64, whole: u64) -> String {
    let hundredths = part.saturating_mul(10_000).checked_div(whole).unwrap_or_default().min(10_000);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}
