use jsonschema::validator_for;
use model::verdict::Doubt;
use serde_json::{Value, json};

use crate::samples::{evidence, hostile};

fn schema() -> Value {
    serde_json::from_str(include_str!("../../schemas/verdict-1.json")).expect("JSON")
}

/// The lines of a run, as a program reads them.
fn lines() -> Vec<Value> {
    let judged = evidence().run.verdicts.into_iter().chain(hostile().run.verdicts);
    let untested = evidence().run.untested;
    let untested = untested.iter().map(report::json_untested);
    let lines = judged.map(|judged| report::json(&judged)).chain(untested);
    lines.map(|line| serde_json::from_str(&line).expect("JSON")).collect()
}

#[test]
fn every_verdict_is_what_its_schema_says() {
    let validator = validator_for(&schema()).expect("it is a schema");
    for line in lines() {
        let errors: Vec<String> = validator.iter_errors(&line).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{line}: {errors:?}");
    }
}

#[test]
fn the_schema_speaks_of_every_key() {
    let described = |schema: &Value, object: &Value| {
        for key in object.as_object().expect("an object").keys() {
            assert!(schema["properties"].get(key).is_some(), "`{key}` is not in the schema");
        }
    };
    let schema = schema();
    for line in lines() {
        described(&schema, &line);
        for claim in line["claims"].as_array().expect("a list") {
            described(&schema["properties"]["claims"]["items"], claim);
        }
        if line["known_issue"].is_object() {
            described(&schema["properties"]["known_issue"]["oneOf"][1], &line["known_issue"]);
        }
    }
}

#[test]
fn the_schema_has_every_doubt() {
    let schema = schema();
    let listed = &schema["properties"]["claims"]["items"]["properties"]["doubt"]["enum"];
    let doubts = Doubt::ALL.iter().map(|doubt| json!(doubt.name()));
    let all: Vec<Value> = [Value::Null].into_iter().chain(doubts).collect();
    assert_eq!(listed.as_array(), Some(&all));
}

#[test]
fn what_is_no_verdict_is_not_what_the_schema_says() {
    let validator = validator_for(&schema()).expect("it is a schema");
    let mut line = lines().remove(0);
    line["verdict"] = json!("green");
    assert!(!validator.is_valid(&line));
    let mut line = lines().remove(0);
    line["claims"][0]["outcome"] = json!("unknown");
    assert!(!validator.is_valid(&line), "an unknown has its doubt");
    let mut line = lines().pop().expect("the untested version");
    assert_eq!(line["verdict"], "untested");
    line["case"] = json!("a/b");
    assert!(!validator.is_valid(&line), "an untested version has no case");
}
