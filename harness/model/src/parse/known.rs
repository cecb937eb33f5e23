//! Reads known issues: the affected releases or pairs, and the claims that fail there.

mod pairs;

use std::collections::BTreeMap;

use semver::Version;

use super::context::Context;
use super::fields::{Fields, Reader};
use crate::case::Component;
use crate::diagnostic::nearest;
use crate::fact::table::read_fact;
use crate::known::{Affected, Extent, KnownIssue, Pair};
use crate::release_line::ReleaseLine;
use crate::vocabulary::{EXTENTS, Extension, KNOWN_ISSUE, SETTINGS};
use crate::yaml::{Content, Key, Node, Position};

/// The forms of a range, for hints.
const FORMS: &str = "Write `all`, `<V`, `>=V` or `>=V <V`, where V is a release such as 3.5.11.";

/// A known issue with the place of each of its lines or pairs, in their order.
struct Declared {
    issue: KnownIssue,
    places: Vec<Position>,
}

/// The names that a known issue can use.
pub(super) struct Scope<'a> {
    /// Ids of the claims.
    pub(super) claims: &'a [&'a str],
    /// The link of the case.
    pub(super) why: Option<&'a str>,
    /// The component of the case.
    pub(super) component: Option<Component>,
    /// Names of the steps.
    pub(super) steps: &'a [String],
    /// The nodes and parameters of the workflow.
    pub(super) context: &'a Context<'a, 'a>,
}

pub(super) fn broken(node: &Node, scope: &Scope<'_>, r: &mut Reader) -> Vec<KnownIssue> {
    if matches!(&node.content, Content::List(items) if items.is_empty()) {
        return Vec::new();
    }
    let items = r.items("known issues", node);
    let declared: Vec<Declared> =
        items.iter().filter_map(|item| known_issue(item, scope, r)).collect();
    for (index, one) in declared.iter().enumerate() {
        declared[..index].iter().for_each(|before| overlap(before, one, scope.component, r));
    }
    declared.into_iter().map(|declared| declared.issue).collect()
}

fn known_issue(node: &Node, scope: &Scope<'_>, r: &mut Reader) -> Option<Declared> {
    let mut f = Fields::of(&KNOWN_ISSUE, node, r)?;
    let found = f.one(&[EXTENTS], r);
    if found.is_none() {
        r.error(node.at, "a known issue needs `lines` or `pairs`".to_owned(), None);
    }
    let extent = found.and_then(|(row, n)| extent(row.meaning, n, r));
    let ids = f.required("claims", r).and_then(|n| r.texts(n));
    let shows = f.required("shows", r).and_then(|n| read_fact(n, scope.steps, scope.context, r));
    let issue = f.optional("issue").map(|n| r.link(n));
    let rate = f.optional("rate").map(|n| r.text(n));
    let predicted = f.optional("predicted").map(|n| r.present(n));
    let settings = f.optional("settings").map(|n| r.one_of(n, "settings", &SETTINGS));
    f.finish(r);
    for (id, at) in ids.iter().flatten() {
        if !scope.claims.is_empty() && !scope.claims.contains(&id.as_str()) {
            r.unknown_word(*at, "claim", id, scope.claims);
        }
    }
    let (extent, places) = extent?;
    let issue = KnownIssue {
        extent,
        claims: ids?.into_iter().map(|(id, _)| id).collect(),
        shows: shows?,
        issue: issue.map_or(scope.why.map(str::to_owned), |i| i)?,
        rate: rate.map_or(Some(None), |t| t.map(Some))?,
        predicted: predicted.map_or(Some(false), |present| present.map(|()| true))?,
        settings: settings.map_or(Some(None), |profile| profile.map(Some))?,
    };
    Some(Declared { issue, places })
}

/// The affected lines or pairs, with the place of each.
fn extent(kind: Extension, node: &Node, r: &mut Reader) -> Option<(Extent, Vec<Position>)> {
    match kind {
        Extension::Lines => {
            let lines = lines(node, r)?;
            let places = lines.values().map(|(_, at)| *at).collect();
            let lines = lines.into_iter().map(|(line, (affected, _))| (line, affected)).collect();
            Some((Extent::Lines(lines), places))
        }
        Extension::Pairs => {
            let (pairs, places) = pairs::pairs(node, r)?.into_iter().unzip();
            Some((Extent::Pairs(pairs), places))
        }
    }
}

/// The affected releases of each line; `None` if one of them is wrong.
fn lines(node: &Node, r: &mut Reader) -> Option<BTreeMap<ReleaseLine, (Affected, Position)>> {
    let entries = r.entries("a map of release lines", node)?;
    if entries.is_empty() {
        let hint = "Name each line that has the issue, such as `{ \"3.5\": \"<3.5.11\" }`.";
        let message = "invalid lines: no release line is named".to_owned();
        r.error(node.at, message, Some(hint.to_owned()));
        return None;
    }
    let read: Vec<_> = entries.iter().map(|(key, value)| affected(key, value, r)).collect();
    read.into_iter().collect()
}

fn affected(
    key: &Key,
    value: &Node,
    r: &mut Reader,
) -> Option<(ReleaseLine, (Affected, Position))> {
    let Ok(line) = key.name.parse::<ReleaseLine>() else {
        let message = format!("invalid release line: `{}` is not MAJOR.MINOR", key.name);
        let hint = match key.name.trim_start_matches('v').parse::<Version>() {
            Ok(version) => format!("Write `\"{}\"`.", ReleaseLine::of(&version)),
            Err(_) => "Write a line such as `\"3.5\"`.".to_owned(),
        };
        r.error(key.at, message, Some(hint));
        return None;
    };
    let text = r.text(value)?;
    match range(line, &text) {
        Ok(affected) => Some((line, (affected, value.at))),
        Err((reason, hint)) => {
            r.error(value.at, format!("invalid range: {reason}"), Some(hint));
            None
        }
    }
}

