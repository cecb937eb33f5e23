//! `down`: ends installations that `up` left running.

use std::path::Path;

use runner::installation::released;
use sandbox::slot::LOCKS;

use crate::args::DownArgs;
use crate::terminal::out;

/// Ends installations that `up` left running: the named ones, or all.
pub(crate) fn down(args: &DownArgs) -> anyhow::Result<u8> {
    let kept = released::released()?;
    let numbers = if args.slots.is_empty() {
        kept.iter().map(|(slot, _)| *slot).collect()
    } else {
        args.slots.clone()
    };
    if numbers.is_empty() {
        out::result("no installation is up");
    }
    for slot in numbers {
        if !kept.iter().any(|(number, _)| *number == slot) {
            return Err(released::nothing(slot, &kept));
        }
        sandbox::slot::kill(Path::new(LOCKS), slot)?;
        out::result(&format!("installation {slot} is down"));
    }
    Ok(report::exit::PASS)
}
