//! The commands, one file each: arguments in, exit code out.

pub(crate) mod bisect;
pub(crate) mod certify;
pub(crate) mod check;
pub(crate) mod clean;
pub(crate) mod down;
pub(crate) mod explain;
pub(crate) mod generate;
pub(crate) mod image;
pub(crate) mod init;
pub(crate) mod judge;
pub(crate) mod keep;
pub(crate) mod known;
pub(crate) mod lint;
pub(crate) mod list;
pub(crate) mod merge;
pub(crate) mod mutate;
pub(crate) mod prepare;
pub(crate) mod report;
pub(crate) mod run;
pub(crate) mod site;
pub(crate) mod store_proxy;
pub(crate) mod sweep;
pub(crate) mod up;
pub(crate) mod upgrade;
pub(crate) mod verify;
