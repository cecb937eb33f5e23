//! Everything that the README and the pages of the book say can be done.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use model::parse::CaseFiles;

use crate::action;
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
    fn read(path: PathBuf) -> Self {
        let text = std::fs::read_to_string(&path).expect("it is there");
        Self { path, text }
    }

    /// The commands, in blocks and then in sentences, without the untried blocks.
    fn commands(&self) -> Vec<String> {
        let is_untried = |block: &Block<'_>| {
            let first = block.text.lines().next();
            UNTRIED.iter().any(|(page, of, _)| self.path.ends_with(page) && first == Some(of))
        };
        let blocks = self.blocks();
        let tried = blocks.iter().filter(|block| block.language == "sh" && !is_untried(block));
        tried.map(|block| block.text.to_owned()).chain(self.spoken()).collect()
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
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Command blocks that no test runs: the page, the block's first line, and the reason.
const UNTRIED: [(&str, &str, &str); 0] = [];

/// Everything that can be pasted is pasted, in the order of the page, on a machine of its own.
#[rstest::rstest]
fn every_command_does_what_it_must(
    #[files("../../README.md")]
    #[files("../../CONTRIBUTING.md")]
    #[files("../../docs/**/*.md")]
    path: PathBuf,
) {
    let document = Document::read(path);
    let commands = document.commands();
    if commands.is_empty() {
        return;
    }
    let machine = Machine::new();
    for command in commands {
        machine.run(&command);
    }
}

#[rstest::rstest]
fn every_other_block_is_known(
    #[files("../../README.md")]
    #[files("../../CONTRIBUTING.md")]
    #[files("../../docs/**/*.md")]
    path: PathBuf,
) {
    let document = Document::read(path);
    for block in document.blocks() {
        match block.language {
            "sh" | "text" => {}
            "yaml" if block.text.starts_with("broken:") => known_issues(block.text),
            "yaml" if block.text.starts_with("- program:") => downloads(block.text),
            "yaml" => workflow(block.text),
            other => panic!("nobody knows how to try `{other}`:\n{}", block.text),
        }
    }
}

#[test]
fn each_untried_block_stands_in_its_page() {
    for (page, first, reason) in UNTRIED {
        let document = Document::read(root().join(page));
        let stands = document.blocks().iter().any(|block| block.text.lines().next() == Some(first));
        assert!(stands && !reason.is_empty(), "{page} has no block that starts with `{first}`");
    }
}

#[test]
fn the_pages_have_commands() {
    let pages = ["README.md", "CONTRIBUTING.md"];
    for page in pages {
        assert!(!Document::read(root().join(page)).commands().is_empty(), "{page} has commands");
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

/// Rows for the table of downloads.
fn downloads(text: &str) {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), text).expect("write");
    let table = provision::program::download::Table::read(file.path());
    assert!(table.is_ok(), "{table:?}");
}

/// A workflow that calls ours, or has our action as a step, gives it nothing that it does not take.
fn workflow(text: &str) {
    let read = |text: &str| model::parse::manifest(text).expect("YAML").remove(0);
    let ours = std::fs::read_to_string(root().join(".github/workflows/conformance.yml"));
    let ours = read(&ours.expect("it is there"));
    let inputs = ours["on"]["workflow_call"]["inputs"].as_object().expect("inputs").keys();
    let inputs: BTreeSet<&String> = inputs.collect();
    let theirs = read(text);
    for job in theirs["jobs"].as_object().expect("jobs").values() {
        if let Some(steps) = job["steps"].as_array() {
            steps.iter().for_each(step);
            continue;
        }
        let uses = job["uses"].as_str().expect("it calls a workflow");
        assert!(uses.contains("/.github/workflows/conformance.yml@"), "{uses}");
        for given in job["with"].as_object().expect("inputs").keys() {
            assert!(inputs.contains(given), "`{given}` is no input: there are {inputs:?}");
        }
    }
}

/// A step of our action has no input that the action lacks.
fn step(step: &serde_json::Value) {
    let uses = step["uses"].as_str().expect("it is our action");
    assert!(uses.contains("/argo-conformance@v"), "{uses}");
    for given in step["with"].as_object().expect("inputs").keys() {
        assert!(action::inputs().contains(given), "`{given}` is no input");
    }
}
