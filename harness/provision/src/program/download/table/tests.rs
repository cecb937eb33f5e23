use rstest::rstest;

use super::Table;
use crate::program::{DEFAULT_KUBERNETES, Item, cluster_programs, kubernetes};

/// Programs that are built although they are published, or because they are not.
const BUILT: [&str; 2] = ["shell", "small-programs"];

#[test]
fn every_row_of_the_project_is_whole_and_of_a_version_that_the_harness_uses() {
    let table = Table::of_project();
    let faults: Vec<String> = table.rows.iter().flat_map(super::Row::faults).collect();
    assert_eq!(faults, Vec::<String>::new());
    let mut items = cluster_programs();
    items.push(kubernetes(DEFAULT_KUBERNETES));
    items.extend(crate::program::programs_for_kind(false));
    for item in &items {
        let is_published = ["amd64", "arm64"].map(|a| table.file(item, a).is_some());
        let expected = !BUILT.contains(&item.name.as_str());
        assert_eq!(is_published, [expected; 2], "{}", item.label());
    }
    for row in &table.rows {
        let used = items.iter().any(|i| i.name == row.program && i.release == row.version);
        assert!(used, "nothing uses {} {}", row.program, row.version);
    }
}

fn read(text: &str) -> String {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), text).expect("it is written");
    let path = file.path().display().to_string();
    match Table::read(file.path()) {
        Ok(table) => {
            let item = Item::of("etcd", "3.6.7", "go.etcd.io/etcd/server/v3");
            format!("{:?}", table.file(&item, "amd64").expect("a file"))
        }
        Err(error) => error.to_string().replace(&path, "FILE"),
    }
}

#[test]
fn a_row_of_a_user_replaces_a_row_of_the_project() {
    let sum = "0".repeat(64);
    let text = format!(
        "- program: etcd\n  version: 3.6.7\n  source: mine\n  files:\n    amd64:\n      \
         url: http://mine/etcd\n      sha256: '{sum}'\n"
    );
    assert!(read(&text).contains("http://mine/etcd"));
    assert!(read("[]").contains("https://github.com/etcd-io/etcd"));
}

#[rstest]
#[case::key("- program: a\n  sum: b\n")]
#[case::architecture("- {program: a, version: b, source: c, files: {riscv64: {url: d}}}\n")]
#[case::without_checksum("- {program: a, version: b, source: c, files: {amd64: {url: d}}}\n")]
#[case::several(
    "- {program: a, version: b, source: '', files: {amd64: {url: 'ftp://d', sha256: 'F00'}}}\n\
     - {program: e, version: f, source: g, files: {arm64: {url: 'h', sha512: ''}}}\n"
)]
fn faults_of_a_table_come_all_at_once(#[case] text: &str) {
    insta::with_settings!({ description => text.to_owned(), omit_expression => true }, {
        insta::assert_snapshot!(
            std::thread::current().name().and_then(|n| n.rsplit("::").next()), read(text)
        );
    });
}
