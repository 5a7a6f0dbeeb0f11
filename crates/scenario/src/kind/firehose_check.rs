//! The rules AWS checks a Firehose stream with, beyond single ranges and prefixes (facts, firehose
//! §2 to §6). Each says the limit.

use base::Ratio;

use super::firehose::FirehoseConfig;
use super::firehose_words::{Compression, Deaggregation, FormatConversion, Transform};
use super::spec::Checker;
use super::{connector, firehose_keys, glue};

/// `BufferSizeInMBs` of the function: 0.2 to 3.
const TRANSFORM_MB: (Ratio, Ratio) = (Ratio::new(1, 5), Ratio::new(3, 1));
/// Smallest `SizeInMBs` with record format conversion.
const CONVERSION_MIB_MIN: u32 = 64;
/// Smallest interval with dynamic partitioning.
const PARTITION_SECS_MIN: u32 = 60;
/// Common attributes of an HTTP endpoint: how many, and characters of a name and a value.
const ATTRIBUTES: (usize, usize, usize) = (50, 256, 1_024);

/// Everything wrong with settings that stand alone or depend on one another.
pub(super) fn check(config: &FirehoseConfig, out: &mut Checker<'_>) {
    if config.convert != FormatConversion::None {
        check_conversion(config, out);
    }
    if config.partitioning {
        check_partitioning(config, out);
    }
    if config.transform != Transform::None {
        check_transform(config, out);
    }
    if config.deaggregate == Deaggregation::Delimited && config.deaggregate_delimiter.is_empty() {
        out.error(
            "SCN-137",
            "deaggregate_delimiter",
            "Nothing stands between the records",
            "Give the delimiter; `\\n` is a line feed",
        );
    }
    if !is_extension(&config.file_extension) {
        out.error(
            "SCN-138",
            "file_extension",
            format!("`{}` is no file extension", config.file_extension),
            "Begin with a dot, then use `0-9 a-z ! - _ . * ' ( )`; the API takes \
             `^$|\\.[0-9a-z!\\-_.*'()]+`",
        );
    }
    if !config.http_attributes.is_empty() {
        check_attributes(&config.http_attributes, out);
    }
    if !connector::is_index_name(&config.index) {
        out.error(
            "SCN-120",
            "index",
            format!("OpenSearch would refuse `{}` as the name of an index", config.index),
            "Use lower case without spaces, commas and `\\ / * ? \" < > | # :`; it does not begin \
             with `_`, `-` or `+`",
        );
    }
}

/// Facts, firehose §4.
#[inline(never)]
fn check_conversion(config: &FirehoseConfig, out: &mut Checker<'_>) {
    if config.buffer_size_mib < CONVERSION_MIB_MIN {
        out.error(
            "SCN-130",
            "buffer_size_mib",
            format!("{} MiB are too few for format conversion", config.buffer_size_mib),
            "With conversion to Parquet `SizeInMBs` is 64 to 128; AWS's default is 128 then",
        );
    }
    if config.compression != Compression::Uncompressed {
        out.error(
            "SCN-131",
            "compression",
            "A Parquet file is compressed inside",
            "With conversion `CompressionFormat` must be `UNCOMPRESSED`; choose the Parquet \
             compression instead",
        );
    }
    if let Err(message) = glue::check_columns(&config.schema) {
        let help = "Write a name and a Glue type on each line, such as `price double` or \
                    `at timestamp`";
        out.error("SCN-132", "schema", message, help);
    }
    for (at, line) in config.mappings.lines().enumerate().filter(|(_, line)| !line.is_empty()) {
        if line.split_once('=').is_none_or(|(column, key)| column.is_empty() || key.is_empty()) {
            out.error(
                "SCN-132",
                "mappings",
                format!("Line {}: `{line}` is no mapping", at + 1),
                "Write `column=key`, one a line",
            );
        }
    }
}

/// Facts, firehose §5.
#[inline(never)]
fn check_partitioning(config: &FirehoseConfig, out: &mut Checker<'_>) {
    if config.buffer_interval_secs < PARTITION_SECS_MIN {
        out.error(
            "SCN-133",
            "buffer_interval_secs",
            format!("{} s are too few for dynamic partitioning", config.buffer_interval_secs),
            "Dynamic partitioning has no zero buffering: 60 to 900 s",
        );
    }
    if config.error_prefix.is_empty() {
        out.error(
            "SCN-134",
            "error_prefix",
            "Dynamic partitioning needs an error prefix",
            "Set it to `!{firehose:error-output-type}/`: records without keys go there",
        );
    }
    for (field, message) in firehose_keys::problems(config) {
        let help = "Every key is used in the prefix as `!{partitionKeyFromQuery:key}` or \
                    `!{partitionKeyFromLambda:key}`, every key used there is defined, and there \
                    are 1 to 50";
        out.error("SCN-135", field, message, help);
    }
}

/// Facts, firehose §3.
#[inline(never)]
pub(super) fn check_transform(config: &FirehoseConfig, out: &mut Checker<'_>) {
    let at_most = |a: Ratio, b: Ratio| {
        u64::from(a.num) * u64::from(b.den) <= u64::from(b.num) * u64::from(a.den)
    };
    let mb = config.transform_buffer_mb;
    if !at_most(TRANSFORM_MB.0, mb) || !at_most(mb, TRANSFORM_MB.1) {
        out.error(
            "SCN-136",
            "transform_buffer_mb",
            format!("{mb} MB is outside 0.2 to 3"),
            "`BufferSizeInMBs` of the Lambda processor is 0.2 to 3: payloads of 6 MB have to hold \
             it in Base64",
        );
    }
    let field = config.transform_field.as_str();
    let wanted = match config.transform {
        Transform::CsvToJson if field.split(',').any(|name| name.trim().is_empty()) => {
            "Name the columns, with commas between, such as `carrier,origin,delay`"
        }
        Transform::Redact if field.trim().is_empty() => "Name the member to redact",
        Transform::Drop if field.split_once('=').is_none_or(|(name, _)| name.is_empty()) => {
            "Write `member=value`, such as `level=DEBUG`"
        }
        Transform::Sql => {
            return super::lambda::check_select(&config.transform_sql, "transform_sql", out);
        }
        _ => return,
    };
    out.error("SCN-139", "transform_field", "The function does not know what to work on", wanted);
}

/// `FileExtension` (botocore 1.44.5): `^$|\.[0-9a-z!\-_.*'()]+`.
fn is_extension(text: &str) -> bool {
    let legal = |c: char| c.is_ascii_digit() || c.is_ascii_lowercase() || "!-_.*'()".contains(c);
    let rest = text.strip_prefix('.').unwrap_or_default();
    text.is_empty() || (!rest.is_empty() && rest.chars().all(legal))
}

/// `CommonAttributes` (facts, firehose §6): at most 50.
#[inline(never)]
fn check_attributes(text: &str, out: &mut Checker<'_>) {
    let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    let (count_max, name_max, value_max) = ATTRIBUTES;
    let wrong = |line: &&&str| {
        let fits = |text: &str, most: usize| text.chars().count() <= most;
        line.split_once('=').is_none_or(|(name, value)| {
            name.is_empty() || !fits(name, name_max) || !fits(value, value_max)
        })
    };
    let message = match lines.iter().find(wrong) {
        Some(line) => format!("`{}` is no attribute", line.chars().take(40).collect::<String>()),
        None if lines.len() > count_max => format!("There are {} attributes", lines.len()),
        None => return,
    };
    let help = "Write `name=value`, one a line: at most 50, names of 1 to 256 and values of up to \
                1,024 characters";
    out.error("SCN-140", "http_attributes", message, help);
}
