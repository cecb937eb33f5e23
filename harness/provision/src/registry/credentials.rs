//! Credentials of registries, in the files of `docker login` and `podman login`.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use docker_credential::{CredentialRetrievalError, DockerCredential, get_credential_from_reader};
use oci_client::Reference;

use crate::go::Environment;

/// Name of Docker Hub in the files.
const DOCKER_HUB: &str = "https://index.docker.io/v1/";

/// The answer of a helper program that has no credentials for the registry.
const NOT_FOUND: &str = "credentials not found";

/// Files with credentials, or with the names of helper programs. An earlier file comes first.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    files: Vec<PathBuf>,
}

impl Credentials {
    /// The files of Docker (`DOCKER_CONFIG`, or `.docker` in the home directory) and of Podman
    /// (`REGISTRY_AUTH_FILE`, or a file in `XDG_RUNTIME_DIR`).
    pub fn of(environment: &Environment) -> Self {
        let podman = set(environment, "REGISTRY_AUTH_FILE").map(PathBuf::from).or_else(|| {
            Some(Path::new(set(environment, "XDG_RUNTIME_DIR")?).join("containers/auth.json"))
        });
        Self { files: docker_config(environment).into_iter().chain(podman).collect() }
    }

    /// The credentials for the registry of an image, after a wait for a helper program. A pull
    /// without credentials is anonymous. The reason appears in the error of the pull.
    pub(crate) async fn find(&self, image: &Reference) -> Result<DockerCredential, NoCredentials> {
        let (files, server) = (self.files.clone(), server(image).to_owned());
        let find = move || {
            let mut reasons = Vec::new();
            for file in &files {
                match read(file, &server) {
                    Ok(Some(credentials)) => return Ok(credentials),
                    Ok(None) => {}
                    Err(reason) => reasons.push(format!("{}: {reason}", file.display())),
                }
            }
            Err(NoCredentials { reasons })
        };
        tokio::task::spawn_blocking(find).await.unwrap_or_else(|_| Err(NoCredentials::default()))
    }
}

/// No file gives credentials for a registry. As a text, the addition to the name of an image that
/// the harness pulls. The text is empty if no file was to give them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoCredentials {
    /// Each file that does not give its credentials, with the cause.
    reasons: Vec<String>,
}

impl fmt::Display for NoCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reasons.as_slice() {
            [] => Ok(()),
            reasons => write!(f, " without credentials ({})", reasons.join("; ")),
        }
    }
}

/// The credentials of a file for a registry. `None`: it has none. The error is the cause in words.
fn read(file: &Path, server: &str) -> Result<Option<DockerCredential>, String> {
    match File::open(file) {
        Ok(opened) => given(get_credential_from_reader(opened, server)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.to_string()),
    }
}

fn given(
    found: Result<DockerCredential, CredentialRetrievalError>,
) -> Result<Option<DockerCredential>, String> {
    use CredentialRetrievalError as Error;
    let reason = match found {
        Ok(credentials) => return Ok(Some(credentials)),
        Err(Error::NoCredentialConfigured | Error::ConfigNotFound) => return Ok(None),
        Err(Error::HelperFailure { helper, stdout, stderr }) => {
            if stdout.contains(NOT_FOUND) {
                return Ok(None);
            }
            let said = [stdout.trim(), stderr.trim()].into_iter().find(|said| !said.is_empty());
            return Err(format!("{helper} failed: {}", said.unwrap_or("it gives no reason")));
        }
        Err(Error::HelperCommunicationError) => "the helper program that it names does not run",
        Err(Error::MalformedHelperResponse) => {
            "the answer of its helper program is not credentials"
        }
        Err(Error::CredentialDecodingError) => "an `auth` is not USER:PASSWORD in base64",
        Err(Error::CredentialMismatchError) => {
            "an `auth` differs from its `username` and `password`"
        }
        Err(Error::ConfigReadError) => "it is not the JSON of `docker login`",
    };
    Err(reason.to_owned())
}

/// The configuration file of the docker command. The file may not exist.
pub(crate) fn docker_config(environment: &Environment) -> Option<PathBuf> {
    let directory = match set(environment, "DOCKER_CONFIG") {
        Some(directory) => PathBuf::from(directory),
        None => Path::new(set(environment, "HOME")?).join(".docker"),
    };
    Some(directory.join("config.json"))
}

