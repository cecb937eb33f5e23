use rstest::rstest;

use super::*;
use crate::git::tests::{Sample, program};

/// A repository with the files that the check before a build reads.
fn repository(module: &str) -> Sample {
    let sample = Sample::new();
    let go_mod = format!("// The module.\nmodule {module}\n\ngo 1.24\n");
    sample.commit(
        "first",
        &[
            ("go.mod", &go_mod),
            ("cmd/workflow-controller/main.go", "package main\n"),
            ("cmd/argoexec/main.go", "package main\n"),
            ("cmd/argo/main.go", "package main\n"),
            ("manifests/cluster-install/kustomization.yaml", ""),
        ],
    );
    sample
}

const FOUR: &str = "github.com/argoproj/argo-workflows/v4";

/// Commits with these tags, in this order, and one more commit without a tag.
fn tagged(tags: &[&str]) -> Sample {
    let sample = repository(FOUR);
    for tag in tags {
        sample.commit(tag, &[("version.go", tag)]);
        sample.git(&["tag", tag]);
    }
    sample.commit("last", &[("version.go", "last")]);
    sample
}

fn source_of(sample: &Sample, rest: &str) -> Result<ArgoSource, GitSourceError> {
    source(&format!("{}@{rest}", sample.path().display()), &program(), None)
}

#[rstest]
#[case::a_tag(&["v4.1.2"], "v4.1.2", "4.1.2")]
#[case::a_candidate(&["v4.1.0-rc2"], "v4.1.0-rc2", "4.1.0-rc2")]
#[case::the_commit_of_a_tag(&["v4.1.2"], "main~1", "4.1.2")]
#[case::after_a_release(&["v4.1.1", "v4.1.2"], "main", "4.1.3")]
#[case::after_a_candidate(&["v4.1.0-rc2"], "main", "4.1.0")]
#[case::after_other_tags(&["v4.1.2", "latest", "vendor-1.2.3"], "main", "4.1.3")]
#[case::as_it_is_said(&["v4.1.2"], "main=4.2.0", "4.2.0")]
#[case::as_it_is_said_with_a_v(&[], "main=v4.2.0-rc1", "4.2.0-rc1")]
fn the_target_release_of_a_revision(
    #[case] tags: &[&str],
    #[case] rest: &str,
    #[case] target: &str,
) {
    let sample = tagged(tags);
    let found = source_of(&sample, rest).expect("a source");
    let revision = rest.split('=').next().expect("a revision");
    let commit = sample.git(&["rev-parse", &format!("{revision}^{{commit}}")]);
    assert_eq!(found.version(), format!("{target}+git.{}", &commit[..12]));
    assert_eq!(found.tag(), format!("v{target}-git.{}", &commit[..12]));
    assert_eq!(found.words(), format!("git commit {commit}"));
    let item = found.item().expect("built");
    let says = (format!("{FOUR}.version"), format!("v{}", found.version()));
    assert!(item.variables.contains(&says), "its programs say so");
    let asked = &found.commit().expect("a commit").asked;
    let real = sample.path().canonicalize().expect("a path");
    assert_eq!(*asked, format!("git:{}@{}", real.display(), rest.replace("=v", "=")));
}

/// The key of the cache has the commit, and neither the repository nor the revision.
#[test]
fn a_commit_is_known_by_its_name() {
    let sample = tagged(&["v4.1.2"]);
    let copy = sample.root().join("copy");
    sample.git(&["clone", "--quiet", "--bare", ".", &copy.display().to_string()]);
    let json = |text: &str| {
        let found = source(text, &program(), None).expect("a source");
        serde_json::to_value(found.item()).expect("JSON")
    };
    let one = json(&format!("{}@main", sample.path().display()));
    let commit = sample.git(&["rev-parse", "main"]);
    assert_eq!(one["given"], serde_json::json!({ "commit": { "commit": commit } }));
    assert_eq!(json(&format!("{}@{commit}", copy.display())), one);
}

