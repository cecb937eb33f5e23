//! Cases on an existing cluster whose object store has TLS, a private authority and a region. The
//! store is a second `MinIO` on the node, where pods reach it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use provision::certificates::Authority;
use provision::store::{GivenStore, Store, StoreCredentials, Transport};
use serde_json::json;

use crate::begun::check;
use crate::prepared::files;
use crate::up::{Up, harness, output};

/// Port of the store on the node.
const PORT: u16 = 9443;
/// Wait for the store.
const PATIENCE: Duration = Duration::from_mins(1);
const REGION: &str = "eu-test-1";
const BUCKET: &str = "conformance";
const ACCESS_KEY: &str = "the-access-key-of-the-test";
const SECRET_KEY: &str = "the-secret-key-of-the-test";
/// A case in which Argo stores objects and deletes them, and whose claims list the bucket.
const CASE: &str = "artifact-gc/directory";

/// A run passes on the store. A run without the authority or the region says so before any case.
/// A run without a listing leaves the case out. No key is in a run directory.
pub(crate) fn with_a_private_authority() -> Result<(), String> {
    let up = Up::begin(&[])?;
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).map_err(|e| e.to_string())?;
    let store = SecuredStore::start(&up, directory.path())?;
    let prepare = output(harness().args(["prepare", "prepared-1", "--user", "conformance"]))?;
    up.apply(&String::from_utf8_lossy(&prepare.stdout))?;
    let kubeconfig = directory.path().join("kubeconfig");
    up.kubeconfig_of("conformance", &kubeconfig)?;
    let run = |name: &str, rest: &[&str]| run(&kubeconfig, &directory.path().join(name), rest);
    let (url, ca) = (format!("https://{}", store.address), store.ca.display().to_string());
    let given = ["--store", &url, "--bucket", BUCKET, "--store-user", ACCESS_KEY];
    let given = [&given[..], &["--store-password", SECRET_KEY]].concat();
    let passed =
        run("passed", &[&given[..], &["--store-ca", &ca, "--store-region", REGION]].concat())?;
    says(&passed, 0, &format!("  {CASE}"))?;
    let unknown = run("unknown", &[&given[..], &["--store-region", REGION]].concat())?;
    says(&unknown, 69, "hint: Name the certificate of the store's authority by --store-ca")?;
    let elsewhere = run("elsewhere", &[&given[..], &["--store-ca", &ca]].concat())?;
    says(&elsewhere, 69, &format!("hint: Name the region by --store-region {REGION}."))?;
    // The repository of the installation names this secret of each namespace.
    let secret = json!({ "apiVersion": "v1", "kind": "Secret",
        "metadata": { "name": "artifact-store", "namespace": "prepared-1" },
        "stringData": { "user": up.store.user, "password": up.store.password } });
    up.apply(&secret.to_string())?;
    let configured = run("configured", &["--artifact-repository", "default"])?;
    says(&configured, 4, "it needs a listing of the bucket")?;
    for file in files(directory.path()).map_err(|e| e.to_string())? {
        let bytes = std::fs::read(&file).map_err(|e| e.to_string())?;
        let has = |secret: &str| bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
        let of_the_store = file.starts_with(&store.data);
        let clean = of_the_store || !has(ACCESS_KEY) && !has(SECRET_KEY);
        check(clean, &format!("{} has a key of the store", file.display()))?;
    }
    Ok(())
}

fn run(kubeconfig: &Path, out: &Path, rest: &[&str]) -> Result<Output, String> {
    let mut run = harness();
    run.args(["run", "--provider", "existing", "--context", "argo-conformance"]);
    run.args(["--namespaces", "prepared-1", "--shell-image", "argo-conformance/shell:1"]);
    run.args(["--case", CASE]).args(rest).arg("--kubeconfig").arg(kubeconfig);
    run.arg("--cases").arg(crate::cases()).arg("--out").arg(out);
    run.output().map_err(|e| e.to_string())
}

fn says(output: &Output, code: i32, words: &str) -> Result<(), String> {
    let said = [&output.stdout[..], &output.stderr[..]].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    let expected = output.status.code() == Some(code) && said.contains(words);
    check(expected, &format!("{}, not {code} with `{words}`: {said}", output.status))
}

/// A store with TLS. The process ends with this value.
struct SecuredStore {
    server: Child,
    address: String,
    ca: PathBuf,
    data: PathBuf,
}

impl SecuredStore {
    fn start(up: &Up, directory: &Path) -> Result<Self, String> {
        let text = |error: std::io::Error| error.to_string();
        let node = up.store.endpoint.split(':').next().unwrap_or_default();
        let authority = Authority::new().map_err(|e| e.to_string())?;
        let made = authority.server("store", &[node]).map_err(|e| e.to_string())?;
        let [certificates, data] = ["certs", "data"].map(|name| directory.join(name));
        std::fs::create_dir(&certificates).map_err(text)?;
        std::fs::write(certificates.join("public.crt"), &made.certificate).map_err(text)?;
        std::fs::write(certificates.join("private.key"), &made.key).map_err(text)?;
        let ca = directory.join("ca.pem");
        std::fs::write(&ca, authority.certificate()).map_err(text)?;
        let address = format!("{node}:{PORT}");
        let mut server = Command::new("nsenter");
        server.arg("--net").arg(format!("--target={}", in_network_of(node)?));
        server.arg(up.directory().join("bin/minio")).args(["server", "--quiet"]);
        server.arg("--certs-dir").arg(&certificates).arg("--address").arg(&address).arg(&data);
        let variables = [
            ("MINIO_ROOT_USER", ACCESS_KEY),
            ("MINIO_ROOT_PASSWORD", SECRET_KEY),
            ("MINIO_REGION", REGION),
            ("MINIO_BROWSER", "off"),
            ("MINIO_UPDATE", "off"),
        ];
        server.envs(variables).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let server = server.spawn().map_err(text)?;
        let store = Self { server, address, ca, data };
        store.make_bucket(authority.certificate())?;
        Ok(store)
    }

    fn make_bucket(&self, ca: &str) -> Result<(), String> {
        let store = GivenStore {
            reached: self.address.clone(),
            endpoint: self.address.clone(),
            transport: Transport::Tls { ca: Some(ca.to_owned()) },
            region: Some(REGION.to_owned()),
            style: None,
            bucket: BUCKET.to_owned(),
            credentials: StoreCredentials::Keys {
                user: ACCESS_KEY.to_owned(),
                password: SECRET_KEY.to_owned(),
                session_token: None,
            },
        };
        let runtime = tokio::runtime::Runtime::new().map_err(|e| e.to_string())?;
        runtime.block_on(async {
            let store = Store::of(&store).await.map_err(|e| e.to_string())?;
            store.until_bucket(PATIENCE).await.map_err(|e| e.to_string())
        })
    }
}

impl Drop for SecuredStore {
    fn drop(&mut self) {
        // The test is over: nobody can hear of a failure.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// The process of the first store on a node. A pod reaches the addresses of the node alone.
fn in_network_of(node: &str) -> Result<String, String> {
    let address = format!("--address={node}:");
    for process in std::fs::read_dir("/proc").map_err(|e| e.to_string())?.flatten() {
        let line = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
        if String::from_utf8_lossy(&line).contains(&address) {
            return Ok(process.file_name().to_string_lossy().into_owned());
        }
    }
    Err(format!("no store listens on {node}"))
}
