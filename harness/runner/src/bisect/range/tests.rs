use std::path::Path;
use std::process::Command;

use provision::go::run::Unguarded;
use rstest::rstest;

use super::*;

/// A repository of the git program in a temporary directory.
struct Sample(tempfile::TempDir);

impl Sample {
    fn new() -> Self {
        let sample = Self(tempfile::tempdir().expect("temporary directory"));
        sample.git(&["init", "--quiet", "--initial-branch=main"]);
        sample
    }

    fn git(&self, args: &[&str]) -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=A", "-c", "user.email=a@example.com"])
            .args(["-c", "commit.gpgSign=false", "-c", "tag.gpgSign=false"])
            .args(args)
            .current_dir(self.0.path())
            .output()
            .expect("git runs");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// A commit that changes this file, which its subject names.
    fn commit(&self, file: &str) -> String {
        let path = self.0.path().join(file);
        let directory = path.parent().unwrap_or(Path::new("/"));
        std::fs::create_dir_all(directory).expect("directory");
        let before = std::fs::read_to_string(&path).unwrap_or_default();
        std::fs::write(&path, before + "line\n").expect("file");
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "-m", file]);
        self.git(&["rev-parse", "HEAD"])
    }

    fn range(&self, good: &str, bad: &str) -> anyhow::Result<Range> {
        let git = Git::find(&Unguarded, &std::env::vars_os().collect()).expect("git");
        let place = self.0.path().display().to_string();
        let repository = Repository::open(&git, &place, "", None).expect("a repository");
        Range::of(&git, &repository, good, bad)
    }

    fn error(&self, good: &str, bad: &str) -> String {
        let text = self.range(good, bad).expect_err("no range").to_string();
        text.replace(&self.0.path().display().to_string(), "DIR")
    }
}

fn subjects(range: &Range) -> (Vec<&str>, Vec<&str>) {
    let all = range.commits.iter().map(|link| link.subject.as_str()).collect();
    (all, (0..range.tried.len()).map(|at| range.link(at).subject.as_str()).collect())
}

#[rstest]
#[case::code("workflow/controller/operator.go", true)]
#[case::a_test("workflow/controller/operator_test.go", false)]
#[case::modules("go.mod", true)]
#[case::sums("go.sum", true)]
#[case::a_module_elsewhere("sdks/go.mod", false)]
#[case::manifests("manifests/base/kustomization.yaml", true)]
#[case::quick_start("manifests/quick-start-minimal.yaml", false)]
#[case::docs("docs/releases.md", false)]
#[case::ui("ui/src/app.tsx", false)]
#[case::ci(".github/workflows/ci-build.yaml", false)]
fn files_that_decide_what_is_built(#[case] path: &str, #[case] built: bool) {
    assert_eq!(is_built(path), built);
}

/// A release branch: either end may be the older one, and versions name tags.
#[test]
fn commits_of_a_release_branch() {
    let sample = Sample::new();
    let first = sample.commit("a.go");
    sample.git(&["tag", "v3.5.11"]);
    for file in ["docs/a.md", "b.go", "b_test.go", "manifests/base/a.yaml"] {
        sample.commit(file);
    }
    let last = sample.git(&["rev-parse", "HEAD"]);
    sample.git(&["tag", "-a", "v3.5.12", "-m", "release"]);
    let range = sample.range("3.5.11", "3.5.12").expect("a range");
    assert_eq!((&range.good, &range.bad), (&first, &last));
    assert!(!range.is_fixed());
    let (all, tried) = subjects(&range);
    assert_eq!(all, ["a.go", "docs/a.md", "b.go", "b_test.go", "manifests/base/a.yaml"]);
    assert_eq!(tried, ["a.go", "b.go", "manifests/base/a.yaml"]);
    let other = sample.range("v3.5.12", &first[..12]).expect("a range");
    assert!(other.is_fixed());
    assert_eq!((other.commits, other.tried), (range.commits, range.tried));
}

#[test]
fn ends_that_are_no_range() {
    let sample = Sample::new();
    sample.commit("a.go");
    sample.git(&["tag", "v3.5.11"]);
    sample.git(&["checkout", "--quiet", "-b", "release-3.5"]);
    sample.commit("b.go");
    sample.git(&["checkout", "--quiet", "main"]);
    sample.commit("docs/a.md");
    let known = |text: String| {
        let base = sample.git(&["rev-parse", "v3.5.11"]);
        let tips = ["release-3.5", "main"].map(|tip| sample.git(&["rev-parse", tip]));
        let text = text.replace(&base, "BASE").replace(&base[..12], "BASE");
        let text = text.replace(&tips[0][..12], "RELEASE");
        text.replace(&tips[1], "MAIN").replace(&tips[1][..12], "MAIN")
    };
    insta::assert_snapshot!(known(sample.error("release-3.5", "main")), @r"
    RELEASE and MAIN are on different branches: neither contains the other
    ");
    insta::assert_snapshot!(known(sample.error("3.5.11", "main")), @r"
    no commit between BASE and MAIN changes a file of the build
    ");
    insta::assert_snapshot!(known(sample.error("3.5.12", "mein")), @r"
    --good: failed to find the revision `3.5.12` in DIR: no tag, branch or commit has this name
    --bad: failed to find the revision `mein` in DIR: no tag, branch or commit has this name
    ");
}
