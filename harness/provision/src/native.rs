//! Provider `native`: a cluster of plain processes in a sandbox.
//!
//! The sandbox ends with the harness, unless [`NativeCluster::release`] separates the two.

mod error;
pub mod etcd;
mod files;
mod images;
mod servers;
pub mod stored_definitions;

pub use error::NativeError;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kube::Client;
use sandbox::slot::{LOCKS, Slot};
use sandbox::spec::{SandboxSpec, ServerSpec};
use sandbox::{Event, Sandbox, SandboxError};
use tokio::sync::oneshot;

use crate::access::Access;
use crate::budgets;
use crate::client;
use crate::image::Image;
use crate::installation::Alarm;
use crate::poll::until_ready;
use crate::progress::{Progress, awaited};
use crate::requests::Requests;
use crate::store::{Store, StoreAddress};
use error::{Failure, explain};
use files::{ClusterFiles, INSIDE};
use servers::{BEHIND_PORT, ETCD_SOCKET, PROXY, PROXY_SOCKET, STORE_PORT, Server};
use stored_definitions::StoredDefinitions;

/// A running native cluster. Drop ends the processes. [`NativeCluster::end`] also removes the
/// files.
pub struct NativeCluster {
    sandbox: Arc<Sandbox>,
    /// Clients and addresses of the cluster. The client of the object store does not use the proxy.
    /// The address for pods is the address of the proxy.
    pub access: Access,
}

/// Inputs of [`NativeCluster::start`].
pub struct Ingredients<'a> {
    /// Binary of the harness.
    pub exe: &'a Path,
    /// Directories with the programs of the servers.
    pub programs: &'a [PathBuf],
    /// Directory for the data of sandboxes. Data that pods write stays in memory.
    pub data: &'a Path,
    /// Directory for the servers' logs.
    pub logs: &'a Path,
    /// Images for pods, besides the pause image and the shell image.
    pub images: Vec<Image>,
    /// Archives of more images, in the format of `docker save`.
    pub archives: Vec<PathBuf>,
    /// Definitions for etcd, which the API server finds at its start.
    pub stored: Option<StoredDefinitions>,
    /// Channel for a client. The function sends the client when the API server is ready. The node
    /// and the images may not be ready yet.
    pub api: oneshot::Sender<Client>,
}

