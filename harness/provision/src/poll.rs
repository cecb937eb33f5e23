//! Repeated requests, for parts that send no notification when they are ready. No other file of
//! this crate sleeps.

use std::future::Future;
use std::time::{Duration, Instant};

/// Error of [`until_ready`].
#[derive(Debug, thiserror::Error)]
#[error("{what} is not ready after {}s; the last answer was: {last}", waited.as_secs())]
pub struct NotReady {
    what: String,
    waited: Duration,
    last: String,
}

/// Time between two requests.
const PAUSE: Duration = Duration::from_millis(40);

/// Repeats a request for this time.
///
/// # Errors
/// The first error of a request.
pub async fn throughout<T, E, F, A>(time: Duration, mut ask: A) -> Result<(), E>
where
    A: FnMut() -> F,
    F: Future<Output = Result<T, E>>,
{
    let began = Instant::now();
    while began.elapsed() < time {
        ask().await?;
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}

/// Repeats a request until it succeeds, for at most `patience`.
///
/// # Errors
/// [`NotReady`] with the last error of a request.
pub async fn until_ready<T, E, F, A>(
    what: &str,
    patience: Duration,
    mut ask: A,
) -> Result<T, NotReady>
where
    A: FnMut() -> F,
    F: Future<Output = Result<T, E>>,
    E: std::fmt::Display,
{
    let began = Instant::now();
    loop {
        let last = match ask().await {
            Ok(answer) => return Ok(answer),
            Err(error) => error.to_string(),
        };
        if began.elapsed() > patience {
            return Err(NotReady { what: what.to_owned(), waited: began.elapsed(), last });
        }
        tokio::time::sleep(PAUSE).await;
    }
}
