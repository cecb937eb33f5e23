//! The directory of a run, made from kept histories, and statements about it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use model::history::Versions;
use model::profile::Profile;
use model::stance::KnownIssues;
use model::verdict::{CaseVerdict, Verdict};
use report::run::{ArgoReport, Image};
use report::{Build, Judged, RunReport, RunRequest, Shard};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::checks::check;
use crate::recorder::{self, ARGOEXEC};

/// The cases of the run: what each is on the version, known issues being failures.
pub(crate) const CASES: [&str; 2] = ["artifact-gc/optional-artifact", "exit-handler/manual-retry"];
pub(crate) const ARGO: &str = "3.7.18";
pub(crate) const RUN: &str = "r7f3";
const CONTROLLER: &str = "workflow-controller:v3.7.18";

/// A run directory, the cases of its reader, and a key.
pub(crate) struct Run {
    directory: tempfile::TempDir,
    cases: &'static [&'static str],
    /// When it began.
    began: Timestamp,
    /// Name of the Argo that its directories are called by.
    argo: String,
}

impl Run {
    pub(crate) fn new() -> Self {
        Self::of(&CASES)
    }

    pub(crate) fn of(cases: &'static [&'static str]) -> Self {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let directory = tempfile::tempdir_in(target).expect("a directory");
        // The second before: the objects of a history are made in whole seconds.
        let began = Timestamp::now() - SignedDuration::from_secs(2);
        let run = Self { directory, cases, began, argo: ARGO.to_owned() };
        run.record();
        run.note(cases);
        std::fs::create_dir_all(run.path("run").join(ARGO)).expect("a directory");
        let path = run.path("run").join(ARGO).join("installation.json");
        std::fs::write(path, read_back().to_string()).expect("write");
        run.report(|_| {});
        run.openssl(&["genpkey", "-algorithm", "ed25519", "-out", "key.pem"]);
        run.openssl(&["pkey", "-in", "key.pem", "-pubout", "-out", "key.pub"]);
        run
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Records the found controller in what is read back.
    pub(crate) fn finds(&self, controller: Value) {
        let mut read_back = read_back();
        read_back["controller"] = controller;
        let path = self.path("run").join(&self.argo).join("installation.json");
        std::fs::write(path, read_back.to_string()).expect("write");
    }

    /// Name of the installation.
    pub(crate) fn argo(&self) -> &str {
        &self.argo
    }

    pub(crate) fn history(&self, case: &str) -> PathBuf {
        self.path("run").join(history(&self.argo, case))
    }

    pub(crate) fn began(&self) -> Timestamp {
        self.began
    }

    /// Notes an attempt of each of these cases.
    pub(crate) fn note(&self, cases: &[&str]) {
        std::fs::create_dir_all(self.path("run")).expect("a directory");
        recorder::attempts(&self.path("run"), RUN, &self.argo, cases);
    }

    /// Calls its Argo by another name, and by these versions in its histories.
    pub(crate) fn rename(&mut self, name: &str, versions: &Value) {
        for case in self.cases {
            self.header(case, |header| header["argo"] = versions.clone());
        }
        let argo = std::mem::replace(&mut self.argo, name.to_owned());
        let run = self.path("run");
        std::fs::rename(run.join(argo), run.join(name)).expect("rename");
        self.note(self.cases);
    }

    /// Alters the first line of a history.
    pub(crate) fn header(&self, case: &str, alter: impl FnOnce(&mut Value)) {
        let path = self.history(case);
        let text = std::fs::read_to_string(&path).expect("a history");
        let (header, events) = text.split_once('\n').expect("a header");
        let mut header: Value = serde_json::from_str(header).expect("a header");
        alter(&mut header);
        std::fs::write(&path, format!("{header}\n{events}")).expect("write");
    }

    pub(crate) fn openssl(&self, args: &[&str]) {
        let mut openssl = Command::new("openssl");
        let done = openssl.args(args).current_dir(self.directory.path()).output();
        let done = done.expect("openssl is there");
        assert!(done.status.success(), "{done:?}");
    }

    /// Puts the cases and their kept histories where a run would.
    fn record(&self) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        for case in self.cases {
            let beside = self.history(case).parent().expect("a directory").join("case");
            for to in [self.path("cases").join(case), beside] {
                std::fs::create_dir_all(&to).expect("a directory");
                for file in std::fs::read_dir(root.join("cases").join(case)).expect("it is there") {
                    let file = file.expect("a file");
                    std::fs::copy(file.path(), to.join(file.file_name())).expect("copy");
                }
            }
        }
        for case in model::discover::cases(&self.path("cases")).cases {
            if !self.cases.contains(&case.id.as_str()) {
                continue;
            }
            let kept = format!("{}.jsonl", case.id.replace('/', "."));
            let kept = std::fs::read_to_string(root.join("ci/histories").join(kept));
            let text = recorder::whole(&kept.expect("it is kept"), &case, self.began);
            std::fs::write(self.history(&case.id), text).expect("write");
        }
    }

    /// Writes the run's report, altered.
    pub(crate) fn report(&self, alter: impl FnOnce(&mut RunReport)) {
        let mut report = RunReport {
            format: (report::run::MAJOR, report::run::MINOR),
            run: RUN.to_owned(),
            started: self.began,
            elapsed_ms: 60_000,
            provider: model::Provider::Native,
            kubernetes: vec!["v1.34.4".into()],
            argo: vec![ArgoReport {
                versions: Versions::of_name(&self.argo),
                source: "its Go module".into(),
                profile: Some(Profile::Fast),
                settings: BTreeMap::new(),
                images: vec![
                    image("workflow-controller", CONTROLLER, Some("sha256:12ab")),
                    image("argoexec", ARGOEXEC, None),
                ],
                kubernetes: "v1.34.4".into(),
                controller: None,
            }],
            stages: Vec::new(),
            verdicts: self.cases.iter().map(|case| self.judged(case)).collect(),
            untested: Vec::new(),
            observed: Vec::new(),
            request: Some(self.request(None)),
            sessions: Vec::new(),
            programs: Vec::new(),
            checks: Vec::new(),
        };
        alter(&mut report);
        std::fs::write(self.path("run/run.json"), report.to_json()).expect("write");
    }

    /// The request of the run, as its arguments would make it.
    pub(crate) fn request(&self, shard: Option<Shard>) -> RunRequest {
        let found = model::discover::cases(&self.path("cases")).cases;
        let digest = found.into_iter().map(|case| {
            let files = case.source.files.iter();
            let texts = files.map(|(name, text)| format!("{name}\n{}\n{text}\n", text.len()));
            let digest = Sha256::digest(texts.collect::<Vec<_>>().concat());
            (case.id, hex::encode(digest))
        });
        RunRequest {
            program: build(),
            argo: vec![self.argo.clone()],
            sources: BTreeMap::new(),
            profiles: vec![Profile::Fast],
            known_issues: KnownIssues::Fail,
            cases: digest.collect(),
            shard,
            challenge: None,
            pods: model::PodSettings::default(),
            artifact_repository: None,
        }
    }

    /// Makes a statement, signed.
    pub(crate) fn certify(&self) -> String {
        self.run(&["certify", "run", "--key", "key.pem", "--output", "statement.json"])
    }

    /// Checks it, as one who knows the key and asks for this version.
    pub(crate) fn verify(&self, more: &[&str]) -> String {
        let args = ["verify", "statement.json", "run", "--cases", "cases", "--argo", ARGO];
        let key: &[&str] = if more.contains(&"--unsigned") { &[] } else { &["--key", "key.pub"] };
        self.run(&[&args, key, more].concat())
    }

    /// The exit code and everything that is said.
    pub(crate) fn run(&self, args: &[&str]) -> String {
        self.run_with(args, &[])
    }

    /// As [`Self::run`], with these variables of the environment.
    pub(crate) fn run_with(&self, args: &[&str], environment: &[(&str, &str)]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_argo-conformance"));
        command
            .envs(environment.iter().copied())
            .args(args)
            .current_dir(self.directory.path())
            .env("NO_COLOR", "1");
        let output = command.output().expect("it runs");
        let text = [output.stdout, output.stderr].concat();
        let code = output.status.code().map_or("?".to_owned(), |code| code.to_string());
        format!("{}exit {code}", String::from_utf8_lossy(&text))
    }

    /// Alters what is in the envelope; what was signed stays signed, but no longer is this.
    pub(crate) fn forge(&self, alter: impl FnOnce(&mut Value)) {
        let path = self.path("statement.json");
        let text = std::fs::read_to_string(&path).expect("a statement");
        let mut envelope: Value = serde_json::from_str(&text).expect("JSON");
        let payload = STANDARD.decode(envelope["payload"].as_str().expect("text"));
        let mut statement: Value = serde_json::from_slice(&payload.expect("base64")).expect("JSON");
        alter(&mut statement);
        envelope["payload"] = json!(STANDARD.encode(statement.to_string()));
        std::fs::write(path, envelope.to_string()).expect("write");
    }
}

