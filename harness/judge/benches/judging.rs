//! Time of judging a history, beside the time of reading and parsing it once.
//!
//! The mix is realistic. In 100 events, 20 are workflows of 2 KB and 10 are pods of 17 KB. The
//! others are listings and answers of the parts. The case has 50 claims; 5 of them are expressions.
//! The figures at the end are times on the processor. They show three guarantees. The time is
//! linear in the number of events. The time is at most 3 times that of reading and parsing. The
//! memory does not grow.

#![expect(clippy::print_stdout, reason = "the figures are what a bench is for")]

use std::fmt::Write as _;
use std::fs::File;
use std::hint::black_box;
use std::io::{BufReader, Write as _};
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput};
use judge::{Judge, judge_reader};
use model::claim::{Claim, Claims, Modality};
use model::expression::Expression;
use model::fact::{Count, FINAL_PHASES, Fact, NodeFact, Presence};
use model::fact::{NodesFact, PodFact, StoreFact, WorkflowFact};
use model::history::{
    Change, EndReason, Event, EventKind, Header, Kind, MAJOR, MINOR, Observation, Part, Reader,
    StepOutcome, Versions,
};
use serde_json::{Value, json};
use tempfile::NamedTempFile;

const SIZES: [u64; 3] = [1_000, 10_000, 100_000];

fn header() -> Header {
    let text = || "3.7.18".to_owned();
    Header {
        format: (MAJOR, MINOR),
        run: text(),
        case: text(),
        argo: Versions::all("3.7.18"),
        namespace: "ns".to_owned(),
        workflow: "wf".to_owned(),
        started: text(),
        steps: vec!["submit".to_owned()],
        controller: None,
        requests: false,
        challenge: None,
    }
}

/// About 2 KB.
fn workflow(n: u64) -> Value {
    let node = |index: u64| {
        let name = format!("node-{index}");
        let node = json!({ "id": name, "displayName": name, "type": "Pod", "phase": "Running",
            "startedAt": "2026-01-01T00:00:00Z", "message": "x".repeat(40) });
        (name, node)
    };
    let nodes: serde_json::Map<_, _> = (0..12).map(node).collect();
    json!({ "metadata": { "name": "wf", "namespace": "ns", "uid": "w",
        "resourceVersion": n.to_string(), "finalizers": ["gc"] },
        "status": { "phase": "Running", "nodes": nodes } })
}

/// About 17 KB.
fn pod(n: u64) -> Value {
    let index = n / 10 % 40;
    let mount = |i: u64| json!({ "name": format!("volume-{i}"), "mountPath": "/tmp".repeat(20) });
    let mounts: Vec<Value> = (0..120).map(mount).collect();
    json!({ "metadata": { "name": format!("p{index}"), "namespace": "ns", "uid": format!("p{index}"),
        "resourceVersion": n.to_string(),
        "labels": { "workflows.argoproj.io/workflow": "wf" }, "annotations": {
            "workflows.argoproj.io/node-name": format!("wf.node-{}", index % 12) } },
        "spec": { "containers": [{ "volumeMounts": mounts }] }, "status": { "phase": "Running" } })
}

fn event(n: u64) -> EventKind {
    let modified =
        |kind, object| EventKind::Observed(Observation { kind, change: Change::Modified, object });
    match n % 10 {
        _ if n <= 4 => {
            let kind = Kind::ALL[usize::try_from(n - 1).unwrap_or_default()];
            EventKind::Bookmark { kind, version: "1".to_owned(), asked_at: 0 }
        }
        _ if n == 5 => EventKind::StepEnded {
            step: "submit".to_owned(),
            outcome: StepOutcome::Done(String::new()),
        },
        0 => modified(Kind::Pod, pod(n)),
        1 | 6 => modified(Kind::Workflow, workflow(n)),
        2 => EventKind::Listed {
            asked_at: n * 10 - 5,
            keys: vec!["a/b.tgz".to_owned()],
            etags: vec![],
        },
        part => {
            let part = Part::ALL[usize::try_from(part).unwrap_or_default() % Part::ALL.len()];
            EventKind::Probed { part, error: None }
        }
    }
}

fn written(count: u64) -> NamedTempFile {
    let mut file = NamedTempFile::new().expect("a temporary file");
    let mut line = serde_json::to_string(&header()).expect("a header");
    for n in 1..=count {
        let what = if n == count { EventKind::Ended(EndReason::Decided) } else { event(n) };
        let event = Event { n, at: n * 10, kind: what };
        let _ = write!(line, "\n{}", serde_json::to_string(&event).expect("an event"));
        file.write_all(line.as_bytes()).expect("room on the disk");
        line.clear();
    }
    file.write_all(b"\n").expect("room on the disk");
    file
}

