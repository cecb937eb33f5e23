//! Tests of the proxy through its sockets: a pod, a store, and followers.

mod bench;
mod faults;
mod followers;
mod passing;
