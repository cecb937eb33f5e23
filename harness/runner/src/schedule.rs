//! The schedule of cases: how many run at once, and when the next one begins.

pub(crate) mod cases;
mod cores;
pub(crate) mod limiter;
mod lock;
pub(crate) mod namespace_pool;
pub(crate) mod overlap;
