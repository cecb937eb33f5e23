use rstest::rstest;

use crate::harness::Harness;

#[rstest]
#[case::counted_from_nought("0/3", "shards count from 1")]
#[case::beyond_the_last("4/3", "shard 4 of 3 does not exist")]
#[case::words("a/b", "not of the form K/N")]
fn what_is_no_part(#[case] part: &str, #[case] reason: &str) {
    let says = Harness::new().says(&["run", "--shard", part]);
    let hint = "hint: Write a shard such as 2/3, the second of three.";
    assert_eq!(
        says,
        format!(
            "error: invalid value '{part}' for '--shard <K/N>': {reason}\n{hint}\n\n\
             For more information, try '--help'.\nexit 64"
        )
    );
}

/// Its report is there for `merge`, and it is no pass.
#[test]
fn a_part_without_a_case_runs_nothing_and_says_so() {
    let harness = Harness::new();
    let out = harness.path("out").display().to_string();
    let args = ["run", "--case", "suspend/*", "--shard", "2/2", "--out", &out];
    let output = harness.command(&args).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("shard 2/2: 0 of 1 cases"), "{said}");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.starts_with("nothing ran: no case was selected, "), "{said}");
    assert_eq!(output.status.code(), Some(4));
    let text = std::fs::read_to_string(harness.path("out/run.json")).expect("a report");
    let run: report::RunReport = report::RunReport::parse(&text).expect("a report");
    let request = run.request.expect("a request");
    assert_eq!(request.cases.len(), 1);
    assert_eq!(
        request.shard.map(|shard| (shard.number, shard.of, shard.cases)),
        Some((2, 2, vec![]))
    );
}
