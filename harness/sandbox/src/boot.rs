//! The sandbox from outside: its start, its orders, its end.

mod error;
mod replies;

use std::io::{BufRead, BufReader, Lines};
use std::net::{Ipv4Addr, Shutdown};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command as Program, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};

use nix::sys::signal::Signal;

use crate::budgets;
use crate::control::{Answer, Boot, Command, Order, Reply, send};
use crate::network::Network;
use crate::own_binary::{INTERNAL, OCI_RUNTIME};
use crate::process::Identity;
use crate::slot::{Slot, Swept};
use crate::spec::{Bind, ExecOutput, ExecSpec, SandboxSpec, ServerEnd, ServerSpec};
pub use error::SandboxError;
use error::system;
pub use replies::Event;
use replies::Replies;

/// A running sandbox, for use from any number of threads.
///
/// # Guarantees
/// Every process of the sandbox ends at once when this value is dropped. The same holds when the
/// harness ends in any way. [`Sandbox::release`] lifts both guarantees. A directory and cgroups
/// remain. [`Sandbox::end`], the next user of the slot, or [`crate::slot::sweep`] removes the
/// remains.
pub struct Sandbox {
    lifeline: Lifeline,
    replies: Arc<Replies>,
    init: Identity,
    slot: Slot,
}

/// Directory with a copy of the harness's binary, below the slot's directory. The copy is also the
/// OCI runtime: `/run/ac/self/oci-runtime` inside.
pub(crate) const SELF_INSIDE: &str = "self";

/// The harness's side of the socket. The sandbox ends when the socket ends. The reader thread has
/// the socket open too, so a drop shuts the socket down.
struct Lifeline(Mutex<UnixStream>);

impl Lifeline {
    fn stream(&self) -> MutexGuard<'_, UnixStream> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send(&self, command: &Command) -> Result<(), SandboxError> {
        send(&self.stream(), command).map_err(|_| SandboxError::Gone)
    }

    /// Closes the socket for commands. The replies from inside can still be read.
    fn end(&self) {
        let _ = self.stream().shutdown(Shutdown::Write);
    }

    fn cut(&self) {
        let _ = self.stream().shutdown(Shutdown::Both);
    }
}

impl Drop for Lifeline {
    fn drop(&mut self) {
        self.cut();
    }
}

impl Sandbox {
    /// Starts a sandbox. `exe` is the harness's binary. The OCI runtime is a copy of the binary, so
    /// a rebuild changes nothing.
    ///
    /// The slot's directory is `/run/ac` inside. The directories `/run`, `/tmp`, `/var/lib` and
    /// `/var/log` are private. A new sandbox has only the binds and `/run/kernel-settings` there.
    ///
    /// # Errors
    /// If the machine refuses a namespace, a cgroup, a mount or the network. The call then removes
    /// the remains, or leaves the remains to a sweep.
    pub fn start(exe: &Path, slot: Slot, spec: SandboxSpec) -> Result<Self, SandboxError> {
        let started = launch(exe, &slot, spec).and_then(|stream| connect(&slot, stream));
        match started {
            Ok((lifeline, replies, init)) => Ok(Self { lifeline, replies, init, slot }),
            Err(error) => {
                // The error of a removal is dropped, because the first error says more. A sweep
                // removes the rest.
                let _ = slot.clean();
                Err(error)
            }
        }
    }

    /// The address of the sandbox: of the node, the API server and the object store.
    pub fn node_ip(&self) -> Ipv4Addr {
        self.slot.addresses().1
    }

    /// The address of the host, as seen from the sandbox.
    pub fn host_ip(&self) -> Ipv4Addr {
        self.slot.addresses().0
    }

    /// The first process of the sandbox, with its number on the host.
    pub fn init(&self) -> Identity {
        self.init
    }

    /// The slot of the sandbox.
    pub fn slot(&self) -> &Slot {
        &self.slot
    }

    /// Starts a server. [`Sandbox::events`] and [`Sandbox::ended`] report the server's end, however
    /// early.
    ///
    /// # Errors
    /// If the server cannot be started, a server of that name runs already, or the sandbox has
    /// ended.
    pub fn start_server(&self, server: ServerSpec) -> Result<(), SandboxError> {
        let doing = format!("start {}", server.name);
        self.replies.forget_end(&server.name);
        self.call(Order::Start(server), &doing).map(drop)
    }

