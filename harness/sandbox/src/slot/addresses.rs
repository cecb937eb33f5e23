//! The addresses of slots: ranges, and the networks of the host that are in the way.

use std::net::Ipv4Addr;

use super::names::SLOTS;
use crate::network::{HostNetwork, Source};

/// Length of the prefix: 2 addresses, and the 2 reserved ones of every network.
pub(super) const PREFIX: u8 = 30;
/// Length of the prefix of a range, which has a /30 network for each slot.
const RANGE_PREFIX: u8 = 18;
/// First addresses of the ranges, in order of preference. The first two are for tests of networks,
/// and the third is for the inner networks of carriers. Programs for tunnels often take a whole
/// /16 of the first.
const RANGES: [Ipv4Addr; 3] =
    [Ipv4Addr::new(198, 18, 0, 0), Ipv4Addr::new(198, 19, 0, 0), Ipv4Addr::new(100, 127, 192, 0)];
/// Shortest prefix of a route that keeps a slot from its addresses. A VPN that takes all traffic
/// has routes to halves of the Internet. The interface of a slot has a longer prefix, so its
/// packets do not take such a route.
const SHORTEST_ROUTE: u8 = 8;

/// First address of the first /30 network of a slot that no network of the host overlaps.
///
/// # Errors
/// The first network in the way, in each range.
pub(super) fn choose(index: u16, networks: &[HostNetwork]) -> Result<u32, Vec<HostNetwork>> {
    let mut in_the_way = Vec::new();
    for range in RANGES {
        let base = u32::from(range) + u32::from(index) * 4;
        match networks.iter().find(|network| overlaps(base, network)) {
            None => return Ok(base),
            Some(network) => in_the_way.push(network.clone()),
        }
    }
    Err(in_the_way)
}

/// True if some slot has addresses.
///
/// # Errors
/// The text of the networks in the way of every slot.
pub(super) fn any(networks: &[HostNetwork]) -> Result<(), String> {
    let mut in_the_way = InTheWay::default();
    for index in 0..SLOTS {
        match choose(index, networks) {
            Ok(_) => return Ok(()),
            Err(found) => in_the_way.add(found),
        }
    }
    Err(in_the_way.to_string())
}

/// Networks of the host that keep slots from their addresses.
#[derive(Debug, Default)]
pub(super) struct InTheWay(Vec<HostNetwork>);

impl InTheWay {
    pub(super) fn add(&mut self, networks: Vec<HostNetwork>) {
        for network in networks {
            if !self.0.contains(&network) {
                self.0.push(network);
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Largest number of networks in a text.
const NAMED: usize = 4;

impl std::fmt::Display for InTheWay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ranges = RANGES.map(|range| format!("{range}/{RANGE_PREFIX}")).join(", ");
        write!(f, "no free addresses in {ranges}; in the way:")?;
        for (n, network) in self.0.iter().take(NAMED).enumerate() {
            write!(f, "{} {network}", if n == 0 { "" } else { "," })?;
        }
        match self.0.len().saturating_sub(NAMED) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

/// True if a network of the host has an address of the /30 network that begins with `base`.
fn overlaps(base: u32, network: &HostNetwork) -> bool {
    let prefix = match (network.source, network.prefix) {
        (Source::Route, prefix) if prefix < SHORTEST_ROUTE => return false,
        // Only the address itself is certainly in use.
        (Source::Address, prefix) if prefix < SHORTEST_ROUTE => 32,
        (Source::Route | Source::Address, prefix) => prefix,
    };
    let mask = u32::MAX.checked_shl(32 - u32::from(prefix.min(PREFIX))).unwrap_or(0);
    u32::from(network.address) & mask == base & mask
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn network(source: Source, text: &str) -> HostNetwork {
        let (address, prefix) = text.split_once('/').expect("a prefix");
        HostNetwork {
            source,
            address: address.parse().expect("an address"),
            prefix: prefix.parse().expect("a number"),
            interface: Some("t0".to_owned()),
        }
    }

    fn routes(texts: &[&str]) -> Vec<HostNetwork> {
        texts.iter().map(|text| network(Source::Route, text)).collect()
    }

    #[rstest]
    #[case::none(0, &[], "198.18.0.0")]
    #[case::same_network(0, &["198.18.0.1/30"], "198.19.0.0")]
    #[case::one_address_of_it(0, &["198.18.0.2/32"], "198.19.0.0")]
    #[case::next_network(0, &["198.18.0.4/30"], "198.18.0.0")]
    #[case::another(7, &["10.0.0.0/8"], "198.18.0.28")]
    #[case::all_of_the_first_range(4095, &["198.18.0.0/16"], "198.19.63.252")]
    #[case::all_that_tests_have(4095, &["198.18.0.0/15"], "100.127.255.252")]
    #[case::default(7, &["0.0.0.0/0"], "198.18.0.28")]
    #[case::both_halves(7, &["0.0.0.0/1", "128.0.0.0/1"], "198.18.0.28")]
    #[case::a_wide_route(7, &["192.0.0.0/7"], "198.18.0.28")]
    #[case::a_route_of_eight(7, &["198.0.0.0/8"], "100.127.192.28")]
    fn a_slot_has_the_first_network_that_is_free(
        #[case] index: u16,
        #[case] taken: &[&str],
        #[case] expected: Ipv4Addr,
    ) {
        assert_eq!(choose(index, &routes(taken)), Ok(u32::from(expected)));
    }

    #[rstest]
    #[case::of_the_slot("198.18.0.1/1", "198.19.0.0")]
    #[case::of_another("198.18.0.5/1", "198.18.0.0")]
    fn a_wide_address_counts_as_itself(#[case] taken: &str, #[case] expected: Ipv4Addr) {
        assert_eq!(choose(0, &[network(Source::Address, taken)]), Ok(u32::from(expected)));
    }

    #[test]
    fn the_text_names_the_networks_in_the_way() {
        let all = ["198.18.0.0/15", "100.64.0.0/10"];
        let text = any(&routes(&all)).expect_err("nothing is free");
        assert_eq!(
            text,
            "no free addresses in 198.18.0.0/18, 198.19.0.0/18, 100.127.192.0/18; in the way: \
             the route 198.18.0.0/15 of t0, the route 100.64.0.0/10 of t0"
        );
        assert_eq!(any(&routes(&all[..1])), Ok(()));
    }

    #[test]
    fn a_long_list_is_cut() {
        let mut in_the_way = InTheWay::default();
        in_the_way.add(routes(&["10.0.0.0/8", "10.0.0.0/8", "11.0.0.0/8", "12.0.0.0/8"]));
        in_the_way.add(routes(&["13.0.0.0/8", "14.0.0.0/8"]));
        assert!(in_the_way.to_string().ends_with("13.0.0.0/8 of t0 and 1 more"), "{in_the_way}");
    }

    #[test]
    fn the_last_slot_fits_every_range() {
        for range in RANGES {
            let last = u32::from(range) + u32::from(SLOTS - 1) * 4 + 3;
            let mask = u32::MAX << (32 - u32::from(RANGE_PREFIX));
            assert_eq!(last & mask, u32::from(range));
        }
    }
}
