//! Tests of slots: one user at a time, and a removal of remains by the next user.

use std::collections::HashSet;

use rstest::rstest;
use sandbox::Identity;
use sandbox::slot::{Note, Slot, SlotError, kill, sweep};

use crate::machine::{Place, Trace, cgroup_roots, exe};

#[test]
fn takers_at_the_same_time_get_different_slots() {
    let place = Place::new();
    let other = Place::new();
    exe();
    let slots: Vec<Slot> = std::thread::scope(|scope| {
        let take = |n: usize| {
            // Half of the users keep their locks elsewhere, and still share the machine.
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
        let trace = Trace::of(slot.index());
        assert!(trace.has_cgroups());
        slot.clean().expect("clean");
        assert!(trace.is_gone());
    }
}

#[test]
fn a_slot_in_use_is_left_alone_and_a_dropped_one_is_swept() {
    let place = Place::new();
    exe();
    let slot = Slot::take_for(&place.locks(), &place.data(), Some("run-7")).expect("a slot");
    let (index, directory) = (slot.index(), slot.directory().to_owned());
    let trace = Trace::of(index);
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
    assert!(!directory.exists() && trace.is_gone());
    assert_eq!(sweep(&place.locks()).expect("sweep").removed.slots, 0, "nothing is left");
}

#[test]
fn the_next_taker_cleans_up() {
    let place = Place::new();
    exe();
    let slot = place.slot();
    let trace = Trace::of(slot.index());
    let (directory, old) = (slot.directory().to_owned(), slot.directory().join("old"));
    std::fs::write(&old, "x").expect("data");
    drop(slot);
    let next = place.slot();
    assert!(!old.exists());
    // Another test may have taken the number first, and may use the slot.
    let same = next.directory() == directory;
    assert!(if same { trace.is_gone() } else { !directory.exists() });
    next.clean().expect("clean");
}

#[test]
fn a_cgroup_of_somebody_else_is_neither_used_nor_removed() {
    let place = Place::new();
    exe();
    let name = |index: u16| cgroup_roots()[0].join(format!("argo-conformance-{index}"));
    let slot = place.slot();
    let foreign: Vec<_> = (0..64).map(name).filter(|f| std::fs::create_dir(f).is_ok()).collect();
    let other = place.slot();
    let all_there = foreign.iter().all(|f| f.is_dir());
    for directory in &foreign {
        std::fs::remove_dir(directory).expect("remove");
    }
    assert!(all_there && other.index() != slot.index());
    assert!(!foreign.contains(&name(other.index())), "it took the foreign slot {}", other.index());
    slot.clean().expect("clean");
    other.clean().expect("clean");
}

/// Leaves the note of a process that was killed while the process took or cleaned a slot.
fn leave_a_note(place: &Place, index: u16, claim: Option<u64>) {
    let owner = Identity { pid: 1, started: 0 };
    let directory = place.data().join(format!("sandbox-{index}"));
    let note = Note { directory, run: None, owner, claim, init: None, released: false };
    std::fs::create_dir_all(place.locks()).expect("locks");
    let line = serde_json::to_string(&note).expect("JSON");
    std::fs::write(place.locks().join(format!("{index}.lock")), line).expect("note");
}

#[rstest]
#[case::about_to_claim_it(None)]
#[case::cleaned_but_for_the_note(Some(7))]
fn a_dead_owners_note_does_no_harm_to_who_has_the_slot_now(#[case] claim: Option<u64>) {
    let (place, other) = (Place::new(), Place::new());
    exe();
    let slot = other.slot();
    let trace = Trace::of(slot.index());
    leave_a_note(&place, slot.index(), claim);
    let swept = sweep(&place.locks()).expect("sweep");
    assert!(swept.removed == sandbox::slot::Swept::default() && swept.failed.is_empty());
    assert!(trace.has_cgroups());
    slot.clean().expect("clean");
}

#[test]
fn a_claim_that_its_owner_did_not_live_to_note_is_swept() {
    let place = Place::new();
    exe();
    let name = |index: u16| cgroup_roots()[0].join(format!("argo-conformance-{index}"));
    // No other test takes slots in this range.
    let made = |index: &u16| std::fs::create_dir(name(*index)).is_ok();
    let index = (2000..2064).find(made).expect("a name");
    leave_a_note(&place, index, None);
    let swept = sweep(&place.locks()).expect("sweep").removed;
    assert_eq!((swept.slots, swept.cgroups), (1, 1));
    assert!(!name(index).exists());
}
