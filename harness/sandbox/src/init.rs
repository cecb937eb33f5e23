//! The sandbox from inside: the verb that makes the namespaces, and their first process.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Seek};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command as Program, ExitCode, Stdio};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use nix::errno::Errno;
use nix::sched::CloneFlags;
use nix::sys::wait::{WaitStatus, wait};

use crate::control::{Boot, Command, Reply, send};
use crate::network::Network;
use crate::spec::{ExecOutput, ServerEnd, ServerSpec};
use crate::verb::{INTERNAL, complain};

/// Verb `sandbox BOOT-FILE`: makes the namespaces, starts their first process, tells its pid, ends.
pub(crate) fn outer(args: &[OsString]) -> ExitCode {
    match run_outer(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => complain("sandbox", &error),
    }
}

fn run_outer(args: &[OsString]) -> std::io::Result<()> {
    // A Ctrl-C at the terminal is for the harness, which then decides what ends in which order.
    let _ = nix::unistd::setsid();
    nix::sched::unshare(
        CloneFlags::CLONE_NEWNS
            | CloneFlags::CLONE_NEWPID
            | CloneFlags::CLONE_NEWNET
            | CloneFlags::CLONE_NEWIPC
            | CloneFlags::CLONE_NEWUTS,
    )?;
    let child = Program::new(std::env::current_exe()?)
        .args([INTERNAL, "init"])
        .args(args)
        .stdin(Stdio::inherit())
        .spawn()?;
    send(&harness()?, &Reply::Pid(child.id()))
}

/// The socket to the harness: standard input.
fn harness() -> std::io::Result<UnixStream> {
    Ok(UnixStream::from(std::io::stdin().as_fd().try_clone_to_owned()?))
}

/// Verb `init BOOT-FILE`: first process of the sandbox.
pub(crate) fn inner(args: &[OsString]) -> ExitCode {
    let run = || -> std::io::Result<()> {
        let stream = harness()?;
        match Init::boot(args, &stream) {
            Ok((init, lines)) => init.serve(lines),
            Err(error) => send(&stream, &Reply::Failed(error.to_string())),
        }
    };
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => complain("init", &error),
    }
}

type Lines = std::io::Lines<BufReader<UnixStream>>;

#[derive(Clone)]
struct Init {
    stream: Arc<Mutex<UnixStream>>,
    children: Arc<(Mutex<Children>, Condvar)>,
}

#[derive(Default)]
struct Children {
    known: HashMap<i32, Child>,
    /// Ended before it was noted who they are.
    ended: HashMap<i32, String>,
    spawning: bool,
    any: bool,
}

enum Child {
    Server(String),
    Exec(u64, File),
}

impl Init {
    fn boot(args: &[OsString], stream: &UnixStream) -> std::io::Result<(Self, Lines)> {
        let path = args.first().ok_or(std::io::ErrorKind::InvalidInput)?;
        let boot: Boot = serde_json::from_slice(&std::fs::read(path)?)?;
        for hierarchy in crate::cgroup::hierarchies()? {
            hierarchy.make(&boot.cgroup)?;
            hierarchy.enter(&boot.cgroup)?;
        }
        nix::unistd::sethostname(&boot.spec.hostname)?;
        crate::mounts::set_up(&boot.spec.binds)?;
        let mut lines = BufReader::new(stream.try_clone()?).lines();
        match lines.next().transpose()?.map(|l| serde_json::from_str(&l)).transpose()? {
            Some(Command::LinkReady) => {}
            _ => return Err(std::io::Error::other("the harness ended before the network was up")),
        }
        let mut network = Network::open()?;
        network.set_up("lo", Some((boot.spec.service_address, 32)))?;
        network.set_up(&boot.interface, Some((boot.node_ip, boot.prefix)))?;
        let init =
            Self { stream: Arc::new(Mutex::new(stream.try_clone()?)), children: Arc::default() };
        init.say(&Reply::Ready);
        Ok((init, lines))
    }

    fn say(&self, reply: &Reply) {
        let stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = send(&stream, reply);
    }

