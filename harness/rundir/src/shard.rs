//! Shards of the selected cases, for machines that run them side by side.
//!
//! The shards depend on the ids of the selected cases and on times that are embedded in the
//! program. Nothing else matters: each machine works out all shards and takes its own. The machines
//! need the same program and the same selection. `merge` refuses runs that differ in either.
//!
//! # A shard without a case
//!
//! Some shards have no case if there are more shards than cases. Such a shard runs nothing and is
//! no pass: its exit code is that of nothing ran. It is no error of usage, since a job matrix has a
//! fixed number of jobs. A shard may end in the same way because none of its cases applies to the
//! version. A matrix must require that `merge` passes. `merge` needs the run directory of every
//! shard, which a shard without a case writes too. The exit code of `merge` is that of a run of all
//! shards.

use std::str::FromStr;

use model::Case;
use report::{RunRequest, Shard};

use crate::times::Times;

/// Word in place of a number: the index of the pod of an Indexed Job, from 0, gives the number.
const JOB: &str = "job";

/// The number of the shard that this pod of an Indexed Job is to run, from 1.
fn job() -> Option<usize> {
    let index: usize = std::env::var("JOB_COMPLETION_INDEX").ok()?.parse().ok()?;
    index.checked_add(1)
}

/// The number of a shard, and the number of all shards, as the command line has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShardNumber {
    number: usize,
    of: usize,
}

impl FromStr for ShardNumber {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = "Write a shard such as 2/3, the second of three.";
        // No sign: what `parse` takes besides digits.
        let digits = |text: &str| -> Option<usize> {
            Some(text).filter(|text| text.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()
        };
        let numbers = text.split_once('/').and_then(|(number, of)| {
            let number = if number == JOB { job()? } else { digits(number)? };
            Some((number, digits(of)?))
        });
        match numbers {
            None => Err(format!("not of the form K/N\nhint: {form}")),
            Some((_, 0)) => Err(format!("a run has at least 1 shard\nhint: {form}")),
            Some((0, _)) => Err(format!("shards count from 1\nhint: {form}")),
            Some((number, of)) if number > of => {
                Err(format!("shard {number} of {of} does not exist\nhint: {form}"))
            }
            Some((number, of)) => Ok(Self { number, of }),
        }
    }
}

impl ShardNumber {
    /// This shard of the selected cases.
    pub fn of(self, ids: &[&str]) -> anyhow::Result<Shard> {
        let mut shards = partition(ids, self.of, &Times::embedded()?);
        let cases = shards.swap_remove(self.number - 1);
        let cases = cases.into_iter().map(str::to_owned).collect();
        Ok(Shard { number: self.number, of: self.of, cases })
    }
}

/// The selected cases that are to run.
pub fn to_run(cases: Vec<Case>, request: &RunRequest) -> Vec<Case> {
    let ids = request.to_run();
    cases.into_iter().filter(|case| ids.contains(&case.id.as_str())).collect()
}

/// Shards that take about the same time. The longest case comes first. Each case goes to the shard
/// that has the least to do by then.
fn partition<'a>(ids: &[&'a str], of: usize, times: &Times) -> Vec<Vec<&'a str>> {
    let mut longest_first: Vec<&str> = ids.to_vec();
    longest_first.sort_unstable_by_key(|id| (std::cmp::Reverse(times.of(id)), *id));
    let mut shards = vec![(0, Vec::new()); of];
    for id in longest_first {
        if let Some((load, shard)) = shards.iter_mut().min_by_key(|(load, _)| *load) {
            *load += times.of(id);
            shard.push(id);
        }
    }
    let sorted = shards.into_iter().map(|(_, mut shard)| {
        shard.sort_unstable();
        shard
    });
    sorted.collect()
}

#[cfg(test)]
mod tests;
