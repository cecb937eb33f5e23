//! Cases on a cluster that somebody else put up, and `prepare`, which prints the manifests for it.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use model::history::Versions;
use provision::client;
use provision::existing::{self, Hold, InstalledVersions, NameError, Subject, TargetNamespaces};
use provision::installation::{Alarm, Installation, Namespaces};
use provision::requests::Requests;
use provision::store::{Store, StoreAddress};

use crate::args::{ExistingArgs, PrepareArgs};
use crate::out::{self, Explained};
use crate::programs::{self, Programs};
use crate::session::Session;
use crate::wanted;

/// An installation on prepared namespaces.
pub(crate) struct Prepared {
    pub(crate) installation: Installation,
    hold: Hold,
}

impl Prepared {
    /// Reaches it, sees that cases may and can run there, and keeps other runs out. `named` is the
    /// version that must be there, if one was named.
    pub(crate) async fn reach(
        session: &Arc<Session>,
        args: &ExistingArgs,
        named: Option<&str>,
    ) -> anyhow::Result<Self> {
        let given = Given::of(args)?;
        let kubeconfig = session.directory.join("kubeconfig");
        let (file, context) = (args.kubeconfig.as_deref(), args.context.as_deref());
        existing::write_kubeconfig(file, context, &kubeconfig)?;
        let requests = Requests::default();
        let client = client::client(&kubeconfig, &requests).await?;
        let found = existing::examine(&client, &given.place).await?;
        let mut versions = versions(&found, named)?;
        let guard = session.guard.tethered();
        let cli = match &args.argo_cli {
            Some(path) => {
                let path = std::path::absolute(path)?;
                versions.cli = programs::version_of_argo(&guard, &path).await?;
                path
            }
            None => build_cli(session, &versions.cli).await?,
        };
        let namespaces = given.place.namespaces().to_vec();
        let alarm = Alarm::default();
        let hold = Hold::take(&client, &namespaces, &session.run, &alarm).await?;
        let installation = Installation {
            run: session.run.clone(),
            client,
            requests,
            alarm,
            store: Store::at(&given.reached, &given.store),
            store_address: given.store,
            proxy: None,
            argo: cli,
            kubeconfig,
            guard,
            shell_image: args.shell_image.clone(),
            versions,
            source: "what was there".to_owned(),
            profile: None,
            argo_namespace: given.place.argo().to_owned(),
            namespaces: Namespaces::Prepared(namespaces.clone()),
        };
        for namespace in &namespaces {
            // Removes the leftovers of a killed run.
            drive::teardown::case(&installation, namespace).await;
        }
        Ok(Self { installation, hold })
    }

    /// Lets other runs have it.
    pub(crate) async fn give_back(self) {
        self.hold.give_back().await;
    }
}

/// The description of the cluster, complete.
struct Given {
    place: TargetNamespaces,
    store: StoreAddress,
    /// The store as this machine reaches it.
    reached: String,
}

impl Given {
    fn of(args: &ExistingArgs) -> anyhow::Result<Self> {
        let mut lacks = Vec::new();
        let mut need = |flag: &str, value: &Option<String>| {
            value.clone().unwrap_or_else(|| {
                lacks.push(format!("error: --provider existing needs {flag}"));
                String::new()
            })
        };
        let url = need("--store, the S3 store for artifacts", &args.store);
        let bucket = need("--bucket, which must be there", &args.bucket);
        let user = need("--store-user or ARGO_CONFORMANCE_STORE_USER", &args.store_user);
        let password =
            need("--store-password or ARGO_CONFORMANCE_STORE_PASSWORD", &args.store_password);
        if args.namespaces.is_empty() {
            lacks.push(
                "error: --provider existing needs --namespaces\nhint: `argo-conformance prepare` \
                 prints what makes namespaces that can be named"
                    .to_owned(),
            );
        }
        let reached = url.strip_prefix("http://").unwrap_or_default().trim_end_matches('/');
        if !url.is_empty() && (reached.is_empty() || reached.contains('/')) {
            lacks.push(format!("error: `{url}` is not like http://HOST:PORT"));
        }
        let place = TargetNamespaces::new(args.namespaces.clone(), args.argo_namespace.clone());
        lacks.extend(place.as_ref().err().map(explained));
        if !lacks.is_empty() {
            return Err(usage(lacks.join("\n")));
        }
        let endpoint = args.store_in_cluster.clone().unwrap_or_else(|| reached.to_owned());
        Ok(Self {
            place: place?,
            store: StoreAddress { endpoint, user, password, bucket },
            reached: reached.to_owned(),
        })
    }
}

