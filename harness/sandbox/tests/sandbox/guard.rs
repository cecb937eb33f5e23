//! Tests of guarded programs.

use std::process::{Command, Stdio};
use std::time::Duration;

use sandbox::guard::{Guard, GuardError, GuardedCommand};

use crate::machine::{eventually, exe, mark, processes};

fn sh(script: &str) -> GuardedCommand {
    GuardedCommand {
        program: "/bin/sh".into(),
        args: vec!["-c".into(), script.into()],
        env: vec![("PATH".into(), "/usr/bin:/bin".into()), ("WORD".into(), "x y".into())],
        cwd: "/usr".into(),
    }
}

#[test]
fn output_status_environment_and_directory_are_the_programs_own() {
    let script = "echo $WORD $(pwd); echo bad >&2; env | cut -d= -f1 | sort | tr '\\n' ' '; exit 7";
    let mut lines = Vec::new();
    let guard = Guard::new(exe());
    let output = guard.run(sh(script), &mut |line| lines.push(line.to_owned())).expect("run");
    assert_eq!(output.status.code(), Some(7));
    assert_eq!(output.stdout, "x y /usr\nPATH PWD WORD ", "the environment is complete");
    assert_eq!(output.stderr, "bad\n");
    lines.sort();
    assert_eq!(lines, ["PATH PWD WORD", "bad", "x y /usr"]);
}

#[test]
fn a_signal_is_told_as_a_signal() {
    use std::os::unix::process::ExitStatusExt;
    let guard = Guard::new(exe());
    // Signal 40 is a real-time signal, which has no name.
    for signal in [9, 15, 40] {
        let output = guard.run(sh(&format!("kill -{signal} $$")), &mut |_| {}).expect("run");
        assert_eq!(output.status.signal(), Some(signal));
    }
}

#[test]
fn orphans_that_end_first_do_not_matter() {
    let script = "for i in 1 2 3; do (sh -c 'kill -40 $$' &) ; (true &); done; echo done";
    let output = Guard::new(exe()).run(sh(script), &mut |_| {}).expect("run");
    assert!(output.success() && output.stdout == "done\n", "{output:?}");
}

#[test]
fn what_a_program_leaves_behind_dies_with_it() {
    let seconds = mark();
    let script = format!("setsid sleep {seconds} & echo left");
    let output = Guard::new(exe()).run(sh(&script), &mut |_| {}).expect("run");
    assert_eq!(output.stdout, "left\n");
    assert_eq!(processes(&seconds), [0; 0]);
}

#[test]
fn a_program_that_is_not_there_cannot_be_started() {
    let command = GuardedCommand { program: "/no/such".into(), ..sh("") };
    let error = Guard::new(exe()).run(command, &mut |_| {}).expect_err("it is not there");
    let GuardError::Start { cause, .. } = error else { panic!("{error}") };
    assert_eq!(cause.kind(), std::io::ErrorKind::NotFound);
}

/// The kernel refuses a process namespace to a user other than root.
#[test]
fn without_rights_nothing_outlives_its_owner_either() {
    let directory = tempfile::tempdir().expect("a directory");
    let copy = directory.path().join("verbs");
    std::fs::copy(exe(), &copy).expect("copy");
    open_up(directory.path());
    let seconds = mark();
    let mut owner = None;
    // A process that another test starts has the copy open for writing for a moment.
    eventually("the copy can be run", || {
        let start = Command::new(&copy)
            .args(["own-guard", &seconds])
            .current_dir("/")
            .uid_of_nobody()
            .stdin(Stdio::null())
            .spawn();
        owner = start.ok();
        owner.is_some()
    });
    let mut owner = owner.expect("it runs");
    let sleeps = || processes(&seconds).into_iter().filter(|pid| is("sleep", *pid)).count();
    eventually("three sleep", || sleeps() == 3);
    owner.kill().expect("kill");
    owner.wait().expect("it ended");
    eventually("nothing is left", || processes(&seconds).is_empty());
}

/// True if a process runs this program.
fn is(program: &str, pid: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.trim() == program)
}

fn open_up(path: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("permissions");
}

trait Nobody {
    fn uid_of_nobody(&mut self) -> &mut Self;
}

impl Nobody for Command {
    fn uid_of_nobody(&mut self) -> &mut Self {
        use std::os::unix::process::CommandExt;
        self.uid(65534).gid(65534)
    }
}

#[test]
fn kill_ends_one_and_only_one() {
    let (first, second) = (mark(), mark());
    let guard = Guard::new(exe());
    let one = guard.spawn(sh(&format!("sleep {first}"))).expect("spawn");
    let other = guard.spawn(sh(&format!("sleep {second}"))).expect("spawn");
    eventually("both sleep", || !processes(&first).is_empty() && !processes(&second).is_empty());
    let killer = one.killer();
    std::thread::scope(|scope| {
        scope.spawn(move || killer.kill());
        let error = one.wait(&mut |_| {}).expect_err("it was killed");
        assert!(matches!(error, GuardError::Cancelled { .. }), "{error}");
    });
    assert!(processes(&first).is_empty() && !processes(&second).is_empty());
    drop(other);
    assert!(processes(&second).is_empty(), "dropped, it is dead");
}

#[test]
fn the_reader_of_the_lines_may_end_the_program() {
    let seconds = mark();
    let guard = Guard::new(exe());
    let script = format!("echo one; sleep {seconds} & wait");
    let running = guard.spawn(sh(&script)).expect("spawn");
    let killer = running.killer();
    let error = running.wait(&mut |_| killer.kill()).expect_err("it was killed");
    assert!(matches!(error, GuardError::Cancelled { .. }), "{error}");
    assert!(processes(&seconds).is_empty());
}

#[test]
fn kill_all_ends_all_and_lets_none_start() {
    let seconds = mark();
    let guard = Guard::new(exe());
    let (guard, seconds) = (&guard, &seconds);
    std::thread::scope(|scope| {
        let run = || guard.run(sh(&format!("sleep {seconds} & sleep {seconds}")), &mut |_| {});
        let running: Vec<_> = (0..8).map(|_| scope.spawn(run)).collect();
        // The shells have the number on their command lines only as part of a word.
        eventually("all sleep", || processes(seconds).len() == 16);
        guard.kill_all();
        for one in running {
            let ended = one.join().expect("no panic");
            assert!(matches!(ended, Err(GuardError::Cancelled { .. })));
        }
    });
    assert!(processes(seconds).is_empty());
    let late = guard.run(sh("true"), &mut |_| {});
    assert!(matches!(late, Err(GuardError::Cancelled { .. })) && guard.is_cancelled());
}

#[test]
fn nothing_survives_a_harness_killed_at_any_moment() {
    let mut in_the_middle = 0;
    for round in 0..100_u64 {
        let seconds = mark();
        let mut harness = Command::new(exe())
            .args(["own-guard", &seconds])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("start");
        // The test varies the moment of the kill, from before anything runs to after the start.
        let moment = Duration::from_micros(round * round * 4 % 40_000);
        std::thread::park_timeout(moment);
        in_the_middle += u32::from(processes(&seconds).iter().any(|p| *p != harness.id()));
        harness.kill().expect("kill");
        harness.wait().expect("wait");
        eventually("all are dead", || processes(&seconds).is_empty());
    }
    assert!(in_the_middle > 10, "only {in_the_middle} kills hit a running program");
}
