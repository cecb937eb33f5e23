//! Bars on a time axis.

use crate::line::seconds;
use crate::xml::escape;

/// A bar has room for words if it is longer than this fraction of the axis: 1/25.
const NARROW: u64 = 25;

/// A bar: begin and end in milliseconds, class, words.
pub(super) type Bar<'a> = (u64, u64, &'a str, String);

/// A row with its name and bars, up to `end` in milliseconds.
pub(super) fn row(name: &str, bars: &[Bar<'_>], end: u64) -> String {
    let said: Vec<String> = bars.iter().map(|(from, to, _, word)| said(*from, *to, word)).collect();
    let spans = bars.iter().map(|(from, to, class, word)| {
        let (left, width) = (percent(*from, end), percent(to.saturating_sub(*from), end));
        // A bar without room for its word shows none.
        let fits = to.saturating_sub(*from).saturating_mul(NARROW) > end;
        let (title, word) = (escape(&self::said(*from, *to, word)), escape(word));
        let word = if fits { word.as_str() } else { "" };
        format!(
            "<span class=\"{class}\" style=\"left:{left}%;width:{width}%\" title=\"{title}\">\
             {word}</span>"
        )
    });
    let spans = spans.collect::<Vec<_>>().concat();
    let (name, label) = (escape(name), escape(&said.join("; ")));
    format!(
        "<dt>{name}</dt><dd><div class=\"track\" role=\"img\" aria-label=\"{label}\">{spans}</div></dd>\n"
    )
}

/// The row of the time axis, in seconds.
pub(super) fn axis(end: u64) -> String {
    let step = step(end);
    let count = usize::try_from(end / step).unwrap_or_default();
    let ticks = (0..=count as u64).map(|n| {
        let at = n * step;
        format!("<span style=\"left:{}%\">{}s</span>", percent(at, end), at / 1000)
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
