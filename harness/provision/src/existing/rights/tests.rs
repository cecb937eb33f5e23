//! Rights by the manifests: which of them a run requires, and how missing ones are told.

use std::collections::BTreeSet;

use model::history::Part;
use rstest::rstest;
use serde_json::Value;

use super::{
    ClusterRights, Need, OptionalRight, Right, Subject, manifests, needed, problem, rights,
};
use crate::existing::TargetNamespaces;

fn place(argo: &str) -> TargetNamespaces {
    let namespaces = ["prepared-1", "prepared-2"].map(str::to_owned).to_vec();
    TargetNamespaces::new(namespaces, argo.to_owned()).expect("names")
}

fn printed(cluster: ClusterRights) -> Vec<Right> {
    rights(&manifests(&place("argo"), &Subject::User("me".to_owned()), cluster)).expect("YAML")
}

/// Kind, namespace and name of each printed object. Kubernetes tells objects apart by them.
fn objects(argo: &str, subject: &Subject) -> Vec<[String; 3]> {
    let printed = manifests(&place(argo), subject, ClusterRights::Included);
    let objects = model::parse::manifest(&printed).expect("YAML");
    let key = |object: &Value| {
        let metadata = &object["metadata"];
        [&object["kind"], &metadata["namespace"], &metadata["name"]].map(|key| match key {
            Value::String(text) => text.clone(),
            _ => String::new(),
        })
    };
    objects.iter().map(key).collect()
}

fn is_binding([kind, ..]: &[String; 3]) -> bool {
    kind.ends_with("Binding")
}

#[rstest]
#[case::users(Subject::User("a".to_owned()), Subject::User("b".to_owned()))]
#[case::accounts(
    Subject::ServiceAccount("a".to_owned(), "b".to_owned()),
    Subject::ServiceAccount("a".to_owned(), "c".to_owned())
)]
#[case::a_user_and_an_account(
    Subject::User("a:b".to_owned()),
    Subject::ServiceAccount("a".to_owned(), "b".to_owned())
)]
fn the_bindings_of_one_subject_replace_none_of_another(
    #[case] one: Subject,
    #[case] other: Subject,
) {
    let [one, other] = [one, other].map(|subject| objects("argo", &subject));
    let bindings: BTreeSet<_> = one.iter().filter(|object| is_binding(object)).collect();
    assert_eq!(bindings.len(), 5, "{bindings:?}");
    let both: Vec<_> = other.iter().filter(|object| bindings.contains(object)).collect();
    assert_eq!(both, [&[""; 3]; 0]);
    let rest =
        |all: &[[String; 3]]| all.iter().filter(|object| !is_binding(object)).cloned().collect();
    let (one, other): (Vec<_>, Vec<_>) = (rest(&one), rest(&other));
    assert_eq!(one, other, "the roles are the same");
}

/// A controller of one namespace watches its own namespace. Cases run there then.
#[rstest]
#[case::elsewhere("argo")]
#[case::in_a_prepared_namespace("prepared-1")]
fn no_object_of_the_manifests_replaces_another(#[case] argo: &str) {
    let all = objects(argo, &Subject::User("me".to_owned()));
    let keys: BTreeSet<_> = all.iter().collect();
    assert_eq!(keys.len(), all.len(), "{all:#?}");
}

#[test]
fn a_run_asks_for_the_rights_that_prepare_prints() {
    let asked = needed(&place("argo")).expect("YAML");
    let asked: Vec<Right> = asked.into_iter().map(|needed| needed.right).collect();
    assert_eq!(asked, printed(ClusterRights::Included));
}

/// A user without rights on the cluster can give every other right.
#[test]
fn only_nodes_are_rights_of_the_cluster() {
    let of_cluster: Vec<Right> = printed(ClusterRights::Included)
        .into_iter()
        .filter(|right| right.namespace.is_none())
        .collect();
    assert!(!of_cluster.is_empty());
    assert!(of_cluster.iter().all(|right| right.resource == "nodes"), "{of_cluster:?}");
    let left = printed(ClusterRights::LeftOut);
    assert!(left.iter().all(|right| right.namespace.is_some()));
    let all = printed(ClusterRights::Included);
    assert_eq!([left, of_cluster].concat(), all);
}

