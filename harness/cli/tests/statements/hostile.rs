//! Directories, statements and keys that are made to harm or to mislead their readers.

use std::os::unix::fs::symlink;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use nix::sys::stat::Mode;
use rstest::rstest;
use serde_json::Value;

use crate::run::{CASES, Run};

fn fifo(path: &Path) {
    nix::unistd::mkfifo(path, Mode::S_IRWXU).expect("a FIFO");
}

fn endless(path: &Path) {
    symlink("/dev/zero", path).expect("a link");
}

fn huge(path: &Path) {
    std::fs::File::create(path).and_then(|file| file.set_len(64 << 30)).expect("a file");
}

fn one_line(path: &Path) {
    std::fs::write(path, vec![b' '; 17 << 20]).expect("a file");
}

/// In the place of these files.
const FILES: [&str; 6] = [
    "run/3.7.18/cases/artifact-gc.optional-artifact/history.jsonl",
    "run/3.7.18/cases/artifact-gc.optional-artifact/case/case.yaml",
    "run/3.7.18/installation.json",
    "run/attempts.jsonl",
    "run/run.json",
    "cases/artifact-gc/optional-artifact/case.yaml",
];

/// With each verb that reads one: which is not read is no danger.
#[rstest]
#[case::fifo(fifo, "a FIFO, and no plain file")]
#[case::endless(endless, "a symbolic link, and no plain file")]
#[case::huge(huge, "68719476736 bytes, more than ")]
fn what_is_no_plain_file_is_refused(
    #[case] make: fn(&Path),
    #[case] reason: &str,
    #[values(0, 1, 2, 3, 4, 5)] file: usize,
) {
    // The search for key material is the first to open the report of a run.
    let is_report = FILES[file] == "run/run.json" && reason.ends_with("more than ");
    let reason = if is_report { "it has holes" } else { reason };
    let run = Run::new();
    run.certify();
    let path = run.path(FILES[file]);
    std::fs::remove_file(&path).expect("remove");
    make(&path);
    let verbs: [&[&str]; 6] = [
        &["certify", "run", "--key", "key.pem", "--output", "another.json"],
        &["verify", "statement.json", "run", "--cases", "cases", "--key", "key.pub"],
        &["judge", "run"],
        &["report", "run", "--cases", "cases", "--format", "html", "--output", "x.html"],
        &["merge", "run", "--out", "whole"],
        &["lint", "--cases", "cases"],
    ];
    let said = verbs.map(|verb| run.run(verb)).join("\n");
    assert!(said.contains(reason), "{said}");
}

#[rstest]
#[case::certify(&["certify", "run"])]
#[case::judge(&["judge", "run"])]
fn a_line_without_an_end_is_refused(#[case] verb: &[&str]) {
    let run = Run::new();
    one_line(&run.history(CASES[0]));
    let said = run.run(verb);
    assert!(said.contains("line 1 has more than 16777216 bytes"), "{said}");
}

#[test]
fn a_directory_that_is_a_link_is_not_entered() {
    let run = Run::new();
    run.certify();
    let directory = run.history(CASES[0]).parent().expect("a directory").to_owned();
    let moved = run.path("elsewhere");
    std::fs::rename(&directory, &moved).expect("move");
    symlink(&moved, &directory).expect("a link");
    let said = run.verify(&[]);
    assert!(said.contains("it is a symbolic link, and no plain file"), "{said}");
    assert!(said.ends_with("exit 1"), "{said}");
}

#[rstest]
#[case::statement("statement.json")]
#[case::key("key.pub")]
fn what_is_named_is_a_plain_file_too(#[case] name: &str) {
    let run = Run::new();
    run.certify();
    std::fs::remove_file(run.path(name)).expect("remove");
    fifo(&run.path(name));
    let said = run.verify(&[]);
    assert!(said.contains("it is a FIFO, and no plain file"), "{said}");
}

