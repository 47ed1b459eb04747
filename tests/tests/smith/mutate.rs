//! Sound components, damaged on purpose.
//!
//! *Invariant:* a mutation changes a few places; most of the component stays what it was.
//! *Doesn't know:* the format: any byte may be hit.
//! *Start at:* [`mutated`].

use crate::generate::Stream;

/// One of `sound`, with one to four mutations.
pub(crate) fn mutated(sound: &[Vec<u8>], stream: &mut Stream) -> Vec<u8> {
    let mut bytes = sound[stream.below(sound.len())].clone();
    let other = &sound[stream.below(sound.len())];
    for _ in 0..=stream.below(4) {
        mutate(&mut bytes, other, stream);
    }
    bytes
}

fn mutate(bytes: &mut Vec<u8>, other: &[u8], stream: &mut Stream) {
    let at = stream.below(bytes.len());
    let len = 1 + stream.below(64);
    let end = (at + len).min(bytes.len());
    match stream.below(12) {
        // Most hits are small: they leave something that still compiles.
        0..4 => flip(bytes, at, stream),
        4 | 5 => set(bytes, at, stream),
        6 => {
            bytes.truncate(at);
        }
        7 => drop(bytes.drain(at..end)),
        8 => {
            let part = bytes[at..end].to_vec();
            bytes.splice(at..at, part);
        }
        9 => {
            let from = stream.below(other.len());
            let part = other[from..(from + len).min(other.len())].to_vec();
            bytes.splice(at..end, part);
        }
        10 => bytes[at..end].fill(0),
        _ => bytes[at..end].reverse(),
    }
}

fn flip(bytes: &mut [u8], at: usize, stream: &mut Stream) {
    if let Some(byte) = bytes.get_mut(at) {
        *byte ^= 1 << stream.below(8);
    }
}

fn set(bytes: &mut [u8], at: usize, stream: &mut Stream) {
    const EDGES: [u8; 8] = [0x00, 0x01, 0x7f, 0x80, 0xff, 0xfe, 0x40, 0x0b];
    if let Some(byte) = bytes.get_mut(at) {
        *byte = EDGES[stream.below(EDGES.len())];
    }
}