#[test]
fn each_optional_right_is_in_the_manifests_and_no_other() {
    let needed = needed(&place("argo")).expect("YAML");
    let optional = needed.iter().filter_map(|needed| match needed.need {
        Need::Optional(optional) => Some((optional, needed.right.namespace.as_deref())),
        Need::Required => None,
    });
    let expected = OptionalRight::ALL
        .map(|right| (right, (right.part() == Part::Controller).then_some("argo")));
    let mut optional: Vec<_> = optional.collect();
    optional.dedup();
    assert_eq!(optional, expected);
}

/// The same resource in a prepared namespace.
#[rstest]
#[case::leases("leases")]
#[case::configmaps("configmaps")]
fn a_right_in_a_prepared_namespace_is_required(#[case] resource: &str) {
    let needed = needed(&place("argo")).expect("YAML");
    let of_it = needed.iter().filter(|needed| {
        needed.right.resource == resource && needed.right.namespace.as_deref() == Some("prepared-1")
    });
    let needs: Vec<Need> = of_it.map(|needed| needed.need).collect();
    assert!(needs.len() > 1 && needs.iter().all(|need| *need == Need::Required), "{needs:?}");
}

/// A user to whom no manifest was applied.
#[test]
fn all_missing_rights_have_one_remedy() {
    let needed = needed(&place("argo-system")).expect("YAML");
    let missing = needed.iter().map(|needed| &needed.right);
    let missing = missing.filter(|right| right.resource.starts_with("pods"));
    let problem = problem(missing, &place("argo-system"), None).expect("every right is missing");
    insta::assert_snapshot!(format!("{}\n{}", problem.message, problem.remedy), @r"
    rights are missing:
        in namespaces prepared-1, prepared-2: pods (get, list, watch, delete, deletecollection); pods/status (patch)
        in namespace argo-system: pods (get, list, watch); pods/log, pods/proxy (get)
    give `kubectl apply -f -` the output of `argo-conformance prepare prepared-1 prepared-2 --argo-namespace argo-system --user YOU`
    ");
}

/// The identity of the client, as the API server tells it.
#[rstest]
#[case::user("you@example.com", "prepare prepared-1 prepared-2 --user you@example.com`")]
#[case::account("system:serviceaccount:ci:t", "prepare prepared-1 prepared-2 --account ci:t`")]
fn the_remedy_names_the_client(#[case] name: &str, #[case] expected: &str) {
    let needed = needed(&place("argo")).expect("YAML");
    let missing = needed.iter().map(|needed| &needed.right);
    let subject = Subject::of_user_name(name);
    let problem = problem(missing, &place("argo"), Some(&subject)).expect("rights are missing");
    assert!(problem.remedy.ends_with(expected), "{}", problem.remedy);
}

/// Rights as `NAMESPACE RESOURCE VERB`.
#[rstest]
#[case::none(&[], None)]
#[case::one(&["a pods get"], Some("in namespace a: pods (get)"))]
#[case::same_verbs(&["a pods get", "a secrets get"], Some("in namespace a: pods, secrets (get)"))]
#[case::same_rights(&["a pods get", "b pods get"], Some("in namespaces a, b: pods (get)"))]
#[case::of_the_cluster(&["- nodes get"], Some("in the cluster: nodes (get)"))]
#[case::of_the_cluster_too(
    &["a nodes get", "- nodes get"],
    Some("in namespace a: nodes (get)\n    in the cluster: nodes (get)")
)]
#[case::each_resource_once(
    &["a pods get", "a secrets list", "a pods list"],
    Some("in namespace a: pods (get, list); secrets (list)")
)]
fn missing_rights_are_grouped(#[case] missing: &[&str], #[case] expected: Option<&str>) {
    let right = |text: &&str| {
        let words: Vec<&str> = text.split(' ').collect();
        Right {
            namespace: (words[0] != "-").then(|| words[0].to_owned()),
            group: String::new(),
            resource: words[1].to_owned(),
            verb: words[2].to_owned(),
        }
    };
    let missing: Vec<Right> = missing.iter().map(right).collect();
    let problem = problem(&missing, &place("argo"), None);
    let expected = expected.map(|lines| format!("rights are missing:\n    {lines}"));
    assert_eq!(problem.map(|problem| problem.message), expected);
}

#[test]
fn each_optional_right_tells_another_state() {
    let told: BTreeSet<&str> = OptionalRight::ALL.map(OptionalRight::unobserved).into();
    assert_eq!(told.len(), OptionalRight::ALL.len());
}
