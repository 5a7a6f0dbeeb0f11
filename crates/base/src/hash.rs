//! The 64-bit trace hash: a fixed algorithm, so that a hash printed today means the same tomorrow.
//!
//! It mixes whole words (multiply and fold, constants from the fractional part of the golden
//! ratio), because the kernel feeds a handful of words for every event.

/// Running hash over 64-bit words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceHash(u64);

impl Default for TraceHash {
    fn default() -> Self {
        Self(0x9E37_79B9_7F4A_7C15)
    }
}

impl TraceHash {
    /// Feeds one word.
    #[inline]
    pub fn word(&mut self, word: u64) {
        self.0 = mix(self.0 ^ word);
    }

    /// The hash so far.
    #[must_use]
    pub fn value(self) -> u64 {
        self.0
    }
}

/// One round of the mixer; also a good scrambler for sampling decisions.
#[inline]
#[must_use]
pub fn mix(word: u64) -> u64 {
    let a = word.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let b = (a ^ (a >> 29)).wrapping_mul(0x94D0_49BB_1331_11EB);
    b ^ (b >> 32)
}

/// CRC-32 (IEEE 802.3, reflected), as links, GZIP and ZIP use it.
#[must_use]
pub fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, &byte| {
        (0..8).fold(
            crc ^ u32::from(byte),
            |c, _bit| {
                if c & 1 == 1 { (c >> 1) ^ 0xEDB8_8320 } else { c >> 1 }
            },
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crc_matches_the_published_check_value() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn order_matters() {
        let (mut a, mut b) = (TraceHash::default(), TraceHash::default());
        a.word(1);
        a.word(2);
        b.word(2);
        b.word(1);
        assert_ne!(a.value(), b.value());
    }
}
