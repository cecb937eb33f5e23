//! Texts that are key material, with place and kind, and texts that are none.

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use flate2::Compression;
use flate2::write::GzEncoder;
use rstest::rstest;
use serde_json::json;
use std::io::Write;

use super::{KeyKind, find};

/// A private key, as it begins in a file. No real one.
fn pem(words: &str) -> String {
    format!("-----BEGIN {words}-----\nMC4CAQAwBQYDK2VwBCIE\n-----END {words}-----\n")
}

fn token() -> String {
    let part = |value: &serde_json::Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let (header, claims) = (json!({ "alg": "RS256" }), json!({ "sub": "system:serviceaccount" }));
    format!("{}.{}.{}", part(&header), part(&claims), "c2lnbmF0dXJl")
}

fn base64(text: &str) -> String {
    BASE64_STANDARD.encode(text)
}

fn gzip(text: &str) -> String {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).expect("write");
    BASE64_STANDARD.encode(encoder.finish().expect("gzip"))
}

fn yaml_config(user: &str) -> String {
    format!("apiVersion: v1\nkind: Config\nusers:\n- name: me\n  user:\n    {user}\n")
}

/// Line, column and kind of each finding in a file with this text.
fn found(text: &str) -> Vec<(usize, usize, KeyKind)> {
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(directory.path().join("file"), text).expect("write");
    let found = find(directory.path(), &["wJalrXUtnFEMI/K7MDENG".to_owned(), "short".to_owned()]);
    let found = found.expect("readable");
    found.into_iter().map(|one| (one.line, one.column, one.kind)).collect()
}

#[rstest]
#[case::pem(pem("PRIVATE KEY"), (1, 1, KeyKind::PrivateKey))]
#[case::pem_of_an_algorithm(pem("EC PRIVATE KEY"), (1, 1, KeyKind::PrivateKey))]
#[case::pem_in_json(json!({ "key": pem("RSA PRIVATE KEY") }).to_string(), (1, 9, KeyKind::PrivateKey))]
#[case::pem_in_base64(format!("a: {}", base64(&pem("PRIVATE KEY"))), (1, 4, KeyKind::PrivateKey))]
#[case::pem_after_an_escape(
    json!(format!("\n{}", base64(&pem("PRIVATE KEY")))).to_string(),
    (1, 3, KeyKind::PrivateKey)
)]
#[case::pem_in_twice_base64(base64(&base64(&pem("PRIVATE KEY"))), (1, 1, KeyKind::PrivateKey))]
#[case::pem_in_gzip(gzip(&pem("PRIVATE KEY")), (1, 1, KeyKind::PrivateKey))]
#[case::token(format!("\n  x {}", token()), (2, 5, KeyKind::Token))]
#[case::token_after_an_escape(json!(format!("\n{}", token())).to_string(), (1, 4, KeyKind::Token))]
#[case::token_in_base64(base64(&token()), (1, 1, KeyKind::Token))]
#[case::header("Authorization: Bearer abcdef123456".to_owned(), (1, 23, KeyKind::Authorization))]
#[case::header_in_json(r#"{"authorization":["Basic dXNlcjpwYXNz"]}"#.to_owned(), (1, 26, KeyKind::Authorization))]
#[case::url("proxy http://me:s3cret@10.0.0.1:3128".to_owned(), (1, 14, KeyKind::UrlPassword))]
#[case::config_key(yaml_config("client-key-data: abcd"), (6, 22, KeyKind::Kubeconfig))]
#[case::config_token(yaml_config("token: abcd"), (6, 12, KeyKind::Kubeconfig))]
#[case::config_value_with_n(yaml_config("token: nabcd"), (6, 12, KeyKind::Kubeconfig))]
#[case::config_in_json(r#"{"kind":"Config","users":[{"user":{"token":"abcd"}}]}"#.to_owned(), (1, 45, KeyKind::Kubeconfig))]
#[case::config_in_base64(base64(&yaml_config("password: abcd")), (1, 1, KeyKind::Kubeconfig))]
#[case::known("key wJalrXUtnFEMI/K7MDENG".to_owned(), (1, 5, KeyKind::Known))]
#[case::known_in_base64(format!("key {}", base64("wJalrXUtnFEMI/K7MDENG")), (1, 5, KeyKind::Known))]
fn key_material_has_a_place_and_a_kind(
    #[case] text: String,
    #[case] expected: (usize, usize, KeyKind),
) {
    assert_eq!(found(&text), [expected], "{text}");
}

#[rstest]
#[case::certificate(pem("CERTIFICATE"))]
#[case::public_key(pem("PUBLIC KEY"))]
#[case::words("it wants a -----BEGIN private key and no PRIVATE KEY-----".to_owned())]
#[case::certificate_in_base64(base64(&pem("CERTIFICATE")))]
#[case::nodes(gzip(&json!({ "wf-1": { "phase": "Succeeded", "displayName": "wf" } }).to_string()))]
#[case::base64_of_json(format!("eyJ9.eyJ9.{}", base64("nothing secret in here, just words")))]
#[case::no_algorithm(token().replacen(&BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256"}"#), "eyJ4IjoxfQ", 1))]
#[case::header_without_value("Authorization: Bearer $TOKEN".to_owned())]
#[case::header_in_words("authorization by bearer tokens is refused".to_owned())]
#[case::url("http://10.0.0.1:9000/bucket/key:x@y".to_owned())]
#[case::user("ssh://git@host/path".to_owned())]
#[case::hidden_password("https://me:xxxxx@host, https://me:***@host".to_owned())]
#[case::image("docker-pullable://reg:5000/argoexec@sha256:12ab".to_owned())]
#[case::token_elsewhere("token: abcd\nclient-secret: abcd".to_owned())]
#[case::config_without_credentials(yaml_config("exec: { command: aws }"))]
#[case::config_with_null(yaml_config("token: null"))]
#[case::config_with_a_file(yaml_config("tokenFile: /var/run/token"))]
#[case::resource("token: kind: Configuration".to_owned())]
#[case::short_secret("short".to_owned())]
fn other_text_is_no_key_material(#[case] text: String) {
    assert_eq!(found(&text), [], "{text}");
}
