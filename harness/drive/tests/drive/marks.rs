//! Marks: the progress of each watch, compared with the lists of the API server.

use std::time::Duration;

use drive::recorder::{Observer, Recorder};
use model::World;
use model::history::{Change, Event, EventKind, Kind, Part};
use rstest::rstest;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::api::{FakeApi, Fault};
use crate::bench::{Bench, Events, Tape, plan};

const WORKFLOWS: &str = "/argoproj.io/v1alpha1/workflows";

fn pod(name: &str) -> Value {
    json!({ "kind": "Pod", "metadata": { "name": name, "namespace": "ns" } })
}

/// The recorded events of pods. A mark has its version and the time of its question. An object has
/// its name.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Told {
    Mark(u64, u64),
    Pod(Change, String),
    Gap(String),
}

fn of_pods(what: &EventKind) -> Option<Told> {
    match what {
        EventKind::Bookmark { kind: Kind::Pod, version, asked_at: asked } => {
            Some(Told::Mark(version.parse().expect("a number"), *asked))
        }
        EventKind::Observed(seen) if seen.kind == Kind::Pod => {
            let name = seen.object["metadata"]["name"].as_str().expect("a name");
            Some(Told::Pod(seen.change, name.to_owned()))
        }
        EventKind::Gap { kind: Kind::Pod, reason } => Some(Told::Gap(reason.clone())),
        _ => None,
    }
}

