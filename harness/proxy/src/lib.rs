//! The store that can misbehave: a proxy between the pods and the object store.
//!
//! It passes each request on as it came, signature and `Host` included, bodies in a stream, and
//! tells of it when it has ended. It is a server of the sandbox, so it lives as long as the store,
//! whoever put the cluster up; the harness's own look at the store goes past it.
//!
//! Whoever runs a case *follows* it: holds a connection to its socket, is told of the requests for
//! keys below the case's prefix, and may say which of them meet a fault. The faults of a connection
//! touch no key outside its prefix and end with it. So a case that has some needs not run alone,
//! and a harness that dies leaves none.

mod body;
mod exchange;
mod follow;
mod hub;
mod s3;
mod serve;
mod wire;

pub use follow::{Faults, FollowError, Followed, Told, connect, follow};
pub use serve::{Places, serve};
