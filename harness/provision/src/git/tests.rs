use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use super::*;
use crate::cache::Cache;
use crate::go::Environment;
use crate::go::run::Unguarded;

/// A repository that the git program makes in a temporary directory.
pub(crate) struct Sample {
    directory: tempfile::TempDir,
}

impl Sample {
    pub(crate) fn new() -> Self {
        let sample = Self { directory: tempfile::tempdir().expect("temporary directory") };
        fs::create_dir(sample.path()).expect("directory");
        sample.git(&["init", "--quiet", "--initial-branch=main"]);
        sample
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.directory.path().join("repository")
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.directory.path().to_owned()
    }

    /// Runs git in the repository, with the rights of its owner.
    pub(crate) fn git(&self, args: &[&str]) -> String {
        let output = std::process::Command::new("git")
            .args(["-c", "user.name=A", "-c", "user.email=a@example.com"])
            .args(["-c", "commit.gpgSign=false", "-c", "tag.gpgSign=false"])
            .args(args)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .current_dir(self.path())
            .output()
            .expect("git runs");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Commits these files. Returns the full hash.
    pub(crate) fn commit(&self, subject: &str, files: &[(&str, &str)]) -> String {
        for (name, text) in files {
            let path = self.path().join(name);
            fs::create_dir_all(path.parent().expect("a parent")).expect("directory");
            fs::write(path, text).expect("file");
        }
        self.git(&["add", "--all", "--force"]);
        self.git(&["commit", "--quiet", "--allow-empty", "-m", subject]);
        self.git(&["rev-parse", "HEAD"])
    }

    pub(crate) fn open(&self) -> Repository {
        let place = self.path().display().to_string();
        Repository::open(&program(), &place, "HEAD", None).expect("a repository")
    }
}

/// The git of this machine, in an environment with `PATH` only.
pub(crate) fn program() -> Git<'static> {
    Git::find(&Unguarded, &environment()).expect("git")
}

fn environment() -> Environment {
    [("PATH".into(), std::env::var_os("PATH").expect("PATH"))].into()
}

fn says(error: &GitError, sample: &Sample) -> String {
    let hint = error.hint().map(|hint| format!("\nhint: {hint}")).unwrap_or_default();
    format!("{error}{hint}").replace(&sample.root().display().to_string(), "DIR")
}

#[test]
fn revisions_are_tags_branches_and_commits() {
    let sample = Sample::new();
    let first = sample.commit("first", &[("a", "1")]);
    sample.git(&["tag", "-a", "v3.5.1", "-m", "release"]);
    let second = sample.commit("second", &[("a", "2")]);
    sample.git(&["branch", "release-3.5"]);
    let (git, repository) = (program(), sample.open());
    let commit = |revision: &str| repository.commit(&git, revision).expect("a commit");
    assert_eq!(commit("v3.5.1"), first);
    assert_eq!(commit("release-3.5"), second);
    assert_eq!(commit(&second[..12]), second);
    assert_eq!(commit("HEAD"), second);
}

