//! The conformance cases as tests: one for each case, all on one installation of Argo.
//! `ARGO_VERSION` names the version. Default: the newest one that this project has tested.
//!
//! Other tests have clusters of their own: stopped runs, shared installations, prepared namespaces,
//! runs inside the cluster. Tests that are not named after kind use native clusters, with Docker or
//! without. Tests that are named after kind need a Docker daemon.
//!
//! A known issue that fails as declared is a test that passes. A verdict that differs from the
//! declared ranges, in either direction, is a test that fails. Without the requirements of a native
//! cluster, every test that uses one is ignored and the reason printed once.

#![expect(clippy::print_stderr, reason = "a test program of its own, without a harness around it")]

mod begun;
mod checks;
mod in_cluster;
mod in_docker;
mod listed;
mod prepared;
mod rendered;
mod run;
mod secured_store;
mod shared;
mod stopped;
mod up;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use libtest_mimic::{Arguments, Failed, Trial};
use run::Run;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let found = model::discover::cases(&cases());
    let ids: Vec<String> = found.cases.iter().map(|case| case.id.clone()).collect();
    let mut selected: Vec<String> =
        ids.iter().filter(|id| is_selected(&arguments, &name(id))).cloned().collect();
    let broken = found.diagnostics.iter().enumerate().map(|(index, diagnostic)| {
        let text = diagnostic.to_string();
        Trial::test(format!("case_file::{index}"), move || Err(Failed::from(text)))
    });
    let mut trials: Vec<Trial> = broken.collect();
    let nothing = selected.is_empty() && trials.is_empty();
    if nothing && arguments.exact && !is_of_harness(&arguments) {
        eprintln!("error: no case is called {:?}", arguments.filter);
        return ExitCode::from(4);
    }
    if selected.is_empty() {
        // A test of the harness alone, which needs some case.
        selected.extend(ids.first().cloned());
    }
    let lacking = lacking();
    if let (Some(lacking), false) = (&lacking, arguments.list) {
        eprintln!("no cluster can be put up here, so no case is tried:\n{lacking}");
    }
    let is_ignored = lacking.is_some() && listed::may_be_ignored(&arguments);
    let run = match Run::of(selected) {
        Ok(run) => Arc::new(run),
        Err(error) => {
            eprintln!("error: make a directory for the run: {error}");
            return ExitCode::from(69);
        }
    };
    trials.extend(ids.into_iter().map(|id| {
        let run = Arc::clone(&run);
        let trial = Trial::test(name(&id), move || run.verdict(&id).map_err(Failed::from));
        trial.with_ignored_flag(is_ignored)
    }));
    let (again, built) = (Arc::clone(&run), Arc::clone(&run));
    let stops = [
        Trial::test("harness::judged_again", move || again.judged_again().map_err(Failed::from)),
        Trial::test("harness::listed_versions_render", move || {
            built.has_begun();
            rendered::of_listed_versions().map_err(Failed::from)
        }),
        Trial::test("harness::stopped_once", || stopped::once().map_err(Failed::from)),
        Trial::test("harness::stopped_twice", || stopped::twice().map_err(Failed::from)),
        Trial::test("harness::in_parts", || in_cluster::in_parts().map_err(Failed::from)),
        Trial::test("harness::prepared", || {
            prepared::on_prepared_namespaces().map_err(Failed::from)
        }),
        Trial::test("harness::check", || {
            checks::before_and_after_pod_security().map_err(Failed::from)
        }),
        Trial::test("harness::secured_store", || {
            secured_store::with_a_private_authority().map_err(Failed::from)
        }),
        Trial::test("harness::shared", || shared::outlives_a_run().map_err(Failed::from)),
        Trial::test("harness::shared_without_daemon", || {
            shared::daemon_killed().map_err(Failed::from)
        }),
    ];
    trials.extend(stops.map(|trial| trial.with_ignored_flag(is_ignored)));
    trials.push(Trial::test("harness::listed", || listed::as_ignored().map_err(Failed::from)));
    trials.extend(in_docker(&arguments));
    let conclusion = libtest_mimic::run(&arguments, trials);
    run.end();
    if let (true, Some(mut run)) = (conclusion.has_failed(), Arc::into_inner(run)) {
        run.keep();
    }
    conclusion.exit_code()
}

/// A test. The error is the reason of its failure.
type Tries = fn() -> Result<(), String>;

/// Tests on clusters in Docker. They are ignored if no daemon answers.
fn in_docker(arguments: &Arguments) -> impl Iterator<Item = Trial> {
    let answers = docker_answers();
    if !answers && !arguments.list {
        eprintln!("no Docker daemon answers, so nothing is tried on kind");
    }
    let ignored = !answers && listed::may_be_ignored(arguments);
    let trials: [(&str, Tries); 4] = [
        ("kind::verdicts", in_docker::verdicts),
        ("kind::killed", in_docker::killed),
        ("kind::killed_early", in_docker::killed_early),
        ("kind::store_lost", in_docker::store_lost),
    ];
    // One after the other: a cluster of kind is all that two cores carry.
    let turn = Arc::new(Mutex::new(()));
    let trials = trials.map(|(name, tries)| {
        let turn = Arc::clone(&turn);
        Trial::test(name, move || {
            let _mine = turn.lock().unwrap_or_else(PoisonError::into_inner);
            tries().map_err(Failed::from)
        })
    });
    trials.into_iter().map(move |trial| trial.with_ignored_flag(ignored))
}

/// Whether a Docker daemon answers.
fn docker_answers() -> bool {
    let runtime = tokio::runtime::Runtime::new();
    runtime.is_ok_and(|runtime| runtime.block_on(provision::kind::answers()))
}

/// `some-area/some-id@variant` as a test is called: `some_area::some_id@variant`.
fn name(id: &str) -> String {
    id.replace('/', "::").replace('-', "_")
}

fn is_of_harness(arguments: &Arguments) -> bool {
    let of_harness =
        |filter: &String| ["harness::", "kind::"].iter().any(|prefix| filter.starts_with(prefix));
    arguments.filter.as_ref().is_some_and(of_harness)
}

/// As libtest selects.
fn is_selected(arguments: &Arguments, name: &str) -> bool {
    let matches = |filter: &String| {
        if arguments.exact { name == filter } else { name.contains(filter.as_str()) }
    };
    arguments.filter.as_ref().is_none_or(matches) && !arguments.skip.iter().any(matches)
}

/// Everything that this machine lacks for a cluster, a line each.
fn lacking() -> Option<String> {
    let missing = sandbox::requirements::missing(Path::new(binary()));
    let lines: Vec<String> = missing.iter().map(|m| format!("  {}", m.what)).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases")
}

fn binary() -> &'static str {
    env!("CARGO_BIN_EXE_argo-conformance")
}
