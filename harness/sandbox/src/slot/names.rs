//! The names of a slot, by its number.

/// Largest number of sandboxes on one machine.
pub(super) const SLOTS: u16 = 4096;

pub(super) fn cgroup_name(index: u16) -> String {
    format!("argo-conformance-{index}")
}

pub(super) fn interface(index: u16) -> String {
    format!("ac{index}h")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_name_fits_the_kernel() {
        assert!(interface(SLOTS - 1).len() <= 15);
    }
}
