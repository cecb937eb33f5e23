//! The type of the readers of facts.

use super::Fact;
use crate::parse::context::Context;
use crate::parse::fields::Reader;
use crate::yaml::Node;

/// Reads the field of a word of facts. The names are those of the steps that the fact can speak of.
pub(super) type ReadFact = fn(&Node, &[String], &Context<'_, '_>, &mut Reader) -> Option<Fact>;
