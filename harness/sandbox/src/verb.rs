//! The hidden verbs by which the harness's binary runs itself.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use crate::own_binary::{INTERNAL, OCI_RUNTIME};

/// Runs the hidden verb that the command line names. None if the command line names no hidden verb.
///
/// # Assumptions
/// `main` calls this function first, before any thread starts, because the verbs make namespaces.
pub fn dispatch(args: impl Iterator<Item = OsString>) -> Option<ExitCode> {
    let args: Vec<OsString> = args.collect();
    if Path::new(args.first()?).file_name()? == OCI_RUNTIME {
        return Some(crate::oci_runtime::main(&args[1..]));
    }
    if args.get(1)? != INTERNAL {
        return None;
    }
    let rest = args.get(3..).unwrap_or_default();
    Some(match args.get(2)?.to_str()? {
        crate::guard::GUARD => crate::guard::inside::outer(rest),
        crate::guard::TETHER => crate::guard::inside::tether(rest),
        "guard-init" => crate::guard::inside::inner(rest),
        "sandbox" => crate::init::outer(rest),
        "init" => crate::init::inner(rest),
        "trial" => crate::requirements::trial(rest),
        _ => return None,
    })
}
