//! Alterations of an input.

use crate::random::Random;

/// Most bytes of an input.
const LONGEST: usize = 1 << 16;
/// Numbers at the limits of common types.
const NUMBERS: [&str; 12] = [
    "0",
    "-1",
    "1e999",
    "-0",
    "0.5",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999999999999999",
    "4294967296",
    "2147483648",
];

/// The input with one to six alterations.
pub(crate) fn altered(input: &[u8], other: &[u8], pieces: &[&str], random: &mut Random) -> Vec<u8> {
    let mut input = input.to_vec();
    for _ in 0..=random.below(6) {
        once(&mut input, other, pieces, random);
        input.truncate(LONGEST);
    }
    input
}

fn once(input: &mut Vec<u8>, other: &[u8], pieces: &[&str], random: &mut Random) {
    let (from, to) = range(input, random);
    match random.below(12) {
        0 => drop(input.drain(from..to)),
        1 => {
            let part = input[from..to].to_vec();
            input.splice(to..to, part);
        }
        2 => {
            let piece = random.one_of(pieces).copied().unwrap_or("0");
            input.splice(from..to, piece.bytes());
        }
        3 => {
            let piece = random.one_of(pieces).copied().unwrap_or("0");
            input.splice(from..from, piece.bytes());
        }
        4 => {
            if let Some(byte) = input.get_mut(from) {
                *byte ^= 1 << random.below(8);
            }
        }
        5 => {
            let (from_other, to_other) = range(other, random);
            input.splice(from..to, other[from_other..to_other].to_vec());
        }
        6 => number(input, from, random),
        7 => move_line(input, from, random),
        8 => drop_line(input, from),
        9 => double_line(input, from),
        10 => input.truncate(from),
        _ => {
            let (deep, piece) = (random.below(200), random.one_of(pieces).copied().unwrap_or("["));
            input.splice(from..from, piece.repeat(deep).into_bytes());
        }
    }
}

/// A part of it, mostly a short one.
fn range(input: &[u8], random: &mut Random) -> (usize, usize) {
    let from = random.below(input.len() + 1);
    let most = if random.below(8) == 0 { 4_000 } else { 24 };
    (from, (from + random.below(most)).min(input.len()))
}

/// The first number after this place becomes another.
fn number(input: &mut Vec<u8>, from: usize, random: &mut Random) {
    let is_digit = |byte: &u8| byte.is_ascii_digit();
    let Some(start) = input[from..].iter().position(is_digit).map(|at| from + at) else { return };
    let length = input[start..].iter().take_while(|byte| is_digit(byte)).count();
    let number = random.one_of(&NUMBERS).copied().unwrap_or("0");
    input.splice(start..start + length, number.bytes());
}

/// The line around this place, its end included.
fn line(input: &[u8], at: usize) -> (usize, usize) {
    let start = input[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let end =
        input[at..].iter().position(|byte| *byte == b'\n').map_or(input.len(), |e| at + e + 1);
    (start, end)
}

fn move_line(input: &mut Vec<u8>, at: usize, random: &mut Random) {
    let (start, end) = line(input, at);
    let taken: Vec<u8> = input.drain(start..end).collect();
    let (to, _) = line(input, random.below(input.len() + 1));
    input.splice(to..to, taken);
}

fn drop_line(input: &mut Vec<u8>, at: usize) {
    let (start, end) = line(input, at);
    input.drain(start..end);
}

fn double_line(input: &mut Vec<u8>, at: usize) {
    let (start, end) = line(input, at);
    let again = input[start..end].to_vec();
    input.splice(end..end, again);
}
