//! Tests of a sandbox that runs: its contents, and its separation from the host.

use std::io::Read;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::Duration;

use nix::sys::signal::Signal;
use sandbox::spec::{Bind, ExecSpec, SandboxSpec, ServerEnd};
use sandbox::{Event, Sandbox, SandboxError};

use crate::machine::{
    PATIENCE, Place, Trace, cgroup_roots, eventually, exe, mark, processes, server,
};

#[test]
fn a_program_inside_sees_the_sandbox_and_not_the_host() {
    let place = Place::new();
    let sandbox = place.start();
    let sh = |script: &str| {
        let path = [("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")];
        let ran = sandbox.run(ExecSpec::new(["/bin/sh", "-c", script]).env(path)).expect("run");
        assert!(ran.success, "{script}: {ran:?}");
        ran.stdout
    };
    assert_eq!(sh("hostname"), "box\n");
    assert_eq!(sh("env | cut -d= -f1 | sort | tr '\\n' ' '"), "PATH PWD ");
    assert_eq!(sh("pwd"), "/\n");
    assert_eq!(sh("cat /proc/1/comm"), "argo-sandbox\n");
    assert_eq!(sh("ls -A /var/lib /var/log /tmp | tr -d '\\n'"), "/tmp:/var/lib:/var/log:");
    assert!(sh("ls /run/ac/self").contains("oci-runtime"));
    // The only route is that of the address. No default route exists.
    assert_eq!(sh("tail -n +2 /proc/net/route | wc -l"), "1\n");
    assert!(!sh("tail -n +2 /proc/net/route").contains("\t00000000\t00000000\t"));
    let cgroup = sandbox.slot().cgroup();
    for line in sh("cat /proc/self/cgroup").lines() {
        assert!(line.ends_with(&format!(":/{cgroup}/servers")), "{line}");
    }
    for root in cgroup_roots() {
        assert!(root.join(&cgroup).join("pods").is_dir(), "{}", root.display());
    }
    sandbox.end().expect("end");
}

#[test]
fn what_is_written_inside_does_not_reach_the_host() {
    let place = Place::new();
    let sandbox = place.start();
    let name = format!("argo-conformance-test-{}", mark());
    let settings = ["kernel/panic", "vm/overcommit_memory", "kernel/keys/root_maxkeys"];
    let value = |name: &&str| std::fs::read_to_string(Path::new("/proc/sys").join(name)).ok();
    let before: Vec<_> = settings.iter().map(value).collect();
    for directory in ["/run", "/tmp", "/var/lib", "/var/log", "/run/ac"] {
        let ran = sandbox.exec(&["/usr/bin/touch", &format!("{directory}/{name}")]).expect("run");
        assert!(ran.success, "{ran:?}");
        assert!(!Path::new(directory).join(&name).exists(), "{directory}");
    }
    assert!(sandbox.slot().directory().join(&name).exists(), "the sandbox's own directory");
    let script = "cat /proc/sys/kernel/panic; echo 77 > /proc/sys/kernel/panic; \
                  cat /proc/sys/kernel/panic; echo 0 > /proc/sys/vm/overcommit_memory";
    let env = [("PATH", "/usr/bin:/bin")];
    let ran = sandbox.run(ExecSpec::new(["/bin/sh", "-c", script]).env(env)).expect("run");
    assert_eq!(ran.stdout, "10\n77\n", "{ran:?}");
    assert_eq!(settings.iter().map(value).collect::<Vec<_>>(), before);
    assert_eq!(nix::unistd::gethostname().expect("name").to_str().map(|h| h == "box"), Some(false));
    sandbox.end().expect("end");
}

#[test]
fn a_directory_below_one_that_is_covered_can_be_bound() {
    let place = Place::new();
    let source = tempfile::tempdir_in("/var/lib").expect("a directory");
    std::fs::write(source.path().join("file"), "from the host").expect("write");
    let bind = Bind { source: source.path().to_owned(), target: "/run/other/place".into() };
    let service_address = [10, 96, 0, 1].into();
    let spec = SandboxSpec { hostname: "box".to_owned(), binds: vec![bind], service_address };
    let sandbox = Sandbox::start(&exe(), place.slot(), spec).expect("a sandbox");
    let ran = sandbox.exec(&["/bin/cat", "/run/other/place/file"]).expect("run");
    assert_eq!(ran.stdout, "from the host");
    sandbox.end().expect("end");
    assert!(source.path().join("file").exists(), "what was bound stays");
}

