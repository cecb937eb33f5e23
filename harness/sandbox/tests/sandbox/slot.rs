//! Slots: taken by one at a time, cleaned by the next.

use std::collections::HashSet;

use sandbox::slot::{Slot, SlotError, kill, sweep};

use crate::machine::{Place, cgroups, exe};

#[test]
fn takers_at_the_same_time_get_different_slots() {
    let place = Place::new();
    let other = Place::new();
    exe();
    let slots: Vec<Slot> = std::thread::scope(|scope| {
        let take = |n: usize| {
            // Half of them keep their locks elsewhere, and still share the machine.
            let place = if n.is_multiple_of(2) { &place } else { &other };
            scope.spawn(|| place.slot())
        };
        let takers: Vec<_> = (0..16).map(take).collect();
        takers.into_iter().map(|t| t.join().expect("no panic")).collect()
    });
    let indices: HashSet<u16> = slots.iter().map(Slot::index).collect();
    let nodes: HashSet<_> = slots.iter().map(Slot::addresses).collect();
    assert_eq!((indices.len(), nodes.len()), (16, 16));
    for slot in slots {
        let cgroup = slot.cgroup();
        slot.clean().expect("clean");
        assert_eq!(cgroups(&cgroup), [""; 0].map(std::path::PathBuf::from));
    }
}

#[test]
fn a_slot_in_use_is_left_alone_and_a_dropped_one_is_swept() {
    let place = Place::new();
    exe();
    let slot = Slot::take_for(&place.locks(), &place.data(), Some("run-7")).expect("a slot");
    let (index, directory, cgroup) = (slot.index(), slot.directory().to_owned(), slot.cgroup());
    std::fs::create_dir_all(directory.join("etcd/member")).expect("data");

    let swept = sweep(&place.locks()).expect("sweep");
    assert_eq!(swept.removed.slots, 0);
    let [(in_use, Some(note))] = &swept.in_use[..] else { panic!("{swept:?}") };
    assert_eq!((*in_use, note.run.as_deref()), (index, Some("run-7")));
    assert!(matches!(kill(&place.locks(), index), Err(SlotError::InUse { .. })));

    drop(slot);
    let swept = sweep(&place.locks()).expect("sweep");
    assert_eq!((swept.removed.slots, swept.removed.directories), (1, 1));
    assert!(swept.removed.cgroups >= 1 && swept.in_use.is_empty() && swept.failed.is_empty());
    assert!(!directory.exists() && cgroups(&cgroup).is_empty());
    assert_eq!(sweep(&place.locks()).expect("sweep").removed.slots, 0, "nothing is left");
}

#[test]
fn the_next_taker_cleans_up() {
    let place = Place::new();
    exe();
    let slot = place.slot();
    let (index, old) = (slot.index(), slot.directory().join("old"));
    std::fs::write(&old, "x").expect("data");
    drop(slot);
    let next = place.slot();
    assert_eq!(next.index(), index);
    assert!(!old.exists());
    next.clean().expect("clean");
}

#[test]
fn a_cgroup_of_somebody_else_is_neither_used_nor_removed() {
    let place = Place::new();
    exe();
    let slot = place.slot();
    let (index, cgroup) = (slot.index(), slot.cgroup());
    slot.clean().expect("clean");
    let root = cgroup_root();
    let foreign = root.join(&cgroup);
    std::fs::create_dir(&foreign).expect("make");
    let other = place.slot();
    let foreign_is_there = foreign.exists();
    std::fs::remove_dir(&foreign).expect("remove");
    assert!(other.index() != index && foreign_is_there);
    other.clean().expect("clean");
}

fn cgroup_root() -> std::path::PathBuf {
    let text = std::fs::read_to_string("/proc/self/mountinfo").expect("mounts");
    let line = text.lines().find(|l| l.contains(" - cgroup")).expect("a hierarchy");
    line.split(' ').nth(4).expect("a mount point").into()
}