/// Text that clears a line, hides the rest, and has commands of GitHub.
const ESCAPE: &str =
    "r7\u{1b}[2K\rthe statement holds: PASSED\u{1b}[8m\u{202e}\n::error::x ##[debug]y";

#[rstest]
#[case::run("/run")]
#[case::provider("/provider")]
#[case::kubernetes("/kubernetes/0")]
#[case::case("/verdicts/0/case")]
#[case::argo("/verdicts/0/argo")]
#[case::history("/verdicts/0/basis/history")]
#[case::profile("/argo/0/profile")]
#[case::image("/argo/0/images/0/name")]
#[case::build("/recorded_by/version")]
#[case::session("/sessions/0/run")]
#[case::chain("/attempts/0/file")]
#[case::stance("/known_issues")]
#[case::challenge("/challenge")]
fn no_text_of_a_statement_moves_the_cursor(#[case] pointer: &str) {
    let run = Run::new();
    run.certify();
    run.forge(|statement| {
        let conformance = &mut statement["predicate"]["conformance"];
        *conformance.pointer_mut(pointer).expect("a field") = Value::from(ESCAPE);
    });
    assert_tame(&run.verify(&["--unsigned"]));
}

fn assert_tame(said: &str) {
    let wild = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    assert!(!said.contains(wild), "{said:?}");
    assert!(
        !said.lines().any(|line| line.starts_with("the statement holds: PASSED\u{1b}")),
        "{said:?}"
    );
    let is_command = |line: &str| line.trim_start().starts_with("::") || line.contains("##[");
    assert!(!said.lines().any(is_command), "{said:?}");
}

/// The same of what a run directory says, with each verb that reads it.
#[rstest]
#[case::run("/run")]
#[case::provider("/provider")]
#[case::case("/verdicts/0/verdict/case")]
#[case::reason("/verdicts/0/verdict/reason")]
#[case::history("/verdicts/0/history")]
#[case::settings("/argo/0/source")]
#[case::stance("/request/known_issues")]
#[case::program("/request/program/version")]
fn no_text_of_a_run_moves_the_cursor(#[case] pointer: &str) {
    let run = Run::new();
    let path = run.path("run/run.json");
    let text = std::fs::read_to_string(&path).expect("a report");
    let mut report: Value = serde_json::from_str(&text).expect("JSON");
    *report.pointer_mut(pointer).expect("a field") = Value::from(ESCAPE);
    std::fs::write(&path, report.to_string()).expect("write");
    for verb in [
        &["certify", "run"][..],
        &["judge", "run"],
        &["report", "run", "--cases", "cases"],
        &["merge", "run", "--out", "whole"],
        &["verify", "statement.json", "run", "--cases", "cases", "--unsigned"],
    ] {
        assert_tame(&run.run(verb));
    }
}

#[test]
fn no_text_of_a_history_moves_the_cursor() {
    for field in ["case", "run", "workflow", "namespace", "started", "challenge"] {
        let run = Run::new();
        run.certify();
        run.header(CASES[0], |header| header[field] = Value::from(ESCAPE));
        for verb in [&["judge", "run"][..], &["certify", "run"], &["merge", "run", "--out", "x"]] {
            assert_tame(&run.run(verb));
        }
        run.certify();
        assert_tame(&run.verify(&[]));
    }
}

/// Texts of case files, with each command that prints them.
#[rstest]
#[case::title("title: ", "title: \"\\u001b[2K\\rx\\u202e\" #")]
#[case::claim("  - id: ", "  - id: \"\\u001b[2K\\rx\\u202e\" #")]
#[case::word("steps:", "\"\\u001b[2K\\rx\\u202e\": 1\nsteps:")]
fn no_text_of_a_case_moves_the_cursor(#[case] from: &str, #[case] to: &str) {
    let run = Run::new();
    let beside = run.history(CASES[0]).with_file_name("case");
    for directory in [run.path("cases").join(CASES[0]), beside] {
        let path = directory.join("case.yaml");
        let text = std::fs::read_to_string(&path).expect("a case");
        std::fs::write(&path, text.replacen(from, to, 1)).expect("write");
    }
    for verb in [
        &["list", "--cases", "cases"][..],
        &["explain", "--cases", "cases"],
        &["lint", "--cases", "cases"],
        &["judge", "run"],
        &["mutate", "run", "--cases", "cases"],
        &["certify", "run"],
    ] {
        assert_tame(&run.run(verb));
    }
}

