//! Markdown with escaped text: no input becomes markup.

use crate::escapable::Escapable;
use crate::style::tame;

/// Text for a paragraph, a list item or a table cell, on one line.
pub(crate) fn escape(text: &(impl Escapable + ?Sized)) -> String {
    let mut escaped = String::new();
    for c in one_line(text.unescaped()).chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' => escaped.extend(['\\', c]),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Text as code, also in a table cell.
pub(crate) fn code(text: &(impl Escapable + ?Sized)) -> String {
    format!("`{}`", one_line(text.unescaped()).replace('`', "'").replace('|', "\\|"))
}

/// A link with an encoded address. Control characters are removed from the address.
pub(crate) fn link(words: &str, address: &str) -> String {
    let mut encoded = String::with_capacity(address.len());
    for c in address.chars() {
        match c {
            ' ' => encoded.push_str("%20"),
            '(' => encoded.push_str("%28"),
            ')' => encoded.push_str("%29"),
            '|' => encoded.push_str("%7C"),
            '<' => encoded.push_str("%3C"),
            '>' => encoded.push_str("%3E"),
            c if c.is_control() => {}
            c => encoded.push(c),
        }
    }
    format!("[{}]({encoded})", escape(words))
}

/// A table of cells in Markdown.
pub(crate) fn table(heads: &[String], lines: &[Vec<String>]) -> String {
    let row = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let mut text = row(heads);
    text += &format!("|{}\n", "---|".repeat(heads.len()));
    for line in lines {
        text += &row(line);
    }
    text
}

fn one_line(text: &str) -> String {
    tame(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}
