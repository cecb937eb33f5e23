//! The sandbox from outside: started, told what to run, ended.

mod replies;

use std::io::{BufRead, BufReader, Lines};
use std::net::{Ipv4Addr, Shutdown};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command as Program, Stdio};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use nix::sys::signal::Signal;

use crate::control::{Answer, Boot, Command, Order, Reply, send};
use crate::network::Network;
use crate::process::Identity;
use crate::slot::{Slot, SlotError, Swept};
use crate::spec::{Bind, ExecOutput, ExecSpec, SandboxSpec, ServerEnd, ServerSpec};
use crate::verb::{INTERNAL, OCI_RUNTIME};
pub use replies::Event;
use replies::Replies;

/// A running sandbox, to be used from as many threads as wanted.
///
/// # Guarantees
/// When it is dropped, or the harness is gone, however it went, everything in it is dead at once.
/// What is left of it then, a directory and cgroups, is removed by [`Sandbox::end`], or by the next
/// one who takes its slot, or by [`crate::slot::sweep`].
pub struct Sandbox {
    lifeline: Lifeline,
    replies: Arc<Replies>,
    init: Identity,
    slot: Slot,
}

/// A sandbox could not be started or used.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// Something of the machine refused.
    #[error("{doing}")]
    System {
        /// What was being done.
        doing: String,
        /// Why not.
        #[source]
        cause: std::io::Error,
    },
    /// The sandbox's first process could not set it up; which step failed, and why.
    #[error("set up the sandbox: {0}")]
    Boot(String),
    /// The sandbox did as it was told, and the machine refused.
    #[error("{doing}: {why}")]
    Refused {
        /// What was being done.
        doing: String,
        /// Why not.
        why: String,
    },
    /// A program took longer than it was given. It was killed.
    #[error("run {program}: not done after {} s, killed\nhint: {output}", after.as_secs_f32())]
    TimedOut {
        /// The program.
        program: String,
        /// What it was given.
        after: Duration,
        /// What it had said.
        output: String,
    },
    /// The sandbox has ended.
    #[error("the sandbox has ended")]
    Gone,
    /// What is left of it cannot be removed.
    #[error("remove the sandbox")]
    Slot(#[from] SlotError),
}

fn system(doing: &str) -> impl FnOnce(std::io::Error) -> SandboxError {
    move |cause| SandboxError::System { doing: doing.to_owned(), cause }
}

/// Where the harness's own binary is below the slot's directory, also under its name as OCI
/// runtime; inside, `/run/ac/self/oci-runtime`.
pub(crate) const SELF_INSIDE: &str = "self";

/// How long setting up may take. It takes some tens of milliseconds; more than this is a bug or a
/// machine that is stuck.
const PATIENCE: Duration = Duration::from_secs(30);

/// The harness's end of the socket. Its end is the end of the sandbox. The thread that listens
/// holds it too, so it is shut down when dropped, which counts as its end.
struct Lifeline(Mutex<UnixStream>);

impl Lifeline {
    fn send(&self, command: &Command) -> Result<(), SandboxError> {
        let stream = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        send(&stream, command).map_err(|_| SandboxError::Gone)
    }

    /// Says that nothing more will be said. What was said from inside can still be read.
    fn end(&self) {
        let stream = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = stream.shutdown(Shutdown::Write);
    }

    fn cut(&self) {
        let stream = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = stream.shutdown(Shutdown::Both);
    }
}

impl Drop for Lifeline {
    fn drop(&mut self) {
        self.cut();
    }
}

impl Sandbox {
    /// Starts a sandbox. `exe` is the harness's binary. What is run later, the OCI runtime, is a
    /// copy of it, so that a rebuild changes nothing.
    ///
    /// Inside, the slot's directory is `/run/ac`; `/run`, `/tmp`, `/var/lib` and `/var/log` are
    /// otherwise empty and private.
    ///
    /// # Errors
    /// If the machine refuses a namespace, a cgroup, a mount or the network. Nothing is left then.
    pub fn start(exe: &Path, slot: Slot, spec: SandboxSpec) -> Result<Self, SandboxError> {
        let started = launch(exe, &slot, spec).and_then(|stream| connect(&slot, stream));
        match started {
            Ok((lifeline, replies, init)) => Ok(Self { lifeline, replies, init, slot }),
            Err(error) => {
                // The error says more than that something could not be removed; a sweep does it.
                let _ = slot.clean();
                Err(error)
            }
        }
    }

