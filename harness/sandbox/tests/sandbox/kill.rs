//! Tests of the end of an owner: nothing of its sandbox runs on.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sandbox::slot::{kill, sweep};

use crate::machine::{PATIENCE, Place, Trace, eventually, exe, mark, processes, server};

/// A harness in a process of its own. The drop kills the process.
struct Owner {
    process: Child,
}

impl Owner {
    fn start(verb: &str, place: &Place, seconds: &str) -> Self {
        Self::start_with(verb, place, seconds, ":")
    }

    /// Starts the owner by a shell that runs `before` first.
    fn start_with(verb: &str, place: &Place, seconds: &str, before: &str) -> Self {
        let mut owner = Command::new("/bin/sh");
        owner.arg("-c").arg(format!("{before}; exec \"$0\" \"$@\"")).arg(exe());
        owner.arg(verb).arg(place.locks()).arg(place.data()).arg(seconds);
        owner.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        Self { process: owner.spawn().expect("start") }
    }

    /// Waits until the owner prints the number of its slot.
    fn slot(&mut self) -> u16 {
        let mut line = String::new();
        let stdout = self.process.stdout.take().expect("a pipe");
        BufReader::new(stdout).read_line(&mut line).expect("it says its slot");
        line.trim().parse().expect("a number")
    }

    /// Number of processes of the owner's sandbox.
    fn sleepers(&self, seconds: &str) -> usize {
        processes(seconds).into_iter().filter(|p| *p != self.process.id()).count()
    }

