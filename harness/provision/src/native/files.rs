//! Files of the servers of a native cluster: configurations, kubeconfigs, certificates.

use serde_json::{Value, json};

use crate::certificates::{Authority, CertificateError, Credential, signing_keys};
use crate::kubelet;

/// Path of the cluster's directory inside the sandbox. The path is short, because the path of a
/// socket has at most 107 bytes.
pub(super) const INSIDE: &str = "/run/ac";
/// Directory of the state of servers, in memory. The state ends with the cluster. Argo copies its
/// executor (110 MB) into a volume of each pod. A slow disk would delay the pods.
pub(super) const STATE: &str = "/var/lib";
/// Name of the node.
pub(super) const NODE: &str = "node-0";
/// Address of the API for pods: a service address on the loopback interface of the sandbox.
pub(super) const SERVICE_ADDRESS: &str = "10.96.0.1";
/// Addresses of pods.
const POD_SUBNET: &str = "10.244.0.0/16";

/// Inputs of the files.
pub(super) struct Facts<'a> {
    /// Address of the node.
    pub(super) node_ip: &'a str,
    /// Parent cgroup of the pods, from the root of each hierarchy: `/NAME/pods`.
    pub(super) pods_cgroup: &'a str,
}

/// The files of a cluster, and the credentials of its clients.
pub(super) struct ClusterFiles {
    /// Path below the cluster's directory, and content, of each file.
    pub(super) files: Vec<(String, String)>,
    /// Certificate of the authority, as PEM.
    pub(super) authority: String,
    /// Credential of the administrator.
    pub(super) admin: Credential,
}

/// Makes every file of a cluster.
///
/// # Errors
/// A certificate failed to be made.
pub(super) fn make(facts: &Facts<'_>) -> Result<ClusterFiles, CertificateError> {
    let authority = Authority::new()?;
    let admin = authority.client("argo-conformance", Some("system:masters"))?;
    let mut files = vec![("certs/ca.crt".to_owned(), authority.certificate().to_owned())];
    let mut put = |name: &str, credential: &Credential| {
        files.push((format!("certs/{name}.crt"), credential.certificate.clone()));
        files.push((format!("certs/{name}.key"), credential.key.clone()));
    };
    let api_names = [
        facts.node_ip,
        SERVICE_ADDRESS,
        "127.0.0.1",
        "localhost",
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
    ];
    put("apiserver", &authority.server("kube-apiserver", &api_names)?);
    put("kubelet-client", &authority.client("kube-apiserver", Some("system:masters"))?);
    put("kubelet", &authority.server(NODE, &[NODE, facts.node_ip])?);
    let (private, public) = signing_keys()?;
    files.push(("certs/accounts.key".to_owned(), private));
    files.push(("certs/accounts.pub".to_owned(), public));
    for (name, user, group) in [
        ("controller-manager", "system:kube-controller-manager", Some("system:masters")),
        // The scheduler does not use its role, because the API server may not have made the role
        // yet. After a refusal, the scheduler tries again after a second.
        ("scheduler", "system:kube-scheduler", Some("system:masters")),
        ("node", &*format!("system:node:{NODE}"), Some("system:nodes")),
    ] {
        let credential = authority.client(user, group)?;
        let config = kubeconfig(&format!("https://{}", facts.node_ip), &authority, &credential);
        files.push((format!("{name}.kubeconfig"), config.to_string()));
    }
    files.push(("kubelet.yaml".to_owned(), kubelet_configuration(facts).to_string()));
    files.push(("containerd.toml".to_owned(), containerd()));
    files.push(("cni/net.d/10-argo-conformance.conflist".to_owned(), network().to_string()));
    Ok(ClusterFiles { files, authority: authority.certificate().to_owned(), admin })
}

fn kubeconfig(server: &str, authority: &Authority, credential: &Credential) -> Value {
    kubeconfig_of(server, authority.certificate(), credential)
}

