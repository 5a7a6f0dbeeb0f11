//! How a call arrives from `engine::formats`, and how it is answered: fields one after the other.
//!
//! A number is four bytes, little end first; bytes and text follow their length, a list its count.

/// Stands for no place.
const NOWHERE: u32 = u32::MAX;

/// Why something could not be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// One sentence without a full stop.
    pub(crate) message: String,
    /// Where in the text that was given, in bytes.
    pub(crate) at: Option<usize>,
}

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), at: None }
    }
}

/// A request that is being read; it fails where the request ends early.
#[derive(Debug)]
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], Failure> {
        let cut = || Failure::new("The request ends early");
        let (taken, rest) = self.0.split_at_checked(count).ok_or_else(cut)?;
        self.0 = rest;
        Ok(taken)
    }

    pub(crate) fn byte(&mut self) -> Result<u8, Failure> {
        self.take(1).map(|bytes| bytes[0])
    }

    pub(crate) fn count(&mut self) -> Result<u32, Failure> {
        let mut number = [0; 4];
        number.copy_from_slice(self.take(4)?);
        Ok(u32::from_le_bytes(number))
    }

    pub(crate) fn long(&mut self) -> Result<u64, Failure> {
        let mut number = [0; 8];
        number.copy_from_slice(self.take(8)?);
        Ok(u64::from_le_bytes(number))
    }

    pub(crate) fn flag(&mut self) -> Result<bool, Failure> {
        self.count().map(|number| number != 0)
    }

    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], Failure> {
        let count = self.count()?;
        self.take(count as usize)
    }

    pub(crate) fn text(&mut self) -> Result<&'a str, Failure> {
        core::str::from_utf8(self.bytes()?).map_err(|_cause| Failure::new("The text is not UTF-8"))
    }

    pub(crate) fn list<T>(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Result<T, Failure>,
    ) -> Result<Vec<T>, Failure> {
        let count = self.count()?;
        (0..count).map(|_| item(self)).collect()
    }
}

/// An answer that is being written.
#[derive(Debug)]
pub(crate) struct Reply(Vec<u8>);

impl Reply {
    /// What was asked for follows.
    pub(crate) fn fine() -> Self {
        Self(vec![0])
    }

    /// It could not be done.
    pub(crate) fn failed(failure: &Failure) -> Self {
        let at = failure.at.and_then(|at| u32::try_from(at).ok()).unwrap_or(NOWHERE);
        let mut reply = Self(vec![1]);
        reply.text(&failure.message);
        reply.number(at);
        reply
    }

    pub(crate) fn number(&mut self, number: u32) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    pub(crate) fn count(&mut self, count: usize) {
        // What exceeds it could not be held in memory.
        self.number(u32::try_from(count).unwrap_or(u32::MAX));
    }

    pub(crate) fn long(&mut self, number: u64) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.0.extend_from_slice(bytes);
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.0
    }
}
