//! Connections to an existing cluster that fail, each with its remedy.

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use provision::certificates::Authority;
use rstest::rstest;
use serde_json::{Value, json};

use crate::harness::Harness;
use crate::servers::{Answer, api, closed_port, tls_api};

/// A name that the machine cannot look up, on any network.
pub(crate) const NO_NAME: &str = "no..where";

/// A run with the context `t` of a kubeconfig, in a clean environment.
pub(crate) fn run(harness: &Harness, cluster: &Value, user: &Value) -> Command {
    let kubeconfig = json!({
        "contexts": [{ "name": "t", "context": { "cluster": "c", "user": "u" } }],
        "clusters": [{ "name": "c", "cluster": cluster }],
        "users": [{ "name": "u", "user": user }],
    });
    std::fs::write(harness.path("kubeconfig"), kubeconfig.to_string()).expect("write");
    let mut command = of_context(harness, "t");
    command.arg("--kubeconfig").arg(harness.path("kubeconfig"));
    command
}

pub(crate) fn of_context(harness: &Harness, context: &str) -> Command {
    let args = ["run", "--provider", "existing", "--namespaces", "prepared-1", "--bucket", "b"];
    let store = ["--store", "http://127.0.0.1:1", "--store-user", "u", "--store-password", "p"];
    let mut command = harness.command(&[&args[..], &store, &["--context", context]].concat());
    command.arg("--out").arg(harness.path("run"));
    for name in ["KUBECONFIG", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"] {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    command
}

/// The text of the run, with the port replaced. The run leaves no directory and no key.
pub(crate) fn said(harness: &Harness, command: &mut Command, port: SocketAddr) -> String {
    let output = command.output().expect("it runs");
    assert!(!harness.path("run").exists(), "a run that never began has no directory");
    let private = harness.path("cache/private").read_dir().map(Iterator::count);
    assert_eq!(private.unwrap_or_default(), 0, "a private directory is left");
    harness.said(&output).replace(&format!(":{}", port.port()), ":PORT")
}

pub(crate) fn pem(text: &str) -> String {
    STANDARD.encode(text)
}

#[test]
fn a_closed_port() {
    let (harness, port) = (Harness::new(), closed_port());
    let cluster = json!({ "server": format!("https://{port}") });
    insta::assert_snapshot!(said(&harness, &mut run(&harness, &cluster, &json!({})), port), @r"
    error: failed to look at namespace prepared-1
      caused by: failed to connect to https://127.0.0.1:PORT (context t of DIR/kubeconfig): tcp connect error: Connection refused (os error 111)
    hint: Check that the API server runs, and its port in the key `server`.
    exit 69
    ");
}

#[test]
fn a_name_without_an_address() {
    let harness = Harness::new();
    // The TLS library refuses such a name before the lookup.
    let cluster = json!({ "server": format!("http://{NO_NAME}:6443") });
    let text = said(&harness, &mut run(&harness, &cluster, &json!({})), closed_port());
    // The rest is the text of the C library.
    insta::assert_snapshot!(text.replace("Name or service not known", "UNKNOWN"), @r"
    error: failed to look at namespace prepared-1
      caused by: failed to connect to http://no..where:6443 (context t of DIR/kubeconfig): dns error: failed to lookup address information: UNKNOWN
    hint: Check the key `server` of the cluster, the DNS and the VPN.
    exit 69
    ");
}

#[rstest]
#[case::of_another_authority("127.0.0.1", true)]
#[case::for_another_name("elsewhere", false)]
fn a_certificate_of_the_server(#[case] name: &str, #[case] other: bool) {
    let harness = Harness::new();
    let authority = Authority::new().expect("an authority");
    let credential = authority.server("api", &[name]).expect("a certificate");
    let (port, _) = tls_api(Answer::NotFound, &credential);
    let trusted = if other { Authority::new().expect("another") } else { authority };
    let cluster = json!({ "server": format!("https://{port}"),
        "certificate-authority-data": pem(trusted.certificate()) });
    let text = said(&harness, &mut run(&harness, &cluster, &json!({})), port);
    if other {
        insta::assert_snapshot!(text, @r"
        error: failed to look at namespace prepared-1
          caused by: failed to connect to https://127.0.0.1:PORT (context t of DIR/kubeconfig): invalid certificate of the server: the known authority of that name did not sign it
        hint: Check the key `certificate-authority-data` of the cluster: it needs the authority of this server. A proxy that opens TLS has an authority of its own.
        exit 69
        ");
    } else {
        insta::assert_snapshot!(text, @r#"
        error: failed to look at namespace prepared-1
          caused by: failed to connect to https://127.0.0.1:PORT (context t of DIR/kubeconfig): invalid certificate of the server: certificate not valid for name "127.0.0.1"; certificate is only valid for DnsName("elsewhere")
        hint: Name a host of the certificate with the key `server` or `tls-server-name`.
        exit 69
        "#);
    }
}

#[test]
fn http_on_a_port_of_tls_of_a_go_program() {
    let harness = Harness::new();
    let (port, _) = api(Answer::SpeaksTls);
    let cluster = json!({ "server": format!("http://{port}") });
    insta::assert_snapshot!(said(&harness, &mut run(&harness, &cluster, &json!({})), port), @r"
    error: failed to look at namespace prepared-1
      caused by: failed to connect to http://127.0.0.1:PORT (context t of DIR/kubeconfig): the server speaks TLS alone
    hint: Write https://127.0.0.1:PORT as the key `server` of the cluster.
    exit 69
    ");
}

#[test]
fn http_on_a_port_of_tls() {
    let harness = Harness::new();
    let credential = Authority::new().and_then(|it| it.server("api", &["127.0.0.1"]));
    let (port, _) = tls_api(Answer::NotFound, &credential.expect("a certificate"));
    let cluster = json!({ "server": format!("http://{port}") });
    insta::assert_snapshot!(said(&harness, &mut run(&harness, &cluster, &json!({})), port), @r"
    error: failed to look at namespace prepared-1
      caused by: failed to connect to http://127.0.0.1:PORT (context t of DIR/kubeconfig): invalid HTTP version parsed
    hint: Write https://127.0.0.1:PORT as the key `server` of the cluster.
    exit 69
    ");
}

#[test]
fn tls_on_a_port_of_http() {
    let harness = Harness::new();
    let (port, _) = api(Answer::NotFound);
    let cluster = json!({ "server": format!("https://{port}") });
    insta::assert_snapshot!(said(&harness, &mut run(&harness, &cluster, &json!({})), port), @r"
    error: failed to look at namespace prepared-1
      caused by: failed to connect to https://127.0.0.1:PORT (context t of DIR/kubeconfig): the server speaks no TLS
    hint: Check the port in the key `server`: no TLS server listens there.
    exit 69
    ");
}

#[test]
fn credentials_that_the_server_does_not_know() {
    let harness = Harness::new();
    let (port, _) = api(Answer::Unauthorized);
    let cluster = json!({ "server": format!("http://{port}") });
    let user = json!({ "token": "TOP-SECRET" });
    insta::assert_snapshot!(said(&harness, &mut run(&harness, &cluster, &user), port), @r"
    error: failed to look at namespace prepared-1
      caused by: failed to connect to http://127.0.0.1:PORT (context t of DIR/kubeconfig): the API server does not accept the credentials of the user (401)
    hint: Log in again, or check the user of the context.
    exit 69
    ");
}

#[test]
fn a_client_certificate_of_version_1() {
    let (harness, port) = (Harness::new(), closed_port());
    let key = Authority::new().and_then(|it| it.client("me", None)).expect("a certificate").key;
    let user = json!({ "client-key-data": pem(&key),
        "client-certificate-data": pem(&version_1(&key)) });
    let cluster = json!({ "server": format!("https://{port}") });
    insta::assert_snapshot!(said(&harness, &mut run(&harness, &cluster, &user), port), @r"
    error: failed to connect to https://127.0.0.1:PORT (context t of DIR/kubeconfig): the client certificate is of X.509 version 1, which this program cannot use
    hint: Make a client certificate of version 3: sign it with an extension, for example `keyUsage=digitalSignature`. A token works too.
    exit 69
    ");
}

/// A certificate without version and extensions. Its key is on the curve P-256. The signature is
/// empty: nobody looks at it before the version.
fn version_1(key: &str) -> String {
    use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
    use rustls::pki_types::PrivatePkcs8KeyDer;
    use rustls::pki_types::pem::PemObject;

    let key = PrivatePkcs8KeyDer::from_pem_slice(key.as_bytes()).expect("a key");
    let random = ring::rand::SystemRandom::new();
    let pair =
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, key.secret_pkcs8_der(), &random);
    let public = [&[0], pair.expect("a key of the curve").public_key().as_ref()].concat();
    let signed_by = der(0x30, &[&[0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2]]);
    let kind = der(
        0x30,
        &[
            &[0x06, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1],
            &[0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7],
        ],
    );
    let name = der(0x30, &[]);
    let times = [der(0x17, &[b"200101000000Z"]), der(0x17, &[b"400101000000Z"])];
    let validity = der(0x30, &[&times[0], &times[1]]);
    let public = der(0x30, &[&kind, &der(0x03, &[&public])]);
    let body = der(0x30, &[&[2, 1, 1], &signed_by, &name, &validity, &name, &public]);
    let certificate = der(0x30, &[&body, &signed_by, &der(0x03, &[&[0]])]);
    let text = STANDARD.encode(certificate);
    format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n")
}

/// A value of DER with this tag and content.
fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = u16::try_from(content.len()).expect("a short value");
    let [high, low] = length.to_be_bytes();
    let length: &[u8] = match length {
        0..0x80 => &[low],
        0x80..0x100 => &[0x81, low],
        0x100.. => &[0x82, high, low],
    };
    [&[tag][..], length, &content].concat()
}

pub(crate) fn exec(command: &str, hint: Option<&str>) -> Value {
    json!({ "exec": { "apiVersion": "client.authentication.k8s.io/v1", "command": command,
        "installHint": hint, "env": [{ "name": "PLUGIN_KEY", "value": "TOP-SECRET" }] } })
}

#[rstest]
#[case::without_a_hint(None)]
#[case::with_a_hint(Some("Run `get-mytoken`."))]
fn an_exec_plugin_that_is_missing(#[case] hint: Option<&str>) {
    let (harness, port) = (Harness::new(), closed_port());
    let cluster = json!({ "server": format!("https://{port}") });
    let text = said(&harness, &mut run(&harness, &cluster, &exec("mytoken", hint)), port);
    if hint.is_some() {
        insta::assert_snapshot!(text, @r"
        error: failed to connect to https://127.0.0.1:PORT (context t of DIR/kubeconfig): failed to run the exec plugin `mytoken`: No such file or directory (os error 2)
        hint: Run `get-mytoken`.
        exit 69
        ");
    } else {
        insta::assert_snapshot!(text, @r"
        error: failed to connect to https://127.0.0.1:PORT (context t of DIR/kubeconfig): failed to run the exec plugin `mytoken`: No such file or directory (os error 2)
        hint: Install the plugin, and see that PATH has its directory. `sudo` may reset PATH.
        exit 69
        ");
    }
}

/// A plugin that writes text and ends with a code.
pub(crate) fn plugin(harness: &Harness, script: &str) {
    let path = harness.path("mytoken");
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("write");
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).expect("make it a program");
}

pub(crate) fn with_plugin(harness: &Harness, script: &str, port: SocketAddr) -> Command {
    plugin(harness, script);
    let cluster = json!({ "server": format!("http://{port}") });
    let mut command = run(harness, &cluster, &exec("mytoken", None));
    command.env("PATH", format!("{}:/usr/bin:/bin", harness.path("").display()));
    command
}

#[test]
fn an_exec_plugin_that_fails() {
    let (harness, port) = (Harness::new(), closed_port());
    let script = "echo TOP-SECRET; echo 'the session is over, log in' >&2; exit 3";
    let text = said(&harness, &mut with_plugin(&harness, script, port), port);
    insta::assert_snapshot!(text, @r"
    error: failed to connect to http://127.0.0.1:PORT (context t of DIR/kubeconfig): the exec plugin `mytoken` failed (exit status: 3): the session is over, log in
    hint: Run the plugin in this shell; it may need a login.
    exit 69
    ");
}

#[test]
fn an_exec_plugin_that_prints_something_else() {
    let (harness, port) = (Harness::new(), closed_port());
    let text = said(&harness, &mut with_plugin(&harness, "echo '[TOP-SECRET'", port), port);
    insta::assert_snapshot!(text, @r"
    error: failed to connect to http://127.0.0.1:PORT (context t of DIR/kubeconfig): the exec plugin `mytoken` printed no ExecCredential
    hint: Run the plugin in this shell; it may need a login.
    exit 69
    ");
}

pub(crate) const NO_NAMESPACE: &str = "there is no namespace prepared-1";

#[test]
fn an_exec_plugin_in_path() {
    let harness = Harness::new();
    let (port, asked) = api(Answer::NotFound);
    let script = r#"echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"a"}}'"#;
    let text = said(&harness, &mut with_plugin(&harness, script, port), port);
    assert!(text.contains(NO_NAMESPACE), "{text}");
    assert_eq!(asked.all()[0], "GET /api/v1/namespaces/prepared-1 HTTP/1.1");
}

/// The kubeconfig of a list names its files relative to itself, and is named relative to the
/// working directory.
#[test]
fn a_list_of_kubeconfigs() {
    let harness = Harness::new();
    let authority = Authority::new().expect("an authority");
    let credential = authority.server("api", &["127.0.0.1"]).expect("a certificate");
    let (port, asked) = tls_api(Answer::NotFound, &credential);
    std::fs::create_dir(harness.path("kube")).expect("a directory");
    std::fs::write(harness.path("kube/ca.pem"), authority.certificate()).expect("write");
    let write = |name: &str, value: Value| {
        std::fs::write(harness.path("kube").join(name), value.to_string()).expect("write");
    };
    write(
        "a",
        json!({ "contexts": [{ "name": "t", "context": { "cluster": "c", "user": "u" } }] }),
    );
    write(
        "b",
        json!({ "clusters": [{ "name": "c", "cluster": {
        "server": format!("https://{port}"), "certificate-authority": "ca.pem" } }] }),
    );
    let mut command = of_context(&harness, "t");
    command.env("KUBECONFIG", "missing:kube/a::kube/b").current_dir(harness.path(""));
    let text = said(&harness, &mut command, port);
    assert!(text.contains(NO_NAMESPACE), "{text}");
    assert_eq!(asked.all()[0], "GET /api/v1/namespaces/prepared-1 HTTP/1.1");

    let mut command = of_context(&harness, "t");
    command.env("KUBECONFIG", "missing:gone").current_dir(harness.path(""));
    insta::assert_snapshot!(said(&harness, &mut command, port), @r"
    error: failed to find a kubeconfig: missing and gone are missing
    hint: name a kubeconfig with --kubeconfig, or set KUBECONFIG; `sudo` drops KUBECONFIG
    exit 69
    ");
    let mut command = of_context(&harness, "other");
    command.env("KUBECONFIG", "kube/a:kube/b").current_dir(harness.path(""));
    insta::assert_snapshot!(said(&harness, &mut command, port), @r"
    error: failed to find the context `other` in DIR/kube/a and DIR/kube/b: it has t
    exit 69
    ");
}
