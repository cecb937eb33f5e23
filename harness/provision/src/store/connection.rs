//! Clients of S3: the transport, the credentials and the style.

use aws_config::BehaviorVersion;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    Builder, Credentials, ProvideCredentials, Region, RequestChecksumCalculation,
    ResponseChecksumValidation, RuntimeComponents, SharedCredentialsProvider, SharedHttpClient,
};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder as HttpBuilder, Connector};
use model::hints::chain;

use super::{GivenStore, StoreAddress, StoreCredentials, StoreStyle, Transport};
use crate::budgets;

/// Region of an object store without regions.
const REGION: &str = "us-east-1";

/// A client of an object store of the harness, at this address.
pub(super) fn own(endpoint: &str, address: &StoreAddress) -> Client {
    let config = config()
        .http_client(HttpBuilder::new().build_http())
        .endpoint_url(format!("http://{endpoint}"))
        .region(Region::from_static(REGION))
        .credentials_provider(keys(&address.user, &address.password, None))
        .force_path_style(true);
    Client::from_conf(config.build())
}

/// A client of an object store that the user names. The error says why the default chain of AWS has
/// no credentials.
pub(super) async fn given(store: &GivenStore) -> Result<Client, String> {
    let region = Region::new(store.region.clone().unwrap_or_else(|| REGION.to_owned()));
    let credentials = match &store.credentials {
        StoreCredentials::Keys { user, password, session_token } => {
            SharedCredentialsProvider::new(keys(user, password, session_token.clone()))
        }
        StoreCredentials::Environment => of_environment(region.clone()).await?,
    };
    let (scheme, http) = match &store.transport {
        Transport::Plain => ("http", plain()),
        Transport::Tls { ca } => ("https", tls(ca.as_deref())?),
    };
    let config = config()
        .http_client(http)
        .endpoint_url(format!("{scheme}://{}", store.reached))
        .region(region)
        .credentials_provider(credentials)
        .force_path_style(store.style != Some(StoreStyle::VirtualHost));
    Ok(Client::from_conf(config.build()))
}

/// The settings that all clients share.
fn config() -> Builder {
    aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .retry_config(RetryConfig::disabled())
        .timeout_config(
            TimeoutConfig::builder().operation_timeout(budgets::STORE_ANSWER.time).build(),
        )
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
}

fn keys(user: &str, password: &str, session_token: Option<String>) -> Credentials {
    Credentials::new(user, password, session_token, None, "argo-conformance")
}

/// The default chain of AWS, which gave credentials once. Its own servers have certificates of
/// public authorities.
async fn of_environment(region: Region) -> Result<SharedCredentialsProvider, String> {
    let loader = aws_config::defaults(BehaviorVersion::latest());
    let config = loader.http_client(tls(None)?).region(region).load().await;
    let provider = config.credentials_provider().ok_or("the chain has no member")?;
    provider.provide_credentials().await.map_err(|error| chain(&error))?;
    Ok(provider)
}

/// HTTP, through the proxy that the environment names.
fn plain() -> SharedHttpClient {
    HttpBuilder::new().build_with_connector_fn(|settings, components| {
        let mut connector = Connector::builder().proxy_config(ProxyConfig::from_env());
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        connector.build_http()
    })
}

/// HTTPS, through the proxy that the environment names. The given authorities are the only ones.
fn tls(ca: Option<&str>) -> Result<SharedHttpClient, String> {
    let trust = match ca {
        Some(ca) => TrustStore::empty().with_pem_certificate(ca),
        None => TrustStore::default(),
    };
    let context = TlsContext::builder().with_trust_store(trust).build();
    let context = context.map_err(|error| chain(&error))?;
    Ok(HttpBuilder::new().build_with_connector_fn(move |settings, components| {
        let mut connector = Connector::builder()
            .proxy_config(ProxyConfig::from_env())
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .tls_context(context.clone());
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        connector.build()
    }))
}
