//! Messages for a user who asks for the impossible, or whose machine lacks something.

mod components;
mod daemon;
mod docker;
mod existing;
mod first_case;
mod git;
mod harness;
mod input;
mod live;
mod machine;
mod pods;
mod printed;
mod proxy;
mod shards;
mod stopped;
mod terminal;
