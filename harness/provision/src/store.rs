//! The object store, as the harness sees it: any S3 endpoint.

use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    BehaviorVersion, Credentials, Region, RequestChecksumCalculation, ResponseChecksumValidation,
};
use aws_sdk_s3::error::DisplayErrorContext;

use crate::pace::{NotReady, until_ready};

/// Where a store is and how to get in.
#[derive(Clone, PartialEq, Eq)]
pub struct StoreAddress {
    /// `host:port`, as the pods reach it; plain HTTP.
    pub endpoint: String,
    /// Access key.
    pub user: String,
    /// Secret key.
    pub password: String,
    /// The bucket that Argo's default artifact repository names.
    pub bucket: String,
}

impl StoreAddress {
    /// A store at this address, `host:port`, that nobody else can get into: its keys are new.
    ///
    /// # Errors
    /// If there is no randomness to be had.
    pub fn with_new_keys(endpoint: String) -> std::io::Result<Self> {
        let bucket = BUCKET.to_owned();
        Ok(Self { endpoint, user: random_word()?, password: random_word()?, bucket })
    }
}

/// Thirty-two random letters and digits.
fn random_word() -> std::io::Result<String> {
    use std::io::Read;
    let mut bytes = [0; 16];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(crate::cache::entry::hexadecimal(&bytes))
}

/// A bucket of an object store.
#[derive(Clone)]
pub struct Store {
    client: Client,
    endpoint: String,
    bucket: String,
}

/// The store did not do what it was asked. Never an absence.
#[derive(Debug, thiserror::Error)]
#[error("{action} in the object store: {message}")]
pub struct StoreError {
    action: String,
    message: String,
}

/// The bucket of the default artifact repository, in a store of our own.
const BUCKET: &str = "argo-artifacts";
/// How long one request may take before the store counts as not answering.
const PATIENCE: Duration = Duration::from_secs(5);

impl std::fmt::Debug for StoreAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StoreAddress({} bucket {})", self.endpoint, self.bucket)
    }
}

impl Store {
    /// A client of the store; does not connect.
    pub fn new(address: &StoreAddress) -> Self {
        Self::at(&address.endpoint, address)
    }

    /// A client of a store that is reached from here by another address, `host:port`, than by pods.
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
            .timeout_config(TimeoutConfig::builder().operation_timeout(PATIENCE).build())
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            .build();
        let (endpoint, bucket) = (endpoint.to_owned(), address.bucket.clone());
        Self { client: Client::from_conf(config), endpoint, bucket }
    }

    /// Where it is reached, `host:port`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Makes the bucket.
    ///
    /// # Errors
    /// If the store does not answer, or refuses.
    pub async fn create_bucket(&self) -> Result<(), StoreError> {
        let made = self.client.create_bucket().bucket(&self.bucket).send().await;
        made.map(drop).map_err(|e| self.error("make the bucket", &e))
    }

    /// Makes the bucket as soon as the store answers, at most this long.
    ///
    /// # Errors
    /// [`NotReady`] with the last answer.
    pub async fn until_bucket(&self, patience: Duration) -> Result<(), NotReady> {
        until_ready("the object store", patience, || self.create_bucket()).await
    }

    /// Keys below a prefix, sorted, without the prefix, each with its `ETag`. All pages of them.
    ///
    /// # Errors
    /// If the store does not answer, or refuses. Nothing there is no error.
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

    /// Deletes everything below a prefix. For teardown only.
    ///
    /// # Errors
    /// At the first object that cannot be deleted.
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
