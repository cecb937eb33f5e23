//! The events that a watch has told, compared with the lists of the API server.

use std::collections::HashMap;

use model::history::Change;
use serde_json::Value;

/// Namespace and name.
type Name = (String, String);

/// Objects of a kind by namespace and name, each with its version.
type Versions = HashMap<Name, u64>;

/// The objects that a watch has told and that still exist.
#[derive(Debug, Default)]
pub(super) struct WatchProgress {
    /// The last version that was told: of an event, of a bookmark, or of a list.
    version: u64,
    live: Versions,
}

/// The objects of a kind at one moment, as a list shows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ListAnswer {
    pub(super) version: u64,
    items: Versions,
}

impl ListAnswer {
    /// Reads the answer to a list. `None` if a version in it is no number.
    pub(super) fn read(list: &Value) -> Option<Self> {
        let version = number(&list["metadata"])?;
        let items = list["items"].as_array().into_iter().flatten();
        let item = |item: &Value| Some((name(item), number(&item["metadata"])?));
        Some(Self { version, items: items.map(item).collect::<Option<_>>()? })
    }
}

impl WatchProgress {
    /// The last version that was told.
    pub(super) fn version(&self) -> u64 {
        self.version
    }

    /// Takes an event.
    pub(super) fn see(&mut self, change: Change, object: &Value) {
        let version = number(&object["metadata"]).unwrap_or_default();
        self.reach(version);
        match change {
            Change::Deleted => self.live.remove(&name(object)),
            Change::Found | Change::Added | Change::Modified => {
                self.live.insert(name(object), version)
            }
        };
    }

    /// Takes a bookmark.
    pub(super) fn reach(&mut self, version: u64) {
        self.version = self.version.max(version);
    }

    /// Drops every object. A list follows.
    pub(super) fn forget(&mut self) {
        self.live.clear();
    }

    /// Whether the watch has told everything that a list shows. One of two conditions must hold:
    /// - The watch has reached the list's version.
    /// - No object in the list is newer than the watch, and no told object is missing in the list.
    ///
    /// The second condition misses an object that was made and deleted since the last event. The
    /// watch is opened again before a requested mark, and then tells of such an object. A later
    /// event tells of the object before another mark. A watch that never tells of it has no
    /// bookmark either, and is opened again.
    pub(super) fn has_all_of(&self, shown: &ListAnswer) -> bool {
        self.version >= shown.version
            || (shown.items.values().all(|version| *version <= self.version)
                && self.live.keys().all(|name| shown.items.contains_key(name)))
    }
}

fn name(object: &Value) -> Name {
    let text = |field: &str| object["metadata"][field].as_str().unwrap_or_default().to_owned();
    (text("namespace"), text("name"))
}

/// Resource versions are numbers of one etcd, and grow.
fn number(meta: &Value) -> Option<u64> {
    meta["resourceVersion"].as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use model::history::Change;
    use model::history::Change::{Added, Deleted, Found, Modified};
    use rstest::rstest;
    use serde_json::{Value, json};

    use super::{ListAnswer, WatchProgress};

    fn object(name: &str, version: u64) -> Value {
        json!({ "metadata": { "namespace": "ns", "name": name,
            "resourceVersion": version.to_string() } })
    }

    fn progress(events: &[(Change, &str, u64)]) -> WatchProgress {
        let mut progress = WatchProgress::default();
        for (change, name, version) in events {
            progress.see(*change, &object(name, *version));
        }
        progress
    }

    fn shown(version: u64, items: &[(&str, u64)]) -> ListAnswer {
        let items: Vec<Value> =
            items.iter().map(|(name, version)| object(name, *version)).collect();
        let meta = json!({ "resourceVersion": version.to_string() });
        ListAnswer::read(&json!({ "metadata": meta, "items": items })).expect("numbers")
    }

    #[rstest]
    #[case::nothing_there(&[], shown(7, &[]), true)]
    #[case::as_told(&[(Found, "a", 3)], shown(7, &[("a", 3)]), true)]
    #[case::changed_since(&[(Found, "a", 3)], shown(7, &[("a", 6)]), false)]
    #[case::made_since(&[(Found, "a", 3)], shown(7, &[("a", 3), ("b", 5)]), false)]
    #[case::deleted_since(&[(Found, "a", 3)], shown(7, &[]), false)]
    #[case::made_again_since(&[(Added, "a", 3), (Deleted, "a", 4)], shown(7, &[("a", 6)]), false)]
    #[case::deletion_told(&[(Added, "a", 3), (Deleted, "a", 4)], shown(7, &[]), true)]
    #[case::told_more(&[(Found, "a", 3), (Modified, "a", 8)], shown(7, &[("a", 3)]), true)]
    #[case::told_more_of_another(&[(Added, "b", 8)], shown(7, &[("a", 3)]), true)]
    #[case::told_more_and_deleted(&[(Found, "a", 3), (Deleted, "a", 8)], shown(7, &[("a", 3)]), true)]
    fn a_watch_has_told_what_a_list_shows(
        #[case] events: &[(Change, &str, u64)],
        #[case] shown: ListAnswer,
        #[case] expected: bool,
    ) {
        assert_eq!(progress(events).has_all_of(&shown), expected);
    }

    #[test]
    fn a_bookmark_reaches_what_a_list_shows() {
        let mut progress = progress(&[(Found, "a", 3)]);
        progress.reach(7);
        assert!(progress.has_all_of(&shown(7, &[])));
        assert!(!progress.has_all_of(&shown(8, &[])));
    }

    #[test]
    fn a_version_that_is_no_number_is_not_read() {
        let list = json!({ "metadata": { "resourceVersion": "x1" }, "items": [] });
        assert_eq!(ListAnswer::read(&list), None);
    }
}
