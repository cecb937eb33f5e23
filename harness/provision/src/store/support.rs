//! The settings of an object store that a version of Argo does not have.

use semver::Version;

use super::given::{GivenStore, StoreCredentials, StoreStyle, Transport};

/// First versions of Argo with a setting, by the source of Argo at its tags.
const PRIVATE_CA: Version = Version::new(3, 5, 0);
const SESSION_TOKEN: Version = Version::new(3, 6, 0);
const STYLE: Version = Version::new(4, 1, 0);

/// A setting that the version under test does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsupported {
    /// The problem, without a hint.
    pub message: String,
    /// An imperative sentence.
    pub hint: String,
}

/// Every setting of an object store that this version of Argo does not have. A candidate counts as
/// its release.
pub fn unsupported(store: &GivenStore, argo: &Version) -> Vec<Unsupported> {
    let release = Version::new(argo.major, argo.minor, argo.patch);
    let lacks = |flag: &str, since: &Version, hint: &str| Unsupported {
        message: format!("invalid {flag}: Argo {argo} has no such setting; Argo {since} has it"),
        hint: hint.to_owned(),
    };
    let mut found = Vec::new();
    if matches!(store.transport, Transport::Tls { ca: Some(_) }) && release < PRIVATE_CA {
        let hint = "Use a store without TLS, or with a certificate of a public authority.";
        found.push(lacks("--store-ca", &PRIVATE_CA, hint));
    }
    if let StoreCredentials::Keys { session_token: Some(_), .. } = &store.credentials
        && release < SESSION_TOKEN
    {
        let hint = "Use keys that need no session token, or leave the keys out.";
        found.push(lacks("--store-session-token", &SESSION_TOKEN, hint));
    }
    if let Some(style) = store.style
        && release < STYLE
        && style != decided(&store.endpoint)
    {
        let hint = "Leave --store-style out: Argo then decides by the name of the host.";
        found.push(lacks("--store-style", &STYLE, hint));
    }
    found
}

/// The style that Argo decides on by the host: the virtual host for Amazon, Google and Alibaba,
/// else the path.
fn decided(endpoint: &str) -> StoreStyle {
    let host = endpoint.rsplit_once(':').map_or(endpoint, |(host, _)| host);
    let of = |domain: &str| host == domain || host.ends_with(&format!(".{domain}"));
    let domains = ["amazonaws.com", "amazonaws.com.cn", "aliyuncs.com"];
    if host == "storage.googleapis.com" || domains.into_iter().any(of) {
        StoreStyle::VirtualHost
    } else {
        StoreStyle::Path
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::unsupported;
    use crate::store::{GivenStore, StoreCredentials, StoreStyle, Transport};

    const CA: [&str; 1] = ["--store-ca"];
    const TOKEN: [&str; 1] = ["--store-session-token"];
    const STYLE: [&str; 1] = ["--store-style"];

    fn plain() -> GivenStore {
        GivenStore {
            reached: "here:9000".to_owned(),
            endpoint: "minio.example.com:9000".to_owned(),
            transport: Transport::Plain,
            region: Some("eu-1".to_owned()),
            style: None,
            bucket: "b".to_owned(),
            credentials: StoreCredentials::Environment,
        }
    }

    fn ca() -> GivenStore {
        GivenStore { transport: Transport::Tls { ca: Some("PEM".to_owned()) }, ..plain() }
    }

    fn token() -> GivenStore {
        let [user, password, token] = ["u", "p", "t"].map(str::to_owned);
        let session_token = Some(token);
        let credentials = StoreCredentials::Keys { user, password, session_token };
        GivenStore { credentials, ..plain() }
    }

    fn style(style: StoreStyle, endpoint: &str) -> GivenStore {
        GivenStore { style: Some(style), endpoint: endpoint.to_owned(), ..plain() }
    }

    #[rstest]
    #[case::plain(plain(), "3.4.17", &[])]
    #[case::ca_too_old(ca(), "3.4.17", &CA)]
    #[case::ca(ca(), "3.5.0", &[])]
    #[case::public_ca(
        GivenStore { transport: Transport::Tls { ca: None }, ..plain() }, "3.4.17", &[]
    )]
    #[case::token_too_old(token(), "3.5.15", &TOKEN)]
    #[case::token(token(), "3.6.0", &[])]
    #[case::token_of_a_candidate(token(), "3.6.0-rc2", &[])]
    #[case::virtual_host_too_old(style(StoreStyle::VirtualHost, "here:9000"), "4.0.9", &STYLE)]
    #[case::virtual_host(style(StoreStyle::VirtualHost, "here:9000"), "4.1.0", &[])]
    #[case::path_is_decided(style(StoreStyle::Path, "here:9000"), "3.7.18", &[])]
    #[case::virtual_host_is_decided(
        style(StoreStyle::VirtualHost, "s3.eu-central-1.amazonaws.com"), "3.7.18", &[]
    )]
    #[case::path_of_amazon(style(StoreStyle::Path, "s3.amazonaws.com:443"), "3.7.18", &STYLE)]
    #[case::virtual_host_of_google(
        style(StoreStyle::VirtualHost, "storage.googleapis.com"), "3.5.0", &[]
    )]
    #[case::like_amazon(
        style(StoreStyle::VirtualHost, "notamazonaws.com"), "3.7.18", &STYLE
    )]
    fn settings_of_a_version(
        #[case] store: GivenStore,
        #[case] argo: &str,
        #[case] expected: &[&str],
    ) {
        let found = unsupported(&store, &argo.parse().expect("a version"));
        let flag = |message: &str| message.split([' ', ':']).nth(1).map(str::to_owned);
        let flags: Vec<String> = found.iter().filter_map(|lack| flag(&lack.message)).collect();
        assert_eq!(flags, expected, "{found:?}");
    }
}
