//! The sandbox from inside: the verb that makes the namespaces, and their first process.

mod children;

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command as Program, ExitCode, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use model::hints::chain;
use nix::sched::CloneFlags;

use crate::budgets;
use crate::control::{Answer, Boot, Command, Order, Reply, send};
use crate::network::Network;
use crate::own_binary::{INTERNAL, ITSELF, close_inherited, complain};
use crate::reaper::{self, words};
use crate::spec::{ExecOutput, ExecSpec, ServerEnd, ServerSpec};
use children::{Children, Who};

/// Every namespace that a sandbox has of its own.
pub(crate) const NAMESPACES: CloneFlags = CloneFlags::CLONE_NEWNS
    .union(CloneFlags::CLONE_NEWPID)
    .union(CloneFlags::CLONE_NEWNET)
    .union(CloneFlags::CLONE_NEWIPC)
    .union(CloneFlags::CLONE_NEWUTS);

/// Kept length of each output stream of a program, in bytes.
const KEPT: u64 = 1 << 20;

/// A step of setting up a sandbox that failed.
#[derive(Debug, thiserror::Error)]
#[error("failed to {doing}")]
struct BootError {
    doing: String,
    #[source]
    cause: std::io::Error,
}

fn step(doing: &str) -> impl FnOnce(std::io::Error) -> BootError {
    move |cause| BootError { doing: doing.to_owned(), cause }
}

/// Verb `sandbox BOOT-FILE`: makes the namespaces, starts their first process, and reports its pid.
pub(crate) fn outer(args: &[OsString]) -> ExitCode {
    close_inherited();
    // A Ctrl-C at the terminal is for the harness, which then decides what ends in which order.
    let _ = nix::unistd::setsid();
    let start = || {
        let unshared = nix::sched::unshare(NAMESPACES).map_err(Into::into);
        unshared.map_err(step("make namespaces (is `unshare` permitted here?)"))?;
        let mut init = Program::new(ITSELF);
        init.args([INTERNAL, "init"]).args(args).stdin(Stdio::inherit());
        let child = init.spawn().map_err(step("start the first process"))?;
        Ok::<_, BootError>(Reply::Pid(child.id()))
    };
    let reply = start().unwrap_or_else(|error| Reply::Failed(chain(&error)));
    match harness().and_then(|stream| send(&stream, &reply)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => complain("sandbox", &error),
    }
}

/// The socket to the harness: standard input.
fn harness() -> std::io::Result<UnixStream> {
    Ok(UnixStream::from(std::io::stdin().as_fd().try_clone_to_owned()?))
}

/// Verb `init BOOT-FILE`: first process of the sandbox. All other processes end with the first.
pub(crate) fn inner(args: &[OsString]) -> ExitCode {
    let _ = nix::sys::prctl::set_name(c"argo-sandbox");
    let run = || -> std::io::Result<()> {
        let stream = harness()?;
        match Init::boot(args, &stream) {
            Ok((init, lines)) => {
                init.serve(lines);
                end_all();
                Ok(())
            }
            // The harness has ended, or gave up and has the reason.
            Err(error) if error.cause.kind() == ErrorKind::UnexpectedEof => Ok(()),
            Err(error) => send(&stream, &Reply::Failed(chain(&error))),
        }
    };
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => complain("init", &error),
    }
}

/// Kills every process and waits at most [`budgets::LAST_PROCESSES`], while the networks inside
/// still exist. The packets at the end of a connection then reach the other side.
fn end_all() {
    let (tell, ended) = std::sync::mpsc::channel::<()>();
    std::thread::spawn(move || {
        reaper::kill_all();
        drop(tell);
    });
    // The channel carries nothing and closes when all have ended. The kernel ends the rest with
    // this process.
    let _ = ended.recv_timeout(budgets::LAST_PROCESSES.time);
}

type Lines = std::io::Lines<BufReader<UnixStream>>;

#[derive(Clone)]
struct Init {
    stream: Arc<Mutex<UnixStream>>,
    children: Arc<Children>,
}

impl Init {
    fn boot(args: &[OsString], stream: &UnixStream) -> Result<(Self, Lines), BootError> {
        let read = || {
            let path = args.first().ok_or(ErrorKind::InvalidInput)?;
            Ok(serde_json::from_slice::<Boot>(&std::fs::read(path)?)?)
        };
        let boot = read().map_err(step("read the specification of the sandbox"))?;
        // Pods of other users read files that the servers write. The caller's mask may forbid that.
        nix::sys::stat::umask(nix::sys::stat::Mode::from_bits_truncate(0o022));
        crate::cgroup::enter_all(&boot.cgroup).map_err(step("enter the cgroups"))?;
        nix::unistd::sethostname(&boot.spec.hostname)
            .map_err(|e| step("set the host name")(e.into()))?;
        crate::mounts::set_up(&boot.spec.binds).map_err(step("set up the mounts"))?;
        std::env::set_current_dir("/").map_err(step("change to the directory /"))?;
        let mut lines = BufReader::new(stream.try_clone().map_err(step("read"))?).lines();
        linked(&mut lines).map_err(step("wait for the network"))?;
        network(&boot).map_err(step("set up the network"))?;
        let said = stream.try_clone().map_err(step("write"))?;
        let init = Self { stream: Arc::new(Mutex::new(said)), children: Arc::default() };
        init.say(&Reply::Ready);
        Ok((init, lines))
    }

