//! The meaning of facts about requests to the object store.

use super::{Meaning, SoFar, never_seen};
use crate::fact::RequestFact;
use crate::truth::Truth;
use crate::world::{Empty, World};

impl Meaning for RequestFact {
    fn evaluate(&self, world: &World) -> Truth {
        match self {
            Self::Requests(requests) => world.count_requests(requests),
            Self::Astray(_) => self.so_far(world).map_or(Truth::Unknown, SoFar::evaluate),
            Self::ReadAfterDeletion(key) => world.was_read_after_deletion(key),
        }
    }

    fn so_far(&self, world: &World) -> Option<SoFar> {
        match self {
            Self::Astray(count) => Some(SoFar { bound: *count, number: world.count_astray() }),
            // The proxy records every request: no watch can miss one.
            Self::Requests(_) | Self::ReadAfterDeletion(_) => None,
        }
    }

    fn matched_nothing(&self, world: &World) -> Option<Empty> {
        match self {
            Self::Requests(_) | Self::Astray(_) | Self::ReadAfterDeletion(_) => {
                let what = "no request to the store for a key below the case's prefix";
                never_seen(world.has_requests(), what)
            }
        }
    }

    fn absent_from_the_start(&self, _: &World) -> Option<Empty> {
        match self {
            Self::Requests(_) | Self::Astray(_) | Self::ReadAfterDeletion(_) => None,
        }
    }

    fn needs_action(&self) -> bool {
        match self {
            Self::Requests(_) | Self::Astray(_) | Self::ReadAfterDeletion(_) => false,
        }
    }

    fn unevaluable(&self, _: &World) -> Option<String> {
        match self {
            Self::Requests(_) | Self::Astray(_) | Self::ReadAfterDeletion(_) => None,
        }
    }

    fn describe(&self, world: &World) -> String {
        match self {
            Self::Requests(requests) => world.describe_requests(Some(requests.on)),
            Self::Astray(_) => world.describe_astray(),
            Self::ReadAfterDeletion(_) => world.describe_requests(None),
        }
    }
}