/// SHA-256 in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn history(argo: &str, case: &str) -> String {
    format!("{argo}/cases/{}/history.jsonl", case.replace('/', "."))
}

fn image(component: &str, name: &str, digest: Option<&str>) -> Image {
    let digest = digest.map(model::Untrusted::from);
    Image { component: component.to_owned(), name: name.into(), digest }
}

/// The record that is read back of the installation.
pub(crate) fn read_back() -> Value {
    json!({ "kubernetes": "v1.34.4", "controller_image": CONTROLLER,
        "controller_image_id": "sha256:12ab",
        "controller_args": ["--executor-image", ARGOEXEC], "controller_env": [],
        "node": "containerd", "source": "its Go module" })
}

/// The controller that a run finds on an existing cluster.
pub(crate) fn found_controller() -> Value {
    json!({ "namespace": "argo", "deployment": "workflow-controller", "pods": ["c-1"],
        "leader": { "known": "c-1" }, "container": "workflow-controller", "image": CONTROLLER,
        "version": ARGO, "executor_image": ARGOEXEC, "executor_version": ARGO, "scope": "cluster",
        "instance_id": "prod-a", "config_map": "c", "settings": { "unobserved": "you may not" } })
}

/// Makes the report one of an existing cluster.
pub(crate) fn on_existing(report: &mut RunReport) {
    report.provider = model::Provider::Existing;
    report.checks = vec![check(&report.run, Vec::new())];
    for argo in &mut report.argo {
        argo.profile = None;
        argo.controller = serde_json::from_value(found_controller()).expect("a controller");
    }
}