    fn kill(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Asserts that nothing of this place is left on the machine after a sweep.
fn nothing_is_left(place: &Place, seconds: &str) {
    eventually("no server lives", || processes(seconds).is_empty());
    // A first process that ran on would hold the lock.
    eventually("all slots are free", || {
        let swept = sweep(&place.locks()).expect("sweep");
        assert!(swept.failed.is_empty(), "{swept:?}");
        swept.in_use.is_empty()
    });
    let left = std::fs::read_dir(place.data()).map(Iterator::count).unwrap_or_default();
    assert_eq!(left, 0, "directories are left");
}

#[test]
fn nothing_survives_an_owner_killed_at_any_moment() {
    let place = Place::new();
    let mut after_ready = 0;
    for round in 0..60_u32 {
        let seconds = mark();
        let mut owner = Owner::start("own-sandbox", &place, &seconds);
        // The test varies the moment of the kill. Half of the kills are in the first 10 ms.
        let moment = if round % 2 == 0 { round * 170 } else { round * 7_000 % 180_000 };
        std::thread::park_timeout(Duration::from_micros(u64::from(moment)));
        after_ready += u32::from(owner.sleepers(&seconds) > 0);
        owner.kill();
        nothing_is_left(&place, &seconds);
    }
    assert!(after_ready > 5, "only {after_ready} kills hit a server that ran");
}

#[test]
fn an_owner_killed_with_a_running_server_leaves_what_sweep_removes() {
    let place = Place::new();
    let seconds = mark();
    let mut owner = Owner::start("own-sandbox", &place, &seconds);
    let index = owner.slot();
    let trace = Trace::of(index);
    assert!(trace.is_complete());
    eventually("the server sleeps", || owner.sleepers(&seconds) == 1);
    owner.kill();
    eventually("the server is dead", || processes(&seconds).is_empty());
    eventually("the interface is gone by itself", || !trace.has_interface());
    assert!(trace.has_cgroups(), "cgroups do not go by themselves");
    eventually("the slot is swept", || {
        let swept = sweep(&place.locks()).expect("sweep");
        if swept.removed.slots == 0 {
            return false;
        }
        assert_eq!(swept.removed.directories, 1);
        assert!(swept.removed.cgroups >= 3, "{swept:?}");
        true
    });
    assert!(trace.is_gone());
    assert!(!place.data().join(format!("sandbox-{index}")).exists());
}

/// The connection is like that of the API server to a pod whose network was removed. Nothing
/// answers the end of the connection. The network of the whole sandbox stays while the kernel
/// repeats the end.
#[test]
fn a_connection_to_somebody_who_is_gone_does_not_keep_the_network() {
    let place = Place::new();
    let sandbox = place.start();
    let hold = server("hold", &["/run/ac/self/argo-conformance", "hold", "8080"]);
    sandbox.start_server(hold).expect("start");
    let pod = "ip netns add pod && ip link add v0 type veth peer name v1 netns pod && \
        ip address add 10.9.9.1/24 dev v0 && ip link set v0 up && \
        ip -n pod address add 10.9.9.2/24 dev v1 && ip -n pod link set v1 up && \
        exec ip netns exec pod bash -c \
        'until exec 3<>/dev/tcp/10.9.9.1/8080; do :; done; exec sleep 86400' 2>/dev/null";
    sandbox.start_server(server("pod", &["/bin/sh", "-c", pod])).expect("start");
    eventually("the pod is connected", || {
        let tcp = std::fs::read_to_string(format!("/proc/{}/net/tcp", sandbox.init().pid));
        // The line has port 8080 and the state ESTABLISHED.
        let both = |line: &str| line.contains(":1F90 ") && line.contains(" 01 ");
        tcp.is_ok_and(|tcp| tcp.lines().any(both))
    });
    let gone = sandbox.exec(&["/usr/sbin/ip", "link", "delete", "v0"]).expect("run");
    assert!(gone.success, "{gone:?}");
    let trace = Trace::of(sandbox.slot().index());
    drop(sandbox);
    eventually("the interface is gone by itself", || !trace.has_interface());
}

#[test]
fn dropping_a_sandbox_is_enough() {
    let place = Place::new();
    let sandbox = place.start();
    let seconds = mark();
    sandbox.start_server(server("sleep", &["/bin/sleep", &seconds])).expect("start");
    eventually("the server sleeps", || processes(&seconds).len() == 1);
    let init = sandbox.init();
    drop(sandbox);
    eventually("all are dead", || processes(&seconds).is_empty() && !init.is_alive());
}

#[test]
fn an_owner_knows_when_its_sandbox_is_killed() {
    let place = Place::new();
    let sandbox = place.start();
    let events = sandbox.events();
    let pid = i32::try_from(sandbox.init().pid).expect("a pid");
    let pid = nix::unistd::Pid::from_raw(pid);
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL).expect("kill");
    assert_eq!(events.recv_timeout(PATIENCE), Ok(sandbox::Event::Gone));
    assert!(matches!(sandbox.exec(&["/bin/true"]), Err(sandbox::SandboxError::Gone)));
    assert_eq!(sandbox.ended().len(), 1);
    sandbox.end().expect("end");
}

#[test]
fn a_released_sandbox_outlives_its_harness_until_it_is_killed() {
    let place = Place::new();
    let seconds = mark();
    let mut owner = Owner::start_with("release-sandbox", &place, &seconds, "exec 7>&1");
    let index = owner.slot();
    assert!(owner.process.wait().expect("wait").success());
    eventually("the server sleeps", || processes(&seconds).len() == 1);
    let swept = sweep(&place.locks()).expect("sweep");
    let [(in_use, Some(note))] = &swept.in_use[..] else { panic!("{swept:?}") };
    assert!(*in_use == index && note.released);
    let init = note.init.expect("it is noted");
    let held = std::fs::read_dir(format!("/proc/{}/fd", init.pid)).expect("its open files");
    let held: Vec<_> = held.filter_map(|f| std::fs::read_link(f.ok()?.path()).ok()).collect();
    let ours = |path: &Path| path.to_string_lossy().starts_with("pipe:");
    assert!(!held.iter().any(|path| ours(path)), "it holds open what it inherited: {held:?}");
    assert_eq!(processes(&seconds).len(), 1, "a sweep leaves it alone");
    assert!(kill(&place.locks(), index).expect("kill"));
    assert!(processes(&seconds).is_empty());
    assert!(!kill(&place.locks(), index).expect("kill"), "there is none any more");
}

#[test]
fn starting_and_ending_is_quick() {
    let place = Place::new();
    let mut best = (Duration::MAX, Duration::MAX);
    for _ in 0..5 {
        let began = Instant::now();
        let sandbox = place.start();
        let started = began.elapsed();
        sandbox.end().expect("end");
        best = (best.0.min(started), best.1.min(began.elapsed().saturating_sub(started)));
    }
    assert!(best.0 < Duration::from_secs(2), "{best:?}");
    assert!(best.1 < Duration::from_secs(2), "{best:?}");
}
