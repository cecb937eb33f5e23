//! Cases about stored workflows: from a recorded run to a verdict.

mod made;
mod recorded;
mod upgraded;
