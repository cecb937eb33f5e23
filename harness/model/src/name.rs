//! Names: of variants, claims and steps, and the parts of the ids of cases.

/// Longest part of an id, in characters: it becomes a part of the names of directories.
pub const LONGEST_NAME: usize = 63;

/// Whether this can be a part of an id: the name of a variant, a claim or a step, too.
pub fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        && name.len() <= LONGEST_NAME
}
