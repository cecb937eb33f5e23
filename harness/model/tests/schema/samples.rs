//! Cases that have each word of the vocabulary, made from the vocabulary.

use model::vocabulary::{CASE, Map, Value, Word};
use serde_json::{Map as Object, Value as Json, json};

/// Every map with each of its words; each map once.
pub(crate) fn words() -> Vec<(&'static Map, &'static Word)> {
    let (mut todo, mut maps) = (vec![&CASE], Vec::<&'static Map>::new());
    while let Some(map) = todo.pop() {
        if maps.iter().all(|known| known.what != map.what) {
            maps.push(map);
            map.words().for_each(|word| inside(&word.value, &mut todo));
        }
    }
    maps.into_iter().flat_map(|map| map.words().map(move |word| (map, word))).collect()
}

/// The maps that a value can be or hold.
fn inside(value: &Value, maps: &mut Vec<&'static Map>) {
    match value {
        Value::Map(map) => maps.push(map),
        Value::List(_, item) => inside(item, maps),
        Value::Either(values) => values.iter().for_each(|value| inside(value, maps)),
        _ => {}
    }
}

/// The example of a word.
pub(crate) fn example(word: &Word) -> Json {
    model::parse::manifest(word.example).expect("YAML").remove(0)
}

/// The smallest map that has this word, with the value of its example.
pub(crate) fn smallest(map: &Map, word: &Word) -> Object<String, Json> {
    let mut object = Object::new();
    add(map, word, &mut object);
    if map.names().all(|name| !object.contains_key(name)) {
        let fits = |one: &&Word| word.with.is_empty() || word.with.contains(&one.name);
        if let Some(one) = map.one_of.iter().find(fits) {
            add(map, one, &mut object);
        }
    }
    map.words().filter(|word| word.required).for_each(|word| add(map, word, &mut object));
    object
}

fn add(map: &Map, word: &Word, object: &mut Object<String, Json>) {
    if object.contains_key(word.name) {
        return;
    }
    object.insert(word.name.to_owned(), example(word));
    let needed = map.words().filter(|other| word.needs.contains(&other.name));
    needed.for_each(|other| add(map, other, object));
}

/// Values of a field: its example, each choice, and a map with each word, every map once.
pub(crate) struct Values {
    done: Vec<&'static str>,
    in_pairs: bool,
}

impl Values {
    pub(crate) fn new() -> Self {
        Self { done: vec![CASE.what], in_pairs: false }
    }

    /// Also a map with each two words, whether they go together or not.
    pub(crate) fn in_pairs() -> Self {
        Self { in_pairs: true, ..Self::new() }
    }

    pub(crate) fn of(&mut self, word: &Word) -> Vec<Json> {
        let mut values = vec![example(word)];
        values.extend(self.of_kind(&word.value));
        values
    }

    fn of_kind(&mut self, value: &Value) -> Vec<Json> {
        match value {
            Value::Choice(choices) => choices.iter().map(|choice| json!(choice.name)).collect(),
            Value::Phases(phases) => {
                let one = phases.iter().copied().chain(["completed"]).map(Json::from);
                one.chain([json!(phases), json!(["completed"])]).collect()
            }
            Value::Number(least, most) => vec![json!(least), json!(7), json!(most)],
            Value::Map(map) if !self.done.contains(&map.what) => self.of_map(map),
            Value::List(least, item) => {
                let items = self.of_kind(item).into_iter();
                items.map(|item| json!(vec![item; (*least).max(1)])).collect()
            }
            Value::Either(values) => values.iter().flat_map(|v| self.of_kind(v)).collect(),
            _ => Vec::new(),
        }
    }

    fn of_map(&mut self, map: &'static Map) -> Vec<Json> {
        self.done.push(map.what);
        let mut values = Vec::new();
        for word in map.words() {
            let object = smallest(map, word);
            let put = |word: &Word, value| {
                let mut object = object.clone();
                object.insert(word.name.to_owned(), value);
                Json::Object(object)
            };
            values.extend(self.of(word).into_iter().map(|value| put(word, value)));
            if self.in_pairs {
                values.extend(map.words().map(|other| put(other, example(other))));
            }
        }
        values
    }
}

/// The smallest case with this value of one of its fields.
pub(crate) fn case(word: &Word, value: Json) -> Json {
    let mut case = Object::new();
    for other in CASE.words().filter(|other| other.required || other.name == word.name) {
        case.insert(other.name.to_owned(), example(other));
    }
    let submit = json!({ "submit": "workflow.yaml" });
    let value = match value {
        Json::Array(steps) if word.name == "steps" && restores(&steps) => {
            Json::Array([steps, vec![json!({ "upgrade": {} })]].concat())
        }
        Json::Array(steps) if word.name == "steps" && lacks_submit(&steps) => {
            Json::Array([vec![submit], steps].concat())
        }
        other => other,
    };
    case.insert(word.name.to_owned(), value);
    Json::Object(case)
}

/// Whether the first step restores the workflow.
fn restores(steps: &[Json]) -> bool {
    steps.first().is_some_and(|step| step.get("restore").is_some())
}

fn lacks_submit(steps: &[Json]) -> bool {
    !steps.is_empty() && steps.iter().all(|step| step.get("submit").is_none())
}
