use ci::prose::{Allowed, Rule, check, found, sentences};
use ci::tree::File;
use rstest::rstest;

fn file(path: &str, text: &str) -> File {
    File { path: path.to_owned(), text: Some(text.to_owned()) }
}

fn rules(path: &str, text: &str) -> Vec<(Rule, usize)> {
    let found = found(&[file(path, text)]);
    let lines = |(rule, files): (_, std::collections::BTreeMap<_, Vec<_>>)| {
        files.into_values().flatten().map(move |(line, _): (usize, String)| (rule, line))
    };
    found.into_iter().flat_map(lines).collect()
}

const LONG_WORDS: &str = "an error that goes on and on and on and on and on and on and on and on \
    and on and on and on";
const LONG: &str = "A a a a a a a a a a a a a a a a a a a a a.";

#[rstest]
#[case::free_relative("a.md", "The judge decides.\nWhat it decides counts.", Rule::Start, 2)]
#[case::in_a_list("a.md", "# T\n\n- One.\n- Whoever runs it, sees it.", Rule::Start, 4)]
#[case::in_a_table("a.md", "| a | b |\n|---|---|\n| x | Where it is |", Rule::Start, 3)]
#[case::doc_comment("a.rs", "/// A. So it is.\nfn a() {}", Rule::Start, 1)]
#[case::module_comment("a.rs", "//! A.\n//!\n//! Of all, one.\n", Rule::Start, 3)]
#[case::long("a.md", LONG, Rule::Length, 1)]
#[case::long_over_lines(
    "a.rs",
    "/// One is short.\n/// A a a a a a a a a a a\n/// a a a a a a a a a a.",
    Rule::Length,
    2
)]
#[case::term("a.md", "The node is ill, and stays so.", Rule::Term, 1)]
#[case::two_words("a.rs", "    /// Counts by the hands.", Rule::Term, 1)]
#[case::empty("a.rs", "struct A {\n    /// Why.\n    b: u8,\n}", Rule::Empty, 2)]
#[case::comment_in_yaml("a.yaml", "a: 1\n# That is one.\nb: 2", Rule::Start, 2)]
#[case::blank_comment("a.rs", "///\nfn a() {}", Rule::Empty, 1)]
#[case::error("h/src/a.rs", "#[error(\"what is {0} here\")]\nstruct A;", Rule::Start, 1)]
#[case::in_a_macro("h/src/a.rs", "fn a() {\n    bail!(\"So {b:?} it is\")\n}", Rule::Start, 2)]
#[case::argument("h/src/a.rs", "fn a() { b.context(\"Whoever reads a file\") }", Rule::Start, 1)]
#[case::hint(
    "h/src/a.rs",
    "const A: &str = \"\\\nerror: it is\nhint: where it was\";",
    Rule::Start,
    2
)]
#[case::term_in_a_field(
    "h/src/a.rs",
    "fn a() -> E { E { b: \"the node is ill\" } }",
    Rule::Term,
    1
)]
#[case::long_message("h/src/a.rs", &format!("const A: &str = \"{LONG_WORDS}\";"), Rule::Length, 1)]
#[case::title_in_yaml("a.yaml", "title: What a workflow does", Rule::Start, 1)]
fn a_rule_that_is_broken(
    #[case] path: &str,
    #[case] text: &str,
    #[case] rule: Rule,
    #[case] line: usize,
) {
    assert_eq!(rules(path, text), [(rule, line)]);
}

#[rstest]
#[case::other_words("a.md", "Whether it runs is known. While it runs, wait.")]
#[case::inside("a.md", "A claim says what must hold, and where.")]
#[case::code_block("a.md", "A.\n\n```text\nWhat is ill\n```\n")]
#[case::code_span("a.md", "The command `lent` is gone.")]
#[case::no_comment("a.rs", "const A: &str = \"What is ill\";\n// What is ill\n")]
#[case::tests("h/src/a.rs", "#[cfg(test)]\nmod tests { const A: &str = \"What is ill\"; }")]
#[case::file_of_tests("h/src/a/tests.rs", "const A: &str = \"What is ill\";")]
#[case::name("h/src/a.rs", "const A: &str = \"where\";")]
#[case::values("h/src/a.rs", "const A: &str = \"{what} of {where}\";")]
#[case::another_file("a.json", "\"What is ill.\"")]
#[case::as_long_as_may_be("a.md", "A a a a a a a a a a a a a a a a a a a a.")]
#[case::no_comment_in_markdown("a.md", "Why.")]
fn a_rule_that_is_kept(#[case] path: &str, #[case] text: &str) {
    assert_eq!(rules(path, text), []);
}

#[test]
fn versions_and_code_end_no_sentence() {
    let text = "Argo 3.5.10 fails. `a.b` ends. See [a. B](c).";
    let texts: Vec<String> =
        sentences(&file("a.md", text)).into_iter().map(|sentence| sentence.text).collect();
    assert_eq!(texts, ["Argo 3.5.10 fails.", "Code ends.", "See a.", "B."]);
}

#[test]
fn numbers_may_only_shrink() {
    let two = [file("a.md", "What is ill. So it is."), file("b.md", "So it is.")];
    let one = [file("a.md", "So it is."), file("b.md", "It is.")];
    let of_two = Allowed::of(&found(&two));
    let of_one = of_two.shrunk(&found(&one));
    assert_eq!(check(&two, &of_two), []);
    assert_eq!(check(&one, &of_one), []);
    assert_eq!(of_one.shrunk(&found(&two)), of_one);
    let too_many: Vec<String> = check(&two, &of_one).iter().map(ToString::to_string).collect();
    assert_eq!(
        too_many,
        [
            "a.md:1: error: a sentence starts with `What` (2 here, at most 1): \
             start with the noun that acts",
            "a.md:1: error: a sentence starts with `So` (2 here, at most 1): \
             start with the noun that acts",
            "b.md:1: error: a sentence starts with `So` (1 here, at most 0): \
             start with the noun that acts",
            "a.md:1: error: `ill` stands for `unhealthy` (1 here, at most 0): \
             use the term of the glossary",
        ]
    );
    let too_few: Vec<String> = check(&one, &of_two).iter().map(ToString::to_string).collect();
    assert_eq!(
        too_few,
        [
            "ci/prose.json: error: rule start admits 2 in a.md, which has 1: \
             run `cargo ci prose --shrink`",
            "ci/prose.json: error: rule start admits 1 in b.md, which has 0: \
             run `cargo ci prose --shrink`",
            "ci/prose.json: error: rule term admits 1 in a.md, which has 0: \
             run `cargo ci prose --shrink`",
        ]
    );
}
