//! The right to run cases on an installation: several runs side by side, or one case alone.

use std::fs::{File, TryLockError};
use std::path::Path;

use provision::installation::Installation;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::session::Session;

/// The file beside the cluster's kubeconfig whose lock is that right. The kernel unlocks the file
/// when its holder dies.
const FILE: &str = "cases.lock";

/// Cases may run until it is dropped.
#[derive(Debug)]
pub(super) struct Hold(File);

impl Drop for Hold {
    /// Closing the file alone would leave it locked while a process that another thread starts has
    /// it open too.
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

/// The other runs that may run cases at the same time.
#[derive(Clone, Copy, Debug)]
pub(super) enum Company {
    /// Every run that takes [`Self::Others`].
    Others,
    /// No other run.
    Nobody,
}

impl Hold {
    /// Waits until cases may run. `None`: this program did not install Argo, or the run is to stop.
    pub(super) async fn take(
        session: &Session,
        installation: &Installation,
        company: Company,
    ) -> anyhow::Result<Option<Self>> {
        if installation.profile.is_none() {
            return Ok(None);
        }
        let path = installation.kubeconfig.with_file_name(FILE);
        let waits = || session.progress.say("waits for cases of other runs on this installation");
        lock(&path, company, &session.stop, waits).await
    }
}

async fn lock(
    path: &Path,
    company: Company,
    stop: &CancellationToken,
    waits: impl FnOnce(),
) -> anyhow::Result<Option<Hold>> {
    let file = File::options().create(true).append(true).open(path)?;
    let at_once = match company {
        Company::Others => file.try_lock_shared(),
        Company::Nobody => file.try_lock(),
    };
    match at_once {
        Ok(()) => return Ok(Some(Hold(file))),
        Err(TryLockError::WouldBlock) => waits(),
        Err(TryLockError::Error(error)) => return Err(error.into()),
    }
    // Not a task: nothing waits for this thread when the run is to stop.
    let (say, hear) = oneshot::channel();
    std::thread::spawn(move || {
        let locked = match company {
            Company::Others => file.lock_shared(),
            Company::Nobody => file.lock(),
        };
        say.send(locked.map(|()| file))
    });
    tokio::select! {
        () = stop.cancelled() => Ok(None),
        locked = hear => Ok(Some(Hold(locked??))),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use rstest::rstest;
    use tokio::sync::mpsc::unbounded_channel;
    use tokio_util::sync::CancellationToken;

    use super::Company::{self, Nobody, Others};
    use super::{Hold, lock};

    async fn at_once(path: &Path, company: Company) -> Hold {
        let waits = || panic!("it waits");
        let hold = lock(path, company, &CancellationToken::new(), waits).await;
        hold.expect("a lock").expect("it is not to stop")
    }

    #[tokio::test]
    async fn others_run_side_by_side_and_after_each_other_with_who_runs_alone() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("lock");
        let two = (at_once(&path, Others).await, at_once(&path, Others).await);
        drop(two);
        drop(at_once(&path, Nobody).await);
        at_once(&path, Others).await;
    }

    #[rstest]
    #[case::alone_after_others(Others, Nobody)]
    #[case::others_after_one_alone(Nobody, Others)]
    #[case::alone_after_one_alone(Nobody, Nobody)]
    #[tokio::test]
    async fn who_cannot_run_beside_it_waits(#[case] first: Company, #[case] second: Company) {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("lock");
        let held = at_once(&path, first).await;
        let (says, mut said) = unbounded_channel();
        let waiting = tokio::spawn(async move {
            let waits = || says.send("waits").expect("somebody listens");
            lock(&path, second, &CancellationToken::new(), waits).await
        });
        assert_eq!(said.recv().await, Some("waits"));
        assert!(!waiting.is_finished());
        drop(held);
        assert!(waiting.await.expect("no panic").expect("a lock").is_some());
    }

    #[tokio::test]
    async fn ends_although_a_process_that_is_being_started_has_the_file_open() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("lock");
        let held = at_once(&path, Nobody).await;
        let _in_the_other_process = held.0.try_clone().expect("clone");
        drop(held);
        at_once(&path, Nobody).await;
    }

    #[tokio::test]
    async fn who_is_to_stop_waits_no_longer() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("lock");
        let _held = at_once(&path, Others).await;
        let stop = CancellationToken::new();
        let hold = lock(&path, Nobody, &stop, || stop.cancel()).await;
        assert!(hold.expect("no error").is_none());
    }
}
