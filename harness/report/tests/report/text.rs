use report::{Style, exit};

use crate::samples::{empty, evidence};

#[test]
fn a_run_for_a_terminal() {
    let evidence = evidence();
    insta::assert_snapshot!(report::text(&evidence, Style::Plain));
    let run = &evidence.run;
    let verdicts: Vec<_> = run.verdicts.iter().map(|judged| judged.verdict.clone()).collect();
    assert_eq!(report::exit_code_of_run(&verdicts, &run.untested), exit::FAIL);
    assert_eq!(report::exit_code_of_run(&[], &run.untested), exit::UNKNOWN);
}

#[test]
fn an_untested_version_alone_is_in_the_text() {
    let mut evidence = evidence();
    evidence.run.verdicts.clear();
    evidence.run.argo.clear();
    let text = report::text(&evidence, Style::Plain);
    let expected = "nothing ran: 1 installation UNTESTED: Argo 4.0.1, 1m35s\n";
    assert!(text.ends_with(expected), "{text}");
    assert!(!report::text(&empty(), Style::Plain).contains("UNTESTED"));
}
