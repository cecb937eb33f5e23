use std::io::{BufRead, BufReader};
use std::process::Stdio;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rstest::rstest;

use crate::go_proxy::Proxy;
use crate::harness::Harness;

/// Stopped while a program is built from a proxy that never answers.
#[rstest]
#[case::interrupted(Signal::SIGINT)]
#[case::terminated(Signal::SIGTERM)]
#[case::hung_up(Signal::SIGHUP)]
fn a_build_that_is_stopped_ends(#[case] signal: Signal) {
    let harness = Harness::new();
    let mut command = harness.command(&["run"]);
    let proxy = Proxy::of(&mut command);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it runs");
    let _asked = proxy.asked(&mut child);
    kill(Pid::from_raw(i32::try_from(child.id()).expect("a pid")), signal).expect("signal it");
    let lines = BufReader::new(child.stderr.take().expect("piped")).lines();
    let said: Vec<String> = lines.map(|line| line.expect("text")).collect();
    assert_eq!(child.wait().expect("it ends").code(), Some(2), "{said:?}");
    assert!(
        said.iter().any(|line| line.ends_with("stopping; a second signal stops at once")),
        "{said:?}"
    );
    assert!(said.iter().any(|line| line.contains("stopped: cancelled while building")), "{said:?}");
    let left: Vec<_> = std::fs::read_dir(harness.path("cache/build")).expect("read").collect();
    assert!(left.is_empty(), "{left:?}");
}
