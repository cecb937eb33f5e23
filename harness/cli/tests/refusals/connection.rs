//! Connections to an existing cluster that fail, and the way to a cluster behind a proxy.

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use provision::certificates::Authority;
use rstest::rstest;
use serde_json::{Value, json};

use crate::harness::Harness;
use crate::servers::{Answer, Asked, api, closed_port, http_proxy, socks_proxy, tls_api};

/// A name that the machine cannot look up, on any network.
const NO_NAME: &str = "no..where";
/// A name that only a proxy can look up.
const BEHIND_A_PROXY: &str = "api.behind-a-proxy.invalid";

/// A run with the context `t` of a kubeconfig, in a clean environment.
fn run(harness: &Harness, cluster: &Value, user: &Value) -> Command {
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

fn of_context(harness: &Harness, context: &str) -> Command {
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
fn said(harness: &Harness, command: &mut Command, port: SocketAddr) -> String {
    let output = command.output().expect("it runs");
    assert!(!harness.path("run").exists(), "a run that never began has no directory");
    let private = harness.path("cache/private").read_dir().map(Iterator::count);
    assert_eq!(private.unwrap_or_default(), 0, "a private directory is left");
    harness.said(&output).replace(&format!(":{}", port.port()), ":PORT")
}

fn pem(text: &str) -> String {
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

fn exec(command: &str, hint: Option<&str>) -> Value {
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
fn plugin(harness: &Harness, script: &str) {
    let path = harness.path("mytoken");
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("write");
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).expect("make it a program");
}

fn with_plugin(harness: &Harness, script: &str, port: SocketAddr) -> Command {
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

const NO_NAMESPACE: &str = "there is no namespace prepared-1";

#[test]
fn an_exec_plugin_in_path() {
    let harness = Harness::new();
    let (port, asked) = api(Answer::NotFound);
    let script = r#"echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"a"}}'"#;
    let text = said(&harness, &mut with_plugin(&harness, script, port), port);
    assert!(text.contains(NO_NAMESPACE), "{text}");
    assert_eq!(asked.all(), ["GET /api/v1/namespaces/prepared-1 HTTP/1.1"]);
}

/// A server with TLS for the name that only a proxy can look up.
fn behind_a_proxy(harness: &Harness, more: &Value) -> (Command, SocketAddr) {
    let authority = Authority::new().expect("an authority");
    let credential = authority.server("api", &[BEHIND_A_PROXY]).expect("a certificate");
    let (target, _) = tls_api(Answer::NotFound, &credential);
    let mut cluster = json!({ "server": format!("https://{BEHIND_A_PROXY}:6443"),
        "certificate-authority-data": pem(authority.certificate()) });
    let (Some(all), Some(more)) = (cluster.as_object_mut(), more.as_object()) else {
        unreachable!("both are objects")
    };
    all.extend(more.clone());
    (run(harness, &cluster, &json!({})), target)
}

#[rstest]
#[case::in_capitals("HTTPS_PROXY", "http")]
#[case::in_small_letters("https_proxy", "http")]
#[case::of_socks("HTTPS_PROXY", "socks5")]
fn a_proxy_of_the_environment(#[case] variable: &str, #[case] scheme: &str) {
    let harness = Harness::new();
    let (mut command, target) = behind_a_proxy(&harness, &json!({}));
    let (proxy, asked, verb) = by_scheme(scheme, target);
    command.env(variable, format!("{scheme}://{proxy}"));
    // An address of the proxy in NO_PROXY says nothing about the server.
    command.env("NO_PROXY", "127.0.0.1,");
    let text = said(&harness, &mut command, proxy);
    assert!(text.contains(NO_NAMESPACE), "{text}");
    assert_eq!(asked.all(), [format!("{verb} {BEHIND_A_PROXY}:6443")]);
}

#[rstest]
#[case::http("http")]
#[case::socks("socks5")]
#[case::socks_that_resolves("socks5h")]
fn a_proxy_of_the_kubeconfig(#[case] scheme: &str) {
    let harness = Harness::new();
    let authority = Authority::new().expect("an authority");
    let credential = authority.server("api", &[BEHIND_A_PROXY]).expect("a certificate");
    let (target, _) = tls_api(Answer::NotFound, &credential);
    let (proxy, asked, verb) = by_scheme(scheme, target);
    let cluster = json!({ "server": format!("https://{BEHIND_A_PROXY}:6443"),
        "proxy-url": format!("{scheme}://{proxy}"),
        "certificate-authority-data": pem(authority.certificate()) });
    let mut command = run(&harness, &cluster, &json!({}));
    // The key of the kubeconfig comes first, as it does for kubectl.
    command.env("HTTPS_PROXY", format!("http://{}", closed_port())).env("NO_PROXY", "*");
    let text = said(&harness, &mut command, proxy);
    assert!(text.contains(NO_NAMESPACE), "{text}");
    assert_eq!(asked.all(), [format!("{verb} {BEHIND_A_PROXY}:6443")]);
}

fn by_scheme(scheme: &str, target: SocketAddr) -> (SocketAddr, Asked, &'static str) {
    if scheme == "http" {
        let (proxy, asked) = http_proxy(Some(target));
        return (proxy, asked, "CONNECT");
    }
    let (proxy, asked) = socks_proxy(target);
    (proxy, asked, "SOCKS")
}

#[test]
fn a_proxy_with_a_user() {
    let harness = Harness::new();
    let (mut command, target) = behind_a_proxy(&harness, &json!({}));
    let (proxy, asked) = http_proxy(Some(target));
    command.env("HTTPS_PROXY", format!("http://me:pass@{proxy}"));
    let text = said(&harness, &mut command, proxy);
    assert!(text.contains(NO_NAMESPACE), "{text}");
    let user = format!("proxy-authorization: basic {}", STANDARD.encode("me:pass").to_lowercase());
    assert_eq!(asked.all(), [format!("CONNECT {BEHIND_A_PROXY}:6443 {user}")]);
}

#[test]
fn an_https_proxy_serves_no_plain_server_and_an_http_proxy_does() {
    let harness = Harness::new();
    let (target, _) = api(Answer::NotFound);
    let (proxy, asked) = http_proxy(Some(target));
    let cluster = json!({ "server": format!("http://{BEHIND_A_PROXY}") });
    let mut command = run(&harness, &cluster, &json!({}));
    command.env("HTTP_PROXY", format!("http://{proxy}"));
    command.env("HTTPS_PROXY", format!("http://{}", closed_port()));
    let text = said(&harness, &mut command, proxy);
    assert!(text.contains(NO_NAMESPACE), "{text}");
    assert_eq!(asked.all(), [format!("CONNECT {BEHIND_A_PROXY}:80")]);
}

#[test]
fn a_server_on_the_loopback_interface_has_no_proxy() {
    let harness = Harness::new();
    let (port, asked) = api(Answer::NotFound);
    let (proxy, of_proxy) = http_proxy(None);
    let cluster = json!({ "server": format!("http://{port}") });
    let mut command = run(&harness, &cluster, &json!({}));
    command.env("HTTP_PROXY", format!("http://{proxy}"));
    let text = said(&harness, &mut command, port);
    assert!(text.contains(NO_NAMESPACE), "{text}");
    assert_eq!((of_proxy.all().len(), asked.all().len()), (0, 1));
}

#[rstest]
#[case::of_the_server(NO_NAME, 0)]
#[case::of_another("elsewhere", 1)]
fn a_name_in_no_proxy(#[case] no: &str, #[case] expected: usize) {
    let harness = Harness::new();
    let (proxy, asked) = http_proxy(None);
    let cluster = json!({ "server": format!("http://{NO_NAME}:6443") });
    let mut command = run(&harness, &cluster, &json!({}));
    command.env("HTTP_PROXY", format!("http://{proxy}")).env("NO_PROXY", no);
    let text = said(&harness, &mut command, proxy);
    assert_eq!(asked.all().len(), expected, "{text}");
    assert_eq!(text.contains("through the proxy"), expected > 0, "{text}");
}

#[test]
fn a_proxy_that_refuses() {
    let harness = Harness::new();
    let (proxy, _) = http_proxy(None);
    let (mut command, _) = behind_a_proxy(&harness, &json!({}));
    command.env("HTTPS_PROXY", format!("http://me:TOP-SECRET@{proxy}"));
    insta::assert_snapshot!(said(&harness, &mut command, proxy), @r"
    error: failed to look at namespace prepared-1
      caused by: failed to connect to https://api.behind-a-proxy.invalid:6443 (context t of DIR/kubeconfig) through the proxy http://127.0.0.1:PORT: tunnel error: unsuccessful
    hint: Check `proxy-url` of the cluster, HTTPS_PROXY and NO_PROXY.
    exit 69
    ");
}

#[test]
fn a_proxy_that_is_not_there() {
    let (harness, proxy) = (Harness::new(), closed_port());
    let (mut command, _) =
        behind_a_proxy(&harness, &json!({ "proxy-url": format!("socks5://{proxy}") }));
    insta::assert_snapshot!(said(&harness, &mut command, proxy), @r"
    error: failed to look at namespace prepared-1
      caused by: failed to connect to https://api.behind-a-proxy.invalid:6443 (context t of DIR/kubeconfig) through the proxy socks5://127.0.0.1:PORT: SOCKS error: failed to create underlying connection
    hint: Check `proxy-url` of the cluster, HTTPS_PROXY and NO_PROXY.
    exit 69
    ");
}

#[test]
fn a_proxy_that_is_none() {
    let harness = Harness::new();
    let (mut command, target) = behind_a_proxy(&harness, &json!({ "proxy-url": "ftp://me:pw@a" }));
    insta::assert_snapshot!(said(&harness, &mut command, target), @r"
    error: failed to use the kubeconfig (context t of DIR/kubeconfig)
      caused by: invalid proxy-url: the scheme must be http, https or socks5
    exit 69
    ");
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
    assert_eq!(asked.all(), ["GET /api/v1/namespaces/prepared-1 HTTP/1.1"]);

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
