//! Servers of a native cluster, with their flags.

use super::files::{INSIDE, NODE, SERVICE_ADDRESS, STATE};
use crate::store::StoreAddress;

/// One server.
pub(super) struct Server {
    /// Name of the program and of its log file.
    pub(super) name: &'static str,
    /// Command line, with paths inside the sandbox.
    pub(super) argv: Vec<String>,
    /// Environment variables besides `PATH`.
    pub(super) env: Vec<(String, String)>,
}

/// Port of the proxy on the node. Pods use this port for the object store.
pub(super) const STORE_PORT: u16 = 9000;

/// Port of `MinIO` on the node, for the proxy and the harness.
pub(super) const BEHIND_PORT: u16 = 9001;

/// Value of `GOGC` for the servers, in percent. The default of Go is 100. The servers share the
/// cores with the pods, and the machine has enough memory. Containerd passes the variable to runc.
const GARBAGE: &str = "400";

/// Name of the proxy, as program and as subcommand of the harness.
pub(super) const PROXY: &str = "store-proxy";

/// Name of the proxy's socket in the cluster's directory.
pub(super) const PROXY_SOCKET: &str = "proxy.sock";

/// Name of etcd's socket in the cluster's directory.
pub(super) const ETCD_SOCKET: &str = "etcd.sock";

/// Port on the node with the readiness of etcd.
pub(super) const ETCD_HEALTH_PORT: u16 = 2381;

/// Servers that need no file of the cluster. The harness starts these servers first.
pub(super) fn first(node_ip: &str, address: &StoreAddress) -> Vec<Server> {
    vec![etcd(node_ip), store(node_ip, &address.user, &address.password), proxy(node_ip)]
}

/// Servers that need files of the cluster. The API server also needs etcd.
pub(super) fn second(node_ip: &str) -> Vec<Server> {
    vec![api_server(node_ip), containerd()]
}

/// Servers that need the API server.
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
            // One member waits for no other member. A tick of 10 ms in place of 50 ms took 1 % of a
            // core more. Etcd was ready no sooner.
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

/// The proxy: a hidden subcommand of the harness's binary.
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
            // No client calls this server, so the lookup of permitted clients is unnecessary.
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
            // No client calls this server, so the lookup of permitted clients is unnecessary.
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
