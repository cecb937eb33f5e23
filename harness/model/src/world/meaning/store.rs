//! The meaning of facts about objects of the object store.

use super::{Meaning, SoFar};
use crate::fact::{ObjectFact, StoreFact};
use crate::truth::Truth;
use crate::world::empty::NO_OBJECT;
use crate::world::{Empty, Listing, World};

impl Meaning for StoreFact {
    fn evaluate(&self, world: &World) -> Truth {
        match self {
            Self::Objects(count) => on_listing(world, |listing| count.admits(listing.keys.len())),
            Self::Object(object) => on_listing(world, |listing| object_holds(listing, object)),
        }
    }

    fn so_far(&self, _: &World) -> Option<SoFar> {
        match self {
            Self::Objects(_) | Self::Object(_) => None,
        }
    }

    fn matched_nothing(&self, _: &World) -> Option<Empty> {
        match self {
            Self::Objects(_) | Self::Object(_) => None,
        }
    }

    fn absent_from_the_start(&self, world: &World) -> Option<Empty> {
        match self {
            Self::Objects(count) if count.admits(0) => {
                world.ever.keys.is_empty().then(|| Empty::Nothing(NO_OBJECT.to_owned()))
            }
            Self::Object(object) if !object.there => {
                let seen = world.ever.keys.iter().any(|ever| object.is_meant(ever));
                let key = &object.key;
                let never = format!("no object {key} ever lay under the case's prefix");
                (!seen).then_some(Empty::Nothing(never))
            }
            Self::Objects(_) | Self::Object(_) => None,
        }
    }

    fn needs_action(&self) -> bool {
        match self {
            Self::Objects(count) => count.admits(0),
            Self::Object(_) => true,
        }
    }

    fn unevaluable(&self, _: &World) -> Option<String> {
        match self {
            Self::Objects(_) | Self::Object(_) => None,
        }
    }

    fn describe(&self, world: &World) -> String {
        match self {
            Self::Objects(_) | Self::Object(_) => world.describe_objects(),
        }
    }
}

fn on_listing(world: &World, test: impl FnOnce(&Listing) -> bool) -> Truth {
    match &world.listing {
        None => Truth::Unknown,
        Some(listing) if listing.keys.is_empty() && !world.acted => Truth::Unknown,
        Some(listing) => Truth::of(test(listing)),
    }
}

fn object_holds(listing: &Listing, fact: &ObjectFact) -> bool {
    let index = listing.keys.iter().position(|key| fact.is_meant(key));
    match (&fact.etag, index) {
        (Some(etag), Some(index)) => fact.there && listing.etags.get(index) == Some(etag),
        (_, index) => index.is_some() == fact.there,
    }
}
