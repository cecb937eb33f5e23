//! What a user is told who asks for what cannot be, or whose machine cannot do it.

mod first_case;
mod harness;
mod input;
mod machine;
mod shards;
mod stopped;