    /// Sends a signal to the process group of a server. [`Sandbox::events`] reports the server's
    /// end.
    ///
    /// # Errors
    /// If no such server runs, or the sandbox has ended.
    pub fn signal_server(&self, name: &str, signal: Signal) -> Result<(), SandboxError> {
        let order = Order::Signal { server: name.to_owned(), signal: signal as i32 };
        self.call(order, &format!("send {signal} to {name}")).map(drop)
    }

    /// The servers that have ended so far and were not started again. The end of the sandbox itself
    /// is in the list under the name `sandbox`.
    pub fn ended(&self) -> Vec<ServerEnd> {
        self.replies.ended()
    }

    /// Every event, past and future, in order. The channel closes after [`Event::Gone`].
    pub fn events(&self) -> mpsc::Receiver<Event> {
        self.replies.subscribe()
    }

    /// Runs a program inside and waits for its end. The environment is empty. The time limit is the
    /// default of [`ExecSpec`].
    ///
    /// # Errors
    /// If the sandbox has ended, or the program exceeds the time limit. A program that fails, or
    /// cannot be started, is no error.
    pub fn exec(&self, argv: &[&str]) -> Result<ExecOutput, SandboxError> {
        self.run(ExecSpec::new(argv.iter().copied()))
    }

    /// Runs a program inside and waits for its end.
    ///
    /// # Errors
    /// If the sandbox has ended, or the program exceeds the time limit, after which its process
    /// group is killed. A program that fails, or cannot be started, is no error.
    pub fn run(&self, exec: ExecSpec) -> Result<ExecOutput, SandboxError> {
        let (program, after) = (exec.argv.first().cloned().unwrap_or_default(), exec.timeout);
        let (id, answer) = self.replies.expect_answer()?;
        self.lifeline.send(&Command::Call { id, order: Order::Exec(exec) })?;
        let (answer, late) = match answer.recv_timeout(after) {
            Err(mpsc::RecvTimeoutError::Timeout) => {
                self.lifeline.send(&Command::Abort { id })?;
                (answer.recv(), true)
            }
            other => (other.map_err(|_| mpsc::RecvError), false),
        };
        match answer.map_err(|_| SandboxError::Gone)? {
            // A late program that succeeded ended before the kill, and counts as done.
            Ok(Answer::Executed(ran)) if late && !ran.success => {
                Err(SandboxError::TimedOut { program, after, output: ran.output })
            }
            Ok(Answer::Executed(ran)) => Ok(ran),
            Ok(Answer::Done) => Err(SandboxError::Gone),
            Err(why) => Err(SandboxError::Refused { doing: format!("run {program}"), why }),
        }
    }

    /// Lets the sandbox outlive the harness, and returns the number of the slot.
    /// [`crate::slot::kill`] ends the sandbox.
    ///
    /// # Errors
    /// If the sandbox has ended, or the release cannot be noted. The sandbox ends then.
    pub fn release(self) -> Result<u16, SandboxError> {
        // The note comes first. A sandbox that runs on without a note could not be ended by its
        // number.
        self.slot.note_release().map_err(system("note that the sandbox is released"))?;
        self.call(Order::Release, "release the sandbox")?;
        Ok(self.slot.index())
    }

    /// Ends every process of the sandbox and waits for their end. The call then removes the
    /// interface, the cgroups and the slot's directory.
    ///
    /// # Errors
    /// If something cannot be removed.
    pub fn end(self) -> Result<Swept, SandboxError> {
        self.lifeline.cut();
        Ok(self.slot.clean()?)
    }

    fn call(&self, order: Order, doing: &str) -> Result<Answer, SandboxError> {
        let (id, answer) = self.replies.expect_answer()?;
        self.lifeline.send(&Command::Call { id, order })?;
        let answer = answer.recv().map_err(|_| SandboxError::Gone)?;
        answer.map_err(|why| SandboxError::Refused { doing: doing.to_owned(), why })
    }
}