    /// The address of the sandbox: of the node, its API server, its store.
    pub fn node_ip(&self) -> Ipv4Addr {
        self.slot.addresses().1
    }

    /// The address of the host, as seen from the sandbox.
    pub fn host_ip(&self) -> Ipv4Addr {
        self.slot.addresses().0
    }

    /// Its first process, as the host numbers it.
    pub fn init(&self) -> Identity {
        self.init
    }

    /// The slot that it has.
    pub fn slot(&self) -> &Slot {
        &self.slot
    }

    /// Starts a server. Its end, however soon, is told by [`Sandbox::events`] and
    /// [`Sandbox::ended`].
    ///
    /// # Errors
    /// If it cannot be started, one of that name runs already, or the sandbox has ended.
    pub fn start_server(&self, server: ServerSpec) -> Result<(), SandboxError> {
        let doing = format!("start {}", server.name);
        self.replies.forget_end(&server.name);
        self.call(Order::Start(server), &doing).map(drop)
    }

    /// Sends a signal to a server and all of its process group. Its end is told as any other.
    ///
    /// # Errors
    /// If no such server runs, or the sandbox has ended.
    pub fn signal_server(&self, name: &str, signal: Signal) -> Result<(), SandboxError> {
        let order = Order::Signal { server: name.to_owned(), signal: signal as i32 };
        self.call(order, &format!("send {signal} to {name}")).map(drop)
    }

    /// The servers that have ended so far and were not started again. A sandbox that has itself
    /// ended is told as one.
    pub fn ended(&self) -> Vec<ServerEnd> {
        self.replies.ended()
    }

    /// What happens from now on, and what has happened before. Closed after [`Event::Gone`].
    pub fn events(&self) -> mpsc::Receiver<Event> {
        self.replies.subscribe()
    }

    /// Runs a program inside, without any environment, and waits for its end: [`Sandbox::run`] for
    /// what needs nothing else.
    ///
    /// # Errors
    /// If the sandbox has ended, or the program takes too long. A program that fails, or cannot be
    /// started, is no error.
    pub fn exec(&self, argv: &[&str]) -> Result<ExecOutput, SandboxError> {
        self.run(ExecSpec::new(argv.iter().copied()))
    }

    /// Runs a program inside and waits for its end.
    ///
    /// # Errors
    /// If the sandbox has ended, or the program takes too long, in which case its process group is
    /// dead. A program that fails, or cannot be started, is no error.
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
            // Done after all, between its time and its being killed.
            Ok(Answer::Executed(ran)) if late && !ran.success => {
                Err(SandboxError::TimedOut { program, after, output: ran.output })
            }
            Ok(Answer::Executed(ran)) => Ok(ran),
            Ok(Answer::Done) => Err(SandboxError::Gone),
            Err(why) => Err(SandboxError::Refused { doing: format!("run {program}"), why }),
        }
    }

    /// Lets the sandbox outlive the harness; [`crate::slot::kill`] ends it. Returns its slot's
    /// number.
    ///
    /// # Errors
    /// If the sandbox has ended, or that it is released cannot be noted; it is dead then.
    pub fn release(self) -> Result<u16, SandboxError> {
        // Noted first: a sandbox that lives on unnoted could not be ended by its number.
        self.slot.note_release().map_err(system("note that the sandbox is released"))?;
        self.call(Order::Release, "release the sandbox")?;
        Ok(self.slot.index())
    }

    /// Ends everything in it, waits until all of it is gone, and removes what is left: interface,
    /// cgroups, the slot's directory.
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

/// Runs the verb that makes the namespaces; the harness's end of the socket to the first process.
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
        // Not the copy: while another thread starts a process, that process has the file open for
        // writing for a moment, and the kernel refuses to run it ("text file busy").
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
    stream.set_read_timeout(Some(PATIENCE)).map_err(failed())?;
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
    // What failed may have failed because the first process gave up; it then says why.
    let init = match (next_reply(&mut lines, ended), admitted) {
        (Ok(Reply::Ready), Ok(init)) => init,
        (Ok(Reply::Failed(why)), _) => return Err(SandboxError::Boot(why)),
        (_, Err(error)) | (Err(error), _) => return Err(error),
        (Ok(other), _) => return Err(refused(other)),
    };
    let stream = lifeline.0.lock().unwrap_or_else(PoisonError::into_inner);
    stream.set_read_timeout(None).map_err(failed())?;
    drop(stream);
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
