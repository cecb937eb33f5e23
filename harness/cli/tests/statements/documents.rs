//! Everything that README and the book say can be done.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use model::parse::CaseFiles;

use crate::commands::Machine;

/// A document, read.
struct Document {
    path: PathBuf,
    text: String,
}

/// A piece of a document between fences, and what it is called there.
struct Block<'a> {
    language: &'a str,
    text: &'a str,
}

impl Document {
    fn read(name: &str) -> Self {
        let path = root().join(name);
        let text = std::fs::read_to_string(&path).expect("it is there");
        Self { path, text }
    }

    fn blocks(&self) -> Vec<Block<'_>> {
        let pieces = self.text.split("```").skip(1).step_by(2);
        let block = |piece| str::split_once(piece, '\n').expect("a line for the language");
        pieces.map(block).map(|(language, text)| Block { language, text }).collect()
    }

    /// Commands inside of sentences.
    fn spoken(&self) -> Vec<String> {
        let prose: String = self.text.split("```").step_by(2).collect();
        let spans = prose.split('`').skip(1).step_by(2);
        let spans = spans.map(|span| span.split_whitespace().collect::<Vec<_>>().join(" "));
        let begins = ["argo-conformance ", "cargo ", "openssl "];
        spans.filter(|span| begins.iter().any(|begin| span.starts_with(begin))).collect()
    }

    /// Files of the repository that it points at.
    fn links(&self) -> Vec<PathBuf> {
        let targets = self.text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let directory = self.path.parent().expect("a directory");
        targets.filter(|t| !t.contains("://")).map(|target| directory.join(target)).collect()
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Everything that can be pasted is pasted, in the order of the document, on a machine of its own.
#[rstest::rstest]
#[case::readme("README.md")]
#[case::tutorial("docs/tutorial.md")]
#[case::write_a_case("docs/how-to/write-a-case.md")]
#[case::read_a_failure("docs/how-to/read-a-failure.md")]
#[case::versions("docs/how-to/choose-versions.md")]
#[case::long_runs("docs/how-to/long-runs.md")]
#[case::ci("docs/how-to/run-in-ci.md")]
#[case::existing("docs/how-to/existing-cluster.md")]
#[case::upgrade("docs/how-to/plan-an-upgrade.md")]
#[case::bisect("docs/how-to/bisect.md")]
#[case::certify("docs/how-to/certify.md")]
#[case::commands("docs/reference/commands.md")]
#[case::trust("docs/trust.md")]
fn every_command_does_what_it_must(#[case] name: &str) {
    let document = Document::read(name);
    let machine = Machine::new();
    let blocks = document.blocks();
    let scripts: Vec<&str> =
        blocks.iter().filter(|block| block.language == "sh").map(|block| block.text).collect();
    assert!(!scripts.is_empty(), "{name} has commands");
    for script in scripts {
        machine.run(script);
    }
    for command in document.spoken() {
        machine.run(&command);
    }
}

#[rstest::rstest]
#[case::readme("README.md")]
#[case::tutorial("docs/tutorial.md")]
#[case::write_a_case("docs/how-to/write-a-case.md")]
#[case::read_a_failure("docs/how-to/read-a-failure.md")]
#[case::versions("docs/how-to/choose-versions.md")]
#[case::long_runs("docs/how-to/long-runs.md")]
#[case::ci("docs/how-to/run-in-ci.md")]
#[case::existing("docs/how-to/existing-cluster.md")]
#[case::upgrade("docs/how-to/plan-an-upgrade.md")]
#[case::bisect("docs/how-to/bisect.md")]
#[case::certify("docs/how-to/certify.md")]
#[case::commands("docs/reference/commands.md")]
#[case::trust("docs/trust.md")]
fn everything_else_is_known_and_there(#[case] name: &str) {
    let document = Document::read(name);
    for block in document.blocks() {
        match block.language {
            "sh" | "text" => {}
            "yaml" if block.text.starts_with("broken:") => known_issues(block.text),
            "yaml" => workflow(block.text),
            other => panic!("{name}: nobody knows how to try `{other}`:\n{}", block.text),
        }
    }
    for link in document.links() {
        assert!(link.exists(), "{name}: there is no {}", link.display());
    }
}

/// Known issues that a case can declare.
fn known_issues(text: &str) {
    let case = format!(
        "title: A rule\nwhy: https://example.com/1\nlevel: core\ncomponent: argo\n{text}\
         steps: [{{ submit: workflow.yaml }}]\n\
         claims: [{{ id: completes, eventually: {{ phase: completed }}, within: 30s }}]\n"
    );
    let workflow = "kind: Workflow\nspec: { templates: [{ name: work, container: {} }] }\n";
    let files = [("case.yaml", case.as_str()), ("workflow.yaml", workflow)];
    let files = files.map(|(name, text)| (name.to_owned(), text.to_owned()));
    let input = CaseFiles { directory: Path::new("cases/a/b"), id: "a/b", files: &files };
    let read = model::parse::cases(&input).expect("a good case");
    assert!(!read[0].broken.is_empty(), "{text}");
}

/// A workflow that calls ours gives it nothing that it does not take.
fn workflow(text: &str) {
    let read = |text: &str| model::parse::manifest(text).expect("YAML").remove(0);
    let ours = std::fs::read_to_string(root().join(".github/workflows/conformance.yml"));
    let ours = read(&ours.expect("it is there"));
    let inputs = ours["on"]["workflow_call"]["inputs"].as_object().expect("inputs").keys();
    let inputs: BTreeSet<&String> = inputs.collect();
    let theirs = read(text);
    for job in theirs["jobs"].as_object().expect("jobs").values() {
        let uses = job["uses"].as_str().expect("it calls a workflow");
        assert!(uses.contains("/.github/workflows/conformance.yml@"), "{uses}");
        for given in job["with"].as_object().expect("inputs").keys() {
            assert!(inputs.contains(given), "`{given}` is no input: there are {inputs:?}");
        }
    }
}
