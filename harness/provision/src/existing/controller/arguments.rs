//! The arguments of a container.

use serde_json::Value;

/// Prefix of the environment variables that replace absent arguments of the controller.
const VARIABLE: &str = "ARGO_";

/// The words after the program, and the literal environment variables of a container.
pub(super) struct Arguments {
    words: Vec<String>,
    env: Vec<(String, String)>,
}

impl Arguments {
    /// The arguments of a container.
    pub(super) fn of(container: &Value) -> Self {
        let list = |field: &str| container[field].as_array().into_iter().flatten();
        let words = list("command").chain(list("args")).filter_map(Value::as_str);
        let env = list("env").filter_map(|variable| {
            let (name, value) = (variable["name"].as_str()?, variable["value"].as_str()?);
            Some((name.to_owned(), value.to_owned()))
        });
        Self { words: words.map(str::to_owned).collect(), env: env.collect() }
    }

    /// The value of `--NAME VALUE`, `--NAME=VALUE`, or of the variable of the argument. The last
    /// one counts, as for Argo.
    pub(super) fn value(&self, flag: &str) -> Option<String> {
        let mut values = self.words.iter().enumerate().filter_map(|(index, word)| {
            match word.strip_prefix(flag)? {
                "" => self.words.get(index + 1).cloned(),
                rest => rest.strip_prefix('=').map(str::to_owned),
            }
        });
        values.next_back().or_else(|| self.variable_of(flag))
    }

    /// Whether an argument without a value is given and is not `false`.
    pub(super) fn is_set(&self, flag: &str) -> bool {
        let mut given = self.words.iter().filter_map(|word| match word.strip_prefix(flag)? {
            "" => Some("true"),
            rest => rest.strip_prefix('='),
        });
        let given = given.next_back().map(str::to_owned).or_else(|| self.variable_of(flag));
        given.is_some_and(|value| {
            matches!(value.as_str(), "1" | "t" | "T" | "true" | "TRUE" | "True")
        })
    }

    /// The literal value of an environment variable.
    pub(super) fn variable(&self, name: &str) -> Option<String> {
        let found = self.env.iter().rev().find(|(own, _)| own == name);
        found.map(|(_, value)| value.clone())
    }

    /// The value of the variable that replaces an absent argument.
    fn variable_of(&self, flag: &str) -> Option<String> {
        let name = flag.trim_start_matches('-').replace('-', "_").to_uppercase();
        self.variable(&format!("{VARIABLE}{name}"))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::{Value, json};

    use super::Arguments;

    #[rstest]
    #[case::two_words(json!({ "args": ["--configmap", "a"] }), Some("a"))]
    #[case::one_word(json!({ "args": ["--configmap=a"] }), Some("a"))]
    #[case::in_the_command(json!({ "command": ["workflow-controller", "--configmap", "a"] }), Some("a"))]
    #[case::twice(json!({ "args": ["--configmap=a", "--configmap=b"] }), Some("b"))]
    #[case::longer_name(json!({ "args": ["--configmaps=a"] }), None)]
    #[case::variable(json!({ "env": [{ "name": "ARGO_CONFIGMAP", "value": "a" }] }), Some("a"))]
    #[case::argument_before_variable(
        json!({ "args": ["--configmap=a"], "env": [{ "name": "ARGO_CONFIGMAP", "value": "b" }] }),
        Some("a")
    )]
    #[case::variable_from_a_secret(
        json!({ "env": [{ "name": "ARGO_CONFIGMAP", "valueFrom": {} }] }), None
    )]
    #[case::none(json!({}), None)]
    fn the_value_of_an_argument(#[case] container: Value, #[case] expected: Option<&str>) {
        assert_eq!(Arguments::of(&container).value("--configmap").as_deref(), expected);
    }

    #[rstest]
    #[case::given(json!({ "args": ["--namespaced"] }), true)]
    #[case::given_with_a_value(json!({ "args": ["--namespaced=true"] }), true)]
    #[case::refused(json!({ "args": ["--namespaced=false"] }), false)]
    #[case::a_word_follows(json!({ "args": ["--namespaced", "--loglevel"] }), true)]
    #[case::variable(json!({ "env": [{ "name": "ARGO_NAMESPACED", "value": "true" }] }), true)]
    #[case::none(json!({}), false)]
    fn an_argument_without_a_value(#[case] container: Value, #[case] expected: bool) {
        assert_eq!(Arguments::of(&container).is_set("--namespaced"), expected);
    }
}
