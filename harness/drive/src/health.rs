//! Probes the health of the parts of the environment, and records the answers.
//!
//! A claim that runs out of time fails only if the environment was healthy for its whole window.
//! The answers are the evidence.

mod controller;
mod lease;
mod nodes;
mod probe;
mod settings;

use model::history::Part;
use provision::installation::Installation;
use tokio_util::sync::CancellationToken;

use crate::pauses;
use crate::watch::Watches;
use controller::keep_looking;
use lease::LeaseWatch;
use probe::{Answer, api_trouble};
use settings::SettingsWatch;

/// Probes the environment and records the answers in every history, until the drop of the value.
pub struct Health {
    stop: CancellationToken,
}

impl Health {
    /// Starts the probes. The present pod of the controller is the one that must stay.
    pub fn start(installation: &Installation, watches: &Watches) -> Self {
        let stop = CancellationToken::new();
        let (client, watches) = (installation.client.clone(), watches.clone());
        let alarm = installation.alarm.clone();
        watches.expect_controller();
        let (token, argo) = (stop.clone(), installation.argo_namespace.clone());
        let lease = LeaseWatch::new(&installation.client, &argo, installation.instance_id());
        let found = installation.found.as_ref();
        let settings = found.map(|found| SettingsWatch::new(&installation.client, found));
        // A task of its own: no probe delays the beat.
        let (beating, heart) = (watches.clone(), stop.clone());
        tokio::spawn(async move {
            let beats = keep_asking(&beating, Part::Harness, || async { Answer::Healthy });
            heart.run_until_cancelled(beats).await
        });
        tokio::spawn(async move {
            // Each part alone: a part that does not answer delays no other.
            let all = async {
                tokio::join!(
                    keep_asking(&watches, Part::Api, || async {
                        Answer::of(api_trouble(&client).await)
                    }),
                    nodes::keep_asking(&watches, &client, &alarm),
                    keep_looking(&watches, &client, &argo, lease, settings),
                    keep_asking(&watches, Part::Watches, || async {
                        Answer::of(watches.trouble())
                    }),
                )
            };
            tokio::select! {
                () = token.cancelled() => {}
                _ = all => {}
            }
        });
        Self { stop }
    }
}

impl Drop for Health {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Asks about a part again and again, and records the answer in every history.
async fn keep_asking<F>(watches: &Watches, part: Part, ask: impl Fn() -> F)
where
    F: Future<Output = Answer>,
{
    loop {
        ask().await.tell(watches, part);
        pauses::pause(pauses::PROBE).await;
    }
}
