use ci::rust_source::RustSource;
use rstest::rstest;

#[rstest]
#[case::line_comment("a // { b\nc", "a       \nc")]
#[case::block_comment("a /* { /* } */ \n { */ b", "a              \n      b")]
#[case::string("f(\"a{b\")", "f(\"   \")")]
#[case::escaped_quote(r#"f("a\"{", b)"#, "f(\"    \", b)")]
#[case::escaped_backslash(r#"f("\\", "{")"#, "f(\"  \", \" \")")]
#[case::raw_string("r#\"a\"{\"# b", "r#\"   \"# b")]
#[case::raw_string_without_hashes("r\"\\\" b", "r\" \" b")]
#[case::byte_string("b\"{\" br#\"{\"# c\"{\"", "b\" \" br#\" \"# c\" \"")]
#[case::comment_in_string("\"// {\" a", "\"    \" a")]
#[case::string_in_comment("// \"\na", "    \na")]
#[case::character("'{' '\"' b", "' ' ' ' b")]
#[case::escaped_character(r"'\'' '\\' '\u{1b}' {", "'  ' '  ' '      ' {")]
#[case::lifetime("fn a<'b>(c: &'b str) {", "fn a<'b>(c: &'b str) {")]
#[case::word_that_ends_like_a_prefix("var\"{\"", "var\" \"")]
#[case::raw_name("r#fn {", "r#fn {")]
#[case::unfinished_string("a \"{", "a \" ")]
#[case::unfinished_raw_string("a r#\"{", "a r#\" ")]
#[case::unfinished_comment("a /* {", "a     ")]
#[case::umlauts("\"ä\" ö", "\" \" ö")]
fn only_code_is_left(#[case] text: &str, #[case] code: &str) {
    assert_eq!(RustSource::read(text).code, code);
}

#[test]
fn lines_know_what_literals_take_of_them() {
    let source = RustSource::read("let a = \"bc\nd\n\"; // e\nlet f = 1;\n");
    let lines: Vec<_> = source.lines.iter().map(|l| (l.quoted, l.begins_quoted)).collect();
    assert_eq!(lines, [(2, false), (1, true), (0, true), (0, false), (0, false)]);
}

#[rstest]
#[case::brackets("({[]}) x", Some(6))]
#[case::in_the_middle("(a(b)c) d", Some(7))]
#[case::none("(a", None)]
#[case::literals_do_not_count("(\")\") d", Some(5))]
fn a_bracket_has_its_end(#[case] text: &str, #[case] end: Option<usize>) {
    assert_eq!(RustSource::read(text).behind_closing(0), end);
}