fn claims() -> Claims {
    let node = |i: usize| {
        let (name, phase) = (format!("node-{i}"), Some(vec!["Failed".to_owned()]));
        Fact::Nodes(NodesFact::Node(NodeFact { name, phase, message: None, started_as_at: None }))
    };
    let expression = |text: &str| Fact::Cel(Expression::parse(text).expect(text));
    let fact = |i: usize| match i {
        0 => expression("workflow.status.phase == 'Failed'"),
        1 => expression("has(workflow.status.message)"),
        2 => expression("size(workflow.status.nodes) > 40"),
        3 => expression("pod.status.phase == 'Failed'"),
        4 => expression("objects.exists(key, key.startsWith('z'))"),
        5..=20 => node(i % 12),
        21..=30 => Fact::Pods(PodFact::Seen { of: None, count: Count::AtLeast(1_000) }),
        31..=35 => Fact::Workflow(WorkflowFact::Phase(FINAL_PHASES.map(str::to_owned).to_vec())),
        36..=40 => Fact::Store(StoreFact::Objects(Count::AtLeast(2))),
        41..=45 => Fact::Workflow(WorkflowFact::Presence(Presence::Gone)),
        _ => Fact::Workflow(WorkflowFact::Finalizer("gc".to_owned(), false)),
    };
    let claim = |i: usize| Claim {
        id: i.to_string(),
        modality: Modality::Never { within: None },
        fact: fact(i),
        since: "submit".to_owned(),
        after: None,
        before: None,
        only_while: None,
        regardless: None,
    };
    Claims { claims: (0..50).map(claim).collect(), ..Claims::default() }
}

fn open(file: &NamedTempFile) -> Reader<BufReader<File>> {
    let file = File::open(file.path()).expect("it is there");
    Reader::open(BufReader::with_capacity(1 << 16, file)).expect("it is a history")
}

fn parsed(file: &NamedTempFile) -> usize {
    open(file).fold(0, |count, event| {
        black_box(event.expect("an event"));
        count + 1
    })
}

fn judged(file: &NamedTempFile, claims: &Claims) -> usize {
    let (findings, _) = judge_reader(claims, open(file)).expect("it is a history");
    black_box(findings).len()
}

/// Time that the judge takes for one event and for [`Judge::settled`]: median and 99th percentile.
/// A verdict comes so long after the event that decides it.
fn latency(file: &NamedTempFile, claims: &Claims) -> (Duration, Duration) {
    let reader = open(file);
    let mut judge = Judge::new(&reader.header().clone(), claims);
    let took = |event| {
        let began = Instant::now();
        judge.push(&event);
        black_box(judge.settled());
        began.elapsed()
    };
    let mut times: Vec<Duration> = reader.map(|event| event.expect("an event")).map(took).collect();
    times.sort_unstable();
    (times[times.len() / 2], times[times.len() * 99 / 100])
}

/// Highest resident set so far, and now, in kilobytes, where the system tells.
fn memory(which: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(which));
    let number = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
    number.unwrap_or_default()
}

/// The best of three, in time on the processor, so that a busy machine does not matter.
fn best(run: impl Fn() -> usize) -> Duration {
    let began = Instant::now();
    let now = || on_processor().unwrap_or_else(|| began.elapsed());
    let times = (0..3).map(|_| {
        let before = now();
        black_box(run());
        now().saturating_sub(before)
    });
    times.min().unwrap_or_default()
}

/// Time of this thread on the processor; `None` where the system does not tell.
fn on_processor() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(text.split_whitespace().next()?.parse().ok()?))
}

fn main() {
    let claims = claims();
    let criterion = Criterion::default().sample_size(10).measurement_time(Duration::from_secs(5));
    let mut criterion = criterion.configure_from_args();
    let mut figures = String::new();
    let mut before: Option<Duration> = None;
    for size in SIZES {
        let file = written(size);
        let resident = memory("VmRSS");
        let mut group = criterion.benchmark_group("history");
        group.throughput(Throughput::Elements(size));
        if size < 100_000 {
            let id = |name: &str| BenchmarkId::new(name, size);
            group.bench_function(id("read and parse"), |b| b.iter(|| parsed(&file)));
            group.bench_function(id("judge"), |b| b.iter(|| judged(&file, &claims)));
        }
        group.finish();
        let (reading, judging) = (best(|| parsed(&file)), best(|| judged(&file, &claims)));
        let ratio = judging.as_secs_f64() / reading.as_secs_f64();
        let growth = before.map(|b| judging.as_secs_f64() / b.as_secs_f64());
        let growth = growth.map_or(String::new(), |g| format!(", {g:.1}× the tenth"));
        let (median, slow) = latency(&file, &claims);
        let _ = writeln!(figures, "  latency: median {median:.1?}, 99 of 100 within {slow:.1?}");
        let bytes = file.as_file().metadata().map_or(0, |m| m.len()) / 1_000_000;
        let _ = writeln!(
            figures,
            "{size:>7} events, {bytes:>4} MB: read and parse {reading:>8.1?}, judge {judging:>8.1?} \
             ({ratio:.2}×{growth}); resident {resident} KB before, {} KB after",
            memory("VmRSS"),
        );
        before = Some(judging);
    }
    criterion.final_summary();
    println!("\n{figures}highest resident set: {} KB", memory("VmHWM"));
}
