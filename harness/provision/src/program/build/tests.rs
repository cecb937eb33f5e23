//! Real builds of small modules by the Go of this machine, without the network.

mod bench;
mod overlap;
mod proxy;
mod tree;

use std::io::{self, BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use super::*;
use crate::cache::children;
use crate::go::run::{OnLine, RunOutput, RunSpec, Unguarded};
use crate::program::Restored;
use crate::progress::{Notice, Silent};
use bench::Bench;

/// Variable of the process that a test starts. The value is the directory of its [`Bench`].
const CHILD: &str = "ARGO_CONFORMANCE_TEST_BENCH";

fn bench() -> (tempfile::TempDir, Bench) {
    let dir = tempfile::tempdir().expect("temporary directory");
    let bench = Bench::at(dir.path());
    (dir, bench)
}

fn tiny(release: &str) -> Item {
    let mut item = Item::of("tiny", release, "example.com/tiny")
        .command("./cmd/tiny", "tiny")
        .variable("main.version", release)
        .variable("main.commit", crate::program::COMMIT);
    item.restored = vec![Restored::Copy {
        from: "cmd/tiny/restored_windows.go".to_owned(),
        to: "cmd/tiny/restored_linux.go".to_owned(),
    }];
    item.kept = vec!["manifests".to_owned()];
    item.disk = 0;
    item
}

/// Builds and locks that are still in the cache.
fn left(cache: &Cache) -> Vec<PathBuf> {
    crate::cache::removals::finish_removals();
    let mut left = children(&cache.builds()).expect("readable");
    left.extend(children(&cache.locks()).expect("readable"));
    left
}

/// Collects the notices as lines.
#[derive(Default)]
struct Said(Mutex<Vec<String>>);

impl Progress for Said {
    fn notice(&self, notice: Notice) {
        let line = match notice {
            Notice::Planned { works } => {
                let stages: Vec<String> = works.into_iter().map(|work| work.stage).collect();
                format!("planned: {}", stages.join(", "))
            }
            Notice::Started { stage } => format!("{stage} …"),
            Notice::Advanced { stage, detail, .. } => format!("{stage}: {detail}"),
            Notice::Failed { stage } => format!("{stage}: failed"),
            Notice::Finished { stage, .. } => format!("{stage}: done"),
        };
        self.0.lock().expect("no panic").push(line);
    }
}

#[test]
fn an_item_is_built_as_it_says_and_is_found_afterwards() {
    let (_dir, bench) = bench();
    let said = Said::default();
    let items = [tiny("1.0.0"), tiny("1.0.0")];
    let built = ensure_with(&bench.cache, &items, &Unguarded, &said, &bench.environment);
    let built = built.expect("it builds");
    assert_eq!(built.len(), 2);
    assert_eq!(built[0], built[1], "asked for twice, built once");
    let program = built[0].program("tiny").expect("the program");
    let output = Command::new(program).output().expect("it runs");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "1.0.0 0123456789abcdef leaf!");
    let files: Vec<_> = built[0].manifest().files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(files, ["bin/tiny", "manifests/base/install.yaml"]);
    assert_eq!(left(&bench.cache), Vec::<PathBuf>::new());
    let said = said.0.into_inner().expect("no panic");
    assert!(said.contains(&"fetch tiny 1.0.0: 1 modules".to_owned()), "{said:?}");
    assert!(said.iter().any(|line| line.starts_with("build tiny 1.0.0: 1 of ")), "{said:?}");
    assert_eq!(said.last().map(String::as_str), Some("build tiny 1.0.0: done"));
    let planned = "planned: download sources, fetch tiny 1.0.0, build tiny 1.0.0";
    assert_eq!(said.first().map(String::as_str), Some(planned));

    let before = fs_time(bench.cache.root());
    assert_eq!(bench.ensure(&items[..1]).expect("it is there"), built[..1]);
    assert_eq!(fs_time(bench.cache.root()), before, "nothing is touched");
}

fn fs_time(path: &Path) -> std::time::SystemTime {
    let times = walkdir::WalkDir::new(path).into_iter().map(|found| {
        let data = found.expect("readable").metadata().expect("readable");
        data.modified().expect("time")
    });
    times.max().expect("the directory itself")
}

