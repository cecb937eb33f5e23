//! A statement, and the envelope around it, about a run directory that is as it was.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fuzz::{Target, answer, holds};

use super::bundle::{bundled, unbundle};
use super::made::Made;
use super::verify_args;
use crate::args::VerifyArgs;
use crate::certify;
use crate::envelope::{Envelope, PAYLOAD, Signature};
use crate::verify;

const PIECES: [&str; 34] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\u0000",
    "\\u001b[2K",
    "null",
    "true",
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
    "\"parts\":",
    "\"broken_off\":",
    "\"tries\":",
    "\"untested\":",
    "\"started\":",
    "\"9999-12-31T23:59:59Z\"",
    "\"-009999-01-01T00:00:00Z\"",
];

/// Checks statements about one run directory.
struct Reader {
    made: Made,
    _root: tempfile::TempDir,
    args: VerifyArgs,
    /// The statement that holds, with a line for each field.
    statement: String,
}

impl Reader {
    fn new() -> Self {
        let made = Made::new();
        let root = tempfile::tempdir().expect("a directory");
        let directory = root.path().join("run");
        unbundle(&bundled(&made.files), &directory);
        let statement = certify::statement(&directory).expect("a statement");
        let statement = serde_json::to_string_pretty(&statement).expect("it is JSON");
        let args = verify_args(&made, &directory);
        Self { made, _root: root, args, statement }
    }

    fn verify(&self, envelope: &str) -> String {
        match verify::checked(&self.args, &self.made.cases, None, envelope) {
            Ok(statement) => verify::line::words(&statement, &self.made.cases, &self.args, None),
            Err(refusals) => refusals.join("\n"),
        }
    }

    /// The input is an envelope, and what is in one.
    fn read(&self, input: &[u8]) -> u64 {
        let envelope = self.verify(&String::from_utf8_lossy(input));
        let sealed = Envelope {
            payload_type: PAYLOAD.to_owned(),
            payload: STANDARD.encode(input),
            signatures: vec![Signature { keyid: String::new(), sig: "AA==".to_owned() }],
        };
        let sealed = serde_json::to_string(&sealed).expect("it is JSON");
        answer(&envelope) ^ answer(&self.verify(&sealed)).rotate_left(1)
    }
}

#[test]
fn the_statement_that_is_altered_holds() {
    let reader = Reader::new();
    let envelope = serde_json::to_string(&Envelope::seal(&reader.statement, None));
    let said = reader.verify(&envelope.expect("it is JSON"));
    assert!(said.starts_with("it holds: PASSED, 1 verdict on Argo 3.7.18"), "{said}");
    let whole = reader.read(reader.statement.as_bytes());
    let other = reader.statement.replace("PASSED", "FAILED");
    assert_ne!(reader.read(other.as_bytes()), whole);
}

#[test]
fn fuzz_statement() {
    let reader = Reader::new();
    let envelope = serde_json::to_string(&Envelope::seal(&reader.statement, None));
    let seeds =
        vec![reader.statement.clone().into_bytes(), envelope.expect("it is JSON").into_bytes()];
    let read = Box::new(move |input: &[u8], _| reader.read(input));
    holds(Target { name: "statement", seeds, pieces: &PIECES, read }, 200);
}
