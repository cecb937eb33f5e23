//! HTML elements. Text enters an element only through the escape.

use crate::escapable::Escapable;
use crate::xml::escape;

/// Elements without content and without an end tag.
const VOID: [&str; 5] = ["br", "input", "link", "meta", "wbr"];
/// Elements after which a line ends.
const LINES: [&str; 20] = [
    "h1", "h2", "h3", "p", "ul", "li", "div", "section", "table", "thead", "tbody", "tr", "dl",
    "dd", "form", "nav", "header", "meta", "link", "details",
];

/// An element with its content so far.
#[derive(Clone, Debug)]
pub(crate) struct Tag {
    name: &'static str,
    attributes: String,
    inside: String,
}

impl Tag {
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, attributes: String::new(), inside: String::new() }
    }

    /// An element with text.
    pub(crate) fn of(name: &'static str, text: &(impl Escapable + ?Sized)) -> Self {
        Self::new(name).text(text)
    }

    /// A link.
    pub(crate) fn link(address: &str, text: &(impl Escapable + ?Sized)) -> Self {
        Self::of("a", text).attribute("href", address)
    }

    /// A link for an HTTP address; other text without a link.
    pub(crate) fn web(address: &str) -> Self {
        if address.starts_with("https://") || address.starts_with("http://") {
            Self::link(address, address)
        } else {
            Self::of("span", address)
        }
    }

    pub(crate) fn class(self, class: &str) -> Self {
        self.attribute("class", class)
    }

    pub(crate) fn id(self, id: &str) -> Self {
        self.attribute("id", id)
    }

    pub(crate) fn attribute(mut self, name: &str, value: &(impl Escapable + ?Sized)) -> Self {
        let value = escape(value).replace('\n', "&#10;").replace('\t', "&#9;");
        self.attributes += &format!(" {name}=\"{value}\"");
        self
    }

    /// An attribute without a value.
    pub(crate) fn flag(mut self, name: &str) -> Self {
        self.attributes += &format!(" {name}");
        self
    }

    pub(crate) fn text(mut self, text: &(impl Escapable + ?Sized)) -> Self {
        self.inside += &escape(text);
        self
    }

    pub(crate) fn child(mut self, child: &Self) -> Self {
        child.write(&mut self.inside);
        self
    }

    pub(crate) fn children(self, children: impl IntoIterator<Item = Self>) -> Self {
        children.into_iter().fold(self, |element, child| element.child(&child))
    }

    /// Adds HTML that another writer of this crate has escaped.
    pub(crate) fn html(mut self, escaped: &str) -> Self {
        self.inside += escaped;
        self
    }

    pub(crate) fn to_html(&self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }

    fn write(&self, text: &mut String) {
        let Self { name, attributes, inside } = self;
        text.extend(["<", name, attributes, ">"]);
        if !VOID.contains(name) {
            text.extend([inside, "</", name, ">"]);
        }
        if LINES.contains(name) {
            text.push('\n');
        }
    }
}

#[cfg(test)]
mod tests {
    use model::Untrusted;

    use super::Tag;

    #[test]
    fn text_is_escaped_in_content_and_in_attributes() {
        let foreign = Untrusted::from("<b> & \"\u{1b}\n");
        let tag = Tag::of("td", &foreign).attribute("title", &foreign);
        assert_eq!(
            tag.to_html(),
            "<td title=\"&lt;b&gt; &amp; &quot;\\u{1b}&#10;\">&lt;b&gt; &amp; &quot;\\u{1b}\n</td>"
        );
    }

    #[test]
    fn an_element_without_content_has_an_end_tag_unless_it_may_not() {
        assert_eq!(Tag::new("span").class("a").to_html(), "<span class=\"a\"></span>");
        assert_eq!(Tag::new("br").to_html(), "<br>");
    }

    #[test]
    fn no_address_but_a_web_address_is_a_link() {
        assert!(Tag::web("https://example.org/1").to_html().starts_with("<a href="));
        assert_eq!(Tag::web("javascript:x").to_html(), "<span>javascript:x</span>");
    }
}
