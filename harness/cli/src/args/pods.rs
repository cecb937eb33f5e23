//! Arguments for the pods of cases.

use std::collections::BTreeMap;

use clap::{Args as ClapArgs, ValueEnum};
use model::pod_settings;

/// The resources of `--pod-requests` and `--pod-limits`.
const RESOURCES: [&str; 3] = ["cpu", "memory", "ephemeral-storage"];

/// A resource and its quantity.
type Quantity = (String, String);

#[derive(Clone, Debug, Default, ClapArgs)]
pub(crate) struct PodArgs {
    /// Pod Security level that the pods of cases meet. A case that sets the security of its pods
    /// itself is not applicable.
    #[arg(long, value_enum, default_value = "none")]
    pub(crate) pod_security: PodSecurity,
    /// Secret for the pull of images, in each prepared namespace. Repeat it for several.
    #[arg(long, value_name = "NAME")]
    pub(crate) image_pull_secret: Vec<String>,
    /// Requests of each container of the pods of cases: `cpu=10m,memory=32Mi`.
    #[arg(long, value_name = "RESOURCE=QUANTITY", value_delimiter = ',', value_parser = quantity)]
    pub(crate) pod_requests: Vec<Quantity>,
    /// Limits of each container of the pods of cases: `cpu=1,memory=256Mi`.
    #[arg(long, value_name = "RESOURCE=QUANTITY", value_delimiter = ',', value_parser = quantity)]
    pub(crate) pod_limits: Vec<Quantity>,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum PodSecurity {
    /// The pods stay as the cases have them.
    #[default]
    None,
    /// The pods meet the level `restricted`.
    Restricted,
}

fn quantity(text: &str) -> Result<Quantity, String> {
    let (resource, quantity) = text.split_once('=').ok_or("it is not RESOURCE=QUANTITY")?;
    if !RESOURCES.contains(&resource) {
        return Err(format!("the resource is none of {}", RESOURCES.join(", ")));
    }
    Ok((resource.to_owned(), quantity.to_owned()))
}

impl From<PodArgs> for pod_settings::PodSettings {
    fn from(args: PodArgs) -> Self {
        Self {
            security: match args.pod_security {
                PodSecurity::None => pod_settings::PodSecurity::None,
                PodSecurity::Restricted => pod_settings::PodSecurity::Restricted,
            },
            pull_secrets: args.image_pull_secret,
            requests: BTreeMap::from_iter(args.pod_requests),
            limits: BTreeMap::from_iter(args.pod_limits),
        }
    }
}
