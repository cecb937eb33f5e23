//! Who may run cases on an installation: several runs side by side, or one case alone.

use std::fs::{File, TryLockError};
use std::io;

use provision::installation::Installation;
use tokio::sync::oneshot;

use crate::session::Session;

/// The file, beside the cluster's kubeconfig, whose lock says so. The kernel unlocks it when its
/// holder dies.
const FILE: &str = "cases.lock";

/// Cases may run until it is dropped.
pub(super) struct Hold(#[expect(dead_code, reason = "held for its lock")] File);

impl Hold {
    /// Waits until no case runs alone; until then no case runs alone.
    pub(super) async fn beside_others(
        session: &Session,
        installation: &Installation,
    ) -> anyhow::Result<Option<Self>> {
        take(session, installation, File::try_lock_shared, File::lock_shared).await
    }

    /// Waits until no other case runs; until then no other case runs.
    pub(super) async fn alone(
        session: &Session,
        installation: &Installation,
    ) -> anyhow::Result<Option<Self>> {
        take(session, installation, File::try_lock, File::lock).await
    }
}

/// `None` where the installation is not of our making, and when the run is to stop.
async fn take(
    session: &Session,
    installation: &Installation,
    at_once: fn(&File) -> Result<(), TryLockError>,
    in_time: fn(&File) -> io::Result<()>,
) -> anyhow::Result<Option<Hold>> {
    if installation.profile.is_none() {
        return Ok(None);
    }
    let path = installation.kubeconfig.with_file_name(FILE);
    let file = File::options().create(true).append(true).open(&path)?;
    match at_once(&file) {
        Ok(()) => return Ok(Some(Hold(file))),
        Err(TryLockError::WouldBlock) => {}
        Err(TryLockError::Error(error)) => return Err(error.into()),
    }
    session.show.say("waits for cases of other runs on this installation");
    // Not a task: nothing waits for this thread when the run is to stop.
    let (say, hear) = oneshot::channel();
    std::thread::spawn(move || say.send(in_time(&file).map(|()| file)));
    tokio::select! {
        () = session.stop.cancelled() => Ok(None),
        locked = hear => Ok(Some(Hold(locked??))),
    }
}
