//! Reads a history line by line: memory does not grow with the length of the file.

use std::collections::BTreeSet;
use std::io::{BufRead, Read};

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{Change, Event, EventKind, Header, HistoryError, Kind, MAJOR, MINOR, Observation};

/// Longest line read, in bytes. The API server takes no object that is near it.
pub(super) const LONGEST: u64 = 16 * 1024 * 1024;

/// A history while it is read; an iterator of its events.
#[derive(Debug)]
pub struct Reader<R> {
    from: R,
    header: Header,
    line: Vec<u8>,
    /// Number of the line that was read last.
    number: usize,
    /// Number of the event that was read last.
    last: u64,
    last_at: u64,
    torn: bool,
    over: bool,
    wanted: Option<BTreeSet<Kind>>,
}

/// An event whose object is not parsed yet.
#[derive(Deserialize)]
struct Raw<'l> {
    n: u64,
    at: u64,
    #[serde(borrow)]
    kind: RawKind<'l>,
}

#[derive(Deserialize)]
struct RawKind<'l> {
    #[serde(borrow)]
    observed: RawObservation<'l>,
}

#[derive(Deserialize)]
struct RawObservation<'l> {
    kind: Kind,
    change: Change,
    #[serde(borrow)]
    object: &'l RawValue,
}

impl<R: BufRead> Reader<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// [`HistoryError`]: there is none, or it is of another version.
    pub fn open(mut from: R) -> Result<Self, HistoryError> {
        let mut line = Vec::new();
        read_line(&mut from, &mut line, 1)?;
        if line.is_empty() {
            return Err(HistoryError::Header(None));
        }
        let header: Header =
            serde_json::from_slice(&line).map_err(|e| HistoryError::Header(Some(e)))?;
        if header.format != (MAJOR, MINOR) {
            return Err(HistoryError::Format(header.format.0, header.format.1));
        }
        let (torn, over, wanted) = (false, false, None);
        Ok(Self { from, header, line, number: 1, last: 0, last_at: 0, torn, over, wanted })
    }

    /// Objects of other kinds are not parsed: their events come with `null` for the object.
    #[must_use]
    pub fn only(mut self, kinds: impl IntoIterator<Item = Kind>) -> Self {
        self.wanted = Some(kinds.into_iter().collect());
        self
    }

    /// The first line.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Whether the last line was cut short; known when all are read.
    pub fn torn(&self) -> bool {
        self.torn
    }

    /// Milliseconds since the start at which the last read event was recorded; 0 before the first.
    pub fn last_at(&self) -> u64 {
        self.last_at
    }

    fn advance(&mut self) -> Result<Option<Event>, HistoryError> {
        self.number += 1;
        read_line(&mut self.from, &mut self.line, self.number)?;
        if self.line.is_empty() {
            return Ok(None);
        }
        let line = self.number;
        let event = match self.event() {
            Ok(event) => event,
            Err(_) if !self.line.ends_with(b"\n") => {
                self.torn = true;
                return Ok(None);
            }
            Err(cause) => return Err(HistoryError::Line { line, cause }),
        };
        let (found, expected) = (event.n, self.last + 1);
        if found != expected {
            return Err(HistoryError::Order { line, found, expected });
        }
        (self.last, self.last_at) = (event.n, event.at);
        Ok(Some(event))
    }

    fn event(&self) -> Result<Event, serde_json::Error> {
        let Some(wanted) = &self.wanted else { return serde_json::from_slice(&self.line) };
        // Most lines that are no object are short; those of objects begin alike.
        let Ok(raw) = serde_json::from_slice::<Raw<'_>>(&self.line) else {
            return serde_json::from_slice(&self.line);
        };
        let RawObservation { kind, change, object } = raw.kind.observed;
        let wanted = wanted.contains(&kind);
        let object = if wanted { serde_json::from_str(object.get())? } else { Value::Null };
        Ok(Event {
            n: raw.n,
            at: raw.at,
            kind: EventKind::Observed(Observation { kind, change, object }),
        })
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Event, HistoryError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        let event = self.advance().transpose();
        self.over = !matches!(event, Some(Ok(_)));
        event
    }
}

/// Reads a line with its end into the buffer; empty at the end of the file.
fn read_line(
    from: &mut impl BufRead,
    line: &mut Vec<u8>,
    number: usize,
) -> Result<(), HistoryError> {
    line.clear();
    let failed = |cause| HistoryError::Read { line: number, cause };
    from.by_ref().take(LONGEST).read_until(b'\n', line).map_err(failed)?;
    if line.len() as u64 == LONGEST && !line.ends_with(b"\n") {
        return Err(HistoryError::Long { line: number });
    }
    Ok(())
}