impl NativeCluster {
    /// Starts a cluster. At the return, the API server is ready, the bucket exists, the images are
    /// imported, and every server has started. The node may not be Ready yet.
    ///
    /// # Errors
    /// [`NativeError`]. After an error no process of the cluster runs.
    pub async fn start(
        ingredients: Ingredients<'_>,
        progress: &dyn Progress,
    ) -> Result<Self, NativeError> {
        let timer = Timer { progress };
        let slot = Slot::take(Path::new(LOCKS), ingredients.data)?;
        let endpoint = format!("{}:{STORE_PORT}", slot.addresses().1);
        let store_address = StoreAddress::with_new_keys(endpoint)
            .map_err(|cause| NativeError::File { path: "/dev/urandom".into(), cause })?;
        let directory = slot.directory().to_owned();
        let node_ip = slot.addresses().1.to_string();
        let cgroup = slot.cgroup();
        let pods_cgroup = format!("/{cgroup}/pods");
        let spec = sandbox_spec(ingredients.logs);
        let bin = directory.join("bin");
        link_programs(ingredients.programs, &bin)?;
        let exe = ingredients.exe.to_owned();
        let started = timer.stage("start the sandbox", || Sandbox::start(&exe, slot, spec))?;
        let sandbox = Arc::new(started);
        // Etcd starts while the files are written. An API server that does not find etcd at its
        // start tries again after a second.
        start_servers(&sandbox, servers::first(&node_ip, &store_address))?;
        timer.stage("lay out the cluster", || {
            let facts = files::Facts { node_ip: &node_ip, pods_cgroup: &pods_cgroup };
            write_files(&directory, &files::make(&facts)?, &node_ip)
        })?;
        let requests = Requests::default();
        let client = client::direct(&directory.join("admin.kubeconfig"), &requests)?;
        let store = Store::at(&format!("{node_ip}:{BEHIND_PORT}"), &store_address);
        let (proxy, etcd) = (directory.join(PROXY_SOCKET), directory.join(ETCD_SOCKET));
        let api = ingredients.api;
        let served = async {
            timer.wait("API server ready", api_ready(&client)).await?;
            // A failed send means that the caller no longer waits for the client.
            let _ = api.send(client.clone());
            Ok(())
        };
        let (images, archives) = (&ingredients.images, &ingredients.archives);
        let imported = images::import(&sandbox, &directory, images, archives);
        let parts = async {
            timer.wait("etcd ready", etcd_ready(&node_ip)).await?;
            if let Some(stored) = &ingredients.stored {
                timer.wait("definitions put", put(stored, &etcd)).await?;
            }
            start_servers(&sandbox, servers::second(&node_ip)).map_err(Failure::sandbox)?;
            tokio::try_join!(
                served,
                timer.wait("bucket made", bucket_ready(&store)),
                proxy_ready(&proxy),
                timer.wait("images imported", imported),
            )
        };
        let brought_up =
            Box::pin(parts).await.map_err(|error| explain(error, &sandbox, ingredients.logs));
        brought_up?;
        start_servers(&sandbox, servers::third(&node_ip))?;
        let kubeconfig = directory.join("admin.kubeconfig");
        let alarm = alarm(&sandbox);
        let (proxy, etcd, cgroup) = (Some(proxy), Some(etcd), Some(cgroup));
        let access = Access {
            client,
            requests,
            alarm,
            kubeconfig,
            store,
            store_address,
            proxy,
            cgroup,
            etcd,
        };
        Ok(Self { sandbox, access })
    }

    /// Servers that ended by themselves. Empty for a healthy cluster.
    pub fn ended(&self) -> Vec<sandbox::spec::ServerEnd> {
        self.sandbox.ended()
    }

    /// Separates the cluster from this process. Returns the number of its slot. The cluster runs
    /// until [`sandbox::slot::kill`].
    ///
    /// # Errors
    /// The sandbox has ended.
    pub fn release(self) -> Result<u16, NativeError> {
        let sandbox = Arc::into_inner(self.sandbox).ok_or(SandboxError::Gone)?;
        Ok(sandbox.release()?)
    }

    /// Ends every process and removes the files of the cluster.
    ///
    /// # Errors
    /// A process or a file cannot be removed.
    pub fn end(self) -> Result<(), NativeError> {
        if let Some(sandbox) = Arc::into_inner(self.sandbox) {
            sandbox.end()?;
        }
        Ok(())
    }
}

/// Specification of the sandbox. Servers write their logs to the directory `logs`.
fn sandbox_spec(logs: &Path) -> SandboxSpec {
    let logs = sandbox::spec::Bind { source: logs.to_owned(), target: "/run/logs".into() };
    SandboxSpec {
        hostname: files::NODE.to_owned(),
        binds: vec![logs],
        service_address: std::net::Ipv4Addr::new(10, 96, 0, 1),
    }
}

/// Writes definitions to etcd before the start of the API server.
async fn put(stored: &StoredDefinitions, etcd: &Path) -> Result<(), Failure> {
    stored.put(etcd).await.map_err(|error| Failure::Other(NativeError::Stored(error)))
}

/// An alarm for the end of any server, or of the sandbox.
fn alarm(sandbox: &Sandbox) -> Alarm {
    let (alarm, events) = (Alarm::default(), sandbox.events());
    let raised = alarm.clone();
    std::thread::spawn(move || {
        for event in events {
            raised.raise(match event {
                Event::ServerEnded(end) => format!("{} ended: {}", end.name, end.how),
                Event::Gone => "the sandbox ended".to_owned(),
            });
        }
    });
    alarm
}

