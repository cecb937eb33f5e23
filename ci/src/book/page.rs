//! A Markdown file: its links and the anchors of its headings.

use std::collections::BTreeMap;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::tree::File;

/// A Markdown file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Page {
    /// The path from the root of the repository.
    pub(super) path: String,
    /// The links, images too.
    pub(super) links: Vec<Link>,
    /// The anchors, as GitHub and mdbook make them of headings.
    pub(super) anchors: Vec<String>,
}

/// A link of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Link {
    /// Line of the link, from 1.
    pub(super) line: usize,
    /// The target, as the page writes it.
    pub(super) target: String,
}

impl Page {
    /// Reads a file. `None`: the file is not Markdown.
    pub(super) fn read(file: &File) -> Option<Self> {
        let text = file.markdown()?;
        let mut page = Self { path: file.path.clone(), links: Vec::new(), anchors: Vec::new() };
        let mut heading: Option<String> = None;
        let mut times: BTreeMap<String, usize> = BTreeMap::new();
        let events = Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter();
        for (event, range) in events {
            match event {
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::Text(text) | Event::Code(text) => {
                    if let Some(heading) = &mut heading {
                        heading.push_str(&text);
                    }
                }
                Event::End(TagEnd::Heading(_)) => {
                    let anchor = anchor(&heading.take().unwrap_or_default());
                    let time = times.entry(anchor.clone()).or_default();
                    let of_time =
                        if *time == 0 { anchor.clone() } else { format!("{anchor}-{time}") };
                    page.anchors.push(of_time);
                    *time += 1;
                }
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    let line = text[..range.start].matches('\n').count() + 1;
                    page.links.push(Link { line, target: dest_url.to_string() });
                }
                _ => {}
            }
        }
        Some(page)
    }
}

/// The anchor of a heading: lower case, with `-` for spaces, without other marks.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect::<String>().to_lowercase()
}