#[test]
fn a_bind_that_is_not_there_is_an_error_that_names_it() {
    let place = Place::new();
    let bind = Bind { source: "/no/such".into(), target: "/run/x".into() };
    let service_address = [10, 96, 0, 1].into();
    let spec = SandboxSpec { hostname: "box".to_owned(), binds: vec![bind], service_address };
    let slot = place.slot();
    let (directory, trace) = (slot.directory().to_owned(), Trace::of(slot.index()));
    let error = Sandbox::start(&exe(), slot, spec).err().expect("it is not there");
    assert!(error.to_string().contains("set up the mounts: /no/such"), "{error}");
    assert!(!directory.exists() && trace.is_gone(), "nothing is left");
}

#[test]
fn the_host_reaches_the_node_and_a_dead_server_is_told() {
    let place = Place::new();
    let sandbox = place.start();
    let events = sandbox.events();
    let listen = server("listen", &["/run/ac/self/argo-conformance", "listen", "8080"]);
    sandbox.start_server(listen.clone()).expect("start");
    let node = SocketAddr::from((sandbox.node_ip(), 8080));
    let mut said = String::new();
    eventually("the server answers", || match TcpStream::connect(node) {
        Ok(mut stream) => stream.read_to_string(&mut said).is_ok(),
        Err(_) => false,
    });
    assert_eq!(said, "hello from inside\n");
    let again = sandbox.start_server(listen.clone());
    assert!(matches!(again, Err(SandboxError::Refused { .. })), "{again:?}");

    assert_eq!(sandbox.ended(), []);
    sandbox.signal_server("listen", Signal::SIGTERM).expect("signal");
    let end = ServerEnd { name: "listen".to_owned(), how: "signal SIGTERM".to_owned() };
    assert_eq!(events.recv_timeout(PATIENCE), Ok(Event::ServerEnded(end.clone())));
    assert_eq!(sandbox.ended(), [end]);
    assert!(sandbox.signal_server("listen", Signal::SIGTERM).is_err(), "it has ended");
    sandbox.start_server(listen).expect("the name is free again");
    assert_eq!(sandbox.ended(), []);
    sandbox.end().expect("end");
    assert_eq!(events.recv_timeout(PATIENCE), Ok(Event::Gone));
}

#[test]
fn servers_end_in_every_way() {
    let place = Place::new();
    let sandbox = place.start();
    let events = sandbox.events();
    let script = |name: &str, script: &str| server(name, &["/bin/sh", "-c", script]);
    sandbox.start_server(script("code", "echo words; echo bad >&2; exit 3")).expect("start");
    // Signal 40 is a real-time signal, which has no name.
    sandbox.start_server(script("signal", "kill -40 $$")).expect("start");
    // The program leaves an orphan to the first process. Such a signal ends the orphan too.
    sandbox
        .start_server(script("orphan", "(sh -c 'sleep 0.1; kill -40 $$' &); exit 0"))
        .expect("start");
    let mut ends: Vec<(String, String)> = (0..3)
        .map(|_| match events.recv_timeout(PATIENCE) {
            Ok(Event::ServerEnded(end)) => (end.name, end.how),
            other => panic!("{other:?}"),
        })
        .collect();
    ends.sort();
    let expected = [("code", "exit code 3"), ("orphan", "exit code 0"), ("signal", "signal 40")];
    assert_eq!(ends, expected.map(|(n, h)| (n.to_owned(), h.to_owned())));
    let log = std::fs::read_to_string(sandbox.slot().directory().join("logs/code.log"));
    assert_eq!(log.expect("a log"), "words\nbad\n");
    let missing = sandbox.start_server(server("missing", &["/no/such"]));
    assert!(missing.expect_err("no program").to_string().contains("start missing: No such file"));
    let init = sandbox.init();
    eventually("no zombie is left", || {
        let children = format!("/proc/{0}/task/{0}/children", init.pid);
        std::fs::read_to_string(children).is_ok_and(|c| c.trim().is_empty())
    });
    sandbox.end().expect("end");
}

