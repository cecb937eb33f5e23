//! Every word of the vocabulary has a reader of its own.
//!
//! The parser reads a case with the example of each word. Two words of one map never give the same
//! value. A word that the parser forgets is read as another word. A word that the parser refuses
//! fails the test too.

mod meaning;

use std::collections::BTreeMap;
use std::path::Path;

use model::Case;
use model::parse::{CaseFiles, cases};
use model::vocabulary::{CLAIM, FACT, Map, STEP, Value, Word};
use rstest::rstest;
use serde_json::{Value as Json, json};

const WORKFLOW: &str = "
kind: Workflow
spec:
  entrypoint: main
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

/// The map that can stand behind a word.
fn map_of(value: &Value) -> Option<&'static Map> {
    match value {
        Value::Map(map) => Some(map),
        Value::Either(values) => values.iter().find_map(map_of),
        Value::List(_, item) => map_of(item),
        Value::Text
        | Value::Link
        | Value::Versions
        | Value::Lines
        | Value::Releases
        | Value::True
        | Value::Duration
        | Value::Key
        | Value::Name
        | Value::Number(..)
        | Value::Fields
        | Value::Choice(_)
        | Value::Phases(_) => None,
    }
}

/// The map behind a word of a map.
fn inside(map: &'static Map, word: &str) -> &'static Map {
    let word = map.words().find(|known| known.name == word).expect("a word of the map");
    map_of(&word.value).expect("a map")
}

fn fact_map() -> &'static Map {
    &FACT
}

fn step_map() -> &'static Map {
    &STEP
}

fn claim_map() -> &'static Map {
    &CLAIM
}

fn bound_map() -> &'static Map {
    inside(&FACT, "objects")
}

fn output_map() -> &'static Map {
    inside(&FACT, "output")
}

fn fault_map() -> &'static Map {
    inside(&STEP, "store-fault")
}

fn example(word: &Word) -> Json {
    model::parse::manifest(word.example).expect("YAML").remove(0)
}

/// A map with this word, with the words that it needs, and with every required word.
fn smallest(map: &Map, word: &Word) -> Json {
    let needed = |other: &&Word| {
        other.required || other.name == word.name || word.needs.contains(&other.name)
    };
    map.words().filter(needed).map(|word| (word.name.to_owned(), example(word))).collect()
}

/// The steps, the requirement and the claim of a case.
struct Parts {
    step: Option<Json>,
    fact: Json,
    claim: Json,
}

impl Parts {
    fn new() -> Self {
        let claim = json!({ "id": "c", "eventually": { "phase": "Running" }, "within": "9s" });
        Self { step: None, fact: json!({ "phase": "Running" }), claim }
    }

    /// The case of the parts.
    fn case(self) -> Result<Case, String> {
        let mut steps = vec![json!({ "submit": "workflow.yaml" })];
        match self.step {
            Some(step) if step.get("restore").is_some() => {
                steps = vec![step, json!({ "upgrade": {} })];
            }
            step => steps.extend(step),
        }
        let case = json!({
            "title": "A rule",
            "why": "https://example.com/1",
            "level": "core",
            "component": "argo",
            "steps": steps,
            "requires": [{ "seen": self.fact }],
            "claims": [self.claim],
        });
        let files = [
            ("case.yaml".to_owned(), case.to_string()),
            ("workflow.yaml".to_owned(), WORKFLOW.to_owned()),
        ];
        let input = CaseFiles { directory: Path::new("cases/a/b"), id: "a/b", files: &files };
        let cases = cases(&input).map_err(|diagnostics| format!("{diagnostics:?}"))?;
        Ok(cases[0].clone())
    }

    /// The values that the parser makes of the parts.
    fn read(self) -> Result<String, String> {
        let case = self.case()?;
        let (plan, claims) = (&case.plan, &case.claims);
        let restored = plan.steps.iter().find(|step| step.act.restores());
        let act = restored.or(plan.steps.last()).map(|step| &step.act);
        Ok(format!("{act:?} {:?} {:?}", claims.requires, claims.claims[0].modality))
    }
}

fn of_step(step: &Json) -> Parts {
    let submit = step.get("submit").is_some();
    Parts { step: (!submit).then(|| step.clone()), ..Parts::new() }
}

fn of_fact(fact: &Json) -> Parts {
    Parts { fact: fact.clone(), ..Parts::new() }
}

fn of_claim(claim: &Json) -> Parts {
    Parts { claim: claim.clone(), ..Parts::new() }
}

fn of_bound(bound: &Json) -> Parts {
    of_fact(&json!({ "objects": bound }))
}

fn of_output(output: &Json) -> Parts {
    of_fact(&json!({ "output": output }))
}

fn of_fault(fault: &Json) -> Parts {
    of_step(&json!({ "store-fault": fault }))
}

#[rstest]
#[case::facts(fact_map, of_fact)]
#[case::steps(step_map, of_step)]
#[case::modalities(claim_map, of_claim)]
#[case::bounds(bound_map, of_bound)]
#[case::outputs(output_map, of_output)]
#[case::faults_of_the_store(fault_map, of_fault)]
fn every_word_gives_a_value_of_its_own(
    #[case] map: fn() -> &'static Map,
    #[case] parts: fn(&Json) -> Parts,
) {
    let map = map();
    let mut words: BTreeMap<String, &str> = BTreeMap::new();
    for word in map.one_of {
        let read = parts(&smallest(map, word)).read();
        let read = read.unwrap_or_else(|errors| panic!("`{}` is refused: {errors}", word.name));
        if let Some(other) = words.insert(read.clone(), word.name) {
            panic!("`{}` is read as `{other}`: {read}", word.name);
        }
    }
    assert!(words.len() > 1, "{words:?}");
}
