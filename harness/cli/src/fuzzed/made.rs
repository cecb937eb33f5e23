//! A run directory with one kept history, made as a run writes it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use model::history::{Action, Versions};
use model::profile::Profile;
use model::stance::KnownIssues;
use model::verdict::{CaseVerdict, Verdict};
use model::{Case, Plan, Untrusted};
use report::run::{ArgoReport, Image};
use report::{Judged, RunReport, RunRequest};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use model::Provider;
use rundir::digest::case_sha256;
use rundir::manifest::{RunManifest, SessionRecord};
use rundir::program_build;

pub(super) const ARGO: &str = "3.7.18";
pub(super) const HISTORY: &str = "3.7.18/cases/http.no-account/history.jsonl";
const CASE: &str = "http/no-account";
const RUN: &str = "r7f3";
const ARGOEXEC: &str = "quay.io/argoproj/argoexec:v3.7.18";

/// A run directory and the cases of its reader.
pub(super) struct Made {
    /// Held: it is removed in the end.
    _root: tempfile::TempDir,
    pub(super) cases_in: PathBuf,
    pub(super) cases: Vec<Case>,
    pub(super) begun: RunManifest,
    /// The files of the run directory, by name.
    pub(super) files: BTreeMap<String, String>,
}

impl Made {
    pub(super) fn new() -> Self {
        let root = tempfile::tempdir().expect("a directory");
        let cases_in = root.path().join("cases");
        let mut files = BTreeMap::new();
        for file in ["case.yaml", "workflow.yaml"] {
            let text = kept(&format!("cases/{CASE}/{file}"));
            let to = cases_in.join(CASE).join(file);
            std::fs::create_dir_all(to.parent().expect("a parent")).expect("a directory");
            std::fs::write(to, &text).expect("write");
            files.insert(format!("{ARGO}/cases/http.no-account/case/{file}"), text);
        }
        let cases = model::discover::cases(&cases_in).cases;
        let [case] = cases.as_slice() else { panic!("{} cases", cases.len()) };
        // The second before: the objects of a history are made in whole seconds.
        let started = Timestamp::now() - SignedDuration::from_secs(2);
        let request = request(case);
        files.insert(HISTORY.to_owned(), history(case, started));
        files.insert("attempts.jsonl".to_owned(), attempts(started));
        files.insert(format!("{ARGO}/installation.json"), read_back().to_string());
        files.insert("run.json".to_owned(), run(request.clone(), started).to_json());
        let sessions = vec![SessionRecord { run: RUN.to_owned(), started }];
        let begun = RunManifest { request, provider: Provider::Native, sessions };
        let text = serde_json::to_string(&begun).expect("JSON");
        files.insert("manifest.json".to_owned(), text);
        Self { _root: root, cases_in, cases, begun, files }
    }
}

/// Text from the repository's root.
fn kept(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    std::fs::read_to_string(path).expect("the file is there")
}

fn request(case: &Case) -> RunRequest {
    RunRequest {
        program: program_build::get().expect("a build"),
        argo: vec![ARGO.to_owned()],
        sources: BTreeMap::new(),
        profiles: vec![Profile::Fast],
        known_issues: KnownIssues::Fail,
        cases: BTreeMap::from([(case.id.clone(), case_sha256(case))]),
        shard: None,
        challenge: None,
        pods: model::PodSettings::default(),
        artifact_repository: None,
    }
}

fn run(request: RunRequest, began: Timestamp) -> RunReport {
    let image = |component: &str, name: &str, digest: Option<&str>| Image {
        component: component.to_owned(),
        name: name.into(),
        digest: digest.map(Untrusted::from),
    };
    let controller = "workflow-controller:v3.7.18";
    let verdict = CaseVerdict {
        case: CASE.to_owned(),
        argo: ARGO.to_owned(),
        verdict: Verdict::Pass,
        reason: "all claims hold".into(),
        known_issue: None,
        findings: Vec::new(),
    };
    RunReport {
        format: (report::run::MAJOR, report::run::MINOR),
        run: RUN.to_owned(),
        started: began,
        elapsed_ms: 60_000,
        provider: Provider::Native,
        kubernetes: vec!["v1.34.4".into()],
        argo: vec![ArgoReport {
            versions: Versions::all(ARGO),
            source: "its Go module".into(),
            profile: Some(Profile::Fast),
            settings: BTreeMap::new(),
            images: vec![
                image("workflow-controller", controller, Some("sha256:12ab")),
                image("argoexec", ARGOEXEC, None),
            ],
            kubernetes: "v1.34.4".into(),
            controller: None,
        }],
        stages: Vec::new(),
        verdicts: vec![Judged {
            verdict,
            started: None,
            elapsed_ms: 1,
            history: Some(HISTORY.to_owned()),
        }],
        untested: Vec::new(),
        observed: Vec::new(),
        request: Some(request),
        sessions: Vec::new(),
        programs: Vec::new(),
        checks: Vec::new(),
    }
}

fn read_back() -> Value {
    json!({ "kubernetes": "v1.34.4", "controller_image": "workflow-controller:v3.7.18",
        "controller_image_id": "sha256:12ab",
        "controller_args": ["--executor-image", ARGOEXEC], "controller_env": [],
        "node": "containerd", "source": "its Go module" })
}

/// The chain of attempts: a run began, and tried the case.
fn attempts(began: Timestamp) -> String {
    let entries = [
        json!({ "session": { "run": RUN } }),
        json!({ "attempt": { "run": RUN, "argo": ARGO, "case": CASE } }),
    ];
    let (mut previous, mut text) = (Value::Null, String::new());
    for entry in entries {
        let line = json!({ "previous": previous, "at": began, "entry": entry }).to_string();
        previous = json!(hex::encode(Sha256::digest(&line)));
        text.push_str(&line);
        text.push('\n');
    }
    text
}

/// The kept history, whose objects were trimmed, as one of this run.
fn history(case: &Case, began: Timestamp) -> String {
    let plan = case.plan_on(ARGO.parse().ok().as_ref());
    let text = kept("ci/histories/http.no-account.jsonl");
    let mut lines = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let mut header = lines.next().expect("a header");
    (header["run"], header["started"]) = (json!(RUN), json!(began));
    let mut text = format!("{header}\n");
    for mut event in lines {
        untrimmed(&mut event["kind"], &plan, began);
        text.push_str(&event.to_string());
        text.push('\n');
    }
    text
}

fn untrimmed(what: &mut Value, plan: &Plan, began: Timestamp) {
    if let Some(begun) = what.get_mut("step_begun") {
        let step = plan.steps.iter().find(|step| begun["step"] == step.name.as_str());
        let act = &step.expect("a step of the case").act;
        begun["action"] = json!(Action::of(act, &plan.workflow));
    }
    if let Some(object) = what.get_mut("observed").map(|seen| &mut seen["object"]) {
        let created = (began + SignedDuration::from_secs(1)).strftime("%FT%TZ").to_string();
        object["metadata"]["creationTimestamp"] = json!(created);
        object["spec"] = plan.workflow["spec"].clone();
    }
}