/// A variable that is not empty.
fn set<'a>(environment: &'a Environment, name: &str) -> Option<&'a OsString> {
    environment.get(OsStr::new(name)).filter(|value| !value.is_empty())
}

/// Name of the registry of an image in the files.
pub(crate) fn server(image: &Reference) -> &str {
    match image.registry() {
        "docker.io" => DOCKER_HUB,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use rstest::rstest;

    use super::{
        CredentialRetrievalError as Error, Credentials, DockerCredential, NoCredentials, given,
    };

    const DOCKER: &str = r#"{"auths": {"mirror.example:5000": {"auth": "dGVhbTpzZWNyZXQ="},
        "https://index.docker.io/v1/": {"auth": "aHViOnNlY3JldA=="},
        "broken.example": {"auth": "bm9uZQ=="},
        "token.example": {"identitytoken": "abc"}},
        "credHelpers": {"helper.example": "missing-on-this-machine"}}"#;
    const PODMAN: &str = r#"{"auths": {"podman.example": {"auth": "cG9kOnNlY3JldA=="},
        "mirror.example:5000": {"auth": "bGF0ZXI6c2VjcmV0"}}}"#;

    fn user(name: &str) -> DockerCredential {
        DockerCredential::UsernamePassword(name.to_owned(), "secret".to_owned())
    }

    fn token(text: &str) -> DockerCredential {
        DockerCredential::IdentityToken(text.to_owned())
    }

    #[rstest]
    #[case::of_docker("mirror.example:5000/a/b:1", Ok(user("team")))]
    #[case::of_podman(
        "podman.example/a@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        Ok(user("pod"))
    )]
    #[case::of_docker_hub("minio/minio", Ok(user("hub")))]
    #[case::a_token("token.example/a", Ok(token("abc")))]
    #[case::of_no_file("other.example/a", Err(""))]
    #[case::a_helper_that_is_missing(
        "helper.example/a",
        Err(" without credentials (CONFIG: the helper program that it names does not run)")
    )]
    #[case::no_password(
        "broken.example/a",
        Err(" without credentials (CONFIG: an `auth` is not USER:PASSWORD in base64)")
    )]
    #[tokio::test]
    async fn the_credentials_of_an_image(
        #[case] image: &str,
        #[case] expected: Result<DockerCredential, &str>,
    ) {
        let home = tempfile::tempdir().expect("a directory");
        let podman = home.path().join("auth.json");
        std::fs::create_dir(home.path().join(".docker")).expect("a directory");
        let docker = home.path().join(".docker/config.json");
        std::fs::write(&docker, DOCKER).expect("a file");
        std::fs::write(&podman, PODMAN).expect("a file");
        let environment = [("HOME", home.path()), ("REGISTRY_AUTH_FILE", &podman)]
            .map(|(name, value)| (OsString::from(name), value.as_os_str().to_owned()));
        let credentials = Credentials::of(&environment.into());
        let found = credentials.find(&image.parse().expect("an image")).await;
        let found =
            found.map_err(|none| none.to_string().replace(&docker.display().to_string(), "CONFIG"));
        assert_eq!(found, expected.map_err(str::to_owned));
    }

    fn helper(stdout: &str, stderr: &str) -> Error {
        let (stdout, stderr) = (stdout.to_owned(), stderr.to_owned());
        Error::HelperFailure { helper: "docker-credential-x".to_owned(), stdout, stderr }
    }

    #[rstest]
    #[case::none(Error::NoCredentialConfigured, None)]
    #[case::not_in_the_helper(helper("credentials not found in native keychain\n", ""), None)]
    #[case::of_the_helper(helper("locked\n", "error"), Some("docker-credential-x failed: locked"))]
    #[case::of_a_helper_that_logs(
        helper("", "no session\n"),
        Some("docker-credential-x failed: no session")
    )]
    #[case::of_a_silent_helper(
        helper("", ""),
        Some("docker-credential-x failed: it gives no reason")
    )]
    #[case::no_json(Error::ConfigReadError, Some("it is not the JSON of `docker login`"))]
    fn the_reason_of_a_file(#[case] error: Error, #[case] expected: Option<&str>) {
        assert_eq!(given(Err(error)).err().as_deref(), expected);
    }

    #[tokio::test]
    async fn no_file_gives_no_credentials() {
        let credentials = Credentials::of(&super::Environment::default());
        let found = credentials.find(&"a.example/b".parse().expect("an image")).await;
        assert_eq!(found, Err(NoCredentials::default()));
    }
}
