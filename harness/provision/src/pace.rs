//! Asking again until something answers: for what gives no event when it is ready.
//!
//! The only file of this crate that sleeps.

use std::future::Future;
use std::time::{Duration, Instant};

/// It did not become ready in time.
#[derive(Debug, thiserror::Error)]
#[error("{what} is not ready after {}s; the last answer was: {last}", waited.as_secs())]
pub struct NotReady {
    what: String,
    waited: Duration,
    last: String,
}

/// Time between two questions.
const PAUSE: Duration = Duration::from_millis(40);

/// Asks again and again for this long.
///
/// # Errors
/// The first that is met.
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

/// Asks until the answer is `Ok`, at most `patience` long.
///
/// # Errors
/// [`NotReady`] with the last answer.
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
