//! The sandbox from outside: started, told what to run, ended.

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::net::Ipv4Addr;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command as Program, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};

use crate::control::{Boot, Command, Reply, send};
use crate::network::Network;
use crate::slot::{Slot, SlotError, Swept};
use crate::spec::{Bind, ExecOutput, SandboxSpec, ServerEnd, ServerSpec};
use crate::verb::{INTERNAL, OCI_RUNTIME};

/// A running sandbox. When it is dropped, everything in it is dead at once; what is left of it is
/// removed by [`Sandbox::end`], or by the next start, or by [`crate::slot::sweep`].
pub struct Sandbox {
    slot: Slot,
    stream: Mutex<UnixStream>,
    replies: Arc<Mutex<Replies>>,
    next: AtomicU64,
}

#[derive(Default)]
struct Replies {
    ended: Vec<ServerEnd>,
    executing: HashMap<u64, mpsc::Sender<ExecOutput>>,
    released: Option<mpsc::Sender<()>>,
    gone: bool,
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
    /// The sandbox's first process could not set it up.
    #[error("set up the sandbox: {0}")]
    Boot(String),
    /// The sandbox has ended.
    #[error("the sandbox has ended")]
    Gone,
    /// What is left of it cannot be removed.
    #[error("remove the sandbox")]
    Slot(#[from] SlotError),
}

fn system(doing: &str) -> impl FnOnce(std::io::Error) -> SandboxError {
    let doing = doing.to_owned();
    move |cause| SandboxError::System { doing, cause }
}

/// Where the harness's own binary is seen inside, under its name as OCI runtime.
pub(crate) const SELF_INSIDE: &str = "self";

impl Sandbox {
    /// Starts a sandbox. `exe` is the harness's binary; a copy of it becomes the first process, so
    /// that a rebuild changes nothing.
    ///
    /// # Errors
    /// If the machine refuses a namespace, a cgroup, a mount or the network.
    pub fn start(exe: &Path, slot: Slot, mut spec: SandboxSpec) -> Result<Self, SandboxError> {
        let own = slot.directory().join(SELF_INSIDE);
        let binary = own.join("argo-conformance");
        let copy = || {
            std::fs::create_dir_all(&own)?;
            std::fs::copy(exe, &binary)?;
            std::os::unix::fs::symlink("argo-conformance", own.join(OCI_RUNTIME))
        };
        copy().map_err(system("copy the harness's binary"))?;
        spec.binds.insert(0, Bind { source: slot.directory().into(), target: "/run/ac".into() });
        let (_, node_ip, prefix) = slot.addresses();
        let interface = slot.interfaces().1;
        let boot = Boot { spec, cgroup: slot.cgroup(), interface, node_ip, prefix };
        let path = slot.directory().join("boot.json");
        let (mine, theirs) = UnixStream::pair().map_err(system("make a socket"))?;
        let spawn = || {
            std::fs::write(&path, serde_json::to_vec(&boot)?)?;
            let log = std::fs::File::create(slot.directory().join("init.log"))?;
            Program::new(&binary)
                .args([INTERNAL, "sandbox"])
                .arg(&path)
                .env_clear()
                .stdin(Stdio::from(OwnedFd::from(theirs)))
                .stdout(Stdio::from(slot.lock()?))
                .stderr(Stdio::from(log))
                .spawn()?
                .wait()
        };
        let ended = spawn().map_err(system("start the sandbox"))?;
        if !ended.success() {
            let log = std::fs::read_to_string(slot.directory().join("init.log"));
            return Err(SandboxError::Boot(log.unwrap_or_default().trim().to_owned()));
        }
        Self::connect(slot, mine)
    }

    fn connect(slot: Slot, stream: UnixStream) -> Result<Self, SandboxError> {
        let reader = stream.try_clone().map_err(system("use the sandbox's socket"))?;
        let mut lines = BufReader::new(reader).lines();
        // The process that made the namespaces tells the pid; the first process may be faster.
        let (mut pid, mut early) = (None, None);
        while pid.is_none() {
            match next_reply(&mut lines)? {
                Reply::Pid(told) => pid = Some(told),
                Reply::Failed(why) => early = Some(why),
                _ => {}
            }
        }
        if let Some(why) = early {
            return Err(SandboxError::Boot(why));
        }
        let pid = pid.unwrap_or_default();
        slot.note(Some(pid)).map_err(system("note the sandbox's pid"))?;
        link(&slot, pid).map_err(system("connect the sandbox's network"))?;
        send(&stream, &Command::LinkReady).map_err(system("talk to the sandbox"))?;
        match next_reply(&mut lines)? {
            Reply::Ready => {}
            Reply::Failed(why) => return Err(SandboxError::Boot(why)),
            other => return Err(SandboxError::Boot(format!("unexpected reply {other:?}"))),
        }
        let replies = Arc::<Mutex<Replies>>::default();
        let told = Arc::clone(&replies);
        std::thread::spawn(move || listen(lines, &told));
        Ok(Self { slot, stream: Mutex::new(stream), replies, next: AtomicU64::new(0) })
    }