#[test]
fn a_program_is_run_with_its_output_and_within_its_time() {
    let place = Place::new();
    let sandbox = place.start();
    let seconds = mark();
    let ran = sandbox.exec(&["/bin/sh", "-c", "echo out; echo err >&2; exit 4"]).expect("run");
    assert_eq!((ran.success, ran.code, ran.how.as_str()), (false, Some(4), "exit code 4"));
    assert_eq!((ran.stdout.as_str(), ran.output.as_str()), ("out\n", "out\nerr\n"));
    let missing = sandbox.exec(&["/no/such"]).expect("it is told in the output");
    assert!(!missing.success && missing.output.contains("No such file"), "{missing:?}");

    // A child that holds the output open does not delay the program's end.
    let script = format!("/bin/sleep {seconds} & echo started");
    let ran = sandbox.exec(&["/bin/sh", "-c", &script]).expect("run");
    assert_eq!(ran.stdout, "started\n");

    let slow = ExecSpec::new(["/bin/sh", "-c", "echo so far; sleep 86400"])
        .env([("PATH", "/usr/bin:/bin")])
        .timeout(Duration::from_millis(300));
    let error = sandbox.run(slow).expect_err("it is slow");
    assert!(matches!(&error, SandboxError::TimedOut { output, .. } if output == "so far\n"));

    // Many calls at once get each its own answer.
    std::thread::scope(|scope| {
        for number in 0..16 {
            let sandbox = &sandbox;
            scope.spawn(move || {
                let word = format!("number {number}");
                let ran = sandbox.exec(&["/bin/echo", &word]).expect("run");
                assert_eq!(ran.stdout, format!("{word}\n"));
            });
        }
    });
    sandbox.end().expect("end");
    assert!(processes(&seconds).is_empty());
}

#[test]
fn two_run_side_by_side_and_end_apart() {
    let place = Place::new();
    let (first, second) = (place.start(), place.start());
    let seconds = mark();
    for sandbox in [&first, &second] {
        sandbox.start_server(server("sleep", &["/bin/sleep", &seconds])).expect("start");
    }
    assert_ne!(first.node_ip(), second.node_ip());
    eventually("both servers sleep", || processes(&seconds).len() == 2);
    let trace = Trace::of(first.slot().index());
    let directory = first.slot().directory().to_owned();
    assert!(trace.is_complete());
    let swept = first.end().expect("end");
    assert_eq!((swept.slots, swept.directories), (1, 1));
    assert!(trace.is_gone() && !directory.exists());
    assert_eq!(processes(&seconds).len(), 1, "the other one lives");
    assert!(second.exec(&["/bin/true"]).expect("run").success);
    second.end().expect("end");
    assert!(processes(&seconds).is_empty());
}

#[test]
fn requirements_are_met_here_and_trying_leaves_nothing() {
    let mounts = || std::fs::read_to_string("/proc/self/mountinfo").expect("what is mounted");
    let before = mounts();
    assert_eq!(sandbox::requirements::missing(&exe()), []);
    assert_eq!(mounts(), before);
    assert!(!Path::new("/tmp/merged").exists());
}

#[test]
fn a_network_that_cannot_be_made_is_the_error_told() {
    let place = Place::new();
    let slot = place.slot();
    // Another process makes an interface of that name at the last moment.
    let (name, directory) = (slot.interfaces().0, slot.directory().to_owned());
    let ip = |args: &[&str]| {
        let done = std::process::Command::new("/usr/sbin/ip").args(args).status().expect("ip");
        assert!(done.success(), "{args:?}");
    };
    ip(&["link", "add", &name, "type", "veth", "peer", "name", &format!("t{name}")]);
    let spec = SandboxSpec {
        hostname: "box".to_owned(),
        binds: Vec::new(),
        service_address: [10, 96, 0, 1].into(),
    };
    let error = Sandbox::start(&exe(), slot, spec).err().expect("the name is taken");
    assert_eq!(error.to_string(), "failed to connect the sandbox's network");
    assert!(std::error::Error::source(&error).is_some_and(|e| e.to_string().contains("exists")));
    assert!(!directory.exists());
}
