//! Bars on a line of time.

use crate::line::seconds;
use crate::xml::escape;

/// A bar that is less than one of so many parts of the line has no room for words.
const NARROW: u64 = 25;

/// A bar: from, to, class, words.
pub(super) type Bar<'a> = (u64, u64, &'a str, String);

/// A name and its bars.
pub(super) fn row(name: &str, bars: &[Bar<'_>], end: u64) -> String {
    let said: Vec<String> = bars.iter().map(|(from, to, _, word)| said(*from, *to, word)).collect();
    let spans = bars.iter().map(|(from, to, class, word)| {
        let (left, width) = (percent(*from, end), percent(to.saturating_sub(*from), end));
        // A word of which only the first letters fit says nothing.
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

/// The seconds, as a row of its own.
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

/// Milliseconds between two ticks: a round number of seconds, so that there are at most six.
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

/// With two decimals.
fn percent(part: u64, whole: u64) -> String {
    let hundredths = part.saturating_mul(10_000).checked_div(whole).unwrap_or_default().min(10_000);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}
