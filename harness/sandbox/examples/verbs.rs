//! A stand-in for the harness's binary in the tests. The stand-in has the hidden verbs, and verbs
//! that own guarded programs and sandboxes. The tests kill the owners.

use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use sandbox::Sandbox;
use sandbox::guard::{Guard, GuardedCommand};
use sandbox::slot::Slot;
use sandbox::spec::{SandboxSpec, ServerSpec};

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    if let Some(code) = sandbox::verb::dispatch(std::env::args_os()) {
        return code;
    }
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match *args {
        ["own-guard", seconds] => own_guard(seconds),
        ["own-sandbox", locks, data, seconds] => own_sandbox(locks, data, seconds, false),
        ["release-sandbox", locks, data, seconds] => own_sandbox(locks, data, seconds, true),
        ["measure", locks, data, rounds] => measure(locks, data, rounds),
        ["listen", port] => listen(port),
        ["hold", port] => hold(port),
        _ => Err("no such verb".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if let Some(hint) = model::hints::hint(&*error, &[sandbox::hints::HINTS]) {
                let _ = writeln!(std::io::stderr(), "hint: {hint}");
            }
            let mut cause: Option<&dyn std::error::Error> = Some(&*error);
            while let Some(error) = cause {
                let _ = writeln!(std::io::stderr(), "{error}");
                cause = error.source();
            }
            ExitCode::FAILURE
        }
    }
}

/// Prints a word to standard output, once everything runs.
fn say(word: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout();
    writeln!(out, "{word}")?;
    out.flush()
}

/// Runs a program under guard that leaves a child and a grandchild in sessions of their own.
fn own_guard(seconds: &str) -> Result<(), Failure> {
    let script = format!("setsid sh -c 'sleep {seconds} & sleep {seconds}' & exec sleep {seconds}");
    let command = GuardedCommand {
        program: "/bin/sh".into(),
        args: vec!["-c".into(), script.into()],
        env: vec![("PATH".into(), "/usr/bin:/bin".into())],
        cwd: "/".into(),
    };
    Guard::new(std::env::current_exe()?).run(command, &mut |_| {})?;
    Ok(())
}

fn start(locks: &str, data: &str) -> Result<Sandbox, Failure> {
    let slot = Slot::take(Path::new(locks), Path::new(data))?;
    let spec = SandboxSpec {
        hostname: "box".to_owned(),
        binds: Vec::new(),
        service_address: Ipv4Addr::new(10, 96, 0, 1),
    };
    Ok(Sandbox::start(&std::env::current_exe()?, slot, spec)?)
}

/// Prints the times that an empty sandbox takes to start, to run a program, and to end.
fn measure(locks: &str, data: &str, rounds: &str) -> Result<(), Failure> {
    for _ in 0..rounds.parse()? {
        let began = Instant::now();
        let sandbox = start(locks, data)?;
        let started = began.elapsed();
        sandbox.exec(&["/bin/true"])?;
        let ran = began.elapsed();
        sandbox.end()?;
        let ended = began.elapsed();
        let (run, end) = (ran.saturating_sub(started), ended.saturating_sub(ran));
        say(&format!("start {started:.1?}, run {run:.1?}, end {end:.1?}"))?;
    }
    Ok(())
}

/// Starts a sandbox with a server, and then releases the sandbox or waits for ever.
fn own_sandbox(locks: &str, data: &str, seconds: &str, release: bool) -> Result<(), Failure> {
    let sandbox = start(locks, data)?;
    let index = sandbox.slot().index();
    sandbox.start_server(ServerSpec {
        name: "sleep".to_owned(),
        argv: ["/bin/sleep", seconds].map(ToOwned::to_owned).to_vec(),
        env: Vec::new(),
        log: PathBuf::from("/run/ac/logs/sleep.log"),
    })?;
    if release {
        sandbox.release()?;
        return Ok(say(&index.to_string())?);
    }
    say(&index.to_string())?;
    loop {
        std::thread::park();
    }
}

/// Accepts connections and keeps every connection open.
fn hold(port: &str) -> Result<(), Failure> {
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, port.parse()?))?;
    let mut held = Vec::new();
    for connection in listener.incoming() {
        held.push(connection?);
    }
    Ok(())
}

/// Answers one connection after the other with one line.
fn listen(port: &str) -> Result<(), Failure> {
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, port.parse()?))?;
    for connection in listener.incoming() {
        connection?.write_all(b"hello from inside\n")?;
    }
    Ok(())
}
