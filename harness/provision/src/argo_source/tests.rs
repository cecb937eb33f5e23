use super::*;

#[rstest::rstest]
#[case("3.7.18", "github.com/argoproj/argo-workflows/v3", "v3.7.18")]
#[case("v3.5.2", "github.com/argoproj/argo-workflows/v3", "v3.5.2")]
#[case("4.0.2", "github.com/argoproj/argo-workflows/v4", "v4.0.2")]
#[case("3.7.0-rc1", "github.com/argoproj/argo-workflows/v3", "v3.7.0-rc1")]
fn modules(#[case] version: &str, #[case] module: &str, #[case] tag: &str) {
    let source = ArgoSource::module(version).expect("a version");
    assert_eq!((source.item().module.as_str(), source.item().version.as_str()), (module, tag));
}

#[rstest::rstest]
#[case("latest")]
#[case("3.7")]
#[case("2.12.13")]
#[case("3.7.x")]
#[case("")]
fn no_versions(#[case] version: &str) {
    assert_eq!(ArgoSource::module(version), Err(VersionError::Form(version.to_owned())));
}

#[test]
fn versions_that_no_proxy_can_have() {
    let error = ArgoSource::module("v4.0.1").expect_err("misplaced");
    let text = format!("{error}\nhint: {}", error.hint().unwrap_or_default());
    insta::assert_snapshot!(text, @"");
}

#[test]
fn the_default_is_tested() {
    assert!(TESTED.contains(&DEFAULT_ARGO));
}

#[test]
fn what_an_argo_version_is_built_from() {
    let source = ArgoSource::module(DEFAULT_ARGO).expect("a version");
    insta::assert_json_snapshot!(source.item(), @"");
}
