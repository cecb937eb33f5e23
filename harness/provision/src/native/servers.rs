//! The servers of a native cluster: what runs, with which flags.

use super::files::{INSIDE, NODE, SERVICE_ADDRESS, STATE};
use crate::store::StoreAddress;

/// One server.
pub(super) struct Server {
    /// Name: of the program, of its log file.
    pub(super) name: &'static str,
    /// The whole command line, paths as seen inside the sandbox.
    pub(super) argv: Vec<String>,
    /// Environment besides `PATH`.
    pub(super) env: Vec<(String, String)>,
}

/// Where pods find the store, on the node: the proxy before it.
pub(super) const STORE_PORT: u16 = 9000;

/// `MinIO`'s port on the node, for the proxy and the harness.
pub(super) const BEHIND_PORT: u16 = 9001;

/// How much garbage the servers let come together, in percent of what they use: they share the
/// cores with the pods, and there is memory. containerd hands it down to runc.
const GARBAGE: &str = "400";

/// The proxy, as program and as verb.
pub(super) const PROXY: &str = "store-proxy";

/// The proxy's socket, in the cluster's directory.
pub(super) const PROXY_SOCKET: &str = "proxy.sock";

/// The socket of etcd, in the cluster's directory.
pub(super) const ETCD_SOCKET: &str = "etcd.sock";

/// Where etcd says that it is ready, on the node.
pub(super) const ETCD_HEALTH_PORT: u16 = 2381;

/// What needs neither files nor another server.
pub(super) fn first(node_ip: &str, address: &StoreAddress) -> Vec<Server> {
    vec![etcd(node_ip), store(node_ip, &address.user, &address.password), proxy(node_ip)]
}

/// What needs etcd and the cluster's files.
pub(super) fn second(node_ip: &str) -> Vec<Server> {
    vec![api_server(node_ip), containerd()]
}

/// Everything that talks to the API server.
pub(super) fn third(node_ip: &str) -> Vec<Server> {
    vec![kubelet(node_ip), controller_manager(), scheduler()]
}

fn server(name: &'static str, flags: &[&str]) -> Server {
    let mut argv = vec![format!("{INSIDE}/bin/{name}")];
    argv.extend(flags.iter().map(|f| f.replace('@', INSIDE)));
    Server { name, argv, env: vec![("GOGC".to_owned(), GARBAGE.to_owned())] }
}

fn etcd(node_ip: &str) -> Server {
    server(
        "etcd",
        &[
            &format!("--data-dir={STATE}/etcd"),
            "--unsafe-no-fsync",
            &format!("--listen-client-urls=http://127.0.0.1:2379,unix://{INSIDE}/{ETCD_SOCKET}"),
            "--advertise-client-urls=http://127.0.0.1:2379",
            "--listen-peer-urls=http://127.0.0.1:2380",
            &format!("--listen-metrics-urls=http://{node_ip}:{ETCD_HEALTH_PORT}"),
            // One member has nobody to wait for. Twenty ticks a second: a hundred took 1 % of a
            // core more and made it ready no sooner.
            "--heartbeat-interval=50",
            "--election-timeout=250",
            "--log-level=warn",
        ],
    )
}

fn containerd() -> Server {
    let mut server = server("containerd", &["--config=@/containerd.toml", "--log-level=warn"]);
    let runc = format!("{INSIDE}/bin/runc");
    server.env.push((sandbox::oci_runtime::RUNC_VARIABLE.to_owned(), runc));
    server
}

fn store(node_ip: &str, user: &str, password: &str) -> Server {
    let address = format!("--address={node_ip}:{BEHIND_PORT}");
    let mut server = server("minio", &["server", "--quiet", &address, "@/store"]);
    server.env.extend(
        [
            ("MINIO_ROOT_USER", user),
            ("MINIO_ROOT_PASSWORD", password),
            ("MINIO_BROWSER", "off"),
            ("MINIO_UPDATE", "off"),
            ("MINIO_CALLHOME_ENABLE", "off"),
            ("HOME", "/tmp"),
        ]
        .map(|(k, v)| (k.to_owned(), v.to_owned())),
    );
    server
}

/// The proxy: a hidden verb of the harness's own binary, under its own name.
fn proxy(node_ip: &str) -> Server {
    let flags = [
        PROXY,
        &format!("--listen={node_ip}:{STORE_PORT}"),
        &format!("--store={node_ip}:{BEHIND_PORT}"),
        &format!("--socket=@/{PROXY_SOCKET}"),
    ];
    server(PROXY, &flags)
}

fn api_server(node_ip: &str) -> Server {
    server(
        "kube-apiserver",
        &[
            "--etcd-servers=http://127.0.0.1:2379",
            "--secure-port=443",
            "--bind-address=0.0.0.0",
            &format!("--advertise-address={node_ip}"),
            "--tls-cert-file=@/certs/apiserver.crt",
            "--tls-private-key-file=@/certs/apiserver.key",
            "--client-ca-file=@/certs/ca.crt",
            "--cert-dir=@/certs",
            "--kubelet-certificate-authority=@/certs/ca.crt",
            "--kubelet-client-certificate=@/certs/kubelet-client.crt",
            "--kubelet-client-key=@/certs/kubelet-client.key",
            "--kubelet-preferred-address-types=InternalIP",
            "--authorization-mode=Node,RBAC",
            "--service-account-key-file=@/certs/accounts.pub",
            "--service-account-signing-key-file=@/certs/accounts.key",
            "--service-account-issuer=https://kubernetes.default.svc",
            &format!("--service-cluster-ip-range={}/16", service_network()),
            "--allow-privileged=true",
            "--profiling=false",
            "--goaway-chance=0",
        ],
    )
}

fn service_network() -> String {
    let mut parts: Vec<&str> = SERVICE_ADDRESS.split('.').collect();
    parts[2] = "0";
    parts[3] = "0";
    parts.join(".")
}

fn controller_manager() -> Server {
    server(
        "kube-controller-manager",
        &[
            "--kubeconfig=@/controller-manager.kubeconfig",
            // Nobody calls it: no wait for who may.
            "--authentication-skip-lookup=true",
            "--leader-elect=false",
            "--root-ca-file=@/certs/ca.crt",
            "--service-account-private-key-file=@/certs/accounts.key",
            "--use-service-account-credentials=false",
            "--controllers=*,-nodeipam,-cloud-node-lifecycle",
            "--cert-dir=@/certs/controller-manager",
            "--bind-address=127.0.0.1",
            "--profiling=false",
            "--concurrent-namespace-syncs=20",
            "--concurrent-gc-syncs=40",
            "--kube-api-qps=300",
            "--kube-api-burst=600",
        ],
    )
}

fn scheduler() -> Server {
    server(
        "kube-scheduler",
        &[
            "--kubeconfig=@/scheduler.kubeconfig",
            // Nobody calls it: no wait for who may.
            "--authentication-skip-lookup=true",
            "--leader-elect=false",
            "--cert-dir=@/certs/scheduler",
            "--bind-address=127.0.0.1",
            "--profiling=false",
            "--kube-api-qps=300",
            "--kube-api-burst=600",
        ],
    )
}

fn kubelet(node_ip: &str) -> Server {
    server(
        "kubelet",
        &[
            "--config=@/kubelet.yaml",
            "--kubeconfig=@/node.kubeconfig",
            &format!("--hostname-override={NODE}"),
            &format!("--node-ip={node_ip}"),
            &format!("--root-dir={STATE}/kubelet"),
            "--cert-dir=@/certs/kubelet-rotated",
            "--v=1",
        ],
    )
}
