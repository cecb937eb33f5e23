//! The terminal of a run that builds a program from a proxy that never answers.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rstest::rstest;

use crate::go_proxy::Proxy;
use crate::harness::Harness;
use crate::terminal::{PATIENCE, Terminal};

/// A proxy that the program asks, on whatever terminal it has.
fn proxy(command: &mut Command) -> Proxy {
    command.env("TERM", "xterm").env_remove("CI");
    Proxy::of(command)
}

fn interrupt(child: &Child) {
    let pid = Pid::from_raw(i32::try_from(child.id()).expect("a pid"));
    kill(pid, Signal::SIGINT).expect("signal it");
}

/// The row of the stage, if it is shown.
fn row(contents: &str) -> Option<&str> {
    contents.lines().find(|line| line.contains("s  download"))
}

#[test]
fn a_terminal_shows_the_stage_and_for_how_long() {
    let harness = Harness::new();
    let terminal = Terminal::new(80, 24);
    let mut command = harness.command(&["run"]);
    let proxy = proxy(&mut command);
    command.stdin(Stdio::null()).stdout(terminal.stdio()).stderr(terminal.stdio());
    let mut child = command.spawn().expect("it runs");
    drop(command);
    let terminal = terminal.look();
    let _asked = proxy.asked(&mut child);
    let first = terminal.shows(|contents| row(contents).is_some());
    let later = terminal.shows(|contents| row(contents).is_some_and(|r| row(&first) != Some(r)));
    assert_eq!(later.matches("download sources").count(), 1, "{later}");
    assert!(later.contains("getting ready"), "{later}");
    terminal.resize(20, 8);
    terminal.shows(|contents| row(contents).is_some_and(|row| row.ends_with('…')));
    terminal.resize(120, 30);
    terminal.shows(|contents| row(contents).is_some_and(|row| row.ends_with(" left in all")));
    interrupt(&child);
    let (shown, _) = terminal.ended();
    assert_eq!(child.wait().expect("it ends").code(), Some(2), "{shown}");
    assert!(!shown.contains("getting ready") && row(&shown).is_none(), "{shown}");
    let printed =
        ["stopping; a second signal", "stopped: cancelled", "nothing ran", "histories and"];
    let lines: Vec<&str> = shown.lines().collect();
    let found = printed.map(|text| lines.iter().position(|line| line.contains(text)));
    assert!(found[0].is_some() && found.is_sorted() && lines.len() <= 9, "{shown}");
}

#[rstest]
#[case::dumb(&[("TERM", "dumb")])]
#[case::of_a_ci_system(&[("CI", "true")])]
fn a_terminal_that_cannot_be_drawn_on_gets_lines(#[case] environment: &[(&str, &str)]) {
    let harness = Harness::new();
    let terminal = Terminal::new(80, 24);
    let mut command = harness.command(&["run"]);
    let proxy = proxy(&mut command);
    command.envs(environment.iter().copied());
    command.stdin(Stdio::null()).stdout(terminal.stdio()).stderr(terminal.stdio());
    let mut child = command.spawn().expect("it runs");
    drop(command);
    let terminal = terminal.look();
    let _asked = proxy.asked(&mut child);
    interrupt(&child);
    let (shown, bytes) = terminal.ended();
    assert_eq!(child.wait().expect("it ends").code(), Some(2), "{shown}");
    assert!(shown.contains("stopped: cancelled") && !bytes.contains('\u{1b}'), "{bytes:?}");
}

/// The terminal is closed: nothing can be said any more, and everything must end all the same.
#[test]
fn a_terminal_that_is_gone_ends_the_run() {
    let harness = Harness::new();
    let terminal = Terminal::new(80, 24);
    let mut command = harness.command(&["run"]);
    let proxy = proxy(&mut command);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(terminal.stdio());
    let mut child = command.spawn().expect("it runs");
    drop(command);
    let _asked = proxy.asked(&mut child);
    drop(terminal);
    kill(Pid::from_raw(i32::try_from(child.id()).expect("a pid")), Signal::SIGHUP)
        .expect("hang up");
    let began = Instant::now();
    let mut code = None;
    while code.is_none() && began.elapsed() < PATIENCE {
        code = child.try_wait().expect("it was begun");
        std::thread::yield_now();
    }
    let _ = child.kill();
    let _ = child.wait();
    assert_eq!(code.and_then(|status| status.code()), Some(2));
}

#[test]
fn what_goes_to_a_pipe_is_not_drawn_on() {
    let harness = Harness::new();
    let terminal = Terminal::new(80, 24);
    let mut command = harness.command(&["run"]);
    let proxy = proxy(&mut command);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(terminal.stdio());
    let mut child = command.spawn().expect("it runs");
    drop(command);
    let terminal = terminal.look();
    let _asked = proxy.asked(&mut child);
    terminal.shows(|contents| row(contents).is_some());
    interrupt(&child);
    let mut results = String::new();
    child.stdout.take().expect("piped").read_to_string(&mut results).expect("text");
    let (shown, _) = terminal.ended();
    assert_eq!(child.wait().expect("it ends").code(), Some(2), "{shown}");
    assert!(results.starts_with("nothing ran") && !results.contains('\u{1b}'), "{results:?}");
    assert!(shown.contains("stopped: cancelled") && !shown.contains("getting ready"), "{shown}");
}
