//! The directory of a run, made from kept histories, and statements about it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::history::Versions;
use model::verdict::{CaseVerdict, Verdict};
use report::run::{ArgoReport, Image};
use report::{Asked, Judged, RunReport, Shard};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The cases of the run: what each is on the version, known issues being failures.
pub(crate) const CASES: [&str; 2] = ["artifact-gc/optional-artifact", "exit-handler/manual-retry"];
pub(crate) const ARGO: &str = "3.7.18";
pub(crate) const RUN: &str = "r7f3";

/// A run directory, the cases of its reader, and a key.
pub(crate) struct Run {
    directory: tempfile::TempDir,
    cases: &'static [&'static str],
}

impl Run {
    pub(crate) fn new() -> Self {
        Self::of(&CASES)
    }

    pub(crate) fn of(cases: &'static [&'static str]) -> Self {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let run = Self { directory: tempfile::tempdir_in(target).expect("a directory"), cases };
        for case in cases {
            run.record(case);
        }
        run.report(|_| {});
        run.openssl(&["genpkey", "-algorithm", "ed25519", "-out", "key.pem"]);
        run.openssl(&["pkey", "-in", "key.pem", "-pubout", "-out", "key.pub"]);
        run
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn history(&self, case: &str) -> PathBuf {
        self.path("run").join(history(case))
    }

    pub(crate) fn openssl(&self, args: &[&str]) {
        let mut openssl = Command::new("openssl");
        let done = openssl.args(args).current_dir(self.directory.path()).output();
        let done = done.expect("openssl is there");
        assert!(done.status.success(), "{done:?}");
    }

    /// Puts the case and its kept history where a run would, as of one run and one version.
    fn record(&self, case: &str) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let path = self.history(case);
        let beside = path.parent().expect("a directory").join("case");
        for to in [self.path("cases").join(case), beside] {
            std::fs::create_dir_all(&to).expect("a directory");
            for file in std::fs::read_dir(root.join("cases").join(case)).expect("it is there") {
                let file = file.expect("a file");
                std::fs::copy(file.path(), to.join(file.file_name())).expect("copy");
            }
        }
        let kept = root.join("ci/histories").join(format!("{}.jsonl", case.replace('/', ".")));
        let text = std::fs::read_to_string(kept).expect("it is kept");
        let (header, events) = text.split_once('\n').expect("a header");
        let mut header: Value = serde_json::from_str(header).expect("a header");
        header["run"] = json!(RUN);
        header["argo"] = json!({ "controller": ARGO, "executor": ARGO, "cli": ARGO });
        std::fs::write(path, format!("{header}\n{events}")).expect("write");
    }

    /// Writes the run's report, altered.
    pub(crate) fn report(&self, alter: impl FnOnce(&mut RunReport)) {
        let version = || ARGO.to_owned();
        let mut report = RunReport {
            format: (report::run::MAJOR, report::run::MINOR),
            run: RUN.to_owned(),
            started: jiff::Timestamp::now(),
            elapsed_ms: 60_000,
            provider: "native".to_owned(),
            kubernetes: "v1.34.4".to_owned(),
            argo: vec![ArgoReport {
                versions: Versions::all(&version()),
                source: "its Go module".to_owned(),
                profile: Some("fast".to_owned()),
                settings: BTreeMap::new(),
                images: vec![Image {
                    component: "workflow-controller".to_owned(),
                    name: "workflow-controller:v3.7.18".to_owned(),
                    digest: Some("sha256:12ab".to_owned()),
                }],
                kubernetes: "v1.34.4".to_owned(),
            }],
            stages: Vec::new(),
            verdicts: self.cases.iter().map(|case| judged(case)).collect(),
            untested: Vec::new(),
            observed: Vec::new(),
            asked: None,
            parts: Vec::new(),
        };
        alter(&mut report);
        std::fs::write(self.path("run/run.json"), report.to_json()).expect("write");
    }

    /// What would have been asked of it.
    pub(crate) fn asked(&self, shard: Option<Shard>) -> Asked {
        let found = model::discover::cases(&self.path("cases")).cases;
        let digest = found.into_iter().map(|case| {
            let files = case.source.files.iter();
            let texts = files.map(|(name, text)| format!("{name}\n{}\n{text}\n", text.len()));
            let digest = Sha256::digest(texts.collect::<Vec<_>>().concat());
            (case.id, hex(&digest))
        });
        Asked {
            program: "0.1.0".to_owned(),
            argo: vec![ARGO.to_owned()],
            sources: BTreeMap::new(),
            profile: "fast".to_owned(),
            known_issues: "fail".to_owned(),
            cases: digest.collect(),
            shard,
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
        let mut command = Command::new(env!("CARGO_BIN_EXE_argo-conformance"));
        command.args(args).current_dir(self.directory.path()).env("NO_COLOR", "1");
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

/// In hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

fn history(case: &str) -> String {
    format!("{ARGO}/cases/{}/history.jsonl", case.replace('/', "."))
}

/// A verdict as a run's report has it; what it says is not asked.
pub(crate) fn judged(case: &str) -> Judged {
    let verdict = CaseVerdict {
        case: case.to_owned(),
        argo: ARGO.to_owned(),
        verdict: Verdict::Pass,
        reason: "all claims hold".to_owned(),
        known_issue: None,
        findings: Vec::new(),
    };
    Judged { verdict, elapsed_ms: 1, history: Some(history(case)) }
}
