//! The action of this repository: its inputs, its options, and its scripts on stand-ins.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use rstest::rstest;
use serde_json::Value;

use crate::run::sha256;

/// Inputs that are no options of `run`.
const OWN: [&str; 2] = ["artifact", "version"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn text(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn action() -> Value {
    model::parse::manifest(&text("action.yml")).expect("YAML").remove(0)
}

/// The inputs of the action.
pub(crate) fn inputs() -> BTreeSet<String> {
    action()["inputs"].as_object().expect("inputs").keys().cloned().collect()
}

/// The help of `run`.
fn help() -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_argo-conformance"));
    let output = command.args(["run", "--help"]).output().expect("it runs");
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn each_input_stands_in_the_guide_with_its_default() {
    let guide = text("docs/how-to/run-in-ci.md");
    for (name, input) in action()["inputs"].as_object().expect("inputs") {
        let row = guide.lines().find(|line| line.starts_with(&format!("| `{name}` | ")));
        let row = row.unwrap_or_else(|| panic!("the guide has no row of `{name}`"));
        let default = input["default"].as_str().expect("a default");
        assert!(default.is_empty() || row.ends_with(&format!("| `{default}` |")), "{row}");
        assert!(input["description"].as_str().is_some_and(|text| text.ends_with('.')), "{name}");
    }
}

#[test]
fn each_option_of_the_action_is_one_of_run() {
    let help = help();
    let inputs = inputs().into_iter().filter(|name| !OWN.contains(&name.as_str()));
    let script = text("ci/action/run.sh");
    for name in inputs {
        let option = format!("--{name}");
        assert!(help.contains(&format!("{option} <")), "`run` has no {option}");
        assert!(script.contains(&option), "run.sh does not give {option}");
    }
    let words = script.split_whitespace().map(|word| word.trim_start_matches('('));
    let options = words.filter(|word| word.starts_with("--"));
    for option in options {
        assert!(help.contains(&format!("{option} <")), "`run` has no {option}");
    }
}

#[test]
fn each_input_reaches_a_step() {
    let steps = action()["runs"]["steps"].to_string();
    for name in inputs() {
        assert!(steps.contains(&format!("inputs.{name} }}}}")), "no step has `{name}`");
    }
}

/// A directory with programs in place of real ones.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a directory"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn program(&self, name: &str, script: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a directory")).expect("make");
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("write");
        let executable = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(&path, executable).expect("make it executable");
        path
    }

    /// Runs a script of the action with these variables alone, beside those of a runner.
    fn script(&self, name: &str, variables: &[(&str, &str)]) -> Output {
        let mut command = Command::new("bash");
        command.arg(root().join("ci/action").join(name)).current_dir(self.path("")).env_clear();
        command.env("PATH", std::env::var_os("PATH").expect("a PATH"));
        command.env("RUNNER_TEMP", self.path("temp")).env("RUN", self.path("run"));
        for file in ["GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STEP_SUMMARY"] {
            command.env(file, self.path(file));
        }
        command.envs(variables.iter().copied()).output().expect("bash runs")
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_default()
    }
}

const KNOWN: &str = r#"{"untested":[],"verdicts":[{"verdict":{"verdict":"known-issue"}}]}"#;
const UNKNOWN: &str = r#"{"untested":[],"verdicts":[{"verdict":{"verdict":"unknown"}}]}"#;
const UNTESTED: &str = r#"{"untested":["3.7.18"],"verdicts":[]}"#;