/// The build of the program, as a statement of its own says.
fn build() -> Build {
    static BUILD: OnceLock<Build> = OnceLock::new();
    let built = || {
        let directory = tempfile::tempdir().expect("a directory");
        let request = json!({ "program": Build::default(), "argo": [], "profiles": ["fast"],
            "known_issues": "fail", "cases": {}, "shard": null });
        let run = json!({ "format": [report::run::MAJOR, report::run::MINOR], "run": RUN,
            "started": "2026-01-02T03:04:05Z", "elapsed_ms": 1, "provider": "native",
            "kubernetes": [], "argo": [], "stages": [], "verdicts": [], "untested": [],
            "observed": [], "request": request });
        std::fs::write(directory.path().join("run.json"), run.to_string()).expect("write");
        let mut command = Command::new(env!("CARGO_BIN_EXE_argo-conformance"));
        let output = command.args(["certify", "."]).current_dir(directory.path()).output();
        let output = output.expect("it runs");
        assert_eq!(output.status.code(), Some(4), "nothing ran: {output:?}");
        let text = std::fs::read_to_string(directory.path().join("statement.json"));
        let envelope: Value = serde_json::from_str(&text.expect("a statement")).expect("JSON");
        let payload = STANDARD.decode(envelope["payload"].as_str().expect("text"));
        let statement: Value = serde_json::from_slice(&payload.expect("base64")).expect("JSON");
        let built = &statement["predicate"]["conformance"]["judged_by"];
        serde_json::from_value(built.clone()).expect("a build")
    };
    BUILD.get_or_init(built).clone()
}

impl Run {
    /// A verdict as a run's report has it; what it says is not asked.
    pub(crate) fn judged(&self, case: &str) -> Judged {
        let verdict = CaseVerdict {
            case: case.to_owned(),
            argo: self.argo.clone(),
            verdict: Verdict::Pass,
            reason: "all claims hold".into(),
            known_issue: None,
            findings: Vec::new(),
        };
        Judged { verdict, started: None, elapsed_ms: 1, history: Some(history(&self.argo, case)) }
    }
}
