//! The choice of the cases that a rerun takes, by a seed.

use std::collections::BTreeSet;

use model::Case;
use model::verdict::Verdict;
use report::statement::{Conformance, Stated};
use ring::rand::{SecureRandom, SystemRandom};
use sha2::{Digest, Sha256};

use rundir::error::Error;

/// Cases of a statement, chosen by a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    /// Their ids, sorted.
    pub(super) cases: Vec<String>,
    /// The installations on which the statement has a decided verdict of one of them, sorted.
    pub(super) argo: Vec<String>,
    /// Among how many cases they were chosen.
    pub(super) of: usize,
    /// The number that chose them.
    pub(super) seed: u64,
}

/// A number that nobody knew before.
///
/// # Errors
/// The system has no random numbers.
pub(super) fn random_seed() -> anyhow::Result<u64> {
    let mut bytes = [0; 8];
    let failed = |_| anyhow::anyhow!("failed to draw a seed: the system has no random numbers");
    SystemRandom::new().fill(&mut bytes).map_err(failed)?;
    Ok(u64::from_be_bytes(bytes))
}

/// Whether a verdict can be compared: it says pass or fail, and rests on a history.
pub(super) fn is_decided(stated: &Stated) -> bool {
    let says = match stated.verdict {
        Verdict::Pass | Verdict::Fail | Verdict::KnownIssue | Verdict::Fixed => true,
        Verdict::Unknown | Verdict::NotApplicable => false,
    };
    says && stated.basis.is_some()
}

impl Choice {
    /// Chooses `wanted` of the cases with a decided verdict on these installations. Default: on all
    /// installations. The choice follows from the seed alone.
    ///
    /// # Errors
    /// Fewer cases have a decided verdict.
    pub(super) fn of(
        stated: &Conformance,
        cases: &[Case],
        argo: &[String],
        wanted: usize,
        seed: u64,
    ) -> anyhow::Result<Self> {
        let is_known = |one: &Stated| cases.iter().any(|case| case.id == one.case);
        let is_meant = |one: &Stated| argo.is_empty() || argo.contains(&one.argo);
        let decided: Vec<&Stated> = stated
            .verdicts
            .iter()
            .filter(|one| is_decided(one) && is_known(one) && is_meant(one))
            .collect();
        let ids: BTreeSet<&str> = decided.iter().map(|one| one.case.as_str()).collect();
        let of = ids.len();
        if wanted > of {
            let noun = if of == 1 { "case" } else { "cases" };
            let message = format!(
                "failed to choose {wanted} cases: the statement has decided verdicts of {of} {noun}"
            );
            let hint = format!("Name a number up to {of}.");
            return Err(Error::usage(message).with_hint(hint).into());
        }
        let mut order: Vec<&str> = ids.into_iter().collect();
        order.sort_by_cached_key(|id| rank(seed, id));
        let mut cases: Vec<String> = order.into_iter().take(wanted).map(str::to_owned).collect();
        cases.sort();
        let on = decided.iter().filter(|one| cases.contains(&one.case));
        let argo: BTreeSet<String> = on.map(|one| one.argo.clone()).collect();
        Ok(Self { argo: argo.into_iter().collect(), cases, of, seed })
    }

    /// The cases and the installations, in words.
    pub(super) fn words(&self) -> String {
        let Self { cases, argo, of, seed } = self;
        let (n, cases, argo) = (cases.len(), cases.join(", "), argo.join(", "));
        format!("{n} of {of} cases, chosen by seed {seed}: {cases}; on Argo {argo}")
    }
}

/// The place of a case in the order that a number makes.
fn rank(seed: u64, id: &str) -> Vec<u8> {
    Sha256::digest([&seed.to_be_bytes(), id.as_bytes()].concat()).to_vec()
}

#[cfg(test)]
mod tests;