/// A kubeconfig with inline credentials, as JSON. JSON is valid YAML.
pub(super) fn kubeconfig_of(server: &str, authority: &str, credential: &Credential) -> Value {
    let b64 = |text: &str| k8s_openapi::ByteString(text.as_bytes().to_vec());
    json!({
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "argo-conformance",
        "clusters": [{
            "name": "argo-conformance",
            "cluster": { "server": server, "certificate-authority-data": b64(authority) },
        }],
        "users": [{
            "name": "argo-conformance",
            "user": {
                "client-certificate-data": b64(&credential.certificate),
                "client-key-data": b64(&credential.key),
            },
        }],
        "contexts": [{
            "name": "argo-conformance",
            "context": { "cluster": "argo-conformance", "user": "argo-conformance" },
        }],
    })
}

fn kubelet_configuration(facts: &Facts<'_>) -> Value {
    let mut configuration = json!({
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "authentication": {
            "anonymous": { "enabled": false },
            "webhook": { "enabled": false },
            "x509": { "clientCAFile": format!("{INSIDE}/certs/ca.crt") },
        },
        "authorization": { "mode": "AlwaysAllow" },
        "tlsCertFile": format!("{INSIDE}/certs/kubelet.crt"),
        "tlsPrivateKeyFile": format!("{INSIDE}/certs/kubelet.key"),
        "containerRuntimeEndpoint": format!("unix://{INSIDE}/containerd.sock"),
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": facts.pods_cgroup,
        "cgroupsPerQOS": true,
        "enforceNodeAllocatable": [],
        "failCgroupV1": false,
        "failSwapOn": false,
        "localStorageCapacityIsolation": false,
        "resolvConf": "",
        "podLogsDir": format!("{INSIDE}/pod-logs"),
        "registerNode": true,
        "evictionHard": { "memory.available": "0%", "nodefs.available": "0%",
            "nodefs.inodesFree": "0%", "imagefs.available": "0%", "imagefs.inodesFree": "0%" },
        "imageGCHighThresholdPercent": 100,
        "syncFrequency": "10s",
        "nodeStatusUpdateFrequency": "5s",
        "nodeStatusReportFrequency": "1m",
        "volumePluginDir": format!("{INSIDE}/volume-plugins"),
    });
    for (name, value) in kubelet::limits() {
        configuration[name] = value;
    }
    configuration
}

/// Configuration of containerd. Containerd sets up the loopback interface of a pod itself. A plugin
/// would start one more program for each pod.
fn containerd() -> String {
    format!(
        r#"version = 3
root = "{STATE}/containerd"
state = "{INSIDE}/containerd-state"
oom_score = 0
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.nri.v1.nri", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.blockfile", "io.containerd.snapshotter.v1.erofs"]

[grpc]
address = "{INSIDE}/containerd.sock"

[plugins."io.containerd.cri.v1.images"]
snapshotter = "overlayfs"

[plugins."io.containerd.cri.v1.images".pinned_images]
sandbox = "{PAUSE_IMAGE}"

[plugins."io.containerd.cri.v1.runtime"]
restrict_oom_score_adj = true
disable_apparmor = true
netns_mounts_under_state_dir = true

[plugins."io.containerd.cri.v1.runtime".cni]
bin_dirs = ["{INSIDE}/bin"]
conf_dir = "{INSIDE}/cni/net.d"
use_internal_loopback = true

[plugins."io.containerd.cri.v1.runtime".containerd]
default_runtime_name = "runc"

[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
BinaryName = "{INSIDE}/self/oci-runtime"
SystemdCgroup = false
"#
    )
}

/// Image of the container that holds the namespaces of a pod.
pub(super) const PAUSE_IMAGE: &str = "argo-conformance/pause:1";

fn network() -> Value {
    json!({
        "cniVersion": "1.0.0",
        "name": "argo-conformance",
        "plugins": [{
            "type": "bridge",
            "bridge": "pods0",
            "isGateway": true,
            "ipMasq": false,
            "hairpinMode": true,
            "ipam": {
                "type": "host-local",
                "dataDir": format!("{INSIDE}/cni/addresses"),
                "ranges": [[{ "subnet": POD_SUBNET }]],
                "routes": [{ "dst": "0.0.0.0/0" }],
            },
        }],
    })
}

#[cfg(test)]
mod tests {
    use super::{Facts, kubelet_configuration};

    #[test]
    fn kubelet_has_a_rate_for_events() {
        let kubelet = kubelet_configuration(&Facts { node_ip: "198.18.0.2", pods_cgroup: "/pods" });
        assert!(kubelet["eventRecordQPS"].as_u64() > Some(5), "0 would be five: {kubelet}");
    }
}
