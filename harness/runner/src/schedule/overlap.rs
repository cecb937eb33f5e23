//! Things that are done one after the other, each beginning while the one before comes to its end.

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

/// Does all of them, at most `at_once` at the same time, and returns the results in their order.
/// The next begins after the one before has said so or has ended. No further one begins after
/// `stop`.
pub(crate) async fn overlapping<T, F: Future>(
    all: impl IntoIterator<Item = T>,
    at_once: usize,
    stop: &CancellationToken,
    one: impl Fn(T, oneshot::Sender<()>) -> F,
) -> Vec<F::Output> {
    let (mut going, mut ended) = (FuturesUnordered::new(), Vec::new());
    for (index, item) in all.into_iter().enumerate() {
        if stop.is_cancelled() {
            break;
        }
        let (say, mut next_may) = oneshot::channel();
        let doing = one(item, say);
        going.push(async move { (index, doing.await) });
        let mut waits = true;
        while waits || going.len() == at_once {
            tokio::select! {
                // Also when it has ended without a word.
                _ = &mut next_may, if waits => waits = false,
                Some(one) = going.next() => ended.push(one),
            }
        }
    }
    ended.extend(going.collect::<Vec<_>>().await);
    ended.sort_by_key(|(index, _)| *index);
    ended.into_iter().map(|(_, came)| came).collect()
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::time::Duration;

    use rstest::rstest;
    use tokio::sync::oneshot;
    use tokio_util::sync::CancellationToken;

    use super::overlapping;

    /// Waits `n` seconds of the clock of the test, which stands still otherwise.
    async fn seconds(n: u64) {
        let nothing = tokio::time::timeout(Duration::from_secs(n), std::future::pending::<()>());
        nothing.await.expect_err("nothing comes");
    }

    /// Each says after a second that the next may begin, if it says so at all, and takes three.
    async fn told(at_once: usize, says: bool, stop_at: Option<u32>) -> (Vec<String>, Vec<u32>) {
        let (log, stop) = (RefCell::new(Vec::new()), CancellationToken::new());
        let began = tokio::time::Instant::now();
        let tell = |what: &str, n: u32| {
            log.borrow_mut().push(format!("{} {what} {n}", began.elapsed().as_secs()));
        };
        let one = async |n: u32, next_may: oneshot::Sender<()>| {
            tell("begins", n);
            seconds(1).await;
            if stop_at == Some(n) {
                stop.cancel();
            }
            if says {
                next_may.send(()).expect("somebody listens");
            }
            seconds(2).await;
            tell("ends", n);
            n
        };
        let came = overlapping([1, 2, 3], at_once, &stop, one).await;
        (log.into_inner(), came)
    }

    #[rstest]
    #[case::two_at_once(2, true, &[
        "0 begins 1", "1 begins 2", "3 ends 1", "3 begins 3", "4 ends 2", "6 ends 3",
    ])]
    #[case::as_many_as_there_are(3, true, &[
        "0 begins 1", "1 begins 2", "2 begins 3", "3 ends 1", "4 ends 2", "5 ends 3",
    ])]
    #[case::one_at_once(1, true, &[
        "0 begins 1", "3 ends 1", "3 begins 2", "6 ends 2", "6 begins 3", "9 ends 3",
    ])]
    #[case::no_word(2, false, &[
        "0 begins 1", "3 ends 1", "3 begins 2", "6 ends 2", "6 begins 3", "9 ends 3",
    ])]
    #[tokio::test(start_paused = true)]
    async fn each_begins_when_it_may(
        #[case] at_once: usize,
        #[case] says: bool,
        #[case] expected: &[&str],
    ) {
        let (log, came) = told(at_once, says, None).await;
        assert_eq!(log, expected);
        assert_eq!(came, [1, 2, 3]);
    }

    #[tokio::test(start_paused = true)]
    async fn none_begins_that_is_to_stop() {
        let (log, came) = told(2, true, Some(1)).await;
        assert_eq!(log, ["0 begins 1", "3 ends 1"]);
        assert_eq!(came, [1]);
    }
}
