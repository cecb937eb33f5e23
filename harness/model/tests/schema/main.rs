//! The schema of case files says what the parser does.

mod agreement;
mod samples;

use std::path::Path;

use jsonschema::Validator;
use serde_json::Value;

fn validator() -> Validator {
    jsonschema::validator_for(&model::schema::case()).expect("it is a schema")
}

#[test]
fn every_case_is_valid() {
    let validator = validator();
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases");
    let found = model::discover::cases(&cases);
    assert!(!found.cases.is_empty() && found.diagnostics.is_empty(), "{:?}", found.diagnostics);
    for case in &found.cases {
        let text = std::fs::read_to_string(case.source.directory.join("case.yaml")).expect("text");
        let value: Value = serde_saphyr::from_str(&text).expect("YAML");
        let errors: Vec<String> =
            validator.iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", case.id);
    }
}

#[test]
fn every_word_says_what_it_means_and_shows_how_it_is_written() {
    for (map, word) in samples::words() {
        let place = format!("`{}` of {}", word.name, map.what);
        assert!(word.about.ends_with('.'), "{place}: {:?}", word.about);
        let example = model::parse::manifest(word.example).expect("YAML");
        assert_eq!(example.len(), 1, "{place}: {:?}", word.example);
        let others = map.words().map(|other| other.name).collect::<Vec<_>>();
        for name in word.with.iter().chain(word.needs).chain(word.excludes) {
            assert!(others.contains(name), "{place}: there is no `{name}`");
        }
    }
}