    /// Does what the harness says until it is gone; then returns, which ends everything.
    fn serve(self, lines: Lines) -> std::io::Result<()> {
        let reaper = self.clone();
        std::thread::spawn(move || reaper.reap());
        let mut released = false;
        for line in lines {
            match serde_json::from_str(&line?)? {
                Command::LinkReady => {}
                Command::Start(server) => self.start(&server),
                Command::Exec { id, argv } => self.exec(id, &argv),
                Command::Release => {
                    released = true;
                    self.say(&Reply::Released);
                }
            }
        }
        while released {
            std::thread::park();
        }
        Ok(())
    }

    fn start(&self, server: &ServerSpec) {
        let spawn = || {
            let log = OpenOptions::new().create(true).append(true).open(&server.log)?;
            let (program, args) = server.argv.split_first().ok_or(std::io::ErrorKind::NotFound)?;
            must_exist(program)?;
            Program::new(program)
                .args(args)
                .env_clear()
                .envs(server.env.iter().map(|(k, v)| (k, v)))
                .stdin(Stdio::null())
                .stdout(log.try_clone()?)
                .stderr(log)
                .process_group(0)
                .spawn()
        };
        let name = server.name.clone();
        if let Err(error) = self.spawn(spawn, Child::Server(name.clone())) {
            self.say(&Reply::StartFailed(ServerEnd { name, how: error.to_string() }));
        }
    }

    fn exec(&self, id: u64, argv: &[String]) {
        let run = || {
            let path = format!("/tmp/exec-{id}");
            let output =
                OpenOptions::new().create(true).read(true).append(true).open(&path)?;
            let (program, args) = argv.split_first().ok_or(std::io::ErrorKind::NotFound)?;
            must_exist(program)?;
            let mut command = Program::new(program);
            command
                .args(args)
                .env_clear()
                .stdin(Stdio::null())
                .stdout(output.try_clone()?)
                .stderr(output.try_clone()?);
            self.spawn(|| command.spawn(), Child::Exec(id, output))
        };
        if let Err(error) = run() {
            let output = ExecOutput { success: false, output: error.to_string() };
            self.say(&Reply::Executed { id, output });
        }
    }

    /// Starts a process and notes who it is. The reaper may see its end first.
    fn spawn(
        &self,
        start: impl FnOnce() -> std::io::Result<std::process::Child>,
        who: Child,
    ) -> std::io::Result<()> {
        let (children, some) = &*self.children;
        children.lock().unwrap_or_else(PoisonError::into_inner).spawning = true;
        let started = start();
        let mut children = children.lock().unwrap_or_else(PoisonError::into_inner);
        children.spawning = false;
        let pid = i32::try_from(started?.id()).unwrap_or_default();
        children.any = true;
        let early = children.ended.remove(&pid);
        children.ended.clear();
        match early {
            Some(how) => self.tell_end(who, how),
            None => {
                children.known.insert(pid, who);
            }
        }
        some.notify_all();
        Ok(())
    }

    /// Waits for every process that ends here, orphans of the servers included.
    fn reap(&self) {
        loop {
            let (pid, how) = match wait() {
                Ok(WaitStatus::Exited(pid, code)) => (pid, format!("exit code {code}")),
                Ok(WaitStatus::Signaled(pid, signal, _)) => (pid, format!("signal {signal}")),
                Ok(_) | Err(Errno::EINTR) => continue,
                Err(_) => {
                    let (children, some) = &*self.children;
                    let mut children = children.lock().unwrap_or_else(PoisonError::into_inner);
                    while !children.any {
                        children = some.wait(children).unwrap_or_else(PoisonError::into_inner);
                    }
                    children.any = false;
                    continue;
                }
            };
            let mut children = self.children.0.lock().unwrap_or_else(PoisonError::into_inner);
            match children.known.remove(&pid.as_raw()) {
                Some(who) => self.tell_end(who, how),
                None if children.spawning => {
                    children.ended.insert(pid.as_raw(), how);
                }
                None => {}
            }
        }
    }

    fn tell_end(&self, who: Child, how: String) {
        match who {
            Child::Server(name) => self.say(&Reply::Ended(ServerEnd { name, how })),
            Child::Exec(id, mut file) => {
                let mut bytes = Vec::new();
                let _ = file.rewind().and_then(|()| file.read_to_end(&mut bytes));
                let output = String::from_utf8_lossy(&bytes).into_owned();
                let success = how == "exit code 0";
                self.say(&Reply::Executed { id, output: ExecOutput { success, output } });
            }
        }
    }
}

fn must_exist(program: &str) -> std::io::Result<()> {
    Path::new(program).metadata().map(drop)
}
