//! The badge of a version: an SVG, and the JSON of an endpoint of shields.

use model::verdict::Verdict;
use serde_json::json;
use unicode_width::UnicodeWidthStr;

use super::search::inert;
use super::{Site, SiteFile, address};
use crate::counts::Counts;
use crate::title::title;
use crate::xml::Element;

/// Width of a character, in tenths of a pixel.
const CHARACTER: usize = 68;
/// Space at each end of a text, in pixels.
const SPACE: usize = 6;

/// The words and the colour of a badge.
struct Badge {
    label: String,
    message: String,
    /// Name of the colour for shields.
    name: &'static str,
    /// The colour itself, dark enough for white text.
    colour: &'static str,
}

/// The two files of a version.
pub(super) fn files(site: &Site<'_>, version: &str) -> [SiteFile; 2] {
    let badge = Badge::of(site, version);
    let svg = format!("{}\n", badge.svg());
    [
        SiteFile { path: address::badge(version, "json"), text: badge.json() },
        SiteFile { path: address::badge(version, "svg"), text: svg },
    ]
}

/// The badge as an element of a page.
pub(super) fn svg(site: &Site<'_>, version: &str) -> String {
    Badge::of(site, version).svg()
}

impl Badge {
    /// The verdicts that are no pass come first, worst first. The worst verdict has the colour.
    fn of(site: &Site<'_>, version: &str) -> Self {
        let mut counts = Counts::default();
        for (_, seen) in site.cells.of_version(version) {
            counts.add(seen.verdict);
        }
        let kinds = [
            (Verdict::Fail, "failed", "red", "#b3261e"),
            (Verdict::Fixed, "fixed", "blue", "#005c73"),
            (Verdict::Unknown, "unknown", "yellow", "#7a5900"),
            (Verdict::KnownIssue, "known issues", "blueviolet", "#6a3fa0"),
            (Verdict::Pass, "passed", "brightgreen", "#1b6e34"),
        ];
        let there = kinds.into_iter().filter(|(verdict, ..)| counts.number(*verdict) > 0);
        let there: Vec<_> = there.collect();
        let parts = there.iter().map(|(verdict, word, ..)| {
            let number = counts.number(*verdict);
            format!("{number} {}", if number == 1 { word.trim_end_matches('s') } else { word })
        });
        let parts: Vec<String> = parts.collect();
        let label = format!("Argo {}", title(version));
        if let Some((.., name, colour)) = there.first() {
            return Self { label, message: parts.join(", "), name, colour };
        }
        let message = "untested".to_owned();
        Self { label, message, name: "lightgrey", colour: "#5a5f66" }
    }

    fn json(&self) -> String {
        let Self { label, message, name, .. } = self;
        let endpoint =
            json!({ "schemaVersion": 1, "label": label, "message": message, "color": name });
        inert(&format!("{endpoint:#}\n"))
    }

    fn svg(&self) -> String {
        let Self { label, message, colour, .. } = self;
        let (left, right) = (width(label), width(message));
        let whole = left + right;
        let words = format!("{label}: {message}");
        let part = |x: usize, width: usize, fill: &str| {
            Element::new("rect")
                .attribute("x", &x.to_string())
                .attribute("width", &width.to_string())
                .attribute("height", "20")
                .attribute("fill", fill)
        };
        let text = |x: usize, words: &str| {
            Element::new("text")
                .attribute("x", &x.to_string())
                .attribute("y", "14")
                .attribute("fill", "#ffffff")
                .attribute("font-family", "Verdana, DejaVu Sans, sans-serif")
                .attribute("font-size", "11")
                .attribute("text-anchor", "middle")
                .text(words)
        };
        let svg = Element::new("svg")
            .attribute("xmlns", "http://www.w3.org/2000/svg")
            .attribute("width", &whole.to_string())
            .attribute("height", "20")
            .attribute("viewBox", &format!("0 0 {whole} 20"))
            .attribute("role", "img")
            .attribute("aria-label", &words);
        let svg = svg.child(&part(0, left, "#3c434c")).child(&part(left, right, colour));
        svg.child(&text(left / 2, label)).child(&text(left + right / 2, message)).to_text()
    }
}

/// The width of a text with its space, in pixels.
fn width(text: &str) -> usize {
    text.width().saturating_mul(CHARACTER) / 10 + 2 * SPACE
}
