//! Texts in base64, and in gzip in base64.

use std::io::Read;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Shortest text in base64 that is decoded, in bytes.
const SHORTEST: usize = 32;
/// Largest inflated text, in bytes.
const LARGEST: u64 = 64 * 1024 * 1024;

/// Takes a text without its padding, and one whose last letter has surplus bits.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Calls `then` with the place of each text in base64, and with the decoded text.
pub(super) fn each(text: &[u8], then: &mut dyn FnMut(usize, &[u8])) {
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'+' || *byte == b'/';
    let mut from = 0;
    while let Some(at) = text[from..].iter().position(is_letter).map(|at| from + at) {
        let length = text[at..].iter().position(|byte| !is_letter(byte));
        let end = length.map_or(text.len(), |length| at + length);
        // The letter of an escape in JSON, as in `\n`, is not of the text.
        let escape = at > 0 && text[at - 1] == b'\\';
        for begin in [at, at + 1].into_iter().take(if escape { 2 } else { 1 }) {
            if end.saturating_sub(begin) >= SHORTEST {
                decode(&text[begin..end], |inner| then(at, inner));
            }
        }
        from = end;
    }
}

/// Calls `then` with the decoded text. A text whose length is none of base64 is cut.
fn decode(text: &[u8], mut then: impl FnMut(&[u8])) {
    let whole = if text.len() % 4 == 1 { text.len() - 1 } else { text.len() };
    let Ok(bytes) = LENIENT.decode(&text[..whole]) else { return };
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return then(&bytes);
    }
    let mut inflated = Vec::new();
    // The part before damage counts too.
    let _ = flate2::read::GzDecoder::new(bytes.as_slice()).take(LARGEST).read_to_end(&mut inflated);
    then(&inflated);
}
