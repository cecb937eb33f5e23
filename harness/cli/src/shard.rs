//! Parts of the selected cases, for machines that run them side by side.
//!
//! The parts depend on the ids of the selected cases and on times that are embedded in the program,
//! and on nothing else: each machine works out all of them and takes its own. So the machines need
//! the same program and the same selection, and `merge` refuses what was run otherwise.
//!
//! # A part without a case
//!
//! Where there are more parts than cases, some have none. Such a part runs nothing and is no pass:
//! its exit code is that of nothing ran. It is no error of usage either, since a job matrix has as
//! many jobs as it has, whatever cases are selected for it; and a part may come to the same end
//! because none of its cases applies to the version. What a matrix must require is that `merge`
//! passes: it wants every part's run directory, which a part without a case writes too, and its
//! exit code is that of a run of all of them.

use std::str::FromStr;

use model::Case;
use report::{Asked, Shard};

use crate::times::Times;

/// Instead of a number: that of the pod of an Indexed Job, which Kubernetes counts from 0.
const JOB: &str = "job";

/// The number of the part that this pod of an Indexed Job is to run.
fn job() -> Option<usize> {
    let index: usize = std::env::var("JOB_COMPLETION_INDEX").ok()?.parse().ok()?;
    index.checked_add(1)
}

/// Which part of how many, as it is said on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PartOf {
    number: usize,
    of: usize,
}

impl FromStr for PartOf {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = "write it like 2/3, the second of three parts";
        // No sign: what `parse` takes besides digits.
        let digits = |text: &str| -> Option<usize> {
            Some(text).filter(|text| text.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()
        };
        let numbers = text.split_once('/').and_then(|(number, of)| {
            let number = if number == JOB { job()? } else { digits(number)? };
            Some((number, digits(of)?))
        });
        match numbers {
            None => Err(format!("that is no part\nhint: {form}")),
            Some((_, 0)) => Err(format!("there are no parts\nhint: {form}")),
            Some((0, _)) => Err(format!("parts count from 1\nhint: {form}")),
            Some((number, of)) if number > of => {
                Err(format!("there is no part {number} of {of}\nhint: {form}"))
            }
            Some((number, of)) => Ok(Self { number, of }),
        }
    }
}

impl PartOf {
    /// This part of the cases that were selected.
    pub(crate) fn of(self, ids: &[&str]) -> anyhow::Result<Shard> {
        let mut parts = parts(ids, self.of, &Times::embedded()?);
        let cases = parts.swap_remove(self.number - 1);
        let cases = cases.into_iter().map(str::to_owned).collect();
        Ok(Shard { number: self.number, of: self.of, cases })
    }
}

/// The cases that are to run, of those that were selected.
pub(crate) fn to_run(cases: Vec<Case>, asked: &Asked) -> Vec<Case> {
    let ids = asked.to_run();
    cases.into_iter().filter(|case| ids.contains(&case.id.as_str())).collect()
}

/// Parts that take about the same time: the longest case first, each into the part that has the
/// least to do by then.
fn parts<'a>(ids: &[&'a str], of: usize, times: &Times) -> Vec<Vec<&'a str>> {
    let mut longest_first: Vec<&str> = ids.to_vec();
    longest_first.sort_unstable_by_key(|id| (std::cmp::Reverse(times.of(id)), *id));
    let mut parts = vec![(0, Vec::new()); of];
    for id in longest_first {
        if let Some((load, part)) = parts.iter_mut().min_by_key(|(load, _)| *load) {
            *load += times.of(id);
            part.push(id);
        }
    }
    let sorted = parts.into_iter().map(|(_, mut part)| {
        part.sort_unstable();
        part
    });
    sorted.collect()
}

#[cfg(test)]
mod tests;