/// A reader may take the first of two fields, and another one the last.
#[rstest]
#[case::digest(r#""sha256":"12ab""#, r#""sha256":"ffff","sha256":"12ab""#)]
#[case::settings(r#""settings":{}"#, r#""settings":{"A":"1","A":"2"}"#)]
#[case::result(r#""result":"PASSED""#, r#""result":"FAILED","result":"PASSED""#)]
fn a_field_that_is_there_twice_is_refused(#[case] once: &str, #[case] twice: &str) {
    let run = Run::new();
    run.certify();
    let path = run.path("statement.json");
    let text = std::fs::read_to_string(&path).expect("a statement");
    let mut envelope: Value = serde_json::from_str(&text).expect("JSON");
    let payload = STANDARD.decode(envelope["payload"].as_str().expect("text")).expect("base64");
    let payload = String::from_utf8(payload).expect("text");
    assert!(payload.contains(once), "{payload}");
    envelope["payload"] = Value::from(STANDARD.encode(payload.replacen(once, twice, 1)));
    std::fs::write(&path, envelope.to_string()).expect("write");
    let said = run.verify(&["--unsigned"]);
    assert!(said.contains("duplicate field") && said.ends_with("exit 1"), "{said}");
}

/// One signature holds for every text with such a key.
#[rstest]
#[case::neutral("0100000000000000000000000000000000000000000000000000000000000000")]
#[case::neutral_with_a_sign("0100000000000000000000000000000000000000000000000000000000000080")]
#[case::order_2("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
#[case::order_4("0000000000000000000000000000000000000000000000000000000000000000")]
#[case::order_8("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")]
#[case::another_of_order_8("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa")]
#[case::zero_in_another_form("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
#[case::one_in_another_form("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
fn a_key_of_small_order_is_refused(#[case] key: &str) {
    let run = Run::new();
    run.certify();
    let byte = |at: usize| u8::from_str_radix(&key[at..at + 2], 16).expect("hexadecimal");
    let key = (0..key.len()).step_by(2).map(byte);
    let prefix = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
    let der: Vec<u8> = prefix.into_iter().chain(key).collect();
    let der = STANDARD.encode(der);
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{der}\n-----END PUBLIC KEY-----\n");
    std::fs::write(run.path("key.pub"), pem).expect("write");
    let said = run.verify(&[]);
    assert!(said.contains("invalid key: the point has a small order"), "{said}");
}

/// A report of conformance says what the histories say, whatever the run's report says.
#[test]
fn a_report_of_conformance_is_judged_again() {
    let run = Run::new();
    let path = run.history(CASES[0]);
    let text = std::fs::read_to_string(&path).expect("a history");
    let line = |line: &str| {
        let seen = line.contains(r#""observed""#);
        if seen { line.replace("Succeeded", "Failed") } else { line.to_owned() }
    };
    let altered: String = text.lines().map(|of| line(of) + "\n").collect();
    let args = [
        "report",
        "run",
        "--cases",
        "cases",
        "--format",
        "conformance",
        "--project",
        "x",
        "--organization",
        "x",
        "--url",
        "x",
        "--implementation-version",
        "1",
        "--contact",
        "x",
    ];
    let said = run.run(&args);
    assert!(said.contains("result: success") && !said.contains("unknown: 1"), "{said}");
    std::fs::write(&path, altered).expect("write");
    let said = run.run(&args);
    assert!(said.contains("result: unknown") && said.contains("unknown: 1"), "{said}");
}
