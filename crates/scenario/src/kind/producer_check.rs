//! Rules of a producer's settings that go beyond the range of one field.

use super::producer::ProducerConfig;
use super::spec::Checker;

/// Checks curve, keys, payload template and hash key.
pub(crate) fn check(config: &ProducerConfig, out: &mut Checker<'_>) {
    if config.explicit_hash_key.parse::<u128>().is_err() && !config.explicit_hash_key.is_empty() {
        out.error(
            "SCN-023",
            "explicit_hash_key",
            format!("`{}` is not a decimal number below 2^128", config.explicit_hash_key),
            "Use digits only, 0 to 340282366920938463463374607431768211455, or leave it empty",
        );
    }
}
