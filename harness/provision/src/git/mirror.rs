//! Mirrors of remote repositories, in the cache.

use std::path::PathBuf;

use sha2::{Digest, Sha256};

use super::program::{Git, GitError};
use crate::cache::lock::Lock;
use crate::cache::{Cache, failed};

/// Transports that git may use to fetch a repository.
const TRANSPORTS: &str = "git:http:https:ssh";

/// The git directory of a URL, with all its branches and tags. The function fetches the URL, unless
/// `known` is a commit of an earlier fetch.
pub(super) fn of(
    git: &Git<'_>,
    cache: &Cache,
    url: &str,
    known: &str,
) -> Result<PathBuf, GitError> {
    let name = format!("git-{}", &hex::encode(Sha256::digest(url))[..16]);
    let directory = cache.repositories().join(&name);
    let _lock = Lock::take(cache, &name, "fetching a git repository", &mut |_| {}, &|| {
        git.runner.cancelled()
    })?;
    std::fs::create_dir_all(&directory).map_err(failed("create", &directory))?;
    let place = [("GIT_DIR", directory.clone().into())];
    git.must("make a mirror", &directory, &place, &["init", "--quiet", "--bare", "--template="])?;
    if is_commit(known) {
        let object = format!("{known}^{{commit}}");
        if git.run(&directory, &place, &["cat-file", "-e", &object])?.status.success() {
            return Ok(directory);
        }
    }
    let [own] = place;
    let place = [own, ("GIT_ALLOW_PROTOCOL", TRANSPORTS.into())];
    let refs = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"];
    let flags = ["fetch", "--quiet", "--force", "--prune", "--no-tags", "--no-write-fetch-head"];
    let args: Vec<&str> = flags.into_iter().chain(["--", url]).chain(refs).collect();
    git.must(&format!("fetch {url}"), &directory, &place, &args)?;
    Ok(directory)
}

/// True if a text is the full hash of a commit.
fn is_commit(text: &str) -> bool {
    text.len() >= 40 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// True if a text is a URL. A path is no URL.
pub(super) fn is_url(place: &str) -> bool {
    let host = place.split('/').next().unwrap_or_default();
    place.contains("://") || (host.contains(':') && !PathBuf::from(place).exists())
}

/// Refuses a URL with a credential: a password, or a user for HTTP. Messages and run directories
/// have URLs.
///
/// # Errors
/// [`GitError::Credential`].
pub(crate) fn refuse_credential(url: &str) -> Result<(), GitError> {
    let Some((scheme, rest)) = url.split_once("://") else { return Ok(()) };
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    match host.rsplit_once('@') {
        Some((user, host)) if scheme.starts_with("http") || user.contains(':') => {
            Err(GitError::Credential(format!("{host}{path}")))
        }
        Some(_) | None => Ok(()),
    }
}
