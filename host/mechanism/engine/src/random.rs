//! The random streams of one call: the same on every replay, and no secret.
//!
//! *Invariant:* byte n of a stream depends on the seed, the stream's name and n alone: block i is SHA-256(seed ‖ name ‖ i as
//! eight bytes, lowest first), however the stream is read. The names are `random` (`job.random`) and `wasi`.
//! *Doesn't know:* where the seed comes from.
//! *Start at:* [`Random`].

use jaros_decision::Digest;

/// A position in a stream of a seed.
#[derive(Debug)]
pub(crate) struct Random {
    seed: [u8; 32],
    name: &'static str,
    next_block: u64,
    /// What is left of the last block, at its end.
    block: [u8; 32],
    left: usize,
}

impl Random {
    pub(crate) fn new(seed: [u8; 32], name: &'static str) -> Self {
        Self { seed, name, next_block: 0, block: [0; 32], left: 0 }
    }

    /// The next `len` bytes.
    pub(crate) fn take(&mut self, len: usize) -> Vec<u8> {
        let mut out = Vec::with_capacity(len);
        while out.len() < len {
            if self.left == 0 {
                let n = self.next_block.to_le_bytes();
                self.block = Digest::of_parts(&[&self.seed, self.name.as_bytes(), &n]).0;
                self.next_block += 1;
                self.left = self.block.len();
            }
            let part = self.left.min(len - out.len());
            let from = self.block.len() - self.left;
            out.extend_from_slice(&self.block[from..from + part]);
            self.left -= part;
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use jaros_decision::Digest;

    use super::Random;

    #[test]
    fn the_stream_is_the_same_however_it_is_read() {
        let whole = Random::new([7; 32], "random").take(100);
        let mut parts = Random::new([7; 32], "random");
        let read: Vec<u8> = [1, 0, 31, 33, 35].into_iter().flat_map(|len| parts.take(len)).collect();
        assert_eq!(whole, read);
        assert_ne!(whole, Random::new([8; 32], "random").take(100));
        assert_ne!(whole, Random::new([7; 32], "wasi").take(100));
    }

    #[test]
    fn the_first_block_is_as_specified() {
        let mut bytes = vec![7; 32];
        bytes.extend_from_slice(b"random\0\0\0\0\0\0\0\0");
        assert_eq!(Random::new([7; 32], "random").take(32), Digest::of(&bytes).0);
    }
}
