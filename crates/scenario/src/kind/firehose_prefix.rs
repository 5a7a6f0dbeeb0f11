//! The rules AWS checks prefixes of S3 objects with (facts, firehose §5).

use super::firehose::FirehoseConfig;
use super::spec::Checker;

/// Checks prefix, error prefix and time zone.
pub(crate) fn check(config: &FirehoseConfig, out: &mut Checker<'_>) {
    let has_expression = config.prefix.contains("!{");
    if has_expression && config.error_prefix.is_empty() {
        out.error(
            "SCN-022",
            "error_prefix",
            "The prefix has an expression, so an error prefix is needed",
            "Set it to `!{firehose:error-output-type}/`",
        );
    }
}