    fn say(&self, reply: &Reply) {
        let stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = send(&stream, reply);
    }

    /// Carries out the harness's commands. The function returns at the end of the harness, and the
    /// sandbox then ends. The function never returns for a released sandbox.
    fn serve(self, lines: Lines) {
        let reaper = self.clone();
        std::thread::spawn(move || reaper.children.reap(|who, status| reaper.tell(who, status)));
        let mut released = false;
        for line in lines {
            // A harness that was killed in the middle of a line has ended too.
            let Ok(command) = line.and_then(|l| Ok(serde_json::from_str(&l)?)) else { break };
            match command {
                Command::LinkReady => {}
                Command::Abort { id } => self.children.kill_exec(id),
                Command::Call { id, order } => {
                    released |= matches!(order, Order::Release);
                    self.obey(id, order);
                }
            }
        }
        if released {
            loop {
                std::thread::park();
            }
        }
    }

    fn obey(&self, id: u64, order: Order) {
        let done = match order {
            Order::Start(server) => self.start(&server),
            Order::Signal { server, signal } => self.children.signal(&server, signal),
            Order::Release => Ok(()),
            // The answer comes at the program's end.
            Order::Exec(exec) => return self.exec(id, &exec),
        };
        let answer = done.map(|()| Answer::Done).map_err(|error| error.to_string());
        self.say(&Reply::Answer { id, answer });
    }

    fn start(&self, server: &ServerSpec) -> std::io::Result<()> {
        if let Some(parent) = server.log.parent() {
            std::fs::create_dir_all(parent)?;
        }
        let log = OpenOptions::new().create(true).append(true).open(&server.log)?;
        let mut program = program(&server.argv, &server.env)?;
        program.stdout(log.try_clone()?).stderr(log);
        self.children.spawn(&mut program, Who::Server(server.name.clone()))
    }

    fn exec(&self, id: u64, exec: &ExecSpec) {
        let run = || {
            let (stdout, stderr) = (unnamed_file(id)?, unnamed_file(id)?);
            let mut program = program(&exec.argv, &exec.env)?;
            program.stdout(stdout.try_clone()?).stderr(stderr.try_clone()?);
            self.children.spawn(&mut program, Who::Exec { id, stdout, stderr })
        };
        if let Err(error) = run() {
            let how = error.to_string();
            let output = how.clone();
            let (stdout, code) = (String::new(), None);
            self.executed(id, ExecOutput { success: false, code, how, stdout, output });
        }
    }

    fn tell(&self, who: Who, status: ExitStatus) {
        match who {
            Who::Server(name) => self.say(&Reply::Ended(ServerEnd { name, how: words(status) })),
            Who::Exec { id, stdout, stderr } => {
                let stdout = tail(stdout);
                let output = format!("{stdout}{}", tail(stderr));
                let (code, how) = (status.code(), words(status));
                self.executed(
                    id,
                    ExecOutput { success: status.success(), code, how, stdout, output },
                );
            }
        }
    }

    fn executed(&self, id: u64, output: ExecOutput) {
        self.say(&Reply::Answer { id, answer: Ok(Answer::Executed(output)) });
    }
}

/// Blocks until the harness has made the network interface.
fn linked(lines: &mut Lines) -> std::io::Result<()> {
    match lines.next().transpose()?.map(|line| serde_json::from_str(&line)).transpose()? {
        Some(Command::LinkReady) => Ok(()),
        _ => Err(ErrorKind::UnexpectedEof.into()),
    }
}

/// Gives this namespace its addresses. No default route exists: nothing leaves the machine.
fn network(boot: &Boot) -> std::io::Result<()> {
    // The kernel closes the connections of a process that has ended. A pod whose network is gone
    // does not answer. The kernel tries again, for minutes by default, and this namespace stays
    // meanwhile. One retry is enough, because nothing is lost on the way.
    std::fs::write("/proc/sys/net/ipv4/tcp_orphan_retries", "1")?;
    let mut network = Network::open()?;
    network.set_up("lo", Some((boot.spec.service_address, 32)))?;
    network.set_up(&boot.interface, Some((boot.node_ip, boot.prefix)))
}

fn program(argv: &[String], env: &[(String, String)]) -> std::io::Result<Program> {
    let (path, rest) = argv.split_first().ok_or(ErrorKind::InvalidInput)?;
    if !Path::new(path).is_absolute() {
        return Err(std::io::Error::other(format!("{path} is not an absolute path")));
    }
    let mut program = Program::new(path);
    program.args(rest).env_clear().envs(env.iter().map(|(k, v)| (k, v)));
    program.stdin(Stdio::null()).process_group(0);
    Ok(program)
}

/// A file without a name, which disappears with its last handle. A program may leave children that
/// write on. A reader of a pipe would wait for the children.
fn unnamed_file(id: u64) -> std::io::Result<File> {
    let path = format!("/run/exec-{id}");
    let file = OpenOptions::new().create_new(true).read(true).append(true).open(&path)?;
    std::fs::remove_file(path)?;
    Ok(file)
}

fn tail(mut file: File) -> String {
    let mut bytes = Vec::new();
    let mut read = || {
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(KEPT)))?;
        (&mut file).take(KEPT).read_to_end(&mut bytes)
    };
    let _ = read();
    String::from_utf8_lossy(&bytes).into_owned()
}
