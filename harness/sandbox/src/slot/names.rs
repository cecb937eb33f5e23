//! The names and addresses of a slot, by its number.

use std::net::Ipv4Addr;

/// Largest number of sandboxes on one machine.
pub(super) const SLOTS: u16 = 4096;

pub(super) fn cgroup_name(index: u16) -> String {
    format!("argo-conformance-{index}")
}

pub(super) fn interface(index: u16) -> String {
    format!("ac{index}h")
}

/// Length of the prefix: 2 addresses, and the 2 reserved ones of every network.
pub(super) const PREFIX: u8 = 30;

/// First address of a slot's /30 network in 198.18.0.0/15. The range is for tests of networks and
/// is routed nowhere.
pub(super) fn base(index: u16) -> u32 {
    u32::from(Ipv4Addr::new(198, 18, 0, 0)) + u32::from(index) * 4
}

/// True if one of these networks has an address of the slot's network.
pub(super) fn overlaps(index: u16, networks: &[(Ipv4Addr, u8)]) -> bool {
    networks.iter().any(|&(address, prefix)| {
        let mask = u32::MAX.checked_shl(32 - u32::from(prefix.min(PREFIX))).unwrap_or(0);
        u32::from(address) & mask == base(index) & mask
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case::same_network(0, "198.18.0.1", 30, true)]
    #[case::one_address_of_it(0, "198.18.0.2", 32, true)]
    #[case::next_network(0, "198.18.0.5", 30, false)]
    #[case::all_of_the_range(4095, "198.18.0.0", 15, true)]
    #[case::everything(7, "0.0.0.0", 0, true)]
    #[case::another(7, "10.0.0.0", 8, false)]
    fn sees_networks_in_use(
        #[case] index: u16,
        #[case] address: Ipv4Addr,
        #[case] prefix: u8,
        #[case] expected: bool,
    ) {
        assert_eq!(overlaps(index, &[(address, prefix)]), expected);
    }

    #[test]
    fn the_last_slot_fits_the_range_and_its_names_fit_the_kernel() {
        assert!(Ipv4Addr::from(base(SLOTS - 1)).octets() < [198, 20, 0, 0]);
        assert!(interface(SLOTS - 1).len() <= 15);
    }
}
