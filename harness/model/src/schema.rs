//! The schema of case files, for editors. The vocabulary of the parser is its source.
//!
//! Everything that the parser takes is valid by the schema. Some errors only the parser finds: a
//! node that the workflow has not, two claims of one name.

use serde_json::{Map as Object, Value as Json, json};

use crate::name::LONGEST_NAME;
use crate::parse;
use crate::vocabulary::{CASE, Choice, Map, Value, Word};

/// Draft 7, for that is what editors know.
const DRAFT: &str = "http://json-schema.org/draft-07/schema#";

/// The schema of a `case.yaml`.
pub fn case() -> Json {
    let mut schema = json!({
        "$schema": DRAFT,
        "title": "A case of argo-conformance",
        "description": "One problem, as data: what to do, and what must be true.",
    });
    let mut definitions = Object::new();
    let whole = map(&CASE, &mut definitions);
    for (key, value) in whole {
        schema[key] = value;
    }
    schema["definitions"] = Json::Object(definitions);
    schema
}

/// The same as the text of a file.
pub fn text() -> String {
    format!("{:#}\n", case())
}

/// A map; those in it become definitions.
fn map(map: &'static Map, definitions: &mut Object<String, Json>) -> Object<String, Json> {
    let property = |word: &Word| (word.name.to_owned(), property(word, definitions));
    let properties: Object<_, _> = map.words().map(property).collect();
    let required = map.words().filter(|word| word.required).map(|word| word.name);
    let required: Vec<&str> = required.collect();
    let mut schema = Object::new();
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("properties".to_owned(), Json::Object(properties));
    schema.insert("additionalProperties".to_owned(), json!(false));
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    if !map.one_of.is_empty() {
        // Not `maxProperties`: editors then complete nothing on an empty line.
        let one: Vec<Json> = map.names().map(|name| json!({ "required": [name] })).collect();
        schema.insert("oneOf".to_owned(), json!(one));
    }
    let dependencies = map.words().filter_map(|word| Some((word.name.to_owned(), company(word)?)));
    let dependencies: Object<_, _> = dependencies.collect();
    if !dependencies.is_empty() {
        schema.insert("dependencies".to_owned(), Json::Object(dependencies));
    }
    schema
}

/// The words that must, and must not, stand beside a word.
fn company(word: &Word) -> Option<Json> {
    let mut parts = Vec::new();
    if !word.needs.is_empty() {
        parts.push(json!({ "required": word.needs }));
    }
    if !word.with.is_empty() {
        let with = word.with.iter().map(|name| json!({ "required": [name] }));
        parts.push(json!({ "anyOf": with.collect::<Vec<_>>() }));
    }
    let excluded = word.excludes.iter().map(|name| json!({ "not": { "required": [name] } }));
    parts.extend(excluded);
    (!parts.is_empty()).then(|| json!({ "allOf": parts }))
}

fn property(word: &Word, definitions: &mut Object<String, Json>) -> Json {
    let mut schema = value(&word.value, definitions);
    let about = format!("{} {}", word.about, word.company());
    schema["description"] = json!(about.trim_end());
    schema["examples"] = json!(parse::manifest(word.example).unwrap_or_default());
    schema
}

fn value(what: &Value, definitions: &mut Object<String, Json>) -> Json {
    match what {
        Value::Text => json!({ "type": "string", "pattern": r"\S" }),
        Value::Link => json!({ "type": "string", "pattern": "^https://" }),
        Value::Versions => json!({ "type": "string", "pattern": VERSIONS }),
        Value::Lines => json!({
            "type": "object",
            "minProperties": 1,
            "patternProperties": { (LINE): { "type": "string", "pattern": affected() } },
            "additionalProperties": false,
        }),
        Value::Releases => json!({ "type": "string", "pattern": releases() }),
        Value::True => json!({ "const": true }),
        Value::Duration => json!({ "type": "string", "pattern": DURATION }),
        Value::Key => json!({ "type": "string", "pattern": KEY }),
        Value::Name => json!({ "type": "string", "pattern": NAME, "maxLength": LONGEST_NAME }),
        Value::Number(least, most) => {
            json!({ "type": "integer", "minimum": least, "maximum": most })
        }
        Value::Fields => json!({ "type": "object", "minProperties": 1 }),
        Value::Choice(choices) => choice(choices),
        Value::Phases(phases) => {
            let one: Vec<&str> = phases.iter().copied().chain(["completed"]).collect();
            json!({ "anyOf": [
                { "enum": one },
                { "type": "array", "minItems": 1, "items": { "enum": phases } },
                { "type": "array", "minItems": 1, "maxItems": 1, "items": { "enum": ["completed"] } },
            ] })
        }
        Value::Map(map) => reference(map, definitions),
        Value::List(least, item) => {
            json!({ "type": "array", "minItems": least, "items": value(item, definitions) })
        }
        Value::Either(values) => {
            let values: Vec<Json> = values.iter().map(|v| value(v, definitions)).collect();
            json!({ "anyOf": values })
        }
    }
}

/// Comparators with commas between them. The parser checks each version.
const VERSIONS: &str =
    r"^\s*([<>]=?|[=~^])?\s*[0-9*xX][^,]*(,\s*([<>]=?|[=~^])?\s*[0-9*xX][^,]*)*$";
const LINE: &str = r"^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)$";
const DURATION: &str = "^(?=.*[1-9])([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$";
const NAME: &str = "^[a-z][a-z0-9-]*$";
const KEY: &str = r"^(?=[\s\S]*\S)\*?[^*]*\*?$";

fn release() -> String {
    ["(0|[1-9][0-9]*)"; 3].join(r"\.")
}

/// A range without a release, only the parser finds.
fn releases() -> String {
    let release = release();
    format!("^(all|<=?{release}|>={release}( <=?{release})?)$")
}

/// A bound of another line, and a range without a release, only the parser finds.
fn affected() -> String {
    let release = release();
    format!("^(all|<{release}|>={release}( <{release})?)$")
}

fn choice(choices: &[Choice]) -> Json {
    let names: Vec<&str> = choices.iter().map(|choice| choice.name).collect();
    let about: Vec<&str> = choices.iter().map(|choice| choice.about).collect();
    json!({ "enum": names, "enumDescriptions": about })
}

fn reference(what: &'static Map, definitions: &mut Object<String, Json>) -> Json {
    if what.words().next().is_none() {
        return json!({ "type": "object", "maxProperties": 0 });
    }
    let name = what.what.trim_start_matches("a ").trim_start_matches("an ").replace(' ', "-");
    if !definitions.contains_key(&name) {
        // Facts are made of facts.
        definitions.insert(name.clone(), Json::Null);
        let mut whole = map(what, definitions);
        whole.insert("title".to_owned(), json!(what.what));
        definitions.insert(name.clone(), Json::Object(whole));
    }
    json!({ "$ref": format!("#/definitions/{name}") })
}
