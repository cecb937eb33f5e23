//! XML for every reader: text is escaped, and characters outside XML are written as text.

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

    pub(crate) fn attribute(mut self, name: &str, value: &(impl ToString + ?Sized)) -> Self {
        let value = escape(&value.to_string()).replace('\n', "&#10;").replace('\t', "&#9;");
        self.attributes += &format!(" {name}=\"{value}\"");
        self
    }

    pub(crate) fn text(mut self, text: &str) -> Self {
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

    fn to_text(&self) -> String {
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

/// Escapes text. XML has no form for control characters, so they get the form of Rust: `\u{1b}`.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(c),
            '\u{FFFE}' | '\u{FFFF}' => escaped.extend(c.escape_unicode()),
            c if c.is_control() => escaped.extend(c.escape_default()),
            c => escaped.push(c),
        }
    }
    escaped
}
