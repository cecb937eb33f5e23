//! A proxy between the pods and the object store, which applies the faults of a case.
//!
//! The proxy passes each request on unchanged, with its signature and its `Host`. Bodies pass as a
//! stream. The proxy reads only the body of a `DeleteObjects` in whole, for its keys. The proxy
//! reports each request that has ended.
//!
//! The proxy is a server of the sandbox and runs as long as the object store. Only the provider
//! `native` has a proxy. The harness's own probe of the object store does not pass the proxy.
//!
//! The driver *follows* the proxy during a case. A follower holds a connection to the proxy's
//! socket and receives the requests for keys below the case's prefix. A follower may arm faults for
//! these requests. The faults of a connection touch no key outside its prefix and end with the
//! connection. A case with faults may run beside other cases. A harness that ends leaves no fault.

mod answer;
mod body;
mod exchange;
mod follow;
mod hub;
mod s3;
mod serve;
mod tally;
mod upload;
mod wire;

pub use follow::{Faults, FollowError, Followed, ProxyEvent, connect, follow};
pub use serve::{Addresses, serve};
