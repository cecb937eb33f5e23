//! Optional rights, and the part that a run does not observe without them.

use model::history::Part;

/// A right that a run does not require.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OptionalRight {
    /// `get` of `pods/proxy` in the namespace of the controller.
    ControllerProxy,
    /// `get` of `leases` in the namespace of the controller.
    ControllerLease,
    /// `get` of `configmaps` in the namespace of the controller.
    ControllerSettings,
    /// `get` and `list` of `nodes`.
    Nodes,
}

impl OptionalRight {
    /// Every optional right.
    pub const ALL: [Self; 4] =
        [Self::ControllerProxy, Self::ControllerLease, Self::ControllerSettings, Self::Nodes];

    /// The resource of the right, with its subresource after a slash.
    pub fn resource(self) -> &'static str {
        match self {
            Self::ControllerProxy => "pods/proxy",
            Self::ControllerLease => "leases",
            Self::ControllerSettings => "configmaps",
            Self::Nodes => "nodes",
        }
    }

    /// The optional right to a resource outside the prepared namespaces. `None`: no right to the
    /// resource is optional.
    pub fn of(resource: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|right| right.resource() == resource)
    }

    /// The part of the environment that a run does not observe in full without the right.
    pub fn part(self) -> Part {
        match self {
            Self::ControllerProxy | Self::ControllerLease | Self::ControllerSettings => {
                Part::Controller
            }
            Self::Nodes => Part::Node,
        }
    }

    /// The state that a run does not observe without the right, as a clause.
    pub fn unobserved(self) -> &'static str {
        match self {
            Self::ControllerProxy => "whether the workflow controller answers",
            Self::ControllerLease => "which replica of the workflow controller leads",
            Self::ControllerSettings => "the settings of the workflow controller",
            Self::Nodes => "whether the nodes of the cases' pods are Ready",
        }
    }
}
