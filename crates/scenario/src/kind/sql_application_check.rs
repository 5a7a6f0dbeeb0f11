//! The rules a SQL application is checked with that need nothing but its settings (facts,
//! analytics §1.1, §1.2).

use super::firehose_check::check_transform;
use super::firehose_words::Transform;
use super::spec::Checker;
use super::sql_application::{RowFormat, SqlApplicationConfig};

/// Everything wrong with settings that stand alone.
pub(super) fn check(config: &SqlApplicationConfig, out: &mut Checker<'_>) {
    if config.transform != Transform::None {
        check_transform(&config.function(), out);
    }
    if config.name_prefix.is_empty() || config.name_prefix.contains(char::is_whitespace) {
        out.error(
            "SCN-170",
            "name_prefix",
            "The streams of the input have no name",
            "Give a prefix of 1 to 32 characters without spaces, such as `SOURCE_SQL_STREAM`",
        );
    }
    if config.format == RowFormat::Csv {
        for (field, text) in [
            ("row_delimiter", &config.row_delimiter),
            ("column_delimiter", &config.column_delimiter),
        ] {
            if text.is_empty() {
                let message = "Nothing stands between the parts of a record";
                let help = "Give the delimiter: `,`, or `\\n` for a line feed";
                out.error("SCN-171", field, message, help);
            }
        }
    }
}
