//! Connections through HTTP and SOCKS proxies.

use std::net::SocketAddr;
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use provision::certificates::Authority;
use rstest::rstest;
use serde_json::{Value, json};

use crate::connection::{NO_NAME, NO_NAMESPACE, pem, run, said};
use crate::harness::Harness;
use crate::servers::{Answer, Asked, api, closed_port, http_proxy, socks_proxy, tls_api};

/// A name that only a proxy can look up.
const BEHIND_A_PROXY: &str = "api.behind-a-proxy.invalid";

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
    assert_eq!((of_proxy.all().len(), asked.all().is_empty()), (0, false));
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