/// The reason why a text is no range of a line, and a hint.
type Wrong = (String, String);

fn range(line: ReleaseLine, text: &str) -> Result<Affected, Wrong> {
    let (from, until) = bounds(text).ok_or_else(|| malformed(line, text))?;
    for (bound, is_upper) in [(&from, false), (&until, true)] {
        if let Some(bound) = bound.as_ref().filter(|bound| ReleaseLine::of(bound) != line) {
            return Err(outside(line, bound, is_upper));
        }
    }
    let first = from.map_or(0, |version| version.patch);
    let end = until.map(|version| version.patch);
    Affected::new(line, first, end).ok_or_else(|| {
        let reason = format!("no release of {line} is in `{text}`");
        (reason, format!("Remove the line {line} if none of its releases is affected."))
    })
}

/// The bounds that a text of one of the four forms has.
fn bounds(text: &str) -> Option<(Option<Version>, Option<Version>)> {
    let release = |text: &str| {
        let version = text.parse::<Version>().ok()?;
        (version.pre.is_empty() && version.build.is_empty()).then_some(version)
    };
    let (lower, upper) = match text.split_once(' ') {
        Some((lower, upper)) => (Some(lower), Some(upper)),
        None if text == "all" => return Some((None, None)),
        None if text.starts_with('<') => (None, Some(text)),
        None => (Some(text), None),
    };
    let bound = |text: Option<&str>, sign| match text {
        Some(text) => text.strip_prefix(sign).and_then(release).map(Some),
        None => Some(None),
    };
    Some((bound(lower, ">=")?, bound(upper, "<")?))
}

fn outside(line: ReleaseLine, bound: &Version, is_upper: bool) -> Wrong {
    let reason = format!("{bound} is no release of {line}");
    let hint = if is_upper {
        format!("Write `all`, or a lower bound alone, if no release of {line} has the fix.")
    } else {
        format!("Write a release of {line}, or name the line {} too.", ReleaseLine::of(bound))
    };
    (reason, hint)
}

/// A text of none of the forms: with what is probably meant.
fn malformed(line: ReleaseLine, text: &str) -> Wrong {
    let meant = nearest(text, &["all"]).map(str::to_owned);
    let hint = match meant.or_else(|| rewritten(text)) {
        Some(meant) => format!("Write `{meant}`."),
        None => FORMS.replace("3.5.11", &line.release(11).to_string()),
    };
    (format!("`{text}` is none of `all`, `<V`, `>=V` and `>=V <V`"), hint)
}

/// The text of another notation in the notation of a range.
fn rewritten(text: &str) -> Option<String> {
    let mut parts = Vec::new();
    for part in text.replace(',', " ").split_whitespace() {
        let number = part.trim_start_matches(['<', '>', '=', '^', '~', 'v']);
        let sign = &part[..part.len() - number.len()];
        let release = number.parse::<Version>().ok()?;
        let next = Version::new(release.major, release.minor, release.patch + 1);
        match sign.trim_end_matches('v') {
            ">=" => parts.push(format!(">={release}")),
            "<" => parts.push(format!("<{release}")),
            ">" => parts.push(format!(">={next}")),
            "<=" => parts.push(format!("<{next}")),
            "" | "=" => parts.extend([format!(">={release}"), format!("<{next}")]),
            _ => return None,
        }
    }
    let meant = parts.join(" ");
    bounds(&meant).is_some().then_some(meant)
}

/// Says so where two entries declare one claim for the same releases or pairs.
fn overlap(before: &Declared, one: &Declared, component: Option<Component>, r: &mut Reader) {
    let twice = one.issue.claims.iter().find(|claim| before.issue.claims.contains(claim));
    let Some(claim) = twice.filter(|_| before.issue.shares_settings(&one.issue)) else { return };
    let lines = one.issue.lines();
    let lines = lines.map(|(_, affected)| common_of_line(&before.issue, affected, component));
    let pairs = one.issue.pairs().iter();
    let pairs = pairs.map(|pair| common_of_pair(&before.issue, pair, component));
    for (both, at) in lines.chain(pairs).zip(&one.places) {
        if let Some(both) = both {
            let message =
                format!("invalid known issue: two entries declare the claim `{claim}` for {both}");
            let hint = "Declare each claim once for a release.".to_owned();
            r.error(*at, message, Some(hint));
        }
    }
}

/// The releases or the pair of a known issue that these releases of a line have too.
fn common_of_line(
    before: &KnownIssue,
    affected: &Affected,
    component: Option<Component>,
) -> Option<String> {
    let releases = before.lines().find_map(|(_, other)| affected.common(other));
    let mut pairs = before.pairs().iter().filter(|pair| is_of(pair, affected, component));
    releases.map(|both| both.in_line()).or_else(|| pairs.next().map(Pair::to_string))
}

/// The releases or the pair of a known issue that this pair has too.
fn common_of_pair(
    before: &KnownIssue,
    pair: &Pair,
    component: Option<Component>,
) -> Option<String> {
    let another = before.pairs().iter().find(|other| other.meets(pair));
    let mut lines = before.lines().filter(|(_, affected)| is_of(pair, affected, component));
    another.map(Pair::to_string).or_else(|| lines.next().map(|(_, affected)| affected.in_line()))
}

/// Whether an installation of a pair can have one of these releases of the case's component.
fn is_of(pair: &Pair, affected: &Affected, component: Option<Component>) -> bool {
    match component {
        Some(Component::Controller) => affected.meets(&pair.to),
        Some(Component::Executor) => affected.meets(&pair.from),
        Some(Component::Cli) => true,
        None => false,
    }
}
