//! Keys of the object store.

/// Whether a key is one that is meant; `*` at either end stands for anything.
pub fn key_matches(meant: &str, key: &str) -> bool {
    match (meant.strip_prefix('*'), meant.strip_suffix('*')) {
        (Some(""), _) => true,
        (Some(rest), Some(_)) => key.contains(rest.trim_end_matches('*')),
        (Some(end), None) => key.ends_with(end),
        (None, Some(beginning)) => key.starts_with(beginning),
        (None, None) => key == meant,
    }
}
