//! The proxy by its sockets: a pod on one side, a store on the other, a run that follows.

mod bench;
mod faults;
mod passing;
mod telling;
