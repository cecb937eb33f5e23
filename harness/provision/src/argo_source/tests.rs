use super::*;

#[rstest::rstest]
#[case("3.7.18", "github.com/argoproj/argo-workflows/v3", "v3.7.18")]
#[case("v3.5.2", "github.com/argoproj/argo-workflows/v3", "v3.5.2")]
#[case("4.0.2", "github.com/argoproj/argo-workflows/v4", "v4.0.2")]
#[case("3.7.0-rc1", "github.com/argoproj/argo-workflows/v3", "v3.7.0-rc1")]
fn modules(#[case] version: &str, #[case] module: &str, #[case] tag: &str) {
    let source = ArgoSource::module(version).expect("a version");
    let item = source.item().expect("built");
    assert_eq!((item.module.as_str(), item.version.as_str()), (module, tag));
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
    insta::assert_snapshot!(text.replace(": it", ":\nit"), @r"
    failed to find the Go module of argo-workflows v4.0.1:
    it has the module path of version 3
    hint: take 4.0.2 or later, or another source of Argo
    ");
}

#[test]
fn what_a_report_calls_a_checkout_is_nowhere_to_be_had() {
    let error = ArgoSource::module("3.5.13+tree.0123456789ab").expect_err("no module");
    let text = format!("{error}\nhint: {}", error.hint().unwrap_or_default());
    insta::assert_snapshot!(text, @r"
    invalid version `3.5.13+tree.0123456789ab`: it is the name of a checkout in a report
    hint: name the checkout, as in ./argo-workflows=3.5.13
    ");
}

#[test]
fn the_default_is_tested() {
    assert!(TESTED.contains(&DEFAULT_ARGO));
}

#[test]
#[expect(clippy::too_many_lines, reason = "the lines are those of a golden")]
fn what_an_argo_version_is_built_from() {
    let source = ArgoSource::module(DEFAULT_ARGO).expect("a version");
    insta::assert_json_snapshot!(source.item().expect("built"), @r#"
    {
      "name": "argo-workflows",
      "release": "4.0.5",
      "module": "github.com/argoproj/argo-workflows/v4",
      "version": "v4.0.5",
      "commands": [
        {
          "package": "./cmd/workflow-controller",
          "program": "workflow-controller"
        },
        {
          "package": "./cmd/argoexec",
          "program": "argoexec"
        },
        {
          "package": "./cmd/argo",
          "program": "argo"
        }
      ],
      "cgo": false,
      "tags": [],
      "variables": [
        [
          "github.com/argoproj/argo-workflows/v4.version",
          "v4.0.5"
        ],
        [
          "github.com/argoproj/argo-workflows/v4.gitTag",
          "v4.0.5"
        ],
        [
          "github.com/argoproj/argo-workflows/v4.gitTreeState",
          "clean"
        ],
        [
          "github.com/argoproj/argo-workflows/v4.gitCommit",
          "{commit}"
        ]
      ],
      "local_replaces": "dropped",
      "restored": [
        {
          "copy": {
            "from": "workflow/executor/os-specific/signal_darwin.go",
            "to": "workflow/executor/os-specific/signal_linux.go"
          }
        },
        {
          "copy": {
            "from": "workflow/executor/osspecific/signal_darwin.go",
            "to": "workflow/executor/osspecific/signal_linux.go"
          }
        },
        {
          "copy": {
            "from": "server/static/files.go.stub",
            "to": "server/static/files.go"
          }
        },
        {
          "empty": {
            "beside": "ui/embed.go",
            "to": "ui/dist/app/index.html"
          }
        }
      ],
      "kept": [
        "manifests"
      ]
    }
    "#);
}
