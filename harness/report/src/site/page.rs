//! The frame of every page: head, navigation, content. A policy in the page refuses every request.

use super::SiteFile;
use super::address;
use crate::tag::Tag;

/// Policy of a page: styles and scripts of the page alone.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/// The entries of the navigation: words and target.
const NAVIGATION: [(&str, &str); 5] = [
    ("Results", "index.html"),
    ("Versions", "index.html#versions"),
    ("Cases", "index.html#cases"),
    ("Runs and statements", "index.html#runs"),
    ("Differences", "index.html#differences"),
];

/// A page of the site.
pub(super) struct Page {
    /// Path from the site's directory.
    pub(super) path: String,
    pub(super) title: String,
    pub(super) content: Tag,
    /// A script for the end of the page.
    pub(super) script: Option<String>,
}

impl Page {
    /// An empty page with its heading.
    pub(super) fn new(path: String, title: &str) -> Self {
        let content = Tag::new("main").id("content").child(&Tag::of("h1", title));
        Self { path, title: title.to_owned(), content, script: None }
    }

    pub(super) fn add(mut self, tag: &Tag) -> Self {
        self.content = self.content.child(tag);
        self
    }

    pub(super) fn all(self, tags: impl IntoIterator<Item = Tag>) -> Self {
        tags.into_iter().fold(self, |page, tag| page.add(&tag))
    }

    /// A link from this page to a target of the site.
    pub(super) fn link(&self, target: &str, text: &str) -> Tag {
        Tag::link(&address::from(&self.path, target), text)
    }

    /// A heading and its section; nothing for an empty section.
    pub(super) fn section(self, id: &str, title: &str, tags: Vec<Tag>) -> Self {
        if tags.is_empty() {
            return self;
        }
        let heading = Tag::of("h2", title).id(id);
        self.add(&Tag::new("section").child(&heading).children(tags))
    }

    pub(super) fn file(self) -> SiteFile {
        let text = format!("<!DOCTYPE html>\n{}", self.to_html());
        SiteFile { path: self.path, text }
    }

    fn to_html(&self) -> String {
        let meta = |name, value| Tag::new("meta").attribute(name, value);
        let style = concat!(include_str!("../formats/html/style.css"), include_str!("site.css"));
        let feed = Tag::new("link").attribute("rel", "alternate");
        let feed = feed.attribute("type", "application/atom+xml").attribute("title", "Changes");
        let head = Tag::new("head")
            .html("\n")
            .child(&meta("charset", "utf-8"))
            .child(
                &meta("name", "viewport")
                    .attribute("content", "width=device-width, initial-scale=1"),
            )
            .child(&meta("http-equiv", "Content-Security-Policy").attribute("content", POLICY))
            .child(&Tag::of("title", &format!("{} · Argo conformance", self.title)))
            .child(&feed.attribute("href", &address::from(&self.path, "feed.xml")))
            .html("\n<style>\n")
            .html(style)
            .html("</style>\n");
        let body = Tag::new("body")
            .html("\n")
            .child(&Tag::link("#content", "Skip to the content").class("skip"))
            .child(&self.navigation())
            .child(&self.content);
        let body = match &self.script {
            Some(script) => body.html("\n<script>\n").html(script).html("</script>\n"),
            None => body,
        };
        let html = Tag::new("html").attribute("lang", "en").html("\n").child(&head);
        html.html("\n").child(&body).html("\n").to_html() + "\n"
    }

    fn navigation(&self) -> Tag {
        let entry = |(words, target): (&str, &str)| Tag::new("li").child(&self.link(target, words));
        let list = Tag::new("ul").children(NAVIGATION.map(entry));
        let list = list.child(&Tag::new("li").child(&self.link("feed.xml", "Feed")));
        Tag::new("header").child(&Tag::new("nav").attribute("aria-label", "Site").child(&list))
    }
}

/// A table in a box of its own, which scrolls if it is wide.
pub(super) fn table(id: &str, title: &str, heads: &[&str], rows: Vec<Tag>) -> Vec<Tag> {
    let heads = heads.iter().map(|head| Tag::of("th", *head).attribute("scope", "col"));
    let head = Tag::new("thead").child(&Tag::new("tr").children(heads));
    vec![boxed(id, title, &Tag::new("table").class("matrix").child(&head), rows)]
}

/// The box of a table. `table` has its head.
pub(super) fn boxed(id: &str, title: &str, table: &Tag, rows: Vec<Tag>) -> Tag {
    let table = table.clone().child(&Tag::new("tbody").children(rows));
    Tag::new("div")
        .class("scroll")
        .id(id)
        .attribute("tabindex", "0")
        .attribute("role", "region")
        .attribute("aria-label", title)
        .child(&table)
}

/// The cell with the claims that fail.
pub(super) fn failed<C: AsRef<str>>(claims: &[C]) -> Tag {
    let claims: Vec<&str> = claims.iter().map(AsRef::as_ref).collect();
    let cell = Tag::new("td").class("words");
    if claims.is_empty() { cell } else { cell.child(&Tag::of("code", &claims.join(", "))) }
}