/// The next mark of pods at or after this version, and the events of pods before the mark.
async fn mark(events: &mut Events, least: u64) -> (Vec<Told>, u64) {
    let mut before = Vec::new();
    loop {
        match events.next(of_pods).await {
            Told::Mark(version, asked) if version >= least => return (before, asked),
            Told::Mark(..) => {}
            told => before.push(told),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn every_history_gets_a_mark_of_each_kind_every_second() {
    let bench = Bench::new().await;
    let (_one, mut one) = bench.record("ns");
    let (_two, mut two) = bench.record("other");
    let (one, two) = tokio::join!(marks(&mut one, 20), marks(&mut two, 20));
    for count in [one, two] {
        let each = count / Kind::ALL.len();
        assert!((19..=22).contains(&each), "{each} marks of each kind in 20s");
    }
}

/// Number of marks in a number of seconds.
async fn marks(events: &mut Events, seconds: u64) -> usize {
    let mut count = 0;
    let all = async {
        loop {
            events.next(|what| matches!(what, EventKind::Bookmark { .. }).then_some(())).await;
            count += 1;
        }
    };
    let _ = tokio::time::timeout(Duration::from_secs(seconds), all).await;
    count
}

/// The question is dated by the clock of the history, and never too late.
#[tokio::test(start_paused = true)]
async fn a_mark_says_when_it_was_asked_for() {
    let bench = Bench::new().await;
    let (recorder, mut events) = bench.record("ns");
    for _ in 0..3 {
        events.next(of_pods).await;
    }
    let Told::Mark(_, asked) = events.next(of_pods).await else { panic!("no mark") };
    let now = recorder.now();
    assert!(asked < now && asked + 10 > now, "asked at {asked}, now {now}");
}

/// Objects of other kinds change meanwhile. No event of the kind then has the version of the list.
#[tokio::test(start_paused = true)]
async fn a_quiet_watch_is_marked_without_an_event() {
    let bench = Bench::new().await;
    let (_recorder, mut events) = bench.record("ns");
    bench.api.put(&pod("a"));
    for name in ["s", "t"] {
        bench
            .api
            .put(&json!({ "kind": "Secret", "metadata": { "name": name, "namespace": "ns" } }));
    }
    let (before, _) = mark(&mut events, 5).await;
    assert_eq!(before, [Told::Pod(Change::Added, "a".to_owned())]);
}

/// The list of a mark shows a change that the watch does not tell. Each function edits the API
/// server's objects without an event.
#[rstest]
#[case::made(|bench: &Bench| bench.api.untold(|api| api.put(&pod("b"))))]
#[case::changed(|bench: &Bench| bench.api.untold(|api| api.edit("pods", "ns", "a", &json!({ "x": 1 }))))]
#[case::deleted(|bench: &Bench| bench.api.untold(|api| api.delete("pods", "ns", "a")))]
#[tokio::test(start_paused = true)]
async fn a_silent_watch_is_trouble_and_is_listed_again(#[case] happens: fn(&Bench)) {
    let bench = Bench::new().await;
    let (recorder, mut events) = bench.record("ns");
    bench.api.put(&pod("a"));
    mark(&mut events, 3).await;
    let since = recorder.now();
    happens(&bench);
    let mut marks = Vec::new();
    let gap = loop {
        match events.next(of_pods).await {
            Told::Gap(reason) => break reason,
            Told::Mark(_, asked) => marks.push(asked),
            Told::Pod(..) => panic!("it is not told"),
        }
    };
    assert_eq!(gap, "watch of pods has not told version 4, asked for 10s ago");
    assert!(marks.iter().all(|asked| *asked <= since), "no mark is past {since}: {marks:?}");
    assert!(recorder.now() - since <= 22_200, "the version is asked for once more, no longer");
    // Every present object follows, and a mark.
    let there: Vec<String> = ["a", "b"]
        .into_iter()
        .filter(|n| bench.api.object("pods", "ns", n).is_some())
        .map(str::to_owned)
        .collect();
    for name in there {
        assert_eq!(events.next(of_pods).await, Told::Pod(Change::Found, name));
    }
    let Told::Mark(4, asked) = events.next(of_pods).await else { panic!("no mark") };
    assert!(asked > since);
    assert_eq!(bench.watches.trouble(), None);
    bench.api.put(&pod("c"));
    assert_eq!(events.next(of_pods).await, Told::Pod(Change::Added, "c".to_owned()));
}

/// The API server still has the events that the silent watch did not tell. No event is lost.
#[tokio::test(start_paused = true)]
async fn a_silent_watch_is_resumed_where_it_fell_silent() {
    let bench = Bench::new().await;
    let (recorder, mut events) = bench.record("ns");
    bench.api.put(&pod("a"));
    mark(&mut events, 3).await;
    let since = recorder.now();
    bench.api.unheard(|api| {
        api.put(&pod("brief"));
        api.delete("pods", "ns", "brief");
        api.put(&pod("c"));
    });
    let told = |change, name: &str| Told::Pod(change, name.to_owned());
    let (before, _) = mark(&mut events, 6).await;
    let all =
        [told(Change::Added, "brief"), told(Change::Deleted, "brief"), told(Change::Added, "c")];
    assert_eq!(before, all, "no gap, and no list");
    assert!(recorder.now() - since <= 12_200, "noticed in time");
    assert_eq!(bench.watches.trouble(), None);
}

#[tokio::test(start_paused = true)]
async fn a_silent_watch_whose_version_expired_has_a_gap() {
    let bench = Bench::new().await;
    let (_recorder, mut events) = bench.record("ns");
    bench.api.put(&pod("a"));
    mark(&mut events, 3).await;
    bench.api.unheard(|api| {
        api.put(&pod("brief"));
        api.delete("pods", "ns", "brief");
        api.put(&pod("c"));
    });
    bench.api.forget("pods");
    let (before, _) = mark(&mut events, 6).await;
    let found = |name: &str| Told::Pod(Change::Found, name.to_owned());
    let gap = Told::Gap("too old resource version: 3".to_owned());
    assert_eq!(before, [gap, found("a"), found("c")]);
}

#[tokio::test(start_paused = true)]
async fn a_silent_watch_is_trouble_of_the_watches_by_name() {
    let bench = Bench::new().await;
    let (_recorder, mut events) = bench.record("ns");
    let _health = drive::health::Health::start(&bench.installation, &bench.watches);
    bench.api.fault("list", "/pods", Fault::Hang);
    bench.api.untold(|api| api.put(&pod("a")));
    let began = Instant::now();
    let trouble = |what: &EventKind| match what {
        EventKind::Probed { part: Part::Watches, error: trouble } => trouble.clone(),
        _ => None,
    };
    let said = events.next(trouble).await;
    assert_eq!(said, "watch of pods has not told version 3, asked for 10s ago");
    assert!(began.elapsed() <= Duration::from_secs(12), "{:?}", began.elapsed());
}

#[rstest]
#[case::refused(Fault::Refuse(403, "you may not"), "watch of pods cannot be checked: you may not")]
#[case::silent(Fault::Hang, "watch of pods cannot be checked: no answer within 5s")]
#[tokio::test(start_paused = true)]
async fn a_list_that_is_refused_holds_up_no_other(#[case] fault: Fault, #[case] expected: &str) {
    let bench = Bench::new().await;
    let (_recorder, mut events) = bench.record("ns");
    mark(&mut events, 2).await;
    bench.api.fault("list-metadata", "/pods", fault);
    let others = async {
        let mut count = 0;
        while bench.watches.trouble().is_none() {
            let mark = |what: &EventKind| {
                matches!(what, EventKind::Bookmark { kind: Kind::Workflow, .. }).then_some(())
            };
            events.next(mark).await;
            count += 1;
        }
        count
    };
    let count = others.await;
    assert!((9..=17).contains(&count), "{count} marks of workflows until it is trouble");
    let trouble = bench.watches.trouble().expect("it is trouble");
    assert!(trouble.starts_with(expected), "{trouble}");
    bench.api.mend();
    mark(&mut events, 2).await;
    assert_eq!(bench.watches.trouble(), None);
}

/// A silent watch of a kind that does not change either.
#[tokio::test(start_paused = true)]
async fn a_watch_without_a_bookmark_is_trouble_and_is_resumed() {
    let bench = Bench::new().await;
    bench.api.until_asked("watch", WORKFLOWS, 1).await;
    let (_recorder, mut events) = bench.record("ns");
    let began = Instant::now();
    let mut trouble = async || loop {
        let tell = |what: &EventKind| match what {
            EventKind::Probed { part: Part::Watches, error: trouble } => Some(trouble.clone()),
            _ => None,
        };
        let said = tokio::time::timeout(Duration::from_secs(59), events.next(tell)).await;
        if let Ok(said) = said {
            return said;
        }
    };
    let said = trouble().await.expect("trouble");
    assert!(said.ends_with("had no event and no bookmark for 90s"), "{said}");
    assert!(began.elapsed() >= Duration::from_secs(89), "{:?}", began.elapsed());
    bench.api.until_asked("watch", WORKFLOWS, 2).await;
}
#[tokio::test(start_paused = true)]
async fn a_mark_is_asked_for_when_it_is_wanted() {
    let bench = Bench::new().await;
    let (_recorder, mut events) = bench.record("ns");
    mark(&mut events, 2).await;
    mark(&mut events, 2).await;
    let began = Instant::now();
    bench.watches.mark("ns");
    mark(&mut events, 2).await;
    assert_eq!(began.elapsed(), Duration::ZERO, "no time passes until then");
}

/// An object that is made and deleted while a watch is silent is in no list.
#[rstest]
#[case::silent(|api: &FakeApi| api.unheard(flash))]
#[case::silent_and_reopened(|api: &FakeApi| { api.unheard(flash); api.close("pods"); })]
#[case::heard(flash)]
#[tokio::test(start_paused = true)]
async fn a_mark_that_is_wanted_comes_after_what_was_made_and_deleted(
    #[case] happens: fn(&FakeApi),
) {
    let bench = Bench::new().await;
    let (recorder, mut events) = bench.record("ns");
    bench.api.until_asked("watch", "/pods", 1).await;
    let wanted = a_moment_between_marks(&recorder, &mut events).await;
    happens(&bench.api);
    bench.watches.mark("ns");
    let mut before = Vec::new();
    loop {
        match events.next(of_pods).await {
            Told::Mark(_, asked) if asked >= wanted => break,
            Told::Mark(..) => {}
            told => before.push(told),
        }
    }
    let asked = bench.api.asked().into_iter().rfind(|asked| asked.is("watch", "/pods"));
    assert_eq!(asked.expect("a watch").query["timeoutSeconds"], "5", "a bookmark comes soon");
    let told = |change: Change| Told::Pod(change, "a".to_owned());
    assert_eq!(before, [told(Change::Added), told(Change::Deleted)]);
    assert_eq!(bench.watches.trouble(), None);
}

fn flash(api: &FakeApi) {
    api.put(&pod("a"));
    api.delete("pods", "ns", "a");
}

/// A watch that cannot be opened again gives no requested mark.
#[tokio::test(start_paused = true)]
async fn a_mark_that_is_wanted_waits_for_the_watch_to_be_open() {
    let bench = Bench::new().await;
    let (recorder, mut events) = bench.record("ns");
    bench.api.until_asked("watch", "/pods", 1).await;
    let wanted = a_moment_between_marks(&recorder, &mut events).await;
    bench.api.fault("watch", "/pods", Fault::Hang);
    bench.watches.mark("ns");
    let after = |what: &EventKind| match of_pods(what) {
        Some(Told::Mark(_, asked)) if asked >= wanted => Some(()),
        _ => None,
    };
    let none = tokio::time::timeout(Duration::from_secs(8), events.next(after)).await;
    assert!(none.is_err(), "a mark of a watch that is not open");
    assert!(bench.watches.trouble().is_some());
    bench.api.mend();
    events.next(after).await;
    assert_eq!(bench.watches.trouble(), None);
}

/// Every earlier list has its mark.
async fn a_moment_between_marks(recorder: &Recorder, events: &mut Events) -> u64 {
    while mark(events, 2).await.1 == 0 {}
    let moment = recorder.now();
    tokio::time::advance(Duration::from_millis(5)).await;
    moment
}

/// Needs a mark after this moment.
struct Until(u64, Tape);

impl Observer for Until {
    fn event(&mut self, event: &Event, world: &World) {
        self.1.event(event, world);
    }

    fn settled(&self) -> bool {
        false
    }

    fn deadline(&self) -> Option<u64> {
        Some(self.0)
    }
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn a_mark_is_asked_for_at_the_deadline(#[values(7_200, 7_500, 7_900)] deadline: u64) {
    let bench = Bench::new().await;
    let (mut events, tape) = Tape::new();
    let (plan, observer) = (plan([]), Box::new(Until(deadline, tape)));
    let (nobody, _) = Tape::new();
    let run = bench.run_before(plan, observer, nobody);
    let after = |what: &EventKind| match what {
        EventKind::Bookmark { kind: Kind::Pod, asked_at: asked, .. } if *asked >= deadline => {
            Some(*asked)
        }
        _ => None,
    };
    let asked = events.next(after).await;
    assert!(asked <= deadline + 10, "asked at {asked}");
    run.stop.cancel();
    run.ended().await;
}

/// A list is in the order of names. The object first in it is the newest.
#[tokio::test(start_paused = true)]
async fn a_mark_that_is_awaited_does_not_come_in_the_middle_of_a_list() {
    let bench = Bench::new().await;
    let (_recorder, mut events) = bench.record("ns");
    mark(&mut events, 2).await;
    bench.api.untold(|api| ["b", "a"].iter().for_each(|name| api.put(&pod(name))));
    let asked = bench.api.count("list-metadata", "/pods");
    bench.api.until_asked("list-metadata", "/pods", asked + 1).await;
    tokio::time::advance(Duration::from_secs(2)).await;
    let status = json!({ "status": "Failure", "code": 410, "message": "too old" });
    bench.api.say("pods", &json!({ "type": "ERROR", "object": status }));
    let (before, _) = mark(&mut events, 4).await;
    let found = |name: &str| Told::Pod(Change::Found, name.to_owned());
    assert_eq!(before, [Told::Gap("too old".to_owned()), found("a"), found("b")]);
}
