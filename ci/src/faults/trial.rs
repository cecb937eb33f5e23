//! The trials: a case, a fault in the middle of it, and the verdict that must come out.

use super::fault::{Fault, Trouble};

/// One trial.
pub(super) struct Trial {
    pub(super) name: &'static str,
    /// Version of Argo.
    pub(super) version: &'static str,
    pub(super) scene: &'static Scene,
    pub(super) fault: Fault,
    /// The verdict that must come out.
    pub(super) verdict: &'static str,
    /// One of these must be in the reason of each claim that fails or is unknown. One fault makes
    /// several parts unhealthy, and a reason names the first to be noticed.
    pub(super) reasons: &'static [&'static str],
    /// The part of the history's probes that must be unhealthy within [`NOTICED`].
    pub(super) noticed: Option<&'static str>,
}

/// A case, and the step after whose end the fault strikes.
pub(super) struct Scene {
    /// Directory of cases, from the root of the repository.
    pub(super) cases: &'static str,
    pub(super) case: &'static str,
    pub(super) step: &'static str,
}

/// Longest time from the fault to the first unhealthy probe, in ms.
pub(super) const NOTICED: u64 = 10_000;

impl Trial {
    /// The trial in a line.
    pub(super) fn words(&self) -> String {
        format!("Argo {}, {}", self.version, self.fault.words())
    }
}

/// A version that fails the case of [`GC`], and one that passes it. Both are in `ci/matrix.toml`.
const BROKEN: &str = "3.5.10";
const SOUND: &str = "3.5.12";

/// A claim times out on [`BROKEN`], in the window that the step opens.
const GC: Scene =
    Scene { cases: "cases", case: "artifact-gc/nothing-to-collect", step: "completed" };
/// A pod starts 15 s after the step, and claims last 50 s.
const POD: Scene = Scene { cases: "ci/trials", case: "trouble/pod-later", step: "paused" };

/// The API server cannot be reached, nor can the object store. `argo` says so of a request.
const CUT: &[&str] = &[
    "the API server was unhealthy",
    "the watches were unhealthy",
    "the object store was unhealthy",
    "i/o timeout",
];
const API_SERVER_KILLED: &[&str] =
    &["kube-apiserver ended", "the API server was unhealthy", "the watches were unhealthy"];

const fn on(
    name: &'static str,
    (version, scene): (&'static str, &'static Scene),
    fault: Fault,
    verdict: &'static str,
    reasons: &'static [&'static str],
) -> Trial {
    Trial { name, version, scene, fault, verdict, reasons, noticed: None }
}

/// A process of the cluster is killed in the window of [`GC`].
const fn killed(
    name: &'static str,
    process: &'static str,
    reasons: &'static [&'static str],
) -> Trial {
    on(name, (BROKEN, &GC), Fault::Kill(process), "unknown", reasons)
}

/// Trouble meets the pod of [`POD`].
const fn troubled(name: &'static str, trouble: Trouble, reasons: &'static [&'static str]) -> Trial {
    on(name, (SOUND, &POD), Fault::Trouble(trouble), "unknown", reasons)
}

pub(super) const TRIALS: [Trial; 21] = [
    on("broken", (BROKEN, &GC), Fault::None, "fail", &["finalizer-removed", "deletion-returns"]),
    on("sound", (SOUND, &GC), Fault::None, "pass", &[""]),
    on("pod-later", (SOUND, &POD), Fault::None, "pass", &[""]),
    killed("api-server-killed", "kube-apiserver", API_SERVER_KILLED),
    killed("controller-killed", "workflow-controller", &["the workflow controller was unhealthy"]),
    killed("store-killed", "minio", &["the object store was unhealthy", "minio ended"]),
    killed("proxy-killed", "store-proxy", &["the proxy before the object store"]),
    killed("etcd-killed", "etcd", &["etcd ended", "the API server was unhealthy"]),
    killed("kubelet-killed", "kubelet", &["kubelet ended"]),
    killed("containerd-killed", "containerd", &["containerd ended"]),
    killed("scheduler-killed", "kube-scheduler", &["kube-scheduler ended"]),
    killed("controllers-killed", "kube-controller-manager", &["kube-controller-manager ended"]),
    on("network-cut", (BROKEN, &GC), Fault::Cut, "unknown", CUT),
    on("harness-stopped", (BROKEN, &GC), Fault::StopHarness, "unknown", &["heard of the harness"]),
    Trial {
        noticed: Some("controller"),
        ..on(
            "controller-stopped",
            (BROKEN, &GC),
            Fault::Stop("workflow-controller"),
            "unknown",
            &["the workflow controller was unhealthy"],
        )
    },
    on("watch-silent", (SOUND, &POD), Fault::Silence, "unknown", &["watch of"]),
    troubled("image-pull", Trouble::Image, &["it lacks an image of pod"]),
    troubled("quota", Trouble::Quota, &["exceeded quota"]),
    troubled("limit-range", Trouble::LimitRange, &["memory usage per Pod is"]),
    troubled("webhook", Trouble::Webhook, &["failed calling webhook"]),
    troubled("admission-policy", Trouble::Policy, &["ValidatingAdmissionPolicy"]),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Fault, TRIALS, Trial};

    #[test]
    fn every_trial_has_a_name_of_its_own() {
        let names: BTreeSet<_> = TRIALS.iter().map(|trial| trial.name).collect();
        assert_eq!(names.len(), TRIALS.len());
    }

    /// The same case on the same version, and nothing breaks.
    fn control(of: &Trial) -> Option<&'static Trial> {
        TRIALS.iter().find(|trial| {
            let same = (trial.version, trial.scene.case) == (of.version, of.scene.case);
            same && matches!(trial.fault, Fault::None)
        })
    }

    #[test]
    fn without_its_fault_a_trial_has_another_verdict() {
        for trial in TRIALS.iter().filter(|trial| !matches!(trial.fault, Fault::None)) {
            let control = control(trial).unwrap_or_else(|| panic!("{} has no control", trial.name));
            assert_ne!(control.verdict, trial.verdict, "{}", trial.name);
        }
    }
}
