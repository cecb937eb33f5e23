//! What a user is told who asks for what cannot be, or whose machine cannot do it.

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
mod printed;
mod proxy;
mod shards;
mod stopped;
mod terminal;
