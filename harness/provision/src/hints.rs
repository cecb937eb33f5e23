//! Remedies of the errors of this crate and of the sandbox.

use std::error::Error;

use model::hints::{self, Ask, ask};

use crate::api_error::ApiError;
use crate::argo_source::release::{ReleaseError, ReleaseNameError};
use crate::argo_source::{CheckoutError, GitSourceError, VersionError};
use crate::cache::CacheError;
use crate::client::{ClientError, ConnectionError};
use crate::existing::{ControllerError, HoldError, KubeconfigError, NameError};
use crate::fetch::FetchError;
use crate::git::GitError;
use crate::kind::{EndpointError, KindError};
use crate::native::NativeError;
use crate::program::BuildError;
use crate::program::download::{
    DownloadError, MirrorCredentialsError, TableError, UnreachableError,
};
use crate::program::tree::TreeError;
use crate::registry::RegistryError;
use crate::store::{RepositoryError, StoreProblem};

/// One row for each type of error with a remedy. A test compares the rows with the types.
const HINTS: &[Ask] = &[
    |error| ask(error, ApiError::hint),
    |error| ask(error, BuildError::hint),
    |error| ask(error, CacheError::hint),
    |error| ask(error, CheckoutError::hint),
    |error| ask(error, ClientError::hint),
    |error| ask(error, ConnectionError::hint),
    |error| ask(error, ControllerError::hint),
    |error| ask(error, DownloadError::hint),
    |error| ask(error, EndpointError::hint),
    |error| ask(error, FetchError::hint),
    |error| ask(error, GitError::hint),
    |error| ask(error, GitSourceError::hint),
    |error| ask(error, HoldError::hint),
    |error| ask(error, KindError::hint),
    |error| ask(error, KubeconfigError::hint),
    |error| ask(error, MirrorCredentialsError::hint),
    |error| ask(error, NameError::hint),
    |error| ask(error, NativeError::hint),
    |error| ask(error, RegistryError::hint),
    |error| ask(error, ReleaseError::hint),
    |error| ask(error, ReleaseNameError::hint),
    |error| ask(error, RepositoryError::hint),
    |error| ask(error, StoreProblem::hint),
    |error| ask(error, TableError::hint),
    |error| ask(error, TreeError::hint),
    |error| ask(error, UnreachableError::hint),
    |error| ask(error, VersionError::hint),
];

/// The remedy of an error, or of its first cause with a remedy.
pub fn hint(error: &(dyn Error + 'static)) -> Option<String> {
    hints::hint(error, &[HINTS, sandbox::hints::HINTS])
}

#[cfg(test)]
mod tests;
