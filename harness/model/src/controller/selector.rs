//! The choice of the pods of the workflow controller.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::pod::{container_of, container_of_chosen};

/// The pods of the workflow controller in its namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ControllerSelector {
    /// The pods that [`container_of`] recognizes.
    #[default]
    Recognized,
    /// The pods with all of these labels.
    Labels(BTreeMap<String, String>),
}

/// A text is no selector of pods.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not of the form NAME=VALUE[,NAME=VALUE]")]
pub struct SelectorError(String);

impl ControllerSelector {
    /// The container of the controller in a pod. `None`: the pod is not chosen, or has no such
    /// container.
    pub fn container<'p>(&self, pod: &'p Value) -> Option<&'p Value> {
        match self {
            Self::Recognized => container_of(pod),
            Self::Labels(labels) => {
                let has = |(name, value): (&String, &String)| {
                    pod["metadata"]["labels"][name].as_str() == Some(value)
                };
                labels.iter().all(has).then(|| container_of_chosen(pod)).flatten()
            }
        }
    }
}

impl FromStr for ControllerSelector {
    type Err = SelectorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || SelectorError(text.to_owned());
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=').ok_or_else(wrong)?;
            let value = value.strip_prefix('=').unwrap_or(value);
            let is_plain = !name.is_empty() && !name.ends_with('!') && !name.contains([' ', '(']);
            is_plain.then(|| (name.to_owned(), value.to_owned())).ok_or_else(wrong)
        };
        text.split(',').map(pair).collect::<Result<_, _>>().map(Self::Labels)
    }
}

impl fmt::Display for ControllerSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Recognized => f.write_str("the labels, the images or the commands of Argo"),
            Self::Labels(labels) => {
                let pairs: Vec<String> =
                    labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
                f.write_str(&pairs.join(","))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::ControllerSelector;

    #[rstest]
    #[case::one("app=mine", Some("app=mine"))]
    #[case::two("b/c=2,a=1", Some("a=1,b/c=2"))]
    #[case::two_signs("app==mine", Some("app=mine"))]
    #[case::empty_value("app=", Some("app="))]
    #[case::no_value("app", None)]
    #[case::no_name("=mine", None)]
    #[case::unequal("app!=mine", None)]
    #[case::set("app in (mine)", None)]
    #[case::trailing_comma("app=mine,", None)]
    #[case::nothing("", None)]
    fn labels_of_a_selector(#[case] text: &str, #[case] expected: Option<&str>) {
        let read = text.parse::<ControllerSelector>().ok().map(|selector| selector.to_string());
        assert_eq!(read.as_deref(), expected);
    }

    #[rstest]
    #[case::chosen("team=a", Some("main"))]
    #[case::all_labels("team=a,app=other", Some("main"))]
    #[case::another_value("team=b", None)]
    #[case::a_label_more("team=a,zone=1", None)]
    fn a_selector_chooses_a_pod_that_nobody_recognizes(
        #[case] selector: &str,
        #[case] expected: Option<&str>,
    ) {
        let pod = json!({
            "metadata": { "labels": { "team": "a", "app": "other" } },
            "spec": { "containers": [{ "name": "main", "image": "mirror/a:1" }] },
        });
        assert_eq!(ControllerSelector::Recognized.container(&pod), None);
        let selector: ControllerSelector = selector.parse().expect("a selector");
        let found = selector.container(&pod).and_then(|container| container["name"].as_str());
        assert_eq!(found, expected);
    }
}
