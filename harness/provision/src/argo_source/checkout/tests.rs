use rstest::rstest;

use super::*;

/// A directory with the files that the check before a build reads.
fn checkout(module: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("temporary directory");
    for name in ["cmd/workflow-controller", "cmd/argoexec", "cmd/argo", "manifests/cluster-install"]
    {
        std::fs::create_dir_all(dir.path().join(name)).expect("directory");
    }
    let text = format!("// The module.\nmodule {module}\n\ngo 1.24\n");
    std::fs::write(dir.path().join("go.mod"), text).expect("file");
    dir
}

const THREE: &str = "github.com/argoproj/argo-workflows/v3";

#[rstest]
#[case::a_release(THREE, "3.5.13", "3.5.13")]
#[case::with_a_v(THREE, "v3.5.13", "3.5.13")]
#[case::a_candidate(THREE, "3.8.0-rc1", "3.8.0-rc1")]
#[case::which_is_no_module("github.com/argoproj/argo-workflows/v4", "4.0.1", "4.0.1")]
#[case::a_fork("example.com/us/argo-workflows/v3", "3.5.13", "3.5.13")]
fn it_is_called_by_its_release_and_its_digest(
    #[case] module: &str,
    #[case] version: &str,
    #[case] release: &str,
) {
    let dir = checkout(module);
    let text = format!("{}={version}", dir.path().display());
    let source = ArgoSource::checkout(&text).expect("a checkout");
    let tree = source.tree().cloned().expect("a tree");
    assert_eq!(source.version(), format!("{release}+tree.{}", &tree.sha256[..12]));
    assert_eq!(source.tag(), format!("v{release}-tree.{}", &tree.sha256[..12]));
    assert_eq!(source.words(), format!("a checkout, sha256:{}", tree.sha256));
    assert_eq!(source.item().expect("built").module, module);
    let says = (format!("{module}.version"), format!("v{}", source.version()));
    assert!(source.item().expect("built").variables.contains(&says), "its programs say so");
}

#[test]
fn what_is_no_checkout_of_that() {
    let says = |text: &str| {
        let dir = checkout(THREE);
        let other = dir.path().join("cmd");
        std::fs::write(other.join("go.mod"), "module example.com/other\n").expect("file");
        let part = dir.path().join("manifests");
        std::fs::write(part.join("go.mod"), format!("module {THREE}\n")).expect("file");
        let real = dir.path().display().to_string();
        let error = ArgoSource::checkout(&text.replace("DIR", &real)).expect_err("it is none");
        format!("{error}\nhint: {}", error.hint().unwrap_or_default()).replace(&real, "DIR")
    };
    insta::assert_snapshot!(says("DIR"), @r"
    invalid checkout DIR: it has no target release
    hint: append the target release, for example DIR=3.5.13; that release's expectations apply
    ");
    insta::assert_snapshot!(says("DIR=main"), @r"
    invalid target release `main` of the checkout DIR: not a version of Argo
    hint: append the target release, for example DIR=3.5.13; that release's expectations apply
    ");
    insta::assert_snapshot!(says("DIR=2.12.13"), @r"
    invalid target release `2.12.13` of the checkout DIR: not a version of Argo
    hint: append the target release, for example DIR=3.5.13; that release's expectations apply
    ");
    insta::assert_snapshot!(says("DIR=3.5.13+tree.0123"), @r"
    invalid target release `3.5.13+tree.0123` of the checkout DIR: not a version of Argo
    hint: append the target release, for example DIR=3.5.13; that release's expectations apply
    ");
    insta::assert_snapshot!(says("DIR=4.0.5"), @r"
    invalid target release 4.0.5 of the checkout DIR: its module is github.com/argoproj/argo-workflows/v3
    hint: name a target release of that major version
    ");
    insta::assert_snapshot!(says("DIR/cmd=3.5.13"), @r"
    invalid checkout DIR/cmd: it is not Argo Workflows: its module is `example.com/other`
    hint: name the directory of Argo's go.mod
    ");
    insta::assert_snapshot!(says("DIR/manifests=3.5.13"), @r"
    invalid checkout DIR/manifests: it is not Argo Workflows: it lacks cmd/workflow-controller, cmd/argoexec, cmd/argo, manifests/cluster-install
    hint: name the directory of Argo's go.mod
    ");
    insta::assert_snapshot!(says("DIR/nowhere=3.5.13"), @r"
    invalid checkout DIR/nowhere: it is not Argo Workflows: its go.mod cannot be read: No such file or directory (os error 2)
    hint: name the directory of Argo's go.mod
    ");
}
