//! The object store, as the harness uses it: any S3 endpoint.

use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    BehaviorVersion, Credentials, Region, RequestChecksumCalculation, ResponseChecksumValidation,
};
use aws_sdk_s3::error::DisplayErrorContext;

use crate::budgets;
use crate::poll::{NotReady, until_ready};

/// Address, keys and bucket of an object store.
#[derive(Clone, PartialEq, Eq)]
pub struct StoreAddress {
    /// `host:port` for pods, with plain HTTP.
    pub endpoint: String,
    /// Access key.
    pub user: String,
    /// Secret key.
    pub password: String,
    /// Bucket of Argo's default artifact repository.
    pub bucket: String,
}

impl StoreAddress {
    /// An object store at this address, `host:port`, with new random keys.
    ///
    /// # Errors
    /// The system gives no random bytes.
    pub fn with_new_keys(endpoint: String) -> std::io::Result<Self> {
        let bucket = BUCKET.to_owned();
        Ok(Self { endpoint, user: random_word()?, password: random_word()?, bucket })
    }
}

/// 32 random hexadecimal digits.
fn random_word() -> std::io::Result<String> {
    use std::io::Read;
    let mut bytes = [0; 16];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(crate::cache::entry::hexadecimal(&bytes))
}

/// Client of one bucket of an object store.
#[derive(Clone)]
pub struct Store {
    client: Client,
    endpoint: String,
    bucket: String,
}

/// Error of a request to the object store. A missing object does not cause this error.
#[derive(Debug, thiserror::Error)]
#[error("failed to {action} in the object store: {message}")]
pub struct StoreError {
    action: String,
    message: String,
}

/// Bucket of the default artifact repository, in an object store of the harness.
const BUCKET: &str = "argo-artifacts";
impl std::fmt::Debug for StoreAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StoreAddress({} bucket {})", self.endpoint, self.bucket)
    }
}

impl Store {
    /// A client of the object store. The function does not connect.
    pub fn new(address: &StoreAddress) -> Self {
        Self::at(&address.endpoint, address)
    }

    /// A client with another address, `host:port`, than the address for pods.
    pub fn at(endpoint: &str, address: &StoreAddress) -> Self {
        let http = aws_smithy_http_client::Builder::new().build_http();
        let config = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(http)
            .endpoint_url(format!("http://{endpoint}"))
            .region(Region::from_static("us-east-1"))
            .credentials_provider(Credentials::new(
                &address.user,
                &address.password,
                None,
                None,
                "argo-conformance",
            ))
            .force_path_style(true)
            .retry_config(RetryConfig::disabled())
            .timeout_config(
                TimeoutConfig::builder().operation_timeout(budgets::STORE_ANSWER.time).build(),
            )
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            .build();
        let (endpoint, bucket) = (endpoint.to_owned(), address.bucket.clone());
        Self { client: Client::from_conf(config), endpoint, bucket }
    }

    /// Address of the client, `host:port`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Creates the bucket.
    ///
    /// # Errors
    /// The object store does not answer, or refuses the request.
    pub async fn create_bucket(&self) -> Result<(), StoreError> {
        let made = self.client.create_bucket().bucket(&self.bucket).send().await;
        made.map(drop).map_err(|e| self.error("make the bucket", &e))
    }

    /// Creates the bucket when the object store answers. The wait takes at most `patience`.
    ///
    /// # Errors
    /// [`NotReady`] with the last error.
    pub async fn until_bucket(&self, patience: Duration) -> Result<(), NotReady> {
        until_ready("the object store", patience, || self.create_bucket()).await
    }

    /// Keys with this prefix, sorted, each with its `ETag`. The result omits the prefix, and has
    /// all pages.
    ///
    /// # Errors
    /// The object store does not answer, or refuses the request. An empty result is no error.
    pub async fn list(&self, prefix: &str) -> Result<Vec<(String, String)>, StoreError> {
        let mut objects = Vec::new();
        let request = self.client.list_objects_v2().bucket(&self.bucket).prefix(prefix);
        let mut pages = request.into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|e| self.error("list objects", &e))?;
            for object in page.contents() {
                let key = object.key().unwrap_or_default();
                let etag = object.e_tag().unwrap_or_default().trim_matches('"').to_owned();
                objects.push((key.strip_prefix(prefix).unwrap_or(key).to_owned(), etag));
            }
        }
        objects.sort();
        Ok(objects)
    }

    /// Deletes every object with this prefix. Returns the number of objects. Only a teardown may
    /// use this function.
    ///
    /// # Errors
    /// The object store does not answer, or refuses to delete an object. Other objects may be
    /// deleted.
    pub async fn delete_all(&self, prefix: &str) -> Result<usize, StoreError> {
        let objects = self.list(prefix).await?;
        for (key, _) in &objects {
            let request = self.client.delete_object().bucket(&self.bucket);
            let deleted = request.key(format!("{prefix}{key}")).send().await;
            deleted.map_err(|e| self.error("delete an object", &e))?;
        }
        Ok(objects.len())
    }

    fn error<E: std::error::Error>(&self, action: &str, cause: &E) -> StoreError {
        let message = DisplayErrorContext(cause).to_string();
        StoreError { action: format!("{action} (bucket {})", self.bucket), message }
    }
}
