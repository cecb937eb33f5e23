use ci::imports::{Circles, check, circles, shrunk};
use ci::tree::File;
use rstest::rstest;

fn files(modules: &[(&str, &str)]) -> Vec<File> {
    let file = |(name, text): &(&str, &str)| File {
        path: format!("harness/x/src/{name}.rs"),
        text: Some((*text).to_owned()),
    };
    modules.iter().map(file).collect()
}

const B_USES_A: (&str, &str) = ("b", "use crate::a::A;");

#[rstest]
#[case::import("use crate::b::B;")]
#[case::group("use crate::{c::C, b::{self, B}};")]
#[case::renamed("use crate::b as d;")]
#[case::glob("use crate::b::*;")]
#[case::relative("use super::b::B;")]
#[case::path_in_code("fn a() { crate::b::b() }")]
#[case::path_of_a_type("struct A(crate::b::B);")]
#[case::in_a_macro("fn a() { assert!(c, \"{}\", super::b::b()) }")]
#[case::inside_of_a_module("mod c { use super::super::b::B; }")]
#[case::passed_on("pub use crate::b::B; fn a() { crate::b::b() }")]
fn a_circle_of_two(#[case] a: &str) {
    let found = check(&files(&[("lib", "mod a; mod b;"), ("a", a), B_USES_A]), &Circles::new());
    let said: Vec<String> = found.iter().map(ToString::to_string).collect();
    let expected = "harness/x/src/a.rs: error: these files import each other: a, b: \
        move what they share to a file below them";
    assert_eq!(said, [expected]);
}

#[rstest]
#[case::one_way("use crate::c::C;")]
#[case::another_crate("use b::B;")]
#[case::comment("// use crate::b::B;")]
#[case::text("const A: &str = \"crate::b\";")]
#[case::module_of_tests("#[cfg(test)] mod c { use crate::b::B; }")]
#[case::import_of_tests("#[cfg(test)] use crate::b::B;")]
#[case::test("#[test] fn a() { crate::b::b() }")]
fn no_circle(#[case] a: &str) {
    assert_eq!(circles(&files(&[("lib", "mod a; mod b;"), ("a", a), B_USES_A])), Circles::new());
}

#[rstest]
#[case::parts_of_a_file(&[("a", "mod b; use b::B;"), ("a/b", "use super::A;")], &[])]
#[case::siblings(&[("a/b", "use super::c::C;"), ("a/c", "use super::b::B;")], &["a/b", "a/c"])]
#[case::over_a_part(
    &[("a", "mod b; fn a() { b::b() }"), ("a/b", "use crate::c::C;"), ("c", "use crate::a::A;")],
    &["a", "a/b", "c"]
)]
#[case::three(
    &[("a", "use crate::b::B;"), ("b", "use crate::c::C;"), ("c", "use crate::a::A;")],
    &["a", "b", "c"]
)]
#[case::by_the_root(
    &[("lib", "pub use a::A; mod a;"), ("a", "use crate::b::B;"), ("b", "use crate::A;")],
    &["a", "b"]
)]
#[case::by_a_file_of_tests(
    &[("lib", "#[cfg(test)] mod a; mod b;"), ("a", "use crate::b::B;"), ("b", "use crate::a::A;")],
    &[]
)]
fn a_circle_by_its_files(#[case] modules: &[(&str, &str)], #[case] circle: &[&str]) {
    let found = circles(&files(modules));
    let found: Vec<String> = found.into_values().flatten().flatten().collect();
    assert_eq!(found, circle);
}

#[test]
fn the_list_may_only_shrink() {
    let circle = files(&[("a", "use crate::b::B;"), B_USES_A]);
    let admitted = circles(&circle);
    assert_eq!(check(&circle, &admitted), []);
    assert_eq!(shrunk(&Circles::new(), &admitted), Circles::new());
    assert_eq!(shrunk(&admitted, &Circles::new()), Circles::new(), "no circle is new");
    assert_eq!(shrunk(&admitted, &admitted), admitted);
    let cut = check(&files(&[B_USES_A]), &admitted);
    let said: Vec<String> = cut.iter().map(ToString::to_string).collect();
    let expected = "ci/circles.json: error: harness/x has no circle of a, b: \
        run `cargo ci circles --shrink`";
    assert_eq!(said, [expected]);
}
