//! Runs a target on many inputs, in parallel.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::alter::altered;
use crate::random::Random;
use crate::watch::{ENDED, Worker, account};
use crate::{Progress, Target, variable};

/// Interval of the looks at the workers.
const LOOK: Duration = Duration::from_millis(200);
/// Default interval of the progress reports.
const TELL: Duration = Duration::from_secs(10);
/// Most inputs of the corpus. Inputs of the corpus are altered further.
const CORPUS: usize = 8_192;

/// The settings of a run of a target.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Inputs to try.
    pub inputs: u64,
    /// Workers that try them.
    pub workers: usize,
    /// Seed of the random numbers. Each worker has random numbers of its own.
    pub seed: u64,
    /// Time limit of one input, in processor time. An input has 30 times this limit in real time.
    pub limit: Duration,
    /// Interval of the progress reports.
    pub tell: Duration,
    /// Directory in which each worker keeps its present input. `None`: no input is kept.
    pub keep: Option<PathBuf>,
}

/// The result of the run of a target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Inputs that workers took, including those that hang.
    pub inputs: u64,
    /// Duration of the run.
    pub took: Duration,
    /// Different answers of the reader.
    pub answers: usize,
    /// Inputs on which the reader panicked, ten at most.
    pub panics: Vec<Vec<u8>>,
    /// Inputs on which the reader worked too long. The first hang ends the run. One look at the
    /// workers may find several.
    pub hangs: Vec<Vec<u8>>,
}

impl Plan {
    /// A plan with this number of inputs, and a worker for each processor. `FUZZ_SEED` and
    /// `FUZZ_KEEP` set the seed and the directory. Time limit of one input: 5 s.
    pub fn new(inputs: u64) -> Self {
        Self {
            inputs,
            workers: std::thread::available_parallelism().map_or(1, usize::from),
            seed: variable("FUZZ_SEED").unwrap_or(1),
            limit: Duration::from_secs(5),
            tell: TELL,
            keep: std::env::var_os("FUZZ_KEEP").map(PathBuf::from),
        }
    }
}

impl Outcome {
    /// `NAME: N inputs in Ss, A answers, P panics, H hangs`
    pub fn words(&self, name: &str) -> String {
        let Self { inputs, took, answers, panics, hangs } = self;
        let (panics, hangs, took) = (panics.len(), hangs.len(), took.as_secs_f64());
        format!(
            "fuzz {name}: {inputs} inputs in {took:.1}s, {answers} answers, {panics} panics, \
             {hangs} hangs"
        )
    }
}

/// The state that the workers share.
struct Shared {
    left: AtomicU64,
    corpus: Mutex<Vec<Arc<[u8]>>>,
    answers: Mutex<HashSet<u64>>,
    panics: Mutex<Vec<Vec<u8>>>,
}

/// Tries a target on altered inputs, and reports the progress to `tell`. A hang ends the run. The
/// thread of a worker that hangs continues to run.
pub fn fuzz(target: Target, plan: &Plan, tell: &dyn Fn(&Progress)) -> Outcome {
    let began = Instant::now();
    let target = Arc::new(target);
    let shared = Arc::new(Shared {
        left: AtomicU64::new(plan.inputs),
        corpus: Mutex::new(target.seeds.iter().map(|seed| Arc::from(seed.as_slice())).collect()),
        answers: Mutex::default(),
        panics: Mutex::default(),
    });
    let (done, over) = channel();
    let start = |number| {
        let worker = Arc::new(Worker::default());
        let (shared, plan, done) = (Arc::clone(&shared), plan.clone(), done.clone());
        let target = Arc::clone(&target);
        let own = Arc::clone(&worker);
        std::thread::spawn(move || work(number, &target, &plan, &shared, &own, &done));
        worker
    };
    let workers: Vec<Arc<Worker>> = (0..plan.workers.max(1)).map(start).collect();
    drop(done);
    let progress = || Progress {
        done: plan.inputs - shared.left.load(Ordering::Relaxed),
        all: plan.inputs,
        took: began.elapsed(),
    };
    let mut told = Instant::now();
    let hangs = wait(&workers, &over, plan.limit, || {
        if told.elapsed() >= plan.tell {
            told = Instant::now();
            tell(&progress());
        }
    });
    let Progress { done: inputs, took, .. } = progress();
    Outcome {
        inputs,
        took,
        answers: locked(&shared.answers).len(),
        panics: locked(&shared.panics).clone(),
        hangs,
    }
}

/// Waits for the end of all workers, or for the first hang. Calls `look` meanwhile.
fn wait(
    workers: &[Arc<Worker>],
    over: &Receiver<()>,
    limit: Duration,
    mut look: impl FnMut(),
) -> Vec<Vec<u8>> {
    let mut since = vec![None; workers.len()];
    loop {
        if over.recv_timeout(LOOK) == Err(RecvTimeoutError::Disconnected) {
            return Vec::new();
        }
        look();
        let pairs = workers.iter().zip(&mut since);
        let hangs: Vec<_> = pairs.filter_map(|(worker, since)| worker.hang(since, limit)).collect();
        if !hangs.is_empty() {
            return hangs;
        }
    }
}

/// Runs one worker. The drop of `done` reports the worker's end.
fn work(
    number: usize,
    target: &Target,
    plan: &Plan,
    shared: &Shared,
    own: &Worker,
    done: &Sender<()>,
) {
    *locked(&own.account) = account();
    let mut random = Random::new(plan.seed.wrapping_add((number as u64) << 32));
    let kept = plan.keep.as_ref().map(|keep| keep.join(format!("{}-{number}", target.name)));
    while take_one(&shared.left) {
        let input = next(target, shared, &mut random);
        locked(&own.input).clone_from(&input);
        own.begun.fetch_add(1, Ordering::Relaxed);
        if let Some(kept) = &kept {
            let _ = std::fs::write(kept, &input);
        }
        let answer = catch_unwind(AssertUnwindSafe(|| (target.read)(&input, number)));
        if let Ok(answer) = answer {
            learn(shared, answer, input);
            continue;
        }
        let mut panics = locked(&shared.panics);
        if panics.len() < 10 {
            panics.push(input);
        }
    }
    own.begun.store(ENDED, Ordering::Relaxed);
    let _ = done.send(());
}

/// Takes one of the remaining inputs. Returns whether one remained.
fn take_one(left: &AtomicU64) -> bool {
    left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
}

fn next(target: &Target, shared: &Shared, random: &mut Random) -> Vec<u8> {
    let (one, other) = {
        let corpus = locked(&shared.corpus);
        // The seeds are altered as often as all later inputs together.
        let begin = random.below(2) == 0;
        let limit = if begin { target.seeds.len().min(corpus.len()) } else { corpus.len() };
        (corpus.get(random.below(limit)).cloned(), random.one_of(&corpus).cloned())
    };
    altered(&one.unwrap_or_default(), &other.unwrap_or_default(), &target.pieces, random)
}

/// Adds an input with a new answer to the corpus.
fn learn(shared: &Shared, answer: u64, input: Vec<u8>) {
    if !locked(&shared.answers).insert(answer) {
        return;
    }
    let mut corpus = locked(&shared.corpus);
    if corpus.len() < CORPUS {
        corpus.push(Arc::from(input));
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
