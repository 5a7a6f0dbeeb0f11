//! Rules of a producer's settings that go beyond the range of one field. A setting that is not
//! in use is not checked.

use super::producer::{Backoff, OnFailure, ProducerConfig, PutApi};
use super::records_check;
use super::spec::Checker;

/// Checks what it makes, the hash key and the waits.
pub(crate) fn check(config: &ProducerConfig, out: &mut Checker<'_>) {
    records_check::check(&config.records, out);
    check_hash_key(&config.explicit_hash_key, out);
    check_waits(config, out);
}

/// `ExplicitHashKey`: pattern `0|([1-9]\d{0,38})`, below 2^128 (facts, streams §1.1).
pub(super) fn check_hash_key(text: &str, out: &mut Checker<'_>) {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let plain = digits && (text == "0" || !text.starts_with('0'));
    if text.is_empty() || (plain && text.parse::<u128>().is_ok()) {
        return;
    }
    out.error(
        "SCN-023",
        "explicit_hash_key",
        format!("`{text}` is not a decimal number below 2^128"),
        "Use digits only, 0 to 340282366920938463463374607431768211455, or leave it empty",
    );
}

fn check_waits(config: &ProducerConfig, out: &mut Checker<'_>) {
    let growing = matches!(config.backoff, Backoff::Exponential | Backoff::Jitter);
    let retries = config.on_failure != OnFailure::Ignore;
    if retries && growing && config.backoff_millis_max < config.backoff_millis {
        out.error(
            "SCN-039",
            "backoff_millis_max",
            format!(
                "The longest wait of {} ms is below the first of {} ms",
                config.backoff_millis_max, config.backoff_millis
            ),
            "Raise the longest wait or lower the first",
        );
    }
    if config.api == PutApi::PutRecords && config.buffer_records_max < config.batch_records {
        out.warning(
            "SCN-048",
            "buffer_records_max",
            format!(
                "The client keeps {} records, so a call never fills with {}",
                config.buffer_records_max, config.batch_records
            ),
            "Raise the client buffer or lower the records per call",
        );
    }
}
