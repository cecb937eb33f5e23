use std::path::Path;

use ci::book::{BUILT, build_with, contents, links};
use ci::tools::MDBOOK;
use ci::tree::File;
use rstest::rstest;

fn file(path: &str, text: &str) -> File {
    File { path: path.to_owned(), text: Some(text.to_owned()) }
}

fn said(problems: &[ci::problem::Problem]) -> Vec<String> {
    problems.iter().map(ToString::to_string).collect()
}

const PAGE: &str = "# A title\n\n## The `--flag`: more, and *most*\n\n## Again\n\n## Again\n";

#[rstest]
#[case::no_file("README.md", "A [b](docs/b.md).", "README.md:1: error: the link `docs/b.md` leads")]
#[case::no_picture("README.md", "![b](docs/b.png)", "README.md:1: error: the link `docs/b.png` le")]
#[case::no_heading(
    "docs/a.md",
    "# A\n\n[b](x/page.md#other)",
    "docs/a.md:3: error: the link `x/page.md#other` leads to no heading"
)]
#[case::no_own_heading("docs/a.md", "# A\n[b](#b)", "docs/a.md:2: error: the link `#b` leads to")]
#[case::third("docs/a.md", "[b](x/page.md#again-2)", "docs/a.md:1: error: the link `x/page.md#ag")]
#[case::out_of_the_book("docs/a.md", "[b](../LICENSE)", "docs/a.md:1: error: the link `../LICENS")]
#[case::out_of_all("README.md", "[b](../a.md)", "README.md:1: error: the link `../a.md` leaves t")]
#[case::by_reference("README.md", "A [b].\n\n[b]: c.md", "README.md:1: error: the link `c.md` lea")]
fn a_broken_link(#[case] path: &str, #[case] text: &str, #[case] expected: &str) {
    let all = [file("LICENSE", ""), file("docs/x/page.md", PAGE), file(path, text)];
    let found = said(&links(&all));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with(expected), "{found:?}");
}

#[rstest]
#[case::file("README.md", "[b](docs/x/page.md) [c](LICENSE) [d](docs/x) [e](docs/)")]
#[case::heading("docs/a.md", "[b](x/page.md#the---flag-more-and-most) [c](x/page.md#a-title)")]
#[case::second("docs/a.md", "[b](./x/page.md#again-1)")]
#[case::own_heading("docs/a.md", "# A b\n[b](#a-b)")]
#[case::upwards("docs/y/a.md", "[b](../x/page.md)")]
#[case::another_host("docs/a.md", "[b](https://example.org/a.md#b) [c](mailto:a@b)")]
#[case::code("docs/a.md", "`[b](c.md)`\n\n```text\n[b](c.md)\n```\n")]
fn a_link_that_leads_somewhere(#[case] path: &str, #[case] text: &str) {
    let all = [file("LICENSE", ""), file("docs/x/page.md", PAGE), file(path, text)];
    assert_eq!(said(&links(&all)), [""; 0]);
}

#[rstest]
#[case::listed("- [A](a.md)\n- [B](b/c.md)\n", &[])]
#[case::lost("- [A](a.md)\n", &["docs/b/c.md"])]
fn the_table_of_contents(#[case] summary: &str, #[case] lost: &[&str]) {
    let pages = [file("docs/a.md", ""), file("docs/b/c.md", ""), file("README.md", "")];
    let found = contents(&[&pages[..], &[file("docs/SUMMARY.md", summary)]].concat());
    let found: Vec<&str> = found.iter().map(|problem| problem.file.as_str()).collect();
    assert_eq!(found, lost);
    assert_eq!(contents(&pages).len(), 1, "a book without a table of contents");
}

#[rstest]
#[case::whole("- [A](a.md)\n", true)]
#[case::without_a_page("- [A](a.md)\n- [B](b.md)\n", false)]
fn a_book_is_built(#[case] summary: &str, #[case] is_built: bool) {
    let root = tempfile::tempdir().expect("a directory");
    let settings = "[book]\ntitle = \"A\"\nsrc = \".\"\n[build]\ncreate-missing = false\n";
    let files = [("book.toml", settings), ("SUMMARY.md", summary), ("a.md", "# A\n")];
    std::fs::create_dir(root.path().join("docs")).expect("a directory");
    for (name, text) in files {
        std::fs::write(root.path().join("docs").join(name), text).expect("it is written");
    }
    let program = MDBOOK.program().expect("mdbook");
    let problems = build_with(&program, root.path()).expect("it runs");
    assert_eq!(problems.is_empty(), is_built, "{problems:?}");
    assert_eq!(root.path().join(BUILT).join("a.html").is_file(), is_built);
    assert!(build_with(Path::new("no-such-mdbook"), root.path()).is_err());
}