    /// The address of the sandbox: of the node, its API server, its store.
    pub fn node_ip(&self) -> Ipv4Addr {
        self.slot.addresses().1
    }

    /// The slot that it has.
    pub fn slot(&self) -> &Slot {
        &self.slot
    }

    /// Starts a server. Its end, however soon, is told by [`Sandbox::ended`].
    ///
    /// # Errors
    /// If the sandbox has ended.
    pub fn start_server(&self, server: ServerSpec) -> Result<(), SandboxError> {
        self.tell(&Command::Start(server))
    }

    /// The servers that have ended so far. A sandbox that has itself ended is told as one.
    pub fn ended(&self) -> Vec<ServerEnd> {
        let replies = self.replies.lock().unwrap_or_else(PoisonError::into_inner);
        let mut ended = replies.ended.clone();
        if replies.gone {
            ended.push(ServerEnd { name: "sandbox".to_owned(), how: "ended".to_owned() });
        }
        ended
    }

    /// Runs a program inside and waits for its end.
    ///
    /// # Errors
    /// If the sandbox has ended. A program that fails is no error.
    pub fn exec(&self, argv: &[&str]) -> Result<ExecOutput, SandboxError> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (sender, receiver) = mpsc::channel();
        let mut replies = self.replies.lock().unwrap_or_else(PoisonError::into_inner);
        if replies.gone {
            return Err(SandboxError::Gone);
        }
        replies.executing.insert(id, sender);
        drop(replies);
        let argv = argv.iter().map(|&a| a.to_owned()).collect();
        self.tell(&Command::Exec { id, argv })?;
        receiver.recv().map_err(|_| SandboxError::Gone)
    }

    /// Lets the sandbox outlive the harness; [`crate::slot::kill`] ends it. Returns its slot's
    /// number.
    ///
    /// # Errors
    /// If the sandbox has ended.
    pub fn release(self) -> Result<u16, SandboxError> {
        let (sender, receiver) = mpsc::channel();
        self.replies.lock().unwrap_or_else(PoisonError::into_inner).released = Some(sender);
        self.tell(&Command::Release)?;
        receiver.recv().map_err(|_| SandboxError::Gone)?;
        Ok(self.slot.index())
    }

    /// Ends everything in it and removes what is left.
    ///
    /// # Errors
    /// If something cannot be removed.
    pub fn end(self) -> Result<Swept, SandboxError> {
        let stream = self.stream.into_inner().unwrap_or_else(PoisonError::into_inner);
        let _ = stream.shutdown(std::net::Shutdown::Both);
        Ok(self.slot.clean()?)
    }

    fn tell(&self, command: &Command) -> Result<(), SandboxError> {
        let stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        send(&stream, command).map_err(|_| SandboxError::Gone)
    }
}

fn link(slot: &Slot, pid: u32) -> std::io::Result<()> {
    let (host_ip, _, prefix) = slot.addresses();
    let (here, there) = slot.interfaces();
    let mut network = Network::open()?;
    network.make_pair(&here, &there, pid)?;
    network.set_up(&here, Some((host_ip, prefix)))
}

type Lines = std::io::Lines<BufReader<UnixStream>>;

fn next_reply(lines: &mut Lines) -> Result<Reply, SandboxError> {
    let line = lines.next().ok_or(SandboxError::Gone)?;
    let line = line.map_err(system("listen to the sandbox"))?;
    serde_json::from_str(&line)
        .map_err(|e| SandboxError::Boot(format!("unreadable reply {line:?}: {e}")))
}

fn listen(mut lines: Lines, replies: &Mutex<Replies>) {
    while let Ok(reply) = next_reply(&mut lines) {
        let mut replies = replies.lock().unwrap_or_else(PoisonError::into_inner);
        match reply {
            Reply::Ended(end) | Reply::StartFailed(end) => replies.ended.push(end),
            Reply::Executed { id, output } => {
                if let Some(waiting) = replies.executing.remove(&id) {
                    let _ = waiting.send(output);
                }
            }
            Reply::Released => drop(replies.released.take().map(|r| r.send(()))),
            Reply::Pid(_) | Reply::Ready | Reply::Failed(_) => {}
        }
    }
    let mut replies = replies.lock().unwrap_or_else(PoisonError::into_inner);
    replies.gone = true;
    replies.executing.clear();
    replies.released = None;
}
