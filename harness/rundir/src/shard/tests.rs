use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use rstest::rstest;

use super::*;

#[rstest]
#[case::in_the_middle("2/3", Ok((2, 3)))]
#[case::alone("1/1", Ok((1, 1)))]
#[case::none("0/3", Err("shards count from 1"))]
#[case::too_many("4/3", Err("shard 4 of 3 does not exist"))]
#[case::of_none("1/0", Err("a run has at least 1 shard"))]
#[case::words("a/b", Err("not of the form K/N"))]
#[case::one_number("3", Err("not of the form K/N"))]
#[case::signed("+1/3", Err("not of the form K/N"))]
#[case::negative("1/-3", Err("not of the form K/N"))]
#[case::of_no_job("job/3", Err("not of the form K/N"))]
#[case::empty("/", Err("not of the form K/N"))]
#[case::huge("1/99999999999999999999999", Err("not of the form K/N"))]
fn a_part(#[case] text: &str, #[case] is: Result<(usize, usize), &str>) {
    match (text.parse::<ShardNumber>(), is) {
        (Ok(shard), Ok((number, of))) => assert_eq!(shard, ShardNumber { number, of }),
        (Err(error), Err(reason)) => assert!(error.starts_with(reason), "{error}"),
        (parsed, _) => panic!("{parsed:?}"),
    }
}

#[test]
fn long_cases_are_spread() {
    let times = [("a", 60), ("b", 50), ("c", 20), ("d", 20), ("e", 10)];
    let times = Times::new(times.map(|(id, time)| (id.to_owned(), time)).into());
    let ids = ["a", "b", "c", "d", "e"];
    assert_eq!(partition(&ids, 2, &times), [vec!["a", "d"], vec!["b", "c", "e"]]);
}

/// Ids, and the times of some of them and of others.
fn selection() -> impl Strategy<Value = (BTreeSet<String>, BTreeMap<String, u64>)> {
    let ids = proptest::collection::btree_set("[a-h]{1,3}", 0..40);
    (ids, proptest::collection::btree_map("[a-h]{1,3}", 0..200_u64, 0..60))
}

/// The shards as they are by these times.
fn by<'a>(ids: &[&'a str], of: usize, times: &BTreeMap<String, u64>) -> Vec<Vec<&'a str>> {
    partition(ids, of, &Times::new(times.clone()))
}

fn load(shard: &[&str], times: &BTreeMap<String, u64>) -> (u64, u64) {
    let mut known: Vec<u64> = times.values().copied().collect();
    known.sort_unstable();
    let median = known.get(known.len() / 2).copied().unwrap_or_default();
    let time = |id: &&str| times.get(*id).copied().unwrap_or(median).max(1);
    (shard.iter().map(time).sum(), shard.iter().map(time).min().unwrap_or_default())
}

proptest! {
    #[test]
    fn every_case_is_in_one_part((ids, times) in selection(), of in 1..12_usize) {
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let shards = by(&ids, of, &times);
        prop_assert_eq!(shards.len(), of);
        let mut all = shards.concat();
        all.sort_unstable();
        prop_assert_eq!(all, ids);
    }

    #[test]
    fn the_order_of_the_cases_does_not_matter(
        ((ids, times), shuffled) in selection().prop_flat_map(|(ids, times)| {
            let list: Vec<String> = ids.iter().cloned().collect();
            (Just((ids, times)), Just(list).prop_shuffle())
        }),
        of in 1..12_usize,
    ) {
        let sorted: Vec<&str> = ids.iter().map(String::as_str).collect();
        let shuffled: Vec<&str> = shuffled.iter().map(String::as_str).collect();
        prop_assert_eq!(by(&sorted, of, &times), by(&shuffled, of, &times));
    }

    /// No shard has more to do than another by more than the shortest of its cases.
    #[test]
    fn the_shards_take_about_the_same_time((ids, times) in selection(), of in 1..12_usize) {
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let loads: Vec<(u64, u64)> =
            by(&ids, of, &times).iter().map(|shard| load(shard, &times)).collect();
        let least = loads.iter().map(|(load, _)| *load).min().unwrap_or_default();
        for (load, shortest) in loads {
            prop_assert!(load - least <= shortest, "{load} and {least}: {shortest}");
        }
    }

    #[test]
    fn no_part_is_empty_while_there_are_cases((ids, times) in selection(), of in 1..12_usize) {
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let empty = by(&ids, of, &times).iter().filter(|shard| shard.is_empty()).count();
        prop_assert_eq!(empty, of.saturating_sub(ids.len()));
    }
}