#[rstest]
#[case::passed(0, KNOWN, 0)]
#[case::failed(1, KNOWN, 1)]
#[case::known_issues_alone(2, KNOWN, 0)]
#[case::unknown(2, UNKNOWN, 2)]
#[case::untested(2, UNTESTED, 2)]
#[case::no_environment(69, KNOWN, 69)]
fn the_exit_code_of_a_run_decides(#[case] code: u8, #[case] report: &str, #[case] expected: i32) {
    let place = Place::new();
    let said = format!(
        "echo \"$*\" > said\nmkdir run\ncat > run/run.json <<'END'\n{report}\nEND\nexit {code}"
    );
    let program = place.program("program", &said);
    let variables = [
        ("PROGRAM", program.to_str().expect("text")),
        ("PROVIDER", "kind"),
        ("ARGO", "3.5.12,3.7.18"),
        ("CASE", "artifact-gc/*,hooks/*"),
        ("KUBERNETES", ""),
    ];
    let output = place.script("run.sh", &variables);
    assert_eq!(output.status.code(), Some(expected), "{output:?}");
    let run = place.path("run").display().to_string();
    let options = "--argo 3.5.12,3.7.18 --case artifact-gc/* --case hooks/*";
    assert_eq!(place.read("said"), format!("run --provider kind --out {run} {options}\n"));
}

#[test]
fn a_report_has_a_summary_and_files() {
    let place = Place::new();
    let program = place.program("program", "echo \"$*\" >> said");
    let program = [("PROGRAM", program.to_str().expect("text"))];
    let output = place.script("report.sh", &program);
    assert!(output.status.success() && place.read("said").is_empty(), "there is no run");
    std::fs::create_dir(place.path("run")).expect("make");
    std::fs::write(place.path("run/run.json"), KNOWN).expect("write");
    assert!(place.script("report.sh", &program).status.success());
    let said = place.read("said");
    let formats = said.lines().filter_map(|line| line.split("--format ").nth(1));
    let formats: Vec<_> = formats.filter_map(|rest| rest.split_whitespace().next()).collect();
    assert_eq!(formats, ["github", "junit", "html"]);
}

/// Puts a release into a directory. Returns the address of the releases.
fn release(place: &Place) -> String {
    let name = format!("argo-conformance-1.2.3-{}-unknown-linux-gnu", std::env::consts::ARCH);
    place.program(&format!("{name}/argo-conformance"), "echo argo-conformance 1.2.3");
    let at = place.path("releases/v1.2.3");
    std::fs::create_dir_all(&at).expect("make");
    let archive = at.join(format!("{name}.tar.gz"));
    let mut tar = Command::new("tar");
    let done = tar.arg("-czf").arg(&archive).arg("-C").arg(place.path("")).arg(&name).status();
    assert!(done.expect("tar runs").success());
    let sum = sha256(&std::fs::read(&archive).expect("an archive"));
    std::fs::write(at.join("SHA256SUMS"), format!("{sum}  {name}.tar.gz\n")).expect("write");
    format!("file://{}", place.path("releases").display())
}

#[rstest]
#[case::of_the_input(&[("VERSION", "1.2.3"), ("ACTION_REF", "main")])]
#[case::of_the_tag(&[("VERSION", ""), ("ACTION_REF", "v1.2.3")])]
fn a_release_is_installed(#[case] variables: &[(&str, &str)]) {
    let place = Place::new();
    let releases = release(&place);
    let output = place.script("install.sh", &[variables, &[("RELEASES", &releases)]].concat());
    assert!(output.status.success(), "{output:?}");
    let outputs = place.read("GITHUB_OUTPUT");
    assert!(outputs.contains("version=1.2.3\n"), "{outputs}");
    let bin = place.path("temp/argo-conformance/bin").display().to_string();
    assert_eq!(place.read("GITHUB_PATH"), format!("{bin}\n"));
    assert!(outputs.contains(&format!("program={bin}/argo-conformance\n")), "{outputs}");
}

#[test]
fn a_release_with_another_checksum_is_refused() {
    let place = Place::new();
    let releases = release(&place);
    let sums = place.path("releases/v1.2.3/SHA256SUMS");
    let text = std::fs::read_to_string(&sums).expect("sums");
    let (sum, name) = text.split_once(' ').expect("a line");
    std::fs::write(&sums, format!("{} {name}", "0".repeat(sum.len()))).expect("write");
    let output = place.script("install.sh", &[("VERSION", "1.2.3"), ("RELEASES", &releases)]);
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("FAILED"), "{output:?}");
    assert!(!place.path("temp/argo-conformance/bin/argo-conformance").exists());
}