/// Reports the start and the end of stages.
struct Timer<'a> {
    progress: &'a dyn Progress,
}

impl Timer<'_> {
    fn stage<T, E>(&self, name: &str, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        crate::progress::stage(self.progress, name, work)
    }

    async fn wait<T, E>(
        &self,
        name: &str,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        awaited(self.progress, name, work).await
    }
}

fn write_files(directory: &Path, made: &ClusterFiles, node_ip: &str) -> Result<(), NativeError> {
    let server = format!("https://{node_ip}");
    let admin = files::kubeconfig_of(&server, &made.authority, &made.admin).to_string();
    let all = made.files.iter().map(|(n, t)| (n.as_str(), t.as_str()));
    for (name, text) in all.chain([("admin.kubeconfig", admin.as_str())]) {
        let path = directory.join(name);
        let write = || {
            std::fs::create_dir_all(path.parent().unwrap_or(directory))?;
            std::fs::write(&path, text)
        };
        write().map_err(|cause| NativeError::File { path: path.clone(), cause })?;
    }
    Ok(())
}

/// Links every program into one directory. The function copies programs of another file system.
fn link_programs(from: &[PathBuf], bin: &Path) -> Result<(), NativeError> {
    let link = || {
        std::fs::create_dir_all(bin)?;
        for directory in from {
            for entry in std::fs::read_dir(directory)? {
                let entry = entry?;
                let target = bin.join(entry.file_name());
                if std::fs::hard_link(entry.path(), &target).is_err() {
                    std::fs::copy(entry.path(), &target)?;
                }
            }
        }
        // The proxy is a link to the binary of the harness, which is the first process in the
        // sandbox.
        std::os::unix::fs::symlink(sandbox::own_binary::ITSELF, bin.join(PROXY))
    };
    link().map_err(|cause| NativeError::File { path: bin.to_owned(), cause })
}

fn start_servers(sandbox: &Sandbox, servers: Vec<Server>) -> Result<(), SandboxError> {
    for server in servers {
        let path = format!("{INSIDE}/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        let mut env = vec![("PATH".to_owned(), path)];
        env.extend(server.env);
        sandbox.start_server(ServerSpec {
            name: server.name.to_owned(),
            argv: server.argv,
            env,
            log: format!("/run/logs/{}.log", server.name).into(),
        })?;
    }
    Ok(())
}

async fn proxy_ready(socket: &Path) -> Result<(), Failure> {
    let ask = || async { proxy::follow(socket, "").await.map(drop) };
    until_ready("the proxy before the object store", budgets::NATIVE_PART_READY.time, ask)
        .await
        .map_err(Failure::NotReady)
}

async fn etcd_ready(node_ip: &str) -> Result<(), Failure> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let ask = || async {
        let address = (node_ip, servers::ETCD_HEALTH_PORT);
        let mut stream = tokio::net::TcpStream::connect(address).await?;
        stream.write_all(b"GET /readyz HTTP/1.0\r\n\r\n").await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        let status = answer.lines().next().unwrap_or_default();
        if status.contains(" 200 ") { Ok(()) } else { Err(std::io::Error::other(answer)) }
    };
    until_ready("etcd", budgets::NATIVE_PART_READY.time, ask).await.map_err(Failure::NotReady)
}

async fn api_ready(client: &Client) -> Result<(), Failure> {
    let ask = || async {
        let mut request = http::Request::new(Vec::new());
        *request.uri_mut() =
            http::Uri::from_static("/readyz?exclude=poststarthook/rbac/bootstrap-roles");
        client.request_text(request).await.map(drop)
    };
    until_ready("the API server", budgets::NATIVE_PART_READY.time, ask)
        .await
        .map_err(Failure::NotReady)
}

async fn bucket_ready(store: &Store) -> Result<(), Failure> {
    store.until_bucket(budgets::NATIVE_PART_READY.time).await.map_err(Failure::NotReady)
}
