//! XML for every reader: text is escaped, and characters outside XML are written as text.

use crate::escapable::Escapable;
use crate::style::reorders;

/// An element and its content so far.
pub(crate) struct Element {
    name: &'static str,
    attributes: String,
    inside: String,
}

impl Element {
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, attributes: String::new(), inside: String::new() }
    }

    pub(crate) fn attribute(mut self, name: &str, value: &(impl Escapable + ?Sized)) -> Self {
        let value = escape(value).replace('\n', "&#10;").replace('\t', "&#9;");
        self.attributes += &format!(" {name}=\"{value}\"");
        self
    }

    pub(crate) fn text(mut self, text: &(impl Escapable + ?Sized)) -> Self {
        self.inside += &escape(text);
        self
    }

    /// Adds an element on lines of its own.
    pub(crate) fn child(mut self, child: &Self) -> Self {
        let text = child.to_text();
        self.inside += &format!("\n{text}");
        self
    }

    pub(crate) fn children(self, children: impl IntoIterator<Item = Self>) -> Self {
        children.into_iter().fold(self, |element, child| element.child(&child))
    }

    /// The document with the element as its root.
    pub(crate) fn document(&self) -> String {
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}\n", self.to_text())
    }

    /// The element as text.
    pub(crate) fn to_text(&self) -> String {
        let Self { name, attributes, inside } = self;
        match inside {
            inside if inside.is_empty() => format!("<{name}{attributes}/>"),
            inside if inside.starts_with("\n<") => {
                format!("<{name}{attributes}>{inside}\n</{name}>")
            }
            inside => format!("<{name}{attributes}>{inside}</{name}>"),
        }
    }
}

/// Escapes text. Control characters and characters that reorder a line get the form of Rust:
/// `\u{1b}`. A document on standard output has no workflow command of GitHub, as in
/// [`crate::tame`].
pub(crate) fn escape(text: &(impl Escapable + ?Sized)) -> String {
    let text = text.unescaped();
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '#' | ':' if escaped.ends_with(c) => escaped += &format!("&#{};", u32::from(c)),
            '\n' | '\t' => escaped.push(c),
            '\u{FFFE}' | '\u{FFFF}' => escaped.extend(c.escape_unicode()),
            c if c.is_control() || reorders(c) => escaped.extend(c.escape_default()),
            c => escaped.push(c),
        }
    }
    escaped
}
