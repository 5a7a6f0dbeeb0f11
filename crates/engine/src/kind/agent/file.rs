//! The log file on the host: an application writes lines and something rotates it.
//!
//! Lines are counted through all files since the beginning. Those the agent may still come back
//! to are kept; files of another name stay where they are, an emptied file is gone.

use std::collections::VecDeque;
use std::rc::Rc;

use base::{Duration, KeyId, RecordId, Time};
use scenario::kind::{AgentConfig, RotateBy, Rotation};

use crate::batch::{self, Record};

/// The file and the ones before it.
#[derive(Clone, Debug)]
pub(super) struct LogFile {
    /// Lines with their line feeds, from `first` on.
    lines: VecDeque<Record>,
    /// The number of the first line that is kept.
    first: u64,
    /// The numbers of the lines that begin a file, ascending.
    begins: VecDeque<u64>,
    /// Size of the file that is written.
    bytes: u64,
    began: Time,
    /// Files before it.
    pub(super) rotated: u64,
}

impl LogFile {
    pub(super) fn new(now: Time) -> Self {
        Self {
            lines: VecDeque::new(),
            first: 0,
            begins: VecDeque::from([0]),
            bytes: 0,
            began: now,
            rotated: 0,
        }
    }

    /// The number of the next line.
    pub(super) fn end(&self) -> u64 {
        self.first + self.lines.len() as u64
    }

    /// The number of the first line that can still be read.
    pub(super) fn first(&self) -> u64 {
        self.first
    }

    /// Size of the file that is written.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Memory the lines take.
    pub(super) fn memory(&self) -> u64 {
        batch::memory(&mut self.lines.iter())
    }

    /// Writes one payload as its lines, ids from `id` on; returns how many, and the bytes of
    /// memory this took.
    pub(super) fn write(&mut self, text: &[u8], id: u64, key: KeyId, born: Time) -> (u64, usize) {
        let text = text.strip_suffix(b"\n").unwrap_or(text);
        // A host that writes the same again and again has it in memory once.
        let last = self.lines.back();
        if let Some(same) = last.filter(|it| it.written_bytes().strip_suffix(b"\n") == Some(text)) {
            let mut line = same.clone();
            (line.id, line.key, line.born) = (RecordId(id), key, born);
            self.bytes += u64::from(line.written());
            self.lines.push_back(line);
            return (1, size_of::<Record>());
        }
        let mut chunk = Vec::with_capacity(text.len() + 1);
        chunk.extend_from_slice(text);
        chunk.push(b'\n');
        let grown = chunk.len();
        let chunk = Rc::new(chunk);
        let (mut from, mut count) = (0, 0);
        for line in chunk.split_inclusive(|byte| *byte == b'\n') {
            let len = u32::try_from(line.len()).expect("a payload has few megabytes");
            let identity = (RecordId(id + count), key, born);
            self.lines.push_back(Record::new(identity, &chunk, from..from + len, len));
            self.bytes += u64::from(len);
            from += len;
            count += 1;
        }
        (count, grown)
    }

    /// Rotates the file if it is time to.
    pub(super) fn rotate(&mut self, config: &AgentConfig, now: Time) {
        let due = match config.rotation {
            Rotation::Never => false,
            Rotation::Size => self.bytes >= u64::from(config.rotation_bytes),
            Rotation::Time => now >= self.began + Duration::from_secs(config.rotation_secs.into()),
        };
        if !due || self.bytes == 0 {
            return;
        }
        self.bytes = 0;
        self.began = now;
        self.rotated += 1;
        let end = self.end();
        if config.rotate_by == RotateBy::Truncate {
            self.lines.clear();
            self.first = end;
            self.begins.clear();
        }
        self.begins.push_back(end);
    }

    /// Lines from a number on, up to the end of their file.
    pub(super) fn read(&self, from: u64) -> impl Iterator<Item = (u64, &Record)> {
        let end = self.begins.iter().find(|begin| **begin > from).copied().unwrap_or(u64::MAX);
        let skip = usize::try_from(from - self.first).unwrap_or(usize::MAX);
        (from..end).zip(self.lines.iter().skip(skip))
    }

    /// How many lines stand before this one in its file.
    pub(super) fn place(&self, line: u64) -> u64 {
        let begin = self.begins.iter().rev().find(|begin| **begin <= line);
        line - begin.copied().unwrap_or(line)
    }

    /// Nobody comes back to lines before this one.
    pub(super) fn forget(&mut self, before: u64) {
        while self.first < before && self.lines.pop_front().is_some() {
            self.first += 1;
        }
        while self.begins.get(1).is_some_and(|begin| *begin <= self.first) {
            self.begins.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_lines_are_in_memory_once() {
        let mut file = LogFile::new(Time::ZERO);
        let text = vec![b'x'; 1_000_000];
        (0..10).for_each(|id| assert_eq!(file.write(&text, id, KeyId(0), Time(id)).0, 1));
        assert!(file.memory() < 1_100_000, "{}", file.memory());
        assert_eq!((file.end(), file.bytes()), (10, 10_000_010));
        file.write(b"other", 10, KeyId(0), Time(10));
        let ids: Vec<_> = file.read(0).map(|(_, line)| (line.id.0, line.data_bytes())).collect();
        assert_eq!((ids[9], ids[10]), ((9, 1_000_001), (10, 6)));
    }
}
