//! The place of the artifacts of cases on an existing cluster: the arguments, and what is there.

use std::path::Path;
use std::sync::Arc;

use model::FoundController;
use model::history::Versions;
use provision::client::Client;
use provision::existing::TargetNamespaces;
use provision::store::{
    Artifacts, GivenStore, RepositoryRef, Store, StoreCredentials, Transport, unsupported,
};
use rundir::error::{Error, Problem};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use crate::config::ExistingConfig;

/// The place of the artifacts, as the arguments give it.
pub(crate) struct GivenArtifacts {
    /// The store that the run lists. `None`: the run lists none.
    store: Option<Arc<GivenStore>>,
    /// The configured repository that cases use. `None`: one in `store`.
    repository: Option<RepositoryRef>,
}

/// The place of the artifacts, seen to be there.
pub(crate) struct ArtifactPlace {
    pub(crate) artifacts: Artifacts,
    pub(crate) store: Option<Store>,
}

impl GivenArtifacts {
    /// The place that the configuration gives, or every problem of the configuration.
    pub(crate) fn of(config: &ExistingConfig) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut keep = |problem: Problem| problems.push(problem);
        let reference = config.store_settings.artifact_repository.as_deref();
        let repository = reference.and_then(|text| {
            let read = text.parse::<RepositoryRef>();
            read.map_err(|e| keep(Problem::new(format!("invalid --artifact-repository: {e}")))).ok()
        });
        if config.store.is_none() && reference.is_none() {
            keep(Problem::new(
                "missing argument: an existing cluster needs --store, the S3 endpoint for artifacts, \
                 or --artifact-repository",
            ));
        }
        let store = if config.store.is_none() && reference.is_some() {
            without_store(config).into_iter().for_each(keep);
            None
        } else {
            match given(config) {
                Ok(store) => Some(Arc::new(store)),
                Err(found) => {
                    found.into_iter().for_each(keep);
                    None
                }
            }
        };
        if problems.is_empty() { Ok(Self { store, repository }) } else { Err(problems) }
    }

    /// A configured repository without a listing.
    #[cfg(test)]
    pub(crate) fn configured(repository: RepositoryRef) -> Self {
        Self { store: None, repository: Some(repository) }
    }

    /// Checks that Argo can use the place, and that the run can list it. Returns the place with
    /// every problem of the environment: a repository is missing, or the store gives no listing.
    ///
    /// # Errors
    /// This version of Argo lacks a setting.
    pub(crate) async fn examine(
        self,
        client: &Client,
        place: &TargetNamespaces,
        controller: &FoundController,
        versions: &Versions,
    ) -> anyhow::Result<(ArtifactPlace, Vec<Problem>)> {
        let mut problems = Vec::new();
        if let Some(reference) = &self.repository {
            let config_map = (place.argo(), controller.config_map.raw());
            let examined = self.examine_repository(reference, client, place, config_map).await;
            problems.extend(examined.err());
        }
        let Some(given) = self.store else {
            let repository = self.repository.unwrap_or(RepositoryRef::Default);
            let artifacts = Artifacts::Configured(repository);
            return Ok((ArtifactPlace { artifacts, store: None }, problems));
        };
        if self.repository.is_none() {
            fits(&given, versions)?;
        }
        let store = listed(&given, place).await;
        let store = store.map_err(|problem| problems.push(problem)).ok();
        let artifacts =
            self.repository.map_or_else(|| Artifacts::Given(given), Artifacts::Configured);
        Ok((ArtifactPlace { artifacts, store }, problems))
    }

    /// Checks that each namespace has the repository, and that a listing shows its objects.
    async fn examine_repository(
        &self,
        reference: &RepositoryRef,
        client: &Client,
        place: &TargetNamespaces,
        config_map: (&str, &str),
    ) -> Result<(), Problem> {
        if self.store.is_none() && *reference == RepositoryRef::Default {
            return Ok(());
        }
        for namespace in place.namespaces() {
            let read = reference.read(client, namespace, config_map).await;
            let found = read.map_err(|error| problem(&error))?;
            if let Some(store) = &self.store {
                let listed = reference.is_listed(found.as_ref(), namespace, &store.bucket);
                listed.map_err(|error| problem(&error))?;
            }
        }
        Ok(())
    }
}