#[test]
fn a_compile_error_shows_the_compilers_words() {
    let (_dir, bench) = bench();
    insta::assert_snapshot!(bench.error(&tiny("1.1.0")), @r"
    failed to build tiny 1.1.0: `go build -v -mod=mod -trimpath -tags ''
        '-gcflags=all=-dwarf=false -l' -ldflags '-s -w -X main.version=1.1.0 -X
        main.commit=0123456789abcdef' -o made/KEY/bin/ ./cmd/tiny` failed
      # example.com/tiny/cmd/tiny
      cmd/tiny/main.go:2:15: undefined: undefined
    hint: if its message names a file of this machine, fix that; else try another
        version of Go
    ");
}

#[test]
fn refused_versions_are_all_named_at_once() {
    let (_dir, bench) = bench();
    let error = bench.ensure(&[tiny("9.0.0"), tiny("1.0.0"), tiny("9.0.1")]);
    let Err(error @ BuildError::Refused(_)) = error else { panic!("{error:?}") };
    insta::assert_snapshot!(error.to_string().replace("; ", "\n"), @r"
    tiny v9.0.0 cannot be had from the Go module proxy (it has no such file)
    tiny v9.0.1 cannot be had from the Go module proxy (it has no such file)
    ");
    insta::assert_snapshot!(bench.error(&tiny("9.0.0")), @r"
    tiny v9.0.0 cannot be had from the Go module proxy (it has no such file)
    hint: ask for another version, set GOPROXY to a proxy that has it, or take another
        source
    ");
}

#[test]
fn a_module_that_needs_a_refused_one_says_so() {
    let (_dir, bench) = bench();
    insta::assert_snapshot!(bench.error(&tiny("1.3.0")), @r"
    tiny v1.3.0 cannot be had from the Go module proxy (for example.com/leaf@v1.9.0,
        which it needs, it has no such file)
    hint: ask for another version, set GOPROXY to a proxy that has it, or take another
        source
    ");
}

#[test]
fn a_module_may_need_a_newer_go() {
    let (_dir, bench) = bench();
    insta::assert_snapshot!(bench.error(&tiny("1.2.0")), @r"
    tiny 1.2.0 needs Go 1.99, and this is GO
    hint: install Go 1.99 or newer from https://go.dev/dl and put it in PATH
    ");
}

#[test]
fn a_proxy_may_be_out_of_reach() {
    let (_dir, mut bench) = bench();
    bench.environment.insert("GOPROXY".into(), "http://127.0.0.1:9".into());
    insta::assert_snapshot!(bench.error(&tiny("1.0.0")), @r"
    the Go module proxy http://127.0.0.1:9 cannot be reached: dial tcp 127.0.0.1:9:
        connect: connection refused
    hint: check the network, HTTPS_PROXY and `go env GOPROXY`
    ");
}

#[test]
fn there_may_be_no_go() {
    let (_dir, mut bench) = bench();
    bench.environment.insert("PATH".into(), bench.root.clone().into());
    insta::assert_snapshot!(bench.error(&tiny("1.0.0")), @r"
    no go command in PATH
    hint: install Go 1.26.0 or newer from https://go.dev/dl and put it in PATH
    ");
}

#[test]
fn go_may_be_too_old() {
    use std::os::unix::fs::PermissionsExt;
    let (_dir, mut bench) = bench();
    let go = bench.root.join("go");
    let script = "#!/bin/sh\necho '{\"GOVERSION\": \"go1.20.1\", \"GOOS\": \"linux\"}'\n";
    std::fs::write(&go, script).expect("file");
    std::fs::set_permissions(&go, std::fs::Permissions::from_mode(0o755)).expect("mode");
    bench.environment.insert("PATH".into(), bench.root.clone().into());
    insta::assert_snapshot!(bench.error(&tiny("1.0.0")), @r"
    tiny 1.0.0 needs Go 1.26.0, and this is GO
    hint: install Go 1.26.0 or newer from https://go.dev/dl and put it in PATH
    ");
}

#[test]
fn there_may_be_no_c_compiler() {
    let (_dir, mut bench) = bench();
    bench.environment.insert("CC".into(), "no-such-compiler".into());
    let item = Item { cgo: true, ..tiny("1.0.0") };
    insta::assert_snapshot!(bench.error(&item), @r"
    tiny 1.0.0 needs a C compiler, and there is no `no-such-compiler` in PATH
    hint: install one (Debian: apt-get install gcc libc6-dev), or name yours with `go
        env -w CC=…`
    ");
}

#[test]
fn the_disk_may_be_too_full() {
    let (_dir, bench) = bench();
    let item = Item { disk: 600_000_000_000_000, ..tiny("1.0.0") };
    let error = bench.ensure(&[item]).expect_err("no disk is that large");
    let BuildError::DiskFull { path, what, need, .. } = error else { panic!("{error:?}") };
    let error = BuildError::DiskFull { path, what, need, have: 2_345_000_000 };
    let text = format!("{error}\nhint: {}", error.hint().unwrap_or_default());
    insta::assert_snapshot!(text.replace(&bench.root.display().to_string(), "ROOT"), @r"
    ROOT/cache has 2.3 GB free, and building tiny 1.0.0 takes 1000000.0 GB for a while
    hint: free some disk space, or name a cache directory on another disk
    ");
}

/// Behaves like a cancel by the user at every command except `go env`.
struct Cancelled;

impl Runner for Cancelled {
    fn run(&self, spec: RunSpec, on_line: &mut OnLine<'_>) -> io::Result<RunOutput> {
        if spec.args.first().is_some_and(|arg| arg == "env") {
            return Unguarded.run(spec, on_line);
        }
        Err(io::ErrorKind::Interrupted.into())
    }
}

#[test]
fn a_cancel_is_no_failure_of_a_build() {
    let (_dir, bench) = bench();
    let items = [tiny("1.0.0")];
    let ended = ensure_with(&bench.cache, &items, &Cancelled, &Silent, &bench.environment);
    assert!(matches!(ended, Err(BuildError::Cancelled)), "{ended:?}");
    assert_eq!(left(&bench.cache), Vec::<PathBuf>::new());
}

/// Prints the notices to the standard output.
struct Aloud;

impl Progress for Aloud {
    #[expect(clippy::print_stdout, reason = "the parent process reads it")]
    fn notice(&self, notice: Notice) {
        println!("{notice:?}");
    }
}

/// The process that a test starts. In a normal run of tests, this test does nothing.
#[test]
fn child() {
    if let Some(root) = std::env::var_os(CHILD) {
        let bench = Bench::at(Path::new(&root));
        ensure_with(&bench.cache, &[tiny("1.0.0")], &Unguarded, &Aloud, &bench.environment)
            .expect("it builds");
        crate::cache::removals::finish_removals();
    }
}

/// Another process that builds on this bench. The process has a process group of its own.
fn start_child(bench: &Bench) -> std::process::Child {
    let name = std::thread::current().name().unwrap_or_default().to_owned();
    let (module, _) = name.rsplit_once("::").expect("tests run in threads named after them");
    Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", &format!("{module}::child"), "--nocapture"])
        .env(CHILD, &bench.root)
        .process_group(0)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the child starts")
}

/// Reads the output of a child up to a line with `words`.
fn wait_for(child: &mut std::process::Child, words: &str) -> BufReader<std::process::ChildStdout> {
    let mut output = BufReader::new(child.stdout.take().expect("piped"));
    let mut line = String::new();
    while !line.contains(words) {
        line.clear();
        assert_ne!(output.read_line(&mut line).expect("readable"), 0, "it never said {words:?}");
    }
    output
}

#[test]
fn two_processes_build_one_entry() {
    let (_dir, bench) = bench();
    let mut child = start_child(&bench);
    let mut output = wait_for(&mut child, "Started { stage: \"download sources\" }");
    let said = Said::default();
    let items = [tiny("1.0.0")];
    let built = ensure_with(&bench.cache, &items, &Unguarded, &said, &bench.environment);
    assert!(built.expect("it is there")[0].program("tiny").is_some());
    io::copy(&mut output, &mut io::sink()).expect("readable");
    assert!(child.wait().expect("it ended").success());
    let said = said.0.into_inner().expect("no panic");
    let who = format!("process {} (building tiny 1.0.0) is at it", child.id());
    assert_eq!(
        said,
        [
            "wait for tiny 1.0.0 …".to_owned(),
            format!("wait for tiny 1.0.0: {who}"),
            "wait for tiny 1.0.0: done".to_owned()
        ]
    );
    assert_eq!(left(&bench.cache), Vec::<PathBuf>::new());
}

#[test]
fn what_a_killed_process_left_is_swept_and_built_anew() {
    let (_dir, bench) = bench();
    let mut child = start_child(&bench);
    let output = wait_for(&mut child, "Started { stage: \"build tiny 1.0.0\" }");
    let group = Pid::from_raw(i32::try_from(child.id()).expect("a pid"));
    killpg(group, Signal::SIGKILL).expect("killed");
    child.wait().expect("it ended");
    drop(output);
    assert_eq!(children(&bench.cache.entries()).expect("readable"), Vec::<PathBuf>::new());
    assert_ne!(left(&bench.cache), Vec::<PathBuf>::new(), "it left its directory and locks");
    let built = bench.ensure(&[tiny("1.0.0")]).expect("it builds");
    assert!(built[0].program("tiny").is_some());
    assert_eq!(left(&bench.cache), Vec::<PathBuf>::new());
}