/// Runs the verb that makes the namespaces. Returns the harness's side of the socket to the first
/// process.
fn launch(exe: &Path, slot: &Slot, mut spec: SandboxSpec) -> Result<UnixStream, SandboxError> {
    let own = slot.directory().join(SELF_INSIDE);
    let copy = || {
        std::fs::create_dir_all(&own)?;
        std::fs::copy(exe, own.join("argo-conformance"))?;
        std::os::unix::fs::symlink("argo-conformance", own.join(OCI_RUNTIME))
    };
    copy().map_err(system("copy the harness's binary"))?;
    spec.binds.insert(0, Bind { source: slot.directory().into(), target: "/run/ac".into() });
    let (_, node_ip, prefix) = slot.addresses();
    let interface = slot.interfaces().1;
    let boot = Boot { spec, cgroup: slot.cgroup(), interface, node_ip, prefix };
    let path = slot.directory().join("boot.json");
    let log = slot.directory().join("init.log");
    let (ours, theirs) = UnixStream::pair().map_err(system("make a socket"))?;
    let spawn = || {
        std::fs::write(&path, serde_json::to_vec(&boot)?)?;
        // The copy is not run here. A process that another thread starts has the copy open for
        // writing for a moment. The kernel refuses to run such a file ("text file busy").
        Program::new(exe)
            .args([INTERNAL, "sandbox"])
            .arg(&path)
            .env_clear()
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::from(slot.share_lock()?))
            .stderr(Stdio::from(std::fs::File::create(&log)?))
            .spawn()?
            .wait()
    };
    let ended = spawn().map_err(system("start the sandbox"))?;
    if !ended.success() {
        let said = std::fs::read_to_string(&log).unwrap_or_default();
        return Err(SandboxError::Boot(format!("{ended}: {}", said.trim())));
    }
    Ok(ours)
}

type Connected = (Lifeline, Arc<Replies>, Identity);

/// Makes the network and waits until the first process has set up everything.
fn connect(slot: &Slot, stream: UnixStream) -> Result<Connected, SandboxError> {
    let failed = || system("use the sandbox's socket");
    let reader = stream.try_clone().map_err(failed())?;
    stream.set_read_timeout(Some(budgets::SANDBOX_START.time)).map_err(failed())?;
    let lifeline = Lifeline(Mutex::new(stream));
    let mut lines = BufReader::new(reader).lines();
    let ended = || {
        let said = std::fs::read_to_string(slot.directory().join("init.log")).unwrap_or_default();
        SandboxError::Boot(format!("its first process has ended: {}", said.trim()))
    };
    let pid = match next_reply(&mut lines, ended)? {
        Reply::Pid(pid) => pid,
        other => return Err(refused(other)),
    };
    let admitted = admit(slot, pid).and_then(|init| {
        lifeline.send(&Command::LinkReady)?;
        Ok(init)
    });
    if admitted.is_err() {
        lifeline.end();
    }
    // A first process that gave up may be the cause of this failure. Its reply then has the reason.
    let init = match (next_reply(&mut lines, ended), admitted) {
        (Ok(Reply::Ready), Ok(init)) => init,
        (Ok(Reply::Failed(why)), _) => return Err(SandboxError::Boot(why)),
        (_, Err(error)) | (Err(error), _) => return Err(error),
        (Ok(other), _) => return Err(refused(other)),
    };
    lifeline.stream().set_read_timeout(None).map_err(failed())?;
    let replies = Arc::<Replies>::default();
    let told = Arc::clone(&replies);
    std::thread::spawn(move || {
        while let Ok(reply) = next_reply(&mut lines, || SandboxError::Gone) {
            told.take(reply);
        }
        told.gone();
    });
    Ok((lifeline, replies, init))
}

fn refused(reply: Reply) -> SandboxError {
    match reply {
        Reply::Failed(why) => SandboxError::Boot(why),
        other => SandboxError::Boot(format!("unexpected reply {other:?}")),
    }
}

/// Notes the first process and connects its network namespace with the host.
fn admit(slot: &Slot, pid: u32) -> Result<Identity, SandboxError> {
    let init = Identity::of(pid).ok_or(SandboxError::Gone)?;
    slot.note_init(init).map_err(system("note the sandbox's pid"))?;
    link(slot, pid).map_err(system("connect the sandbox's network"))?;
    Ok(init)
}

fn link(slot: &Slot, pid: u32) -> std::io::Result<()> {
    let (host_ip, _, prefix) = slot.addresses();
    let (here, there) = slot.interfaces();
    let mut network = Network::open()?;
    network.make_pair(&here, &there, pid)?;
    network.set_up(&here, Some((host_ip, prefix)))
}

fn next_reply(
    lines: &mut Lines<BufReader<UnixStream>>,
    ended: impl FnOnce() -> SandboxError,
) -> Result<Reply, SandboxError> {
    let line = lines.next().ok_or_else(ended)?;
    let line = line.map_err(system("listen to the sandbox"))?;
    serde_json::from_str(&line)
        .map_err(|e| SandboxError::Boot(format!("unreadable reply {line:?}: {e}")))
}
