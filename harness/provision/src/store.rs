//! The object store, as the harness uses it: any S3 endpoint.

mod address;
mod configured;
mod connection;
mod given;
mod problem;
mod support;

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use aws_sdk_s3::types::Object;

use crate::poll::{NotReady, until_ready};

pub use address::StoreAddress;
pub use configured::{
    ConfiguredRepository, REPOSITORIES, RepositoryError, RepositoryRef, RepositoryRefError,
};
pub use given::{GivenStore, SECRET, StoreCredentials, StoreStyle, Transport};
pub use problem::{StoreProblem, StoreTrouble};
pub use support::{Unsupported, unsupported};

use problem::{Answer, Redacted};

/// The place of the artifacts of cases.
#[derive(Clone, Debug)]
pub enum Artifacts {
    /// The default repository of an installation that the harness made, in a store of the harness.
    Own(StoreAddress),
    /// A store that the user names. Each namespace of a case gets a repository in it.
    Given(Arc<GivenStore>),
    /// A repository that is configured in the cluster.
    Configured(RepositoryRef),
}

/// Client of one bucket of an object store.
#[derive(Clone)]
pub struct Store {
    client: Client,
    endpoint: String,
    bucket: String,
    is_tls: bool,
    secrets: Redacted,
}

/// Error of a request to the object store. A missing object does not cause this error.
#[derive(Debug, thiserror::Error)]
#[error("failed to {action} in the object store: {message}")]
pub struct StoreError {
    action: String,
    message: String,
}

impl Store {
    /// A client of an object store of the harness. The function does not connect.
    pub fn new(address: &StoreAddress) -> Self {
        Self::at(&address.endpoint, address)
    }

    /// A client with another address, `host:port`, than the address for pods.
    pub fn at(endpoint: &str, address: &StoreAddress) -> Self {
        let client = connection::own(endpoint, address);
        let (endpoint, bucket) = (endpoint.to_owned(), address.bucket.clone());
        let secrets = Redacted::new(vec![address.user.clone(), address.password.clone()]);
        Self { client, endpoint, bucket, is_tls: false, secrets }
    }

    /// A client of an object store that the user names. A store without keys gets the credentials
    /// of the default chain of AWS. The function does not connect to the store.
    ///
    /// # Errors
    /// [`StoreTrouble::NoCredentials`].
    pub async fn of(store: &GivenStore) -> Result<Self, StoreProblem> {
        let (endpoint, bucket) = (store.reached.clone(), store.bucket.clone());
        let client = connection::given(store).await.map_err(|words| StoreProblem {
            endpoint: endpoint.clone(),
            bucket: bucket.clone(),
            trouble: StoreTrouble::NoCredentials,
            words: Redacted::new(Vec::new()).without(&words),
        })?;
        let is_tls = store.transport != Transport::Plain;
        let secrets = Redacted::new(store.secrets());
        Ok(Self { client, endpoint, bucket, is_tls, secrets })
    }

    /// Address of the client, `host:port`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Name of the bucket.
    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// Lists at most one object with this prefix, to see that the store lets the harness list the
    /// bucket.
    ///
    /// # Errors
    /// [`StoreProblem`], with a remedy.
    pub async fn examine(&self, prefix: &str) -> Result<(), StoreProblem> {
        let request = self.client.list_objects_v2().bucket(&self.bucket).prefix(prefix);
        let answer = match request.max_keys(1).send().await {
            // A server that ignores the name of the host answers with a list of its buckets.
            Ok(page) if page.name() != Some(&self.bucket) => Answer::NotThisBucket,
            Ok(_) => return Ok(()),
            Err(error) => Answer::of(&error),
        };
        let trouble = match answer.trouble() {
            StoreTrouble::ServerIsTls if self.is_tls => StoreTrouble::Other,
            trouble => trouble,
        };
        let (endpoint, bucket) = (self.endpoint.clone(), self.bucket.clone());
        let words = self.secrets.without(&answer.words());
        Err(StoreProblem { endpoint, bucket, trouble, words })
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
            let page: ListObjectsV2Output = page.map_err(|e| self.error("list objects", &e))?;
            objects.extend(page.contents().iter().map(|object| listed(object, prefix)));
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

    fn error<E>(&self, action: &str, cause: &SdkError<E>) -> StoreError
    where
        E: std::error::Error + ProvideErrorMetadata + 'static,
    {
        let message = self.secrets.without(&Answer::of(cause).words());
        StoreError { action: format!("{action} (bucket {})", self.bucket), message }
    }
}

/// The key of an object without the prefix, and its `ETag`.
fn listed(object: &Object, prefix: &str) -> (String, String) {
    let key = object.key().unwrap_or_default();
    let etag = object.e_tag().unwrap_or_default().trim_matches('"').to_owned();
    (key.strip_prefix(prefix).unwrap_or(key).to_owned(), etag)
}

#[cfg(test)]
mod tests;
