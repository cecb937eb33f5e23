//! The providers of clusters, as a table.
//!
//! A new provider is one row here, one directory in `provision`, and the matches that the compiler
//! lists.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A provider of clusters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// Processes in a sandbox of this machine.
    Native,
    /// Containers of a Docker daemon.
    Kind,
    /// A cluster that the harness did not start, with an installed Argo.
    Existing,
}

/// The facts about one provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProviderFacts {
    /// The provider.
    pub provider: Provider,
    /// Name on the command line, in reports and in statements.
    pub name: &'static str,
    /// Prerequisite on this machine or in the cluster.
    pub needs: &'static str,
    /// True if the harness has a proxy between pods and object store. The proxy records requests
    /// and injects faults.
    pub has_store_proxy: bool,
    /// True if the harness installs Argo. Cases that change the whole installation need this.
    pub installs_argo: bool,
    /// True if the harness can stop the processes of a pod and let them go on.
    pub freezes_pods: bool,
    /// Remover of the remains of a killed run.
    pub sweeper: Sweeper,
    /// Largest number of clusters of one run at the same time.
    pub clusters_at_once: usize,
    /// Number of cases at the same time for each core: default of `--jobs`.
    pub jobs_for_each_core: JobsForEachCore,
}

/// Remover of the remains of a killed run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sweeper {
    /// `sandbox::slot::sweep`, by the locks of slots.
    Slots,
    /// `provision::kind::sweep`, by the records in the cache.
    Records,
    /// The next run in the namespace, after the end of the Lease.
    NextRun,
}

/// Number of cases at the same time for each core.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JobsForEachCore {
    /// Cases under any load of the cores.
    pub surely: usize,
    /// Cases while the cores keep up.
    pub most: usize,
}

/// Every provider.
///
/// Two native clusters leave the cores to cases: the next cluster starts during the last cases of
/// the previous cluster. A kind cluster takes the cores from cases.
///
/// The numbers of jobs are measured on two cores. With 12 cases in all, a pod starts in a few
/// seconds. With 16, single pods take 15 s, and no run is shorter. With 50, a pod takes more than a
/// minute, and facts that cases await come too late. Docker adds load to each pod. The harness does
/// not see the load of the nodes of an existing cluster.
pub const PROVIDERS: [ProviderFacts; 3] = [
    ProviderFacts {
        provider: Provider::Native,
        name: "native",
        needs: "root, and Go or programs in the cache",
        has_store_proxy: true,
        installs_argo: true,
        freezes_pods: true,
        sweeper: Sweeper::Slots,
        clusters_at_once: 2,
        jobs_for_each_core: JobsForEachCore { surely: 2, most: 8 },
    },
    ProviderFacts {
        provider: Provider::Kind,
        name: "kind",
        needs: "a Docker daemon",
        has_store_proxy: false,
        installs_argo: true,
        freezes_pods: false,
        sweeper: Sweeper::Records,
        clusters_at_once: 1,
        jobs_for_each_core: JobsForEachCore { surely: 2, most: 4 },
    },
    ProviderFacts {
        provider: Provider::Existing,
        name: "existing",
        needs: "prepared namespaces and an object store that this machine reaches",
        has_store_proxy: false,
        installs_argo: false,
        freezes_pods: false,
        sweeper: Sweeper::NextRun,
        clusters_at_once: 1,
        jobs_for_each_core: JobsForEachCore { surely: 6, most: 6 },
    },
];

impl Provider {
    /// The facts about this provider.
    pub const fn facts(self) -> &'static ProviderFacts {
        const FACTS: &[ProviderFacts; 3] = &PROVIDERS;
        match self {
            Self::Native => &FACTS[0],
            Self::Kind => &FACTS[1],
            Self::Existing => &FACTS[2],
        }
    }

    /// Name on the command line, in reports and in statements.
    pub const fn name(self) -> &'static str {
        self.facts().name
    }

    /// Whether the harness can stop the processes of a pod and let them go on.
    pub const fn freezes_pods(self) -> bool {
        self.facts().freezes_pods
    }

    /// Whether the harness records requests to the object store.
    pub const fn records_requests(self) -> bool {
        self.facts().has_store_proxy
    }

    /// Whether the harness installs Argo.
    pub const fn installs(self) -> bool {
        self.facts().installs_argo
    }

    /// The provider of a name. `None`: no provider has the name.
    pub fn named(name: &str) -> Option<Self> {
        PROVIDERS.iter().find(|facts| facts.name == name).map(|facts| facts.provider)
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::{PROVIDERS, Provider};

    #[test]
    fn each_row_is_the_row_of_its_provider() {
        for row in PROVIDERS {
            assert_eq!(*row.provider.facts(), row);
            assert_eq!(Provider::named(row.name), Some(row.provider));
        }
        assert_eq!(Provider::named("k3d"), None);
    }

    /// The proxy changes nothing about an Argo that the harness did not install.
    #[test]
    fn a_store_proxy_needs_an_installation_of_the_harness() {
        assert!(PROVIDERS.iter().all(|row| row.installs_argo || !row.has_store_proxy));
        assert!(PROVIDERS.iter().all(|row| {
            row.jobs_for_each_core.surely >= 1
                && row.jobs_for_each_core.surely <= row.jobs_for_each_core.most
        }));
    }
}