/// The versions of Argo in the cluster, by the tags of its images. `named` replaces a tag that is
/// no version.
fn versions(found: &InstalledVersions, named: Option<&str>) -> anyhow::Result<Versions> {
    if let (Some(there), Some(named)) = (&found.controller, named)
        && there != named
    {
        return Err(usage(format!(
            "error: the workflow controller that is there is {there}, not {named}\n\
             hint: leave --argo out, or name the version that is there"
        )));
    }
    let parts = [("workflow controller", &found.controller), ("executor", &found.executor)];
    let [controller, executor] = parts.map(|(part, there)| {
        there.clone().or_else(|| named.map(str::to_owned)).ok_or_else(|| {
            usage(format!(
                "error: the tag of the {part}'s image is no version\n\
                 hint: say with --argo which version it is"
            ))
        })
    });
    let controller = controller?;
    Ok(Versions { executor: executor?, ..Versions::all(&controller) })
}

fn usage(text: String) -> anyhow::Error {
    Explained { code: report::exit::USAGE, text }.into()
}

async fn build_cli(session: &Arc<Session>, version: &str) -> anyhow::Result<PathBuf> {
    let wanted = wanted::version(version)?;
    let entry = Programs::of_argo(session, &wanted.cli).await.context("build the argo program")?;
    Ok(entry.bin().join("argo"))
}

/// An error with its remedy.
fn explained(error: &NameError) -> String {
    format!("error: {error}\nhint: {}", error.hint().unwrap_or_default())
}

/// Prints the manifests that prepare namespaces.
pub(crate) fn prepare(args: &PrepareArgs) -> anyhow::Result<u8> {
    let place = TargetNamespaces::new(args.namespaces.clone(), args.argo_namespace.clone());
    let place = place.map_err(|error| usage(explained(&error)))?;
    let subject = match (&args.user, &args.account) {
        (Some(user), _) => Subject::User(user.clone()),
        (None, account) => {
            let account = account.as_deref().unwrap_or_default();
            let Some((namespace, name)) = account.split_once(':') else {
                return Err(usage(format!("error: `{account}` is not like NAMESPACE:NAME")));
            };
            Subject::ServiceAccount(namespace.to_owned(), name.to_owned())
        }
    };
    out::document(&existing::manifests(&place, &subject));
    Ok(report::exit::PASS)
}

#[cfg(test)]
mod tests {
    use provision::existing::InstalledVersions;
    use rstest::rstest;

    use super::versions;

    #[rstest]
    #[case::as_the_images_say(Some("3.5.12"), Some("3.5.5"), None, Ok(("3.5.12", "3.5.5")))]
    #[case::as_named(None, None, Some("3.7.18"), Ok(("3.7.18", "3.7.18")))]
    #[case::both_agree(Some("3.7.18"), None, Some("3.7.18"), Ok(("3.7.18", "3.7.18")))]
    #[case::executor_says_nothing(Some("3.7.18"), None, None, Err("the executor's image is no"))]
    #[case::another_is_there(Some("3.5.12"), None, Some("3.7.18"), Err("is 3.5.12, not 3.7.18"))]
    #[case::nobody_says(None, Some("3.5.5"), None, Err("is no version"))]
    fn which_argo_is_there(
        #[case] controller: Option<&str>,
        #[case] executor: Option<&str>,
        #[case] named: Option<&str>,
        #[case] expected: Result<(&str, &str), &str>,
    ) {
        let found = InstalledVersions {
            controller: controller.map(str::to_owned),
            executor: executor.map(str::to_owned),
        };
        match (versions(&found, named), expected) {
            (Ok(found), Ok((controller, executor))) => {
                let components = (found.controller.as_str(), found.executor.as_str());
                assert_eq!(components, (controller, executor));
                assert_eq!(found.cli, controller);
            }
            (Err(error), Err(expected)) => {
                assert!(error.to_string().contains(expected), "{error}");
            }
            (found, expected) => panic!("{found:?} instead of {expected:?}"),
        }
    }
}
