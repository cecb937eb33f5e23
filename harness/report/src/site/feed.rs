//! The changes as an Atom feed: each run, and each cell that a run changed, newest first.

use jiff::Timestamp;

use super::{Site, SiteFile, address, difference};
use crate::counts::Counts;
use crate::title::{title, titles};
use crate::verdict_words::word;
use crate::xml::Element;

/// Path of the feed.
pub(super) const PATH: &str = "feed.xml";
/// Start of the ids of entries.
const ID: &str = "urn:argo-conformance";

/// One entry.
struct Entry {
    time: Timestamp,
    id: String,
    title: String,
    summary: String,
    page: String,
}

pub(super) fn feed(site: &Site<'_>) -> SiteFile {
    let mut entries: Vec<Entry> = runs(site);
    entries.extend(statements(site));
    entries.extend(changes(site));
    entries.sort_by(|a, b| (b.time, &a.id).cmp(&(a.time, &b.id)));
    let newest = entries.first().map(|entry| entry.time).unwrap_or_default();
    let author = Element::new("author").child(&Element::new("name").text("argo-conformance"));
    let feed = Element::new("feed")
        .attribute("xmlns", "http://www.w3.org/2005/Atom")
        .child(&Element::new("id").text(&format!("{ID}:site")))
        .child(&Element::new("title").text("Conformance of Argo Workflows"))
        .child(&Element::new("updated").text(&newest.to_string()))
        .child(&author)
        .child(&Element::new("link").attribute("rel", "alternate").attribute("href", "index.html"))
        .children(entries.iter().map(Entry::element));
    SiteFile { path: PATH.to_owned(), text: feed.document() }
}

impl Entry {
    fn element(&self) -> Element {
        let link = Element::new("link").attribute("rel", "alternate");
        Element::new("entry")
            .child(&Element::new("id").text(&self.id))
            .child(&Element::new("title").text(&self.title))
            .child(&Element::new("updated").text(&self.time.to_string()))
            .child(&link.attribute("href", &self.page))
            .child(&Element::new("summary").text(&self.summary))
    }
}

fn runs(site: &Site<'_>) -> Vec<Entry> {
    let entry = |given: &super::GivenRun| {
        let run = &given.evidence.run;
        let mut counts = Counts::default();
        run.verdicts.iter().for_each(|judged| counts.add(judged.verdict.verdict));
        let parts = counts.parts().into_iter().map(|(_, words)| words);
        Entry {
            time: run.started,
            id: format!("{ID}:run:{}", address::slug(&run.run)),
            title: format!("Run {}", run.run),
            summary: format!(
                "Argo {}: {}",
                titles(run.argo.iter().map(|argo| argo.versions.name())),
                parts.collect::<Vec<_>>().join(", ")
            ),
            page: address::run(&run.run),
        }
    };
    site.input.runs.iter().map(entry).collect()
}

fn statements(site: &Site<'_>) -> Vec<Entry> {
    let entry = |given: &super::GivenStatement| {
        let predicate = &given.statement.predicate;
        let stated = &predicate.conformance;
        Entry {
            time: stated.started,
            id: format!("{ID}:statement:{}", address::slug(&stated.run)),
            title: format!("Statement about run {}", stated.run),
            summary: format!("{}, not judged again", predicate.result),
            page: address::statement(&stated.run),
        }
    };
    site.input.statements.iter().map(entry).collect()
}

fn changes(site: &Site<'_>) -> Vec<Entry> {
    let differences = difference::all(site);
    let of_runs = differences.iter().filter_map(|one| Some((one, one.of_runs()?)));
    let entries = of_runs.flat_map(|(difference, (version, to, changed))| {
        changed.iter().map(move |change| {
            let run = &to.evidence.run;
            let [case, argo, of] = [&change.case, version, &run.run].map(address::slug);
            let (before, after) = (word(change.before.0), word(change.after.0));
            let claims = match change.after.1.as_slice() {
                [] => "no claim fails".to_owned(),
                claims => format!("claims that fail: {}", claims.join(", ")),
            };
            Entry {
                time: run.started,
                id: format!("{ID}:change:{of}:{argo}:{case}"),
                title: format!("{} on Argo {}: {before} → {after}", change.case, title(version)),
                summary: claims,
                page: difference.path(),
            }
        })
    });
    entries.collect()
}
