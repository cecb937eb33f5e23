//! Slots of several processes, and networks of the host in the way.

use nix::sched::{CloneFlags, unshare};

use super::*;

/// Runs in a network of its own, with an address on an interface `t0`.
fn beside<T: Send>(address: Ipv4Addr, prefix: u8, run: impl FnOnce() -> T + Send) -> T {
    let apart = || {
        unshare(CloneFlags::CLONE_NEWNET).expect("a network of its own: be root");
        let mut network = Network::open().expect("netlink");
        let thread = nix::unistd::gettid().as_raw().unsigned_abs();
        network.make_pair("t0", "t1", thread).expect("a pair");
        network.set_up("t0", Some((address, prefix))).expect("an address");
        run()
    };
    std::thread::scope(|scope| scope.spawn(apart).join().expect("no panic"))
}

#[test]
fn a_tunnel_with_the_first_range_leaves_the_second() {
    let place = tempfile::tempdir().expect("a directory");
    let (locks, data) = (place.path().join("locks"), place.path().join("data"));
    let slot = beside(Ipv4Addr::new(198, 18, 0, 1), 16, || Slot::take(&locks, &data));
    let slot = slot.expect("a slot");
    assert_eq!(slot.addresses().0.octets()[..2], [198, 19]);
    slot.clean().expect("clean");
}

#[test]
fn networks_over_all_ranges_are_named_with_their_interface() {
    let place = tempfile::tempdir().expect("a directory");
    let (locks, data) = (place.path().join("locks"), place.path().join("data"));
    let (taken, checked) = beside(Ipv4Addr::new(198, 18, 0, 1), 15, || {
        let mut network = Network::open().expect("netlink");
        let tunnel = Some((Ipv4Addr::new(100, 64, 0, 1), 10));
        network.set_up("t1", tunnel).expect("an address");
        (Slot::take(&locks, &data), check_addresses())
    });
    let errors = [taken.map(drop).expect_err("taken"), checked.expect_err("nothing is free")];
    for error in errors {
        let text = error.to_string();
        assert!(text.contains("198.18.0.1/15 of t0"), "{text}");
        assert!(text.contains("100.64.0.1/10 of t1"), "{text}");
        assert!(error.hint().is_some_and(|hint| hint.contains("route")), "{error:?}");
    }
}