/// The store, if it lists the objects of each namespace.
async fn listed(given: &GivenStore, place: &TargetNamespaces) -> Result<Store, Problem> {
    let store = Store::of(given).await.map_err(|error| problem(&error))?;
    for namespace in place.namespaces() {
        let listed = store.examine(&format!("{namespace}/")).await;
        listed.map_err(|error| problem(&error))?;
    }
    Ok(store)
}

/// Refuses settings that the versions under test do not have. Each component reads them.
fn fits(store: &GivenStore, versions: &Versions) -> anyhow::Result<()> {
    let mut problems: Vec<Problem> = Vec::new();
    for version in [&versions.controller, &versions.executor] {
        let Ok(version) = version.parse::<semver::Version>() else { continue };
        for lack in unsupported(store, &version) {
            let problem = Problem::new(lack.message).with_hint(lack.hint);
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
    }
    if problems.is_empty() {
        return Ok(());
    }
    Err(Error::all(report::exit::USAGE, problems).into())
}

/// A failure of the environment, with the remedy of its cause.
fn problem(error: &(impl std::error::Error + 'static)) -> Problem {
    Problem::new(error.to_string()).with_hint_of(provision::hints::hint(error))
}

/// The problems of settings of a store where none is named.
fn without_store(config: &ExistingConfig) -> Vec<Problem> {
    let settings = &config.store_settings;
    let given = [
        ("--store-in-cluster", config.store_in_cluster.is_some()),
        ("--bucket", config.bucket.is_some()),
        ("--store-ca", settings.ca.is_some()),
        ("--store-region", settings.region.is_some()),
        ("--store-style", settings.style.is_some()),
    ];
    let given = given.into_iter().filter(|(_, is_given)| *is_given);
    given
        .map(|(flag, _)| {
            Problem::new(format!("invalid {flag}: no store is named"))
                .with_hint("Name the store by --store, or leave the flag out.")
        })
        .collect()
}

/// The store that the configuration gives, or every problem of it.
fn given(config: &ExistingConfig) -> Result<GivenStore, Vec<Problem>> {
    let mut problems = Vec::new();
    let url = config.store.as_deref().map(|url| address(url, config.store_settings.ca.is_some()));
    let (scheme, reached) = taken(url.transpose(), &mut problems).flatten().unwrap_or_default();
    let bucket = config.bucket.clone().unwrap_or_else(|| {
        problems.push(Problem::new(
            "missing argument: an existing cluster needs --bucket, which must exist",
        ));
        String::new()
    });
    let credentials = taken(credentials(config), &mut problems);
    let ca =
        taken(config.store_settings.ca.as_deref().map(certificates).transpose(), &mut problems);
    let endpoint = match &config.store_in_cluster {
        Some(endpoint) if !is_host(endpoint) => {
            problems.push(Problem::new(format!(
                "invalid --store-in-cluster: `{endpoint}` is not of the form HOST[:PORT]"
            )));
            String::new()
        }
        Some(endpoint) => endpoint.clone(),
        None => reached.clone(),
    };
    match (problems.is_empty(), credentials) {
        (true, Some(credentials)) => Ok(GivenStore {
            reached,
            endpoint,
            transport: match scheme {
                Scheme::Http => Transport::Plain,
                Scheme::Https => Transport::Tls { ca: ca.flatten() },
            },
            region: config.store_settings.region.clone(),
            style: config.store_settings.style,
            bucket,
            credentials,
        }),
        (_, _) => Err(problems),
    }
}

/// The value, or `None` and one problem more.
fn taken<T>(read: Result<T, Problem>, problems: &mut Vec<Problem>) -> Option<T> {
    read.map_err(|problem| problems.push(problem)).ok()
}

/// The scheme of a URL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Scheme {
    #[default]
    Http,
    Https,
}

/// Scheme and address in a URL of a store.
fn address(url: &str, has_ca: bool) -> Result<(Scheme, String), Problem> {
    let schemes = [("http://", Scheme::Http), ("https://", Scheme::Https)];
    let found =
        schemes.into_iter().find_map(|(prefix, scheme)| Some((scheme, url.strip_prefix(prefix)?)));
    let (scheme, rest) = found.unwrap_or_default();
    let host = rest.strip_suffix('/').unwrap_or(rest);
    if host.contains('@') {
        return Err(Problem::new("invalid --store: the URL has a user").with_hint(
            "Name the keys by ARGO_CONFORMANCE_STORE_USER and ARGO_CONFORMANCE_STORE_PASSWORD.",
        ));
    }
    if !is_host(host) {
        return Err(Problem::new(format!(
            "invalid --store: `{url}` is not of the form https://HOST[:PORT] or http://HOST[:PORT]"
        )));
    }
    if has_ca && scheme == Scheme::Http {
        let hint = "Begin the URL of --store with https://, or leave --store-ca out.";
        return Err(Problem::new("invalid --store-ca: the store has no TLS").with_hint(hint));
    }
    Ok((scheme, host.to_owned()))
}

/// Whether a text is `HOST` or `HOST:PORT`. A host is a name, an IPv4 address, or an IPv6 address
/// in brackets.
fn is_host(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (text, None),
    };
    let inner = host.strip_prefix('[').and_then(|inner| inner.strip_suffix(']'));
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    let host = match inner {
        Some(inner) => inner.parse::<std::net::Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.chars().all(is_name),
    };
    host && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
}