#[test]
fn a_credential_stays_out_of_messages() {
    for text in ["https://u:SECRET@example.com/argo", "https://u:SECRET@example.com/argo@main"] {
        let error = source(text, &program(), None).expect_err("a credential");
        assert!(matches!(error, GitSourceError::Git(GitError::Credential(_))), "{error}");
        assert!(!error.to_string().contains("SECRET"), "{error}");
    }
}

#[rstest]
#[case::path("../argo@v4.1.2", Some(("../argo", "v4.1.2")))]
#[case::target("argo@main=4.2.0", Some(("argo", "main=4.2.0")))]
#[case::path_with_an_at("a@b/argo@main", Some(("a@b/argo", "main")))]
#[case::search("./argo@main^{/fix: x}", Some(("./argo", "main^{/fix: x}")))]
#[case::url("ssh://git@example.com/argo@main", Some(("ssh://git@example.com/argo", "main")))]
#[case::url_alone("ssh://git@example.com/argo", None)]
#[case::short_url("git@example.com:argo@main", Some(("git@example.com:argo", "main")))]
#[case::short_url_alone("git@example.com:argo", None)]
fn a_revision_is_after_the_repository(#[case] text: &str, #[case] parts: Option<(&str, &str)>) {
    assert_eq!(split(text), parts);
}

#[test]
fn what_is_no_commit_of_argo() {
    let sample = tagged(&["v4.1.2"]);
    let says = |sample: &Sample, text: &str| {
        let root = sample.root().canonicalize().expect("a path").display().to_string();
        let error = source(&text.replace("DIR", &root), &program(), None).expect_err("none");
        let hint = error.hint().map(|hint| format!("\nhint: {hint}")).unwrap_or_default();
        format!("{error}{hint}").replace(&root, "DIR")
    };
    insta::assert_snapshot!(says(&sample, "DIR/repository"), @"
invalid source `git:DIR/repository`: it names no revision of a repository
hint: write it like git:./argo-workflows@v4.1.2 or git:./argo-workflows@main=4.2.0
");
    insta::assert_snapshot!(says(&sample, "DIR/repository@"), @"
invalid source `git:DIR/repository@`: it names no revision of a repository
hint: write it like git:./argo-workflows@v4.1.2 or git:./argo-workflows@main=4.2.0
");
    insta::assert_snapshot!(says(&sample, "DIR/repository@main=4.2"), @"
invalid target release `4.2` of main: it is not a version of Argo
hint: write all three numbers, as in git:./argo-workflows@v4.1.2 or git:./argo-workflows@main=4.2.0
");
    insta::assert_snapshot!(says(&sample, "DIR/repository@v4.1.3"), @"
failed to find the revision `v4.1.3` in DIR/repository: no tag, branch or commit has this name
hint: near it are: v4.1.2
");
    insta::assert_snapshot!(says(&sample, "DIR/repository@main=3.7.19"), @"
invalid target release 3.7.19 of main: its module is github.com/argoproj/argo-workflows/v4
hint: name a release of that major version, as in git:DIR/repository@main=4.0.0
");
    insta::assert_snapshot!(says(&tagged(&[]), "DIR/repository@main"), @"
failed to find the target release of main: no release tag is before it
hint: name the target release, as in git:DIR/repository@main=4.2.0, or fetch the tags
");
    insta::assert_snapshot!(says(&repository("example.com/other"), "DIR/repository@main=4.2.0"), @"
invalid source main of DIR/repository: it is not Argo Workflows: its module is `example.com/other`
hint: name a repository of Argo Workflows
");
    let part = Sample::new();
    part.commit("first", &[("go.mod", &format!("module {FOUR}\n"))]);
    insta::assert_snapshot!(says(&part, "DIR/repository@main=4.2.0"), @"
invalid source main of DIR/repository: it is not Argo Workflows: it lacks cmd/workflow-controller, cmd/argoexec, cmd/argo, manifests/cluster-install
hint: name a repository of Argo Workflows
");
}
