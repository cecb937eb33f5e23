//! Messages for a user who asks for the impossible, or whose machine lacks something.

mod checks;
mod components;
mod connection;
mod daemon;
mod docker;
mod existing;
mod first_case;
mod git;
mod go_proxy;
mod harness;
mod input;
mod live;
mod machine;
mod machine_limits;
mod pods;
mod printed;
mod programs;
mod proxies;
mod rights;
mod servers;
mod shards;
mod stopped;
mod store;
mod terminal;
mod unused_out;
