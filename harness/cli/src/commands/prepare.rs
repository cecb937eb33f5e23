//! `prepare`: the manifests that prepare namespaces of an existing cluster for runs.

use provision::existing::{self, ClusterRights, Subject, TargetNamespaces};
use rundir::{Error, Problem};

use crate::args::PrepareArgs;
use crate::terminal::out;

/// Prints the manifests that prepare namespaces.
pub(crate) fn prepare(args: &PrepareArgs) -> anyhow::Result<u8> {
    let place = TargetNamespaces::new(args.namespaces.clone(), args.argo_namespace.clone());
    let place = place.map_err(|error| {
        Error::one(report::exit::USAGE, Problem::new(error.to_string()).with_hint_of(error.hint()))
    })?;
    let subject = match (&args.user, &args.account) {
        (Some(user), _) => Subject::User(user.clone()),
        (None, account) => {
            let account = account.as_deref().unwrap_or_default();
            let Some((namespace, name)) = account.split_once(':') else {
                let message =
                    format!("invalid --account: `{account}` is not of the form NAMESPACE:NAME");
                return Err(Error::usage(message).into());
            };
            Subject::ServiceAccount(namespace.to_owned(), name.to_owned())
        }
    };
    let cluster =
        if args.no_cluster_rights { ClusterRights::LeftOut } else { ClusterRights::Included };
    out::document(&existing::manifests(&place, &subject, cluster));
    Ok(report::exit::PASS)
}