/// The credentials that the configuration gives.
fn credentials(config: &ExistingConfig) -> Result<StoreCredentials, Problem> {
    let missing = |flag: &str, variable: &str| {
        Problem::new(format!("missing argument: a key of the store needs {flag} or {variable}"))
            .with_hint("Name both keys, or none for the default chain of AWS.")
    };
    let session_token = config.store_settings.session_token.clone();
    match (config.store_user.clone(), config.store_password.clone()) {
        (Some(user), Some(password)) => {
            Ok(StoreCredentials::Keys { user, password, session_token })
        }
        (None, Some(_)) => Err(missing("--store-user", "ARGO_CONFORMANCE_STORE_USER")),
        (Some(_), None) => Err(missing("--store-password", "ARGO_CONFORMANCE_STORE_PASSWORD")),
        (None, None) if session_token.is_some() => {
            Err(Problem::new("invalid --store-session-token: the keys of the token are missing")
                .with_hint("Name the keys by --store-user and --store-password."))
        }
        (None, None) => Ok(StoreCredentials::Environment),
    }
}

/// The certificates of a file, as PEM.
fn certificates(path: &Path) -> Result<String, Problem> {
    let invalid =
        |reason: String| Problem::new(format!("invalid --store-ca: {}: {reason}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| invalid(error.to_string()))?;
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text.as_bytes()).collect();
    match read {
        Ok(read) if !read.is_empty() => Ok(text),
        Ok(_) => Err(invalid("the file has no certificate in PEM".to_owned())),
        Err(error) => Err(invalid(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{Scheme, address, is_host};

    #[rstest]
    #[case::name("minio.example.com", true)]
    #[case::port("minio.example.com:9000", true)]
    #[case::ipv4("10.0.0.1:9000", true)]
    #[case::ipv6("[fd00::1]:9000", true)]
    #[case::ipv6_alone("[fd00::1]", true)]
    #[case::bare_ipv6("fd00::1", false)]
    #[case::path("minio/path", false)]
    #[case::no_host(":9000", false)]
    #[case::no_port("minio:", false)]
    #[case::port_zero("minio:0", false)]
    #[case::large_port("minio:65536", false)]
    #[case::query("minio?x", false)]
    #[case::nothing("", false)]
    fn a_host(#[case] text: &str, #[case] expected: bool) {
        assert_eq!(is_host(text), expected);
    }

    #[rstest]
    #[case::http("http://minio:9000", false, Some((Scheme::Http, "minio:9000")))]
    #[case::https("https://minio", false, Some((Scheme::Https, "minio")))]
    #[case::slash("https://minio:9000/", true, Some((Scheme::Https, "minio:9000")))]
    #[case::no_scheme("minio:9000", false, None)]
    #[case::path("https://minio/b", false, None)]
    #[case::ca_without_tls("http://minio", true, None)]
    fn an_address(
        #[case] url: &str,
        #[case] has_ca: bool,
        #[case] expected: Option<(Scheme, &str)>,
    ) {
        let read = address(url, has_ca).ok();
        assert_eq!(read.as_ref().map(|(scheme, host)| (*scheme, host.as_str())), expected);
    }

    #[test]
    fn keys_in_a_url_are_not_repeated() {
        let problem = address("https://the-user:the-password@minio", false).expect_err("a problem");
        assert!(!format!("{problem}").contains("the-"), "{problem}");
    }
}
