use crate::harness::Harness;

#[test]
fn texts_that_are_no_versions_are_all_named_with_the_nearest_one() {
    insta::assert_snapshot!(Harness::new().says(&["run", "--argo", "3.5.1O,foo,3.7.18"]), @r"
    error: invalid version `3.5.1O`: it is not a version of Argo
    hint: did you mean 3.5.10? write it like 4.0.5
    error: invalid version `foo`: it is not a version of Argo
    hint: write it like 4.0.5
    exit 64
    ");
}

#[test]
fn a_version_that_go_refuses_by_its_path() {
    insta::assert_snapshot!(Harness::new().says(&["run", "--argo", "4.0.1"]), @r"
    error: failed to find the Go module of argo-workflows v4.0.1: it has the module path of version 3
    hint: take 4.0.2 or later, or another source of Argo
    exit 64
    ");
}

#[test]
fn no_case_selected_is_not_a_pass() {
    let says =
        Harness::new().says(&["run", "--case", "nope", "--case", "artifact-gc/retried-atempt"]);
    insta::assert_snapshot!(says, @r"
    error: invalid --case: no case matches `nope`
    invalid --case: no case matches `artifact-gc/retried-atempt`; did you mean `artifact-gc/retried-attempt`?
    hint: Name the directory with --cases, or print the ids with `argo-conformance list`.
    exit 4
    ");
}

#[test]
fn no_cases_at_all() {
    let harness = Harness::new();
    std::fs::create_dir(harness.path("none")).expect("make");
    let none = harness.path("none").display().to_string();
    insta::assert_snapshot!(harness.says(&["run", "--cases", &none]), @r"
    error: failed to find cases: DIR/none has none
    hint: Name the directory with --cases, or print the ids with `argo-conformance list`.
    exit 4
    ");
}

#[test]
fn every_problem_of_every_case_file_at_once() {
    let harness = Harness::new();
    for (name, text) in [("a/one", "title: 7\nsteps: {}\n"), ("a/two", "titel: x\n")] {
        let directory = harness.path("cases").join(name);
        std::fs::create_dir_all(&directory).expect("make");
        std::fs::write(directory.join("case.yaml"), text).expect("write");
    }
    let cases = harness.path("cases").display().to_string();
    insta::assert_snapshot!(harness.says(&["run", "--cases", &cases]), @r"
    DIR/cases/a/one/case.yaml:1:1: a case needs `why`
    DIR/cases/a/one/case.yaml:1:1: a case needs `level`
    DIR/cases/a/one/case.yaml:1:1: a case needs `component`
    DIR/cases/a/one/case.yaml:1:1: a case needs `claims`
    DIR/cases/a/one/case.yaml:1:8: expected text, found a number
    DIR/cases/a/one/case.yaml:2:8: expected a list of steps, found a map
    DIR/cases/a/two/case.yaml:1:1: a case needs `title`
    DIR/cases/a/two/case.yaml:1:1: a case needs `why`
    DIR/cases/a/two/case.yaml:1:1: a case needs `level`
    DIR/cases/a/two/case.yaml:1:1: a case needs `component`
    DIR/cases/a/two/case.yaml:1:1: a case needs `steps`
    DIR/cases/a/two/case.yaml:1:1: a case needs `claims`
    DIR/cases/a/two/case.yaml:1:1: no field of a case is called `titel`
      hint: did you mean `title`?
    error: 13 problems in case files
    exit 65
    ");
}

#[test]
fn a_run_directory_that_is_used() {
    let harness = Harness::new();
    std::fs::create_dir(harness.path("out")).expect("make");
    std::fs::write(harness.path("out/run.json"), "{}").expect("write");
    let out = harness.path("out").display().to_string();
    insta::assert_snapshot!(harness.says(&["run", "--out", &out]), @r"
    error: invalid --out: DIR/out is not empty
    hint: Name a new directory by --out, or remove that one.
    exit 64
    ");
}

#[test]
fn an_installation_that_is_not_up() {
    let says = Harness::new().says(&["run", "--on", "29"]);
    assert!(
        says.starts_with("error: failed to find installation 29: it is not up\nhint: "),
        "{says}"
    );
    assert!(says.ends_with("exit 69"), "{says}");
}

#[test]
fn a_cache_that_cannot_be_used() {
    let harness = Harness::new();
    std::fs::write(harness.path("cache"), "a file").expect("write");
    insta::assert_snapshot!(harness.says(&["run"]), @r"
    error: failed to create DIR/cache/locks
      caused by: Not a directory (os error 20)
    hint: make it readable and writable, or name another cache directory
    exit 69
    ");
}

#[test]
fn an_unknown_word_on_the_command_line() {
    insta::assert_snapshot!(Harness::new().says(&["rum"]), @r"
    error: unrecognized subcommand 'rum'

      tip: a similar subcommand exists: 'run'

    Usage: argo-conformance <COMMAND>

    For more information, try '--help'.
    exit 64
    ");
}

#[test]
fn a_bisection_needs_one_case_and_two_versions() {
    let bisect = |rest: &[&str]| {
        let args = [&["bisect", "--case"], rest].concat();
        Harness::new().says(&args)
    };
    insta::assert_snapshot!(
        bisect(&["interrupted/pod-lost@*", "--good", "3.5.12", "--bad", "3.5.5"]), @r"
    error: invalid --case: bisect needs 1 case, and 3 are selected
    hint: Name one case with `--case ID`. `argo-conformance list` prints the ids.
    exit 64
    ");
    insta::assert_snapshot!(
        bisect(&["artifact-gc/retried-attempt", "--good", "3.5.12", "--bad", "3.5.12"]), @r"
    error: no version is between 3.5.12 and 3.5.12
    hint: Name a version that passes and a version that fails.
    exit 64
    ");
    insta::assert_snapshot!(
        bisect(&["artifact-gc/retried-attempt", "--good", "3.5.12", "--bad", "3.5.1O"]), @r"
    error: invalid version `3.5.1O`: it is not a version of Argo
    hint: did you mean 3.5.10? write it like 4.0.5
    exit 64
    ");
}

#[test]
fn an_upgrade_needs_two_versions_and_a_case_that_upgrades() {
    let upgrade = |rest: &[&str]| {
        let args = [&["upgrade", "--from", "3.5.12"], rest].concat();
        Harness::new().says(&args)
    };
    insta::assert_snapshot!(upgrade(&["--to", "3.7.18", "--case", "suspend/*"]), @r"
    error: invalid --case: no selected case has a step `upgrade`
    hint: Select cases of `upgrade/*`.
    exit 4
    ");
    let stored = ["upgrade", "--from-objects", "no-run", "--to", "3.7.18"];
    insta::assert_snapshot!(Harness::new().says(&stored), @r"
    error: failed to read no-run/run.json: No such file or directory (os error 2)
    hint: A run that was killed has none: resume it with `argo-conformance run --resume`, or print its verdicts with `judge`.
    exit 65
    ");
    insta::assert_snapshot!(upgrade(&["--to", "3.7.18→4.0.5"]), @r"
    error: invalid pair: →3.7.18→4.0.5 has more than one second installation
    hint: Name one pair for each upgrade.
    exit 64
    ");
}

#[test]
fn a_statement_of_conformance_says_whose_it_is() {
    let says = Harness::new().says(&["report", "run", "--format", "conformance", "--project", "P"]);
    let missing = ["--organization", "--url", "--implementation-version", "--contact"];
    assert!(
        missing.iter().all(|flag| says.contains(flag)) && !says.contains("  --project"),
        "{says}"
    );
    assert!(says.ends_with("exit 64"), "{says}");
}
