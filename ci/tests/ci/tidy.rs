use ci::tidy::{Exception, tidy_with};
use ci::tree::File;
use rstest::rstest;

fn file(path: &str, text: &str) -> File {
    File { path: path.to_owned(), text: Some(text.to_owned()) }
}

fn problems_with(path: &str, text: &str, exceptions: &[Exception]) -> Vec<String> {
    let problems = tidy_with(&[file(path, text)], exceptions);
    problems.iter().map(ToString::to_string).collect()
}

fn problems(path: &str, text: &str) -> Vec<String> {
    problems_with(path, text, &[])
}

#[rstest]
#[case::utilities("a/utils.rs")]
#[case::directory("a/helpers/b.rs")]
#[case::not_only_rust("docs/misc.md")]
#[case::case("a/Types.rs")]
#[case::two_suffixes("a/common.test.yaml")]
#[case::module_file("a/mod.rs")]
fn names_that_say_nothing(#[case] path: &str) {
    let found = problems(path, "");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with(&format!("{path}: error: ")), "{found:?}");
}

#[rstest]
#[case("a/type_table.rs")]
#[case("harness/model/src/commonly.rs")]
#[case("Cargo.toml")]
#[case(".gitignore")]
fn other_names(#[case] path: &str) {
    assert_eq!(problems(path, ""), [""; 0]);
}

#[rstest]
#[case::ignored("#[test]\n#[ignore = \"slow\"]\nfn a() {}", 2)]
#[case::to_do("fn a() {\n    todo!()\n}", 2)]
#[case::unimplemented("fn a() {\n    unimplemented!()\n}", 2)]
#[case::thread_sleep("fn a() {\n\n    std::thread::sleep(b);\n}", 3)]
#[case::imported_sleep("use std::thread::sleep;", 1)]
#[case::async_sleep("async fn a() {\n    tokio::time::sleep(b).await;\n}", 2)]
#[case::allow("#[allow(dead_code)]\nfn a() {}", 1)]
#[case::allow_in_crate("#![allow(dead_code)]", 1)]
#[case::expect_without_reason("#[expect(\n    dead_code,\n)]\nfn a() {}", 1)]
#[case::expect_in_crate_without_reason("\n#![expect(dead_code)]", 2)]
#[case::second_parser("fn a() {\n    serde_yaml::from_str(b)\n}", 2)]
fn what_is_not_written(#[case] text: &str, #[case] line: usize) {
    let found = problems("a/b.rs", text);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with(&format!("a/b.rs:{line}: error: ")), "{found:?}");
}

#[rstest]
#[case::in_a_string("const A: &str = \"todo!() thread::sleep #[ignore\";")]
#[case::in_a_comment("// todo!(), and #[allow( too\n")]
#[case::expect_with_reason("#[expect(dead_code, reason = \"b (c) d\")]\nfn a() {}")]
#[case::expect_over_lines("#[expect(\n    dead_code,\n    reason = \"b\"\n)]\nfn a() {}")]
#[case::another_sleep("fn a() {\n    my_time::sleeper();\n}")]
fn what_only_looks_like_it(#[case] text: &str) {
    assert_eq!(problems("a/b.rs", text), [""; 0]);
}

#[test]
fn only_rust_files_have_code() {
    assert_eq!(problems("a/b.md", "todo!()"), [""; 0]);
}

const PACED: Exception =
    Exception { file: "a/pace.rs", word: "time::sleep(", reason: "it gives no event" };
const PACING: &str = "async fn a() {\n    tokio::time::sleep(b).await;\n}";

#[rstest]
#[case::there("a/pace.rs", PACING, 0)]
#[case::elsewhere_and_stale("a/b.rs", PACING, 2)]
#[case::stale("a/pace.rs", "fn a() {}", 1)]
#[case::another_word("a/pace.rs", "fn a() {\n    time::sleep(b);\n    todo!()\n}", 1)]
fn an_exception(#[case] path: &str, #[case] text: &str, #[case] count: usize) {
    let found = problems_with(path, text, &[PACED]);
    assert_eq!(found.len(), count, "{found:?}");
}

#[test]
fn every_exception_has_a_reason() {
    assert!(ci::tidy::EXCEPTIONS.iter().all(|e| e.reason.len() > 10));
}

#[rstest]
#[case::as_long_as_it_may_be(400, 0)]
#[case::longer(401, 1)]
fn the_length_of_a_file(#[case] lines: usize, #[case] count: usize) {
    assert_eq!(problems("a/b.rs", &"// a\n".repeat(lines)).len(), count);
    assert_eq!(problems("a/b.md", &"a\n".repeat(lines)).len(), 0, "only of Rust");
}

#[rstest]
#[case::code(&format!("const {}: u8 = 1;", "A".repeat(100)), 1)]
#[case::comment(&format!("// {}", "a ".repeat(50)), 1)]
#[case::a_hundred(&format!("// {}", "a".repeat(97)), 0)]
#[case::umlauts_are_one_column(&format!("// {}", "ä".repeat(97)), 0)]
#[case::text(&format!("const A: &str = \"{}\";", "a ".repeat(60)), 0)]
#[case::table(&format!("/// | {} |", "a ".repeat(60)), 0)]
#[case::link(&format!("/// see https://{}", "a".repeat(100)), 0)]
fn the_width_of_a_line(#[case] text: &str, #[case] count: usize) {
    let found = problems("a/b.rs", text);
    assert_eq!(found.len(), count, "{found:?}");
}

#[rstest]
#[case::quoted("cd \"{}main\"", 1)]
#[case::alone("{}main", 1)]
#[case::assigned("DIR={}main", 1)]
#[case::in_a_list("PATH=/bin:{}bin", 1)]
#[case::part_of_an_address("https://example.org{}", 0)]
#[case::below_another("/mnt{}a", 0)]
#[case::relative(".{}a ~{}a", 0)]
#[case::below_a_variable("${HOME}{}a $HOME{}a", 0)]
fn a_path_of_one_machine(#[case] text: &str, #[case] count: usize) {
    for directory in ["work", "root", "home", "Users"] {
        let text = text.replace("{}", &format!("/{directory}/"));
        let found = problems("a/b.sh", &text);
        assert_eq!(found.len(), count, "{text}: {found:?}");
    }
}
