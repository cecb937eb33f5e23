use super::*;

// Every message is a message of Go 1.26, with other hosts and addresses.

#[rstest::rstest]
#[case::forbidden(
    "github.com/argoproj/argo-workflows/v3@v3.4.18: reading https://proxy.example/github.com/\
     argoproj/argo-workflows/v3/@v/v3.4.18.info: 403 Forbidden\n\
     \tserver response: This module version is not available.",
    "it answered 403 Forbidden"
)]
#[case::bad_request(
    "example.invalid/none@v1.0.0: reading https://proxy.example/example.invalid/none/@v/\
     v1.0.0.info: 400 Bad Request",
    "it answered 400 Bad Request"
)]
#[case::not_found(
    "example.com/none@v1.0.0: reading http://proxy.example/example.com/none/@v/v1.0.0.info: \
     404 Not Found",
    "it answered 404 Not Found"
)]
#[case::gone_with_a_path_that_speaks_of_networks(
    "example.com/x509: reading http://proxy.example/example.com/dial tcp/@v/v1.0.0.info: 410 Gone",
    "it answered 410 Gone"
)]
#[case::a_proxy_of_files(
    "example.com/x@v1.5.99: reading file:///proxy/example.com/x/@v/v1.5.99.info: \
     no such file or directory",
    "it has no such file"
)]
#[case::off(
    "github.com/argoproj/argo-workflows/v3@v3.5.99: module lookup disabled by GOPROXY=off",
    "GOPROXY is off, or had nothing but `direct`"
)]
#[case::wrong_major(
    "example.com/x/v3@v4.0.0: invalid version: should be v3, not v4",
    "it knows no such version"
)]
fn refusals(#[case] message: &str, #[case] reason: &str) {
    assert_eq!(classify(message), Trouble::Refused(reason.to_owned()));
}

#[rstest::rstest]
#[case::nobody_listens(
    "github.com/argoproj/argo-workflows/v3@v3.5.99: Get \"http://127.0.0.1:9/github.com/argoproj/\
     argo-workflows/v3/@v/v3.5.99.info\": dial tcp 127.0.0.1:9: connect: connection refused",
    "dial tcp 127.0.0.1:9: connect: connection refused"
)]
#[case::no_name(
    "go: example.com/x@v1.0.0: Get \"http://nowhere.invalid/example.com/x/@v/v1.0.0.info\": \
     dial tcp: lookup nowhere.invalid on 192.0.2.53:53: no such host",
    "dial tcp: lookup nowhere.invalid on 192.0.2.53:53: no such host"
)]
#[case::http_proxy_is_down(
    "go: example.com/x@v1.0.0: Get \"https://proxy.example/example.com/x/@v/v1.0.0.info\": \
     proxyconnect tcp: dial tcp 127.0.0.1:9: connect: connection refused",
    "proxyconnect tcp: dial tcp 127.0.0.1:9: connect: connection refused"
)]
#[case::http_proxy_forbids(
    "go: example.com/x@v1.0.0: Get \"https://proxy.example/example.com/x/@v/v1.0.0.info\": \
     Forbidden",
    "Forbidden"
)]
#[case::unknown_authority(
    "go: example.com/x@v1.0.0: Get \"https://proxy.example/example.com/x/@v/v1.0.0.info\": \
     tls: failed to verify certificate: x509: certificate signed by unknown authority",
    "tls: failed to verify certificate: x509: certificate signed by unknown authority"
)]
#[case::server_in_trouble(
    "go: example.com/x@v1.0.0: reading https://proxy.example/example.com/x/@v/v1.0.0.info: \
     502 Bad Gateway",
    "502 Bad Gateway"
)]
fn unreachable(#[case] message: &str, #[case] reason: &str) {
    assert_eq!(classify(message), Trouble::Unreachable(reason.to_owned()));
}

#[test]
fn a_module_may_want_a_newer_go() {
    let message = "go: example.com/x@v1.0.0 requires go >= 1.99 (running go 1.26.8; \
                   GOTOOLCHAIN=local)";
    assert_eq!(classify(message), Trouble::GoTooOld { needs: "1.99".to_owned() });
}

#[test]
fn other_words_are_kept_as_they_are() {
    let message = "go: example.com/x@v1.0.0: verifying module: checksum mismatch";
    assert_eq!(classify(message), Trouble::Other(message.to_owned()));
}
