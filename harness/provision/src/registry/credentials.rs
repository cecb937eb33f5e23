//! Credentials of registries, in the files of `docker login` and `podman login`.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::path::{Path, PathBuf};

use docker_credential::{DockerCredential, get_credential_from_reader};
use oci_client::Reference;

use crate::go::Environment;

/// Name of Docker Hub in the files.
const DOCKER_HUB: &str = "https://index.docker.io/v1/";

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

    /// The credentials for the registry of an image, after a wait for a helper program. `None`: no
    /// file has credentials, or the helper does not give them. The pull is then anonymous.
    pub(crate) async fn find(&self, image: &Reference) -> Option<DockerCredential> {
        let (files, server) = (self.files.clone(), server(image).to_owned());
        let find = move || {
            files
                .iter()
                .find_map(|file| get_credential_from_reader(File::open(file).ok()?, &server).ok())
        };
        tokio::task::spawn_blocking(find).await.ok().flatten()
    }
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

    use super::{Credentials, DockerCredential};

    const DOCKER: &str = r#"{"auths": {"mirror.example:5000": {"auth": "dGVhbTpzZWNyZXQ="},
        "https://index.docker.io/v1/": {"auth": "aHViOnNlY3JldA=="},
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
    #[case::of_docker("mirror.example:5000/a/b:1", Some(user("team")))]
    #[case::of_podman(
        "podman.example/a@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        Some(user("pod"))
    )]
    #[case::of_docker_hub("minio/minio", Some(user("hub")))]
    #[case::a_token("token.example/a", Some(token("abc")))]
    #[case::of_no_file("other.example/a", None)]
    #[case::a_helper_that_is_missing("helper.example/a", None)]
    #[tokio::test]
    async fn the_credentials_of_an_image(
        #[case] image: &str,
        #[case] expected: Option<DockerCredential>,
    ) {
        let home = tempfile::tempdir().expect("a directory");
        let podman = home.path().join("auth.json");
        std::fs::create_dir(home.path().join(".docker")).expect("a directory");
        std::fs::write(home.path().join(".docker/config.json"), DOCKER).expect("a file");
        std::fs::write(&podman, PODMAN).expect("a file");
        let environment = [("HOME", home.path()), ("REGISTRY_AUTH_FILE", &podman)]
            .map(|(name, value)| (OsString::from(name), value.as_os_str().to_owned()));
        let credentials = Credentials::of(&environment.into());
        let found = credentials.find(&image.parse().expect("an image")).await;
        assert_eq!(found, expected);
    }

    #[tokio::test]
    async fn no_file_gives_no_credentials() {
        let credentials = Credentials::of(&super::Environment::default());
        assert_eq!(credentials.find(&"a.example/b".parse().expect("an image")).await, None);
    }
}
