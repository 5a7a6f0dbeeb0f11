//! What only large libraries can do: jq programs, Parquet files, compressed objects, time zones.
//!
//! The libraries are in the crate `formats`, which the engine never depends on: whoever starts a
//! run hands over one function from bytes to bytes. Native programs link the crate; the page calls
//! a WebAssembly module of its own that it fetches when a scenario needs it. Both answer with the
//! same bytes, so a run stays a function of scenario, seed and actions.

mod check;
mod wire;

pub use check::check;
use wire::{Reader, Request};

/// The libraries, or nothing where a run never needs them.
#[derive(Clone, Copy, Debug)]
pub struct Formats {
    call: fn(&[u8]) -> Vec<u8>,
}

/// Why something could not be done, in words for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// One sentence without a full stop.
    pub message: String,
    /// Where in the text that was given, in bytes from its beginning.
    pub at: Option<u32>,
}

/// How the records of an object become a Parquet file: the settings as they were typed.
#[derive(Clone, Copy, Debug)]
pub struct Table<'a> {
    /// One column a line: its name, a blank, its Glue type.
    pub schema: &'a str,
    /// `ColumnToJsonKeyMappings`: `column=key`, one a line.
    pub mappings: &'a str,
    /// `CaseInsensitive`: keys are compared in lower case.
    pub case_insensitive: bool,
    /// `ConvertDotsInJsonKeysToUnderscores`.
    pub dots_to_underscores: bool,
    /// `SNAPPY`, `GZIP` or `UNCOMPRESSED`.
    pub compression: &'a str,
}

/// A file, and the records that are not in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parquet {
    /// Empty when no record could be converted.
    pub file: Vec<u8>,
    /// Rows of the file.
    pub rows: u64,
    /// Records that could not be converted, ascending.
    pub failed: Vec<Unconverted>,
}

/// A record that format conversion rejects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unconverted {
    /// Position among the records that were given.
    pub index: u32,
    /// `lastErrorCode` of the error object, such as `DataFormatConversion.ParseError`.
    pub code: String,
    /// `lastErrorMessage`.
    pub message: String,
}

/// What a Parquet file holds, for looking at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows {
    /// Name and type of each column, the type as Glue writes it.
    pub columns: Vec<(String, String)>,
    /// The first rows: a JSON value for each column.
    pub rows: Vec<Vec<String>>,
    /// How many rows there are in all.
    pub count: u64,
}

/// `CompressionFormat` of an S3 destination, other than GZIP (which is `crate::gzip`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    /// One entry.
    Zip,
    /// The framing format of Snappy.
    Snappy,
    /// The block framing of Hadoop around raw Snappy.
    HadoopSnappy,
}

impl Default for Formats {
    fn default() -> Self {
        Self::none()
    }
}

impl Formats {
    /// The libraries behind a function: `formats::call` itself, or what asks the module of the
    /// page.
    #[must_use]
    pub const fn new(call: fn(&[u8]) -> Vec<u8>) -> Self {
        Self { call }
    }

    /// No libraries: everything fails. For runs that cannot need them.
    #[must_use]
    pub const fn none() -> Self {
        Self::new(|_| Vec::new())
    }

    /// Runs a jq program over every JSON value of `input`: what it puts out, each as compact JSON.
    /// Time, memory and depth are bounded, by counting and not by a clock.
    ///
    /// # Errors
    /// The program does not compile (with its place), `input` is not JSON, the program raises an
    /// error, or it does not come to an end within its bounds.
    #[inline(never)]
    pub fn jq(self, program: &str, input: &[u8]) -> Result<Vec<Vec<u8>>, Failure> {
        let request = Request::new(wire::JQ).text(program).bytes(input);
        self.ask(request, |reply| reply.list(|reply| reply.bytes().map(<[u8]>::to_vec)))
    }

    /// Whether a jq program compiles.
    ///
    /// # Errors
    /// Why not, with its place.
    #[inline(never)]
    pub fn check_jq(self, program: &str) -> Result<(), Failure> {
        self.ask(Request::new(wire::CHECK_JQ).text(program), |_| Some(()))
    }

    /// Converts JSON records to one Parquet file. A record may hold several JSON objects one after
    /// the other; each is a row.
    ///
    /// # Errors
    /// The schema or the mappings cannot be read, with the place in that text.
    #[inline(never)]
    pub fn parquet(self, table: &Table<'_>, records: &[&[u8]]) -> Result<Parquet, Failure> {
        let mut request = Request::new(wire::PARQUET).table(table).count(records.len());
        for record in records {
            request = request.bytes(record);
        }
        self.ask(request, |reply| {
            let (file, rows) = (reply.bytes()?.to_vec(), reply.long()?);
            let failed = reply.list(|reply| {
                let (index, code, message) = (reply.count()?, reply.text()?, reply.text()?);
                Some(Unconverted { index, code, message })
            })?;
            Some(Parquet { file, rows, failed })
        })
    }

