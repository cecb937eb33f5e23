use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::sync::Mutex;

use model::hints::chain;

use super::*;
use crate::go::run::{OnLine, RunOutput};
use crate::store::StoreAddress;

const DEFINITION: &str = "\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: workflows.argoproj.io }
spec:
  group: argoproj.io
  names: { plural: workflows }
  versions: [{ name: v1alpha1 }]
";

/// Replaces kustomize: prints Argo's manifests and the configuration of the overlay.
#[derive(Default)]
struct Kustomize {
    runs: Mutex<Vec<PathBuf>>,
    complaint: Option<String>,
}

impl Runner for Kustomize {
    fn run(&self, spec: RunSpec, _: &mut OnLine<'_>) -> io::Result<RunOutput> {
        let directory = PathBuf::from(&spec.args[1]);
        let argo = fs::read_to_string(directory.join("argo/install.yaml"))?;
        let configuration = fs::read_to_string(directory.join("configuration.yaml"))?;
        self.runs.lock().expect("no panic").push(directory);
        Ok(RunOutput {
            status: ExitStatus::from_raw(if self.complaint.is_some() { 256 } else { 0 }),
            stdout: format!("{argo}---\n{configuration}").into_bytes(),
            stderr_tail: self.complaint.iter().cloned().collect(),
        })
    }
}

impl Kustomize {
    fn count(&self) -> usize {
        self.runs.lock().expect("no panic").len()
    }
}

struct Bench {
    cache: Cache,
    kustomize: Kustomize,
    _directory: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("temporary directory");
        let cache = Cache::open(Some(&directory.path().join("cache"))).expect("cache");
        Self { cache, kustomize: Kustomize::default(), _directory: directory }
    }

    /// An entry with these manifests and a program, like the entry of a build.
    fn argo(&self, name: &str, manifests: &str, program: &str) -> Entry {
        let staged = self.cache.builds().join(name);
        for (path, text) in [("manifests/install.yaml", manifests), ("bin/argo", program)] {
            let path = staged.join(path);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
            fs::write(path, text).expect("a file");
        }
        Entry::publish(&self.cache, name, &staged, "argo 1.0", json!({})).expect("an entry")
    }

    fn rendered(&self, argo: &Entry, profile: Profile) -> Result<RenderedManifests, RenderError> {
        RenderedManifests::get(
            &self.cache,
            argo,
            profile,
            Path::new("/e/k-1/bin/kustomize"),
            &self.kustomize,
        )
    }

    fn refusal(&self, argo: &Entry) -> String {
        let error = self.rendered(argo, Profile::Fast).expect_err("it is refused");
        let left = crate::cache::children(&self.cache.builds()).expect("builds");
        assert_eq!(left, [] as [PathBuf; 0], "nothing half made stays");
        chain(&error)
    }
}

fn values() -> Values {
    let store = StoreAddress {
        endpoint: "10.0.0.1:9000".to_owned(),
        bucket: "artifacts".to_owned(),
        user: "user".to_owned(),
        password: "password".to_owned(),
    };
    Values { controller_tag: "v1".to_owned(), executor_tag: "v2".to_owned(), store }
}

#[test]
fn definitions_are_kept_apart_and_values_are_filled_in() {
    let bench = Bench::new();
    let argo = bench.argo("one", DEFINITION, "argo");
    let rendered = bench.rendered(&argo, Profile::Fast).expect("manifests");
    assert_eq!(rendered.definitions().expect("definitions").len(), 1);
    let objects = rendered.objects(&values()).expect("objects");
    let repository = objects[0]["data"]["artifactRepository"].as_str().expect("a text");
    assert!(repository.contains("endpoint: 10.0.0.1:9000"), "{repository}");
    assert!(!repository.contains("${"), "{repository}");
    let directory = bench.cache.root().join("applied");
    rendered.write(&values(), &directory).expect("files");
    for file in [DEFINITIONS, OBJECTS] {
        let text = fs::read_to_string(directory.join(file)).expect("a file");
        assert!(text.starts_with(r#"{"apiVersion":"v1","kind":"List","items":[{"#), "{text}");
        assert!(!text.contains("${STORE}"), "{text}");
    }
}

#[test]
fn the_same_manifests_are_rendered_once() {
    let bench = Bench::new();
    for (name, manifests, profile, runs) in [
        ("one", DEFINITION, Profile::Fast, 1),
        ("one", DEFINITION, Profile::Fast, 1),
        // The entry of a checkout after a change of its code.
        ("two", DEFINITION, Profile::Fast, 1),
        ("two", DEFINITION, Profile::Defaults, 2),
        ("three", "kind: Namespace\n", Profile::Fast, 3),
    ] {
        let argo = bench.argo(name, manifests, name);
        bench.rendered(&argo, profile).expect("manifests");
        assert_eq!(bench.kustomize.count(), runs, "{name}, {profile:?}");
    }
}

#[test]
fn manifests_larger_than_any_case_file_are_rendered() {
    let bench = Bench::new();
    let fields = (0..130_000).map(|n| format!("  k{n}: {n}\n"));
    let large = fields.fold("kind: ConfigMap\ndata:\n".to_owned(), |text, field| text + &field);
    let argo = bench.argo("one", &large, "argo");
    let rendered = bench.rendered(&argo, Profile::Fast).expect("no size limit applies");
    let objects = rendered.objects(&values()).expect("objects");
    assert_eq!(objects[0]["data"]["k129999"], 129_999);
}

#[test]
fn a_complaint_of_kustomize_is_shown() {
    let mut bench = Bench::new();
    bench.kustomize.complaint = Some("Error: no resource matches".to_owned());
    let argo = bench.argo("one", DEFINITION, "argo");
    let expected = "failed to render the manifests of Argo: kustomize: Error: no resource matches";
    assert_eq!(bench.refusal(&argo), expected);
}

#[test]
fn what_is_no_manifest_is_refused() {
    let bench = Bench::new();
    let argo = bench.argo("one", "a: [", "argo");
    let refusal = bench.refusal(&argo);
    assert!(refusal.starts_with("failed to read the output of kustomize: line "), "{refusal}");
    let argo = bench.argo("two", "kind: CustomResourceDefinition\n", "argo");
    let expected = "failed to read the definitions of Argo: missing field `metadata`";
    assert_eq!(bench.refusal(&argo), expected);
}
