//! A case that the parser takes is valid by the schema. A case that the parser refuses is not, but
//! for errors that no schema can see.

use std::collections::BTreeSet;
use std::path::Path;

use jsonschema::Validator;
use model::parse::{CaseFiles, cases};
use model::vocabulary::CASE;
use serde_json::{Value, json};

use crate::samples::{self, Values};
use crate::validator;

const WORKFLOW: &str = "
kind: Workflow
spec:
  entrypoint: work
  arguments: { parameters: [{ name: items }] }
  templates:
    - name: main
      steps:
        - - name: work
            template: work
    - name: work
      container: { image: argo-conformance/shell:1, command: [sh] }
      outputs: { artifacts: [{ name: result, path: /tmp/result }] }
";

/// The starts of the messages of the parser about errors that no schema can see.
const UNSEEN: [&str; 21] = [
    "several nodes are called",
    "no node of the workflow is called",
    "no parameter of the workflow is called",
    "no step is called",
    "no claim is called",
    "no file of this case is called",
    "no file of a step is called",
    "invalid patch: the nodes of the workflow differ",
    // In a patch.
    "invalid text: the ",
    "two claims are called",
    "two steps are called",
    "two variants are called",
    "no step submits a workflow",
    "`submit` must be the first step",
    "`submit` must come only once",
    "`restore` must come only once",
    "`upgrade` must follow `restore`",
    "changes of the object store cannot be counted",
    "invalid `regardless`: ",
    // In an expression.
    "no variable is called",
    "the expression is about nothing",
];

/// The messages of the parser about a case.
fn said(case: &Value) -> Vec<String> {
    let files = [
        ("case.yaml".to_owned(), case.to_string()),
        ("workflow.yaml".to_owned(), WORKFLOW.to_owned()),
    ];
    let input = CaseFiles { directory: Path::new("cases/a/b"), id: "a/b", files: &files };
    let diagnostics = cases(&input).err().unwrap_or_default();
    diagnostics.into_iter().map(|diagnostic| diagnostic.message).collect()
}

/// The disagreements of parser and schema, with the numbers of cases that both take and of all
/// cases.
#[derive(Default)]
struct Trial {
    disagreements: Vec<String>,
    taken: usize,
    tried: usize,
}

impl Trial {
    fn of(&mut self, case: &Value, validator: &Validator) {
        let said = said(case);
        let errors: Vec<String> =
            validator.iter_errors(case).map(|e| format!("{}: {e}", e.instance_path())).collect();
        let unseen = |message: &String| UNSEEN.iter().any(|begin| message.starts_with(begin));
        if errors.is_empty() != said.iter().all(unseen) {
            self.disagreements
                .push(format!("{case}\nthe parser says: {said:#?}\nthe schema says: {errors:#?}"));
        }
        self.tried += 1;
        self.taken += usize::from(said.is_empty());
    }

    fn agreed(&self) {
        let first: Vec<_> = self.disagreements.iter().take(9).collect();
        assert!(first.is_empty(), "{} in all, as:\n{first:#?}", self.disagreements.len());
    }
}

#[test]
fn both_take_every_word_and_every_choice() {
    let (validator, mut values, mut trial) = (validator(), Values::new(), Trial::default());
    for word in CASE.words() {
        for value in values.of(word) {
            let case = samples::case(word, value);
            assert_eq!(said(&case), Vec::<String>::new(), "{case}");
            trial.of(&case, &validator);
        }
    }
    trial.agreed();
}

#[test]
fn they_agree_on_every_pair_of_words() {
    let (validator, mut values, mut trial) = (validator(), Values::in_pairs(), Trial::default());
    for word in CASE.words() {
        for value in values.of(word) {
            trial.of(&samples::case(word, value), &validator);
        }
    }
    trial.agreed();
    assert!(0 < trial.taken && trial.taken < trial.tried, "{} of {}", trial.taken, trial.tried);
}

#[test]
fn they_agree_on_what_is_altered() {
    let (validator, mut values, mut trial) = (validator(), Values::new(), Trial::default());
    let mut tried = BTreeSet::new();
    for word in CASE.words() {
        for altered in values.of(word).iter().flat_map(alterations) {
            let case = samples::case(word, altered);
            if tried.insert(case.to_string()) {
                trial.of(&case, &validator);
            }
        }
    }
    trial.agreed();
    assert!(0 < trial.taken && trial.taken < trial.tried, "{} of {}", trial.taken, trial.tried);
}

/// The value with each part of it replaced, taken away or added to.
fn alterations(value: &Value) -> Vec<Value> {
    let others = [
        json!(null),
        json!(true),
        json!(7),
        json!(-1),
        json!(1.5),
        json!(" "),
        json!("zzz"),
        json!([]),
        json!({}),
        json!(["zzz"]),
    ];
    let mut all = others.to_vec();
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let put = |altered| {
                    let mut items = items.clone();
                    items[index] = altered;
                    Value::Array(items)
                };
                all.extend(alterations(item).into_iter().map(put));
                let mut fewer = items.clone();
                fewer.remove(index);
                all.push(Value::Array(fewer));
            }
        }
        Value::Object(fields) => {
            for (key, field) in fields {
                let put = |altered| {
                    let mut fields = fields.clone();
                    fields.insert(key.clone(), altered);
                    Value::Object(fields)
                };
                all.extend(alterations(field).into_iter().map(put));
                let mut fewer = fields.clone();
                fewer.shift_remove(key);
                all.push(Value::Object(fewer));
            }
            let mut more = fields.clone();
            more.insert("zzz".to_owned(), json!("zzz"));
            all.push(Value::Object(more));
        }
        _ => {}
    }
    all
}