    /// Whether the schema and the mappings of a table can be read.
    ///
    /// # Errors
    /// Why not, with the place in the schema; in the mappings when they are at fault.
    #[inline(never)]
    pub fn check_table(self, table: &Table<'_>) -> Result<(), Failure> {
        self.ask(Request::new(wire::CHECK_TABLE).table(table), |_| Some(()))
    }

    /// Reads a Parquet file, at most `rows_max` of its rows.
    ///
    /// # Errors
    /// It is no Parquet file this can read.
    #[inline(never)]
    pub fn parquet_rows(self, file: &[u8], rows_max: u32) -> Result<Rows, Failure> {
        let request = Request::new(wire::ROWS).count(rows_max as usize).bytes(file);
        self.ask(request, |reply| {
            let columns = reply.list(|reply| Some((reply.text()?, reply.text()?)))?;
            let rows = reply.list(|reply| reply.list(Reader::text))?;
            Some(Rows { columns, rows, count: reply.long()? })
        })
    }

    /// An object as it is stored; `name` is what the entry of a ZIP archive is called.
    ///
    /// # Errors
    /// There are no libraries.
    #[inline(never)]
    pub fn compress(self, codec: Codec, name: &str, raw: &[u8]) -> Result<Vec<u8>, Failure> {
        let request = Request::new(wire::COMPRESS).text(codec.word()).text(name).bytes(raw);
        self.ask(request, |reply| reply.bytes().map(<[u8]>::to_vec))
    }

    /// What [`Self::compress`] made, at most `bytes_max` of it.
    ///
    /// # Errors
    /// It is not of that format.
    #[inline(never)]
    pub fn decompress(
        self,
        codec: Codec,
        stored: &[u8],
        bytes_max: u32,
    ) -> Result<Vec<u8>, Failure> {
        let request = Request::new(wire::DECOMPRESS).text(codec.word());
        let request = request.count(bytes_max as usize).bytes(stored);
        self.ask(request, |reply| reply.bytes().map(<[u8]>::to_vec))
    }

    /// One ZIP archive of many files: names with slashes, and contents.
    ///
    /// # Errors
    /// There are no libraries.
    #[inline(never)]
    pub fn zip(self, files: &[(&str, &[u8])]) -> Result<Vec<u8>, Failure> {
        let mut request = Request::new(wire::ZIP).count(files.len());
        for (name, content) in files {
            request = request.text(name).bytes(content);
        }
        self.ask(request, |reply| reply.bytes().map(<[u8]>::to_vec))
    }

    /// Seconds east of UTC in a time zone of the tz database, at an instant in milliseconds since
    /// 1970 UTC.
    ///
    /// # Errors
    /// There is no such zone.
    #[inline(never)]
    pub fn offset_secs(self, zone: &str, wall_millis: u64) -> Result<i64, Failure> {
        let request = Request::new(wire::OFFSET).text(zone).long(wall_millis);
        self.ask(request, |reply| reply.long().map(u64::cast_signed))
    }

    fn ask<T>(
        self,
        request: Request,
        read: impl FnOnce(&mut Reader<'_>) -> Option<T>,
    ) -> Result<T, Failure> {
        let reply = (self.call)(&request.finish());
        let missing = || Failure { message: "The format library is not loaded".into(), at: None };
        let mut reader = Reader::new(&reply);
        match reader.byte() {
            Some(wire::OK) => read(&mut reader).ok_or_else(missing),
            Some(_) => Err(reader.failure().unwrap_or_else(missing)),
            None => Err(missing()),
        }
    }
}

impl Codec {
    /// As the API spells it, and as `scenario` settings do.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Zip => "ZIP",
            Self::Snappy => "Snappy",
            Self::HadoopSnappy => "HADOOP_SNAPPY",
        }
    }
}

impl Failure {
    /// Line and column of the place in the text that was given, both from 1; columns count
    /// characters.
    #[must_use]
    pub fn place(&self, text: &str) -> Option<(u32, u32)> {
        let before = text.get(..self.at? as usize)?;
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Some((u32::try_from(line).ok()?, u32::try_from(column).ok()?))
    }
}
