//! Reads facts about single objects of the store.

use super::super::fields::{Fields, Reader};
use crate::fact::ObjectFact;
use crate::vocabulary::OBJECT;
use crate::yaml::{Content, Node};

/// A key, or a key and its `ETag`.
pub(super) fn present(node: &Node, r: &mut Reader) -> Option<ObjectFact> {
    if !matches!(node.content, Content::Map(_)) {
        return Some(ObjectFact { key: key(node, r)?, there: true, etag: None });
    }
    let mut f = Fields::of(&OBJECT, node, r)?;
    let key = f.required("key", r).and_then(|n| key(n, r));
    let etag = f.optional("etag").map(|n| r.text(n));
    f.finish(r);
    let etag = etag.map_or(Some(None), |e| e.map(Some))?;
    Some(ObjectFact { key: key?, there: true, etag })
}

pub(super) fn absent(node: &Node, r: &mut Reader) -> Option<ObjectFact> {
    Some(ObjectFact { key: key(node, r)?, there: false, etag: None })
}

/// A key; `*` may stand at either end.
pub(in super::super) fn key(node: &Node, r: &mut Reader) -> Option<String> {
    let key = r.text(node)?;
    let inner = key.strip_prefix('*').unwrap_or(&key);
    let inner = inner.strip_suffix('*').unwrap_or(inner);
    if inner.contains('*') {
        let hint = "write `*` at the beginning or the end of the key".to_owned();
        r.error(node.at, "`*` stands for anything at either end only".to_owned(), Some(hint));
        return None;
    }
    Some(key)
}
