use ci::rust_source::RustSource;
use rstest::rstest;

#[rstest]
#[case::line_comment("a // { b\nc", "a       \nc")]
#[case::block_comment("a /* { /* } */ \n { */ b", "a              \n      b")]
#[case::documentation("/// { b\na", "       \na")]
#[case::inner_documentation("//! { b\na", "       \na")]
#[case::block_documentation("/** { */ a", "         a")]
#[case::attribute("#[doc = \"b\"] a", "#[doc = \" \"] a")]
#[case::string("f(\"a{b\")", "f(\"   \")")]
#[case::escaped_quote(r#"f("a\"{", b)"#, "f(\"    \", b)")]
#[case::raw_string("r#\"a\"{\"# b", "r#\"   \"# b")]
#[case::byte_string("b\"{\" br#\"{\"# c\"{\"", "b\" \" br#\" \"# c\" \"")]
#[case::comment_in_string("\"// {\" a", "\"    \" a")]
#[case::string_in_comment("// \"\na", "    \na")]
#[case::character("'{' '\"' b", "' ' ' ' b")]
#[case::number("1.5_f64 'a'", "1.5_f64 ' '")]
#[case::lifetime("fn a<'b>(c: &'b str) {}", "fn a<'b>(c: &'b str) {}")]
#[case::raw_name("r#fn {}", "r#fn {}")]
#[case::no_rust("a \"{", "    ")]
#[case::umlauts("\"ä\" ö", "\"  \" ö")]
fn only_code_is_left(#[case] text: &str, #[case] code: &str) {
    assert_eq!(RustSource::read(text).code, code);
}

#[test]
fn lines_know_how_much_of_them_is_quoted() {
    let source = RustSource::read("let a = \"bä\nd\n\"; // e\nlet f = 1;\n");
    assert_eq!(source.quoted, [2, 1, 0, 0, 0]);
}

#[rstest]
#[case::brackets("({[]}) x", Some(6))]
#[case::in_the_middle("(a(b)c) d", Some(7))]
#[case::literals_do_not_count("(\")\") d", Some(5))]
fn a_bracket_has_its_end(#[case] text: &str, #[case] end: Option<usize>) {
    assert_eq!(RustSource::read(text).behind_closing(0), end);
}
