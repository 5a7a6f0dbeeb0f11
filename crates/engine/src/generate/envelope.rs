//! Client-side encryption: the producer encrypts the data itself before it calls (facts, streams
//! §12.2). Keys, sizes and routing stay in the clear; nobody on the way can read the data.

use base::Rng;

use super::size;
use super::source::Page;

/// What one message of the AWS Encryption SDK adds before the data: version, algorithm and message
/// id (35), one data key wrapped by KMS with its key's ARN (274), and the end of the header (55).
/// Modelled on the published message format for a KMS key in us-east-1 without a signature.
const HEADER_BYTES: usize = 364;
/// And around the one frame of the body: its number, nonce, length and authentication tag.
const FRAME_BYTES: usize = 40;

impl Page {
    /// Encrypts the payload that begins at `from`: bytes that look like noise, 404 more of them.
    pub(super) fn encrypt(&mut self, from: usize, rng: &mut Rng) {
        if let Some(bytes) = self.padded_bytes.take() {
            size::pad(&mut self.data, from, bytes);
        }
        let len = self.data.len() - from + HEADER_BYTES + FRAME_BYTES;
        self.data.resize(from + len, 0);
        for part in self.data[from..].chunks_mut(8) {
            let noise = rng.word64().to_le_bytes();
            for (byte, noise) in part.iter_mut().zip(noise) {
                *byte ^= noise;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encrypted_data_is_longer_by_the_envelope_and_no_text() {
        let mut page = Page { data: b"before{\"a\":1}".to_vec(), padded_bytes: Some(100) };
        page.encrypt(6, &mut Rng::from_seed(7));
        assert_eq!(page.data.len(), 6 + 100 + 404);
        assert_eq!(page.padded_bytes, None);
        assert_eq!(&page.data[..6], b"before");
        assert!(core::str::from_utf8(&page.data).is_err());
    }
}
