//! Slots: numbers that keep up to 4,096 sandboxes on one machine apart.
//!
//! The number determines the names of interfaces and cgroups, and the addresses. A harness takes a
//! slot by a lock on a file. The sandbox's first process holds the same lock. A slot is free
//! exactly when neither a harness nor a sandbox uses the slot. The next user of the slot, or
//! [`sweep`], removes the remains of an ended user.

mod addresses;
mod claim;
mod error;
mod leftovers;
mod lock;
mod names;
mod note;

use std::fs::File;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use crate::budgets;
use crate::network::Network;
use crate::process::Identity;
use addresses::{InTheWay, PREFIX};
use claim::SlotClaim;
pub use error::SlotError;
pub use leftovers::{Sweep, Swept, in_use, kill, sweep};
use lock::Lock;
use names::{SLOTS, cgroup_name, interface};
pub use note::Note;

/// Directory of the locks. Every harness uses the same directory, because all share the names of
/// the machine.
pub const LOCKS: &str = "/run/argo-conformance/slots";
/// A taken slot. A dropped slot is free once its sandbox, if any, has ended. The next user of the
/// slot, or [`sweep`], removes the remains of the sandbox.
#[derive(Debug)]
pub struct Slot {
    index: u16,
    /// First address of the slot's /30 network.
    base: u32,
    lock: Lock,
    directory: PathBuf,
    /// The claim on the slot's name, until the drop.
    _claim: SlotClaim,
}

impl Slot {
    /// Takes the first free slot, and removes the remains of its last user. `data` is the parent of
    /// the slot's own directory.
    ///
    /// # Guarantees
    /// No other user has the same names or addresses, not even with another directory of locks.
    ///
    /// # Errors
    /// See [`SlotError`]. A slot whose remains cannot be removed is skipped.
    pub fn take(locks: &Path, data: &Path) -> Result<Self, SlotError> {
        Self::take_for(locks, data, None)
    }

    /// As [`Slot::take`], with a note of the run.
    ///
    /// # Errors
    /// As [`Slot::take`].
    pub fn take_for(locks: &Path, data: &Path, run: Option<&str>) -> Result<Self, SlotError> {
        let failed = |cause| SlotError::Locks { path: locks.to_owned(), cause };
        std::fs::create_dir_all(locks).map_err(failed)?;
        let data = std::path::absolute(data).map_err(failed)?;
        let taken = Network::open().and_then(|mut n| n.networks()).map_err(SlotError::Network)?;
        let mut in_the_way = InTheWay::default();
        for index in 0..SLOTS {
            let base = match addresses::choose(index, &taken) {
                Ok(base) => base,
                Err(networks) => {
                    in_the_way.add(networks);
                    continue;
                }
            };
            let Some(lock) = Lock::take(locks, index).map_err(failed)? else { continue };
            let mut swept = Swept::default();
            if leftovers::clean(index, &lock, &mut swept, budgets::SLOT_REUSE.time).is_err() {
                continue;
            }
            if nix::net::if_::if_nametoindex(&*interface(index)).is_ok() {
                continue;
            }
            let directory = data.join(format!("sandbox-{index}"));
            let claim = claim(index, &lock, &directory, run).map_err(failed)?;
            let Some(claim) = claim else { continue };
            leftovers::prepare(&directory)
                .map_err(|cause| SlotError::Directory { path: directory.clone(), cause })?;
            return Ok(Self { index, base, lock, directory, _claim: claim });
        }
        if in_the_way.is_empty() {
            return Err(SlotError::Full);
        }
        Err(SlotError::NoAddresses { why: in_the_way.to_string() })
    }

    /// Notes the sandbox's first process.
    pub(crate) fn note_init(&self, init: Identity) -> std::io::Result<()> {
        note::change(&self.lock, |note| note.init = Some(init))
    }

    /// Notes that the sandbox outlives its harness.
    pub(crate) fn note_release(&self) -> std::io::Result<()> {
        note::change(&self.lock, |note| note.released = true)
    }

    /// Number of the slot.
    pub fn index(&self) -> u16 {
        self.index
    }

    /// The sandbox's directory on the host. The directory is removed with the sandbox.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The name of the slot's cgroup. Pods belong below `NAME/pods`.
    pub fn cgroup(&self) -> String {
        cgroup_name(self.index)
    }

    /// The address of the host's end and of the sandbox's end, and the length of the prefix.
    pub fn addresses(&self) -> (Ipv4Addr, Ipv4Addr, u8) {
        (Ipv4Addr::from(self.base + 1), Ipv4Addr::from(self.base + 2), PREFIX)
    }

    /// The names of the host's interface and of the sandbox's.
    pub fn interfaces(&self) -> (String, String) {
        (interface(self.index), format!("ac{}s", self.index))
    }

    /// The lock, for the sandbox's first process.
    pub(crate) fn share_lock(&self) -> std::io::Result<File> {
        self.lock.share()
    }

    /// Removes everything of a sandbox that has ended or is about to end.
    ///
    /// # Errors
    /// If something cannot be removed.
    pub fn clean(self) -> Result<Swept, SlotError> {
        let mut swept = Swept::default();
        leftovers::clean(self.index, &self.lock, &mut swept, budgets::SANDBOX_REMOVAL.time)?;
        Ok(swept)
    }
}

/// Sees whether this host has addresses for a slot. The call takes no slot.
///
/// # Errors
/// [`SlotError::NoAddresses`] if networks of the host are in the way of every slot.
/// [`SlotError::Network`] if the networks cannot be listed.
pub fn check_addresses() -> Result<(), SlotError> {
    let networks = Network::open().and_then(|mut n| n.networks()).map_err(SlotError::Network)?;
    addresses::any(&networks).map_err(|why| SlotError::NoAddresses { why })
}

/// Claims a slot's names. None if another user has one of the names.
fn claim(
    index: u16,
    lock: &Lock,
    directory: &Path,
    run: Option<&str>,
) -> std::io::Result<Option<SlotClaim>> {
    let name = cgroup_name(index);
    if !claim::is_free(&name)? {
        return Ok(None);
    }
    // The note comes before the claim, so a kill in between leaves nothing unknown.
    let owner = Identity::own().ok_or(std::io::ErrorKind::NotFound)?;
    let (directory, run) = (directory.to_owned(), run.map(ToOwned::to_owned));
    note::write(lock, &Note { directory, run, owner, claim: None, init: None, released: false })?;
    let Some(claim) = SlotClaim::take(&name)? else {
        note::forget(lock)?;
        return Ok(None);
    };
    let number = claim.number()?;
    note::change(lock, |note| note.claim = Some(number))?;
    Ok(Some(claim))
}

#[cfg(test)]
mod tests;