#[test]
fn errors_say_what_is_near() {
    let sample = Sample::new();
    sample.commit("first", &[("a", "1")]);
    for tag in ["v3.5.1", "v3.5.12", "v3.7.1", "v4.0.0"] {
        sample.git(&["tag", tag]);
    }
    let (git, repository) = (program(), sample.open());
    let error = |revision: &str| {
        says(&repository.commit(&git, revision).expect_err("no such revision"), &sample)
    };
    insta::assert_snapshot!(error("v3.5.13"), @"
failed to find the revision `v3.5.13` in DIR/repository: no tag, branch or commit has this name
hint: near it are: v3.5.1, v3.5.12, v3.7.1
");
    insta::assert_snapshot!(error("--output=x"), @"
failed to find the revision `--output=x` in DIR/repository: no tag, branch or commit has this name
hint: near it are: v4.0.0, v3.7.1, v3.5.12
");
}

#[test]
fn what_is_no_repository() {
    let sample = Sample::new();
    fs::create_dir(sample.path().join("inner")).expect("directory");
    let error = |place: &str| {
        let place = place.replace("DIR", &sample.root().display().to_string());
        let opened = Repository::open(&program(), &place, "HEAD", None);
        says(&opened.expect_err("not a repository"), &sample)
    };
    insta::assert_snapshot!(error("DIR/nowhere"), @"
failed to open DIR/nowhere: not a git repository
hint: name a directory with a git repository, bare or not, or its URL
");
    insta::assert_snapshot!(error("DIR/repository/inner"), @"
failed to open DIR/repository/inner: not a git repository
hint: name a directory with a git repository, bare or not, or its URL
");
    insta::assert_snapshot!(error("https://token@example.com/argo"), @"
invalid repository: the URL of example.com/argo holds a credential
hint: leave the credential out; git takes it from ~/.netrc or an SSH agent
");
}

#[test]
fn there_may_be_no_git() {
    let sample = Sample::new();
    let nowhere = [("PATH".into(), sample.root().into())].into();
    let error = Git::find(&Unguarded, &nowhere).map(drop).expect_err("no git");
    insta::assert_snapshot!(says(&error, &sample), @"
failed to find the git program: PATH has no `git`
hint: install git and put it in PATH (Debian: apt-get install git)
");
}

/// A partial repository can lack blobs that no build reads.
#[test]
fn a_checkout_leaves_out_what_may_be_absent() {
    let sample = Sample::new();
    let commit = sample.commit(
        "first",
        &[
            ("manifests/quick-start-minimal.yaml", "large"),
            ("manifests/quick-start/base/a.yaml", "kept"),
            ("cmd/main.go", "package main\n"),
        ],
    );
    let blob = sample.git(&["rev-parse", "HEAD:manifests/quick-start-minimal.yaml"]);
    let object = sample.path().join(".git/objects").join(&blob[..2]).join(&blob[2..]);
    fs::remove_file(object).expect("a loose object");
    let to = sample.root().join("4.1.2+git");
    sample.open().checkout(&program(), &commit, &to).expect("a checkout");
    let exists = |name: &str| to.join(name).exists();
    assert!(exists("cmd/main.go") && exists("manifests/quick-start/base/a.yaml"));
    assert!(!exists("manifests/quick-start-minimal.yaml"));
    let mut beside: Vec<_> = fs::read_dir(sample.root()).expect("readable").flatten().collect();
    beside.sort_by_key(fs::DirEntry::file_name);
    let beside: Vec<_> = beside.iter().map(fs::DirEntry::file_name).collect();
    assert_eq!(beside, ["4.1.2+git", "repository"], "the git directory of the checkout is gone");
}

/// A script that leaves a mark when it runs.
fn trap(sample: &Sample) -> (PathBuf, String) {
    let mark = sample.root().join("mark");
    let script = sample.root().join("trap");
    fs::write(&script, format!("#!/bin/sh\ntouch {}\ncat\n", mark.display())).expect("file");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("mode");
    (mark, script.display().to_string())
}

/// Root reads the repository of a user, whose configuration must not start programs.
#[test]
fn a_repository_of_another_user_starts_no_program() {
    let sample = Sample::new();
    let files = [("a", "1"), (".gitattributes", "* filter=trap\n")];
    let commit = sample.commit("first", &files);
    let (mark, script) = trap(&sample);
    for (name, value) in [
        ("core.fsmonitor", script.as_str()),
        ("filter.trap.smudge", &script),
        ("filter.trap.required", "true"),
        ("log.showSignature", "true"),
        ("gpg.program", &script),
        ("core.pager", &script),
    ] {
        sample.git(&["config", name, value]);
    }
    let hook = sample.path().join(".git/hooks/post-checkout");
    fs::create_dir_all(hook.parent().expect("a parent")).expect("directory");
    fs::copy(&script, &hook).expect("hook");
    if nix::unistd::Uid::effective().is_root() {
        for found in walkdir::WalkDir::new(sample.path()) {
            let found = found.expect("readable");
            std::os::unix::fs::lchown(found.path(), Some(65534), Some(65534)).expect("chown");
        }
    }
    let (git, repository) = (program(), sample.open());
    assert_eq!(repository.commit(&git, "main").expect("a commit"), commit);
    repository.nearest_tag(&git, &commit, false).expect("it runs");
    repository.commit(&git, "v1.2.3").expect_err("near names are listed");
    repository.subject(&git, &commit).expect("a subject");
    repository.chain(&git, &commit, &commit).expect("a chain");
    let to = sample.root().join("to");
    repository.checkout(&git, &commit, &to).expect("a checkout");
    assert_eq!(fs::read_to_string(to.join("a")).expect("file"), "1");
    assert!(!mark.exists(), "a program ran");
}

/// Git fails for a commit that the repository lacks. A failure is neither yes nor no.
#[test]
fn a_failure_of_git_is_no_answer() {
    let sample = Sample::new();
    let (first, last) = (sample.commit("one", &[]), sample.commit("two", &[]));
    let (git, repository) = (program(), sample.open());
    let is_ancestor = |older: &str| repository.is_ancestor(&git, older, &last);
    assert!(is_ancestor(&first).expect("an answer"));
    assert!(!repository.is_ancestor(&git, &last, &first).expect("an answer"));
    let error = is_ancestor(&"0".repeat(40)).expect_err("git fails");
    assert!(error.to_string().starts_with("failed to compare two commits: "), "{error}");
}

#[test]
fn a_chain_has_the_commits_that_contain_the_older_end() {
    let sample = Sample::new();
    let older = sample.commit("older", &[("a.go", "1")]);
    sample.git(&["checkout", "--quiet", "-b", "side"]);
    sample.commit("aside", &[("side.go", "1")]);
    sample.git(&["checkout", "--quiet", "main"]);
    let docs = sample.commit("docs: a\ttab", &[("docs/a.md", "1"), ("docs/ä b", "1")]);
    sample.git(&["merge", "--quiet", "--no-ff", "-m", "merge side", "side"]);
    let merge = sample.git(&["rev-parse", "HEAD"]);
    let chain = sample.open().chain(&program(), &older, &merge).expect("a chain");
    let link = |commit: &str, subject: &str, files: &[&str]| repository::Link {
        commit: commit.to_owned(),
        subject: subject.to_owned(),
        files: files.iter().map(|&file| file.to_owned()).collect(),
    };
    let docs = link(&docs, "docs: a\ttab", &["docs/a.md", "docs/ä b"]);
    assert_eq!(chain.links, [docs, link(&merge, "merge side", &["side.go"])]);
    assert_eq!(chain.merged, 1);
}

/// A merge brings in the older end, so first parents before the merge do not contain the older end.
#[test]
fn a_chain_leaves_out_what_lacks_the_older_end() {
    let sample = Sample::new();
    sample.commit("root", &[("a.go", "1")]);
    sample.git(&["checkout", "--quiet", "-b", "side"]);
    let older = sample.commit("older", &[("side.go", "1")]);
    sample.git(&["checkout", "--quiet", "main"]);
    let beside = sample.commit("beside", &[("b.go", "1")]);
    sample.git(&["merge", "--quiet", "--no-ff", "-m", "merge side", "side"]);
    let last = sample.commit("last", &[("c.go", "1")]);
    let (git, repository) = (program(), sample.open());
    let chain = repository.chain(&git, &older, &last).expect("a chain");
    let subjects: Vec<_> = chain.links.iter().map(|link| link.subject.as_str()).collect();
    assert_eq!(subjects, ["merge side", "last"]);
    assert!(repository.is_ancestor(&git, &older, &last).expect("it runs"));
    assert!(!repository.is_ancestor(&git, &older, &beside).expect("it runs"));
    assert!(repository.merge_base(&git, &older, &beside).expect("it runs").is_some());
}

/// Serves the files of a directory by HTTP. Git can fetch from such a server without a git server.
fn serve(directory: PathBuf) -> String {
    use std::io::{BufRead, BufReader, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/repository.git", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let mut lines = BufReader::new(&stream).lines();
            let first = lines.next().and_then(Result::ok).unwrap_or_default();
            while lines.next().and_then(Result::ok).is_some_and(|line| !line.is_empty()) {}
            let path = first.split([' ', '?']).nth(1).unwrap_or_default();
            let found = fs::read(directory.join(path.trim_start_matches('/')));
            let status = if found.is_ok() { "200 OK" } else { "404 Not Found" };
            let body = found.unwrap_or_default();
            let head = format!(
                "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
        }
    });
    url
}

#[test]
fn a_url_is_mirrored_in_the_cache() {
    let sample = Sample::new();
    let first = sample.commit("first", &[("a", "1")]);
    let served = sample.root().join("repository.git");
    let publish = || {
        let _ = fs::remove_dir_all(&served);
        sample.git(&["clone", "--quiet", "--bare", ".", &served.display().to_string()]);
        sample.git(&["--git-dir", &served.display().to_string(), "update-server-info"]);
    };
    publish();
    let url = serve(sample.root());
    let cache = sample.root().join("cache");
    let open = |revision: &str| Repository::open(&program(), &url, revision, Some(&cache));
    let repository = open("main").expect("a mirror");
    assert_eq!(repository.commit(&program(), "main").expect("a commit"), first);
    let second = sample.commit("second", &[("a", "2")]);
    publish();
    let repository = open("main").expect("fetched again");
    assert_eq!(repository.commit(&program(), "main").expect("a commit"), second);
    fs::remove_dir_all(&served).expect("removed");
    open(&first).expect("a known commit needs no fetch");
    let error = says(&open("main").expect_err("nothing to fetch"), &sample);
    assert!(error.starts_with(&format!("failed to fetch {url}: ")), "{error}");
    let sizes = Cache::open(Some(&cache)).expect("cache").sizes().expect("sizes");
    assert!(sizes.iter().any(|size| size.what.starts_with("git/git-")), "{sizes:?}");
}
