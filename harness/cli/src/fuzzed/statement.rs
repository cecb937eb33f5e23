//! A statement, and the envelope around it, about a run directory that is as it was.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fuzz::{JSON, Target, answer, holds};
use serde_json::Value;

use super::bundle::{bundled, unbundle};
use super::leaves::{leaves, value};
use super::made::Made;
use super::verify_args;
use crate::args::VerifyArgs;
use crate::commands::verify;
use rundir::statement;
use rundir::statement::check::checked;
use rundir::statement::envelope::{Envelope, PAYLOAD, Signature};

const PIECES: [&str; 35] = [
    "\\u001b[2K",
    "[]",
    "{}",
    "\"payload\":",
    "\"payloadType\":",
    "\"signatures\":",
    "\"sig\":",
    "\"subject\":",
    "\"predicate\":",
    "\"result\":",
    "\"PASSED\"",
    "\"FAILED\"",
    "\"verdicts\":",
    "\"not_applicable\"",
    "\"basis\":",
    "\"history\":",
    "\"3.7.18/installation.json\"",
    "\"sessions\":",
    "\"interrupted\":",
    "\"attempts\":",
    "\"untested\":",
    "\"started\":",
    "\"9999-12-31T23:59:59Z\"",
    "\"-009999-01-01T00:00:00Z\"",
    "\n/subject []\n",
    "\n/predicate/configuration []\n",
    "\n/predicate/passedTests []\n",
    "\n/predicate/conformance/argo []\n",
    "\n/predicate/conformance/verdicts []\n",
    "\n/predicate/conformance/verdicts/0/basis null\n",
    "\n/predicate/conformance/sessions []\n",
    "\n/predicate/conformance/sessions/0/interrupted/0 \"3.7.18/cases\"\n",
    "\n/predicate/conformance/attempts []\n",
    "\n/predicate/conformance/untested/0/argo \"1\"\n",
    "/1",
];

/// Checks statements about one run directory.
struct Reader {
    made: Made,
    _root: tempfile::TempDir,
    args: VerifyArgs,
    /// The statement that holds.
    statement: Value,
}

impl Reader {
    fn new() -> Self {
        let made = Made::new();
        let root = tempfile::tempdir().expect("a directory");
        let directory = root.path().join("run");
        unbundle(&bundled(&made.files), &directory);
        let statement = statement::statement(&directory).expect("a statement");
        let statement = serde_json::to_value(&statement).expect("it is JSON");
        let args = verify_args(&made, &directory);
        Self { made, _root: root, args, statement }
    }

    fn verify(&self, envelope: &str) -> String {
        match checked(&self.args.terms(), &self.made.cases, None, envelope) {
            Ok(statement) => verify::line::words(&statement, &self.made.cases, &self.args, None),
            Err(refusals) => refusals.join("\n"),
        }
    }

    /// The input is an envelope, the text in one, and the leaves of what is in one.
    fn read(&self, input: &[u8]) -> u64 {
        let text = String::from_utf8_lossy(input);
        let said = [
            self.verify(&text),
            self.verify(&sealed(input)),
            self.verify(&sealed(value(&text).to_string().as_bytes())),
        ];
        said.iter().fold(0, |all: u64, said| all.rotate_left(7) ^ answer(said))
    }

    fn envelope(&self) -> String {
        sealed(self.statement.to_string().as_bytes())
    }
}

/// An envelope around these bytes.
fn sealed(payload: &[u8]) -> String {
    let envelope = Envelope {
        payload_type: PAYLOAD.to_owned(),
        payload: STANDARD.encode(payload),
        signatures: vec![Signature { keyid: String::new(), sig: "AA==".to_owned() }],
    };
    serde_json::to_string(&envelope).expect("it is JSON")
}

#[test]
fn the_statement_that_is_altered_holds() {
    let reader = Reader::new();
    let said = reader.verify(&reader.envelope());
    assert!(said.starts_with("the statement holds: PASSED, 1 verdict on Argo 3.7.18"), "{said}");
    let leaves = leaves(&reader.statement);
    let whole = reader.read(leaves.as_bytes());
    let without = |line: &&str| {
        let other = leaves.replace(&format!("{line}\n"), "");
        reader.read(other.as_bytes()) == whole
    };
    // A field that is null may be left out. A part that was killed does not say how long it took.
    let ignored = leaves.lines().filter(|line| !line.ends_with(" null")).filter(without);
    let ignored: Vec<&str> = ignored.collect();
    assert_eq!(ignored, ["/predicate/conformance/sessions/0/elapsed_ms 60000"]);
}

/// The value once for each list in it, with that list empty. No altered leaf empties a list.
fn emptied(value: &Value) -> Vec<Value> {
    let with = |place: &dyn Fn(&mut Value) -> &mut Value, inner: &Value| {
        let put = |inner: Value| {
            let mut whole = value.clone();
            *place(&mut whole) = inner;
            whole
        };
        emptied(inner).into_iter().map(put).collect::<Vec<_>>()
    };
    match value {
        Value::Array(items) => {
            let inner = items.iter().enumerate();
            let inner = inner.flat_map(|(n, item)| with(&|whole| &mut whole[n], item));
            std::iter::once(Value::Array(Vec::new())).chain(inner).collect()
        }
        Value::Object(fields) => {
            let inner = fields.iter();
            inner.flat_map(|(key, field)| with(&|whole| &mut whole[key.as_str()], field)).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

#[test]
fn fuzz_statement() {
    let reader = Reader::new();
    let mut seeds =
        vec![leaves(&reader.statement), reader.statement.to_string(), reader.envelope()];
    seeds.extend(emptied(&reader.statement).iter().map(leaves));
    let seeds = seeds.into_iter().map(String::into_bytes).collect();
    let read = Box::new(move |input: &[u8], _| reader.read(input));
    holds(Target { name: "statement", seeds, pieces: [&JSON[..], &PIECES].concat(), read }, 200);
}
