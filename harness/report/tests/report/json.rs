use report::json_untested;
use report::run::Untested;

#[test]
fn an_untested_version_has_a_line() {
    let untested = Untested {
        argo: "4.0.5+git.2334ea9dd8cc".to_owned(),
        reason: "failed to build argoexec: \"no space\"".into(),
    };
    assert_eq!(
        json_untested(&untested),
        concat!(
            r#"{"schema":1,"case":null,"argo":"4.0.5+git.2334ea9dd8cc","verdict":"untested","#,
            r#""reason":"failed to build argoexec: \"no space\"","#,
            r#""failed_claims":[],"known_issue":null,"claims":[],"seconds":null,"history":null}"#,
            "\n",
        )
    );
}
