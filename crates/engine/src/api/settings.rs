//! How streams work: encryption, monitoring, mode, record size, warm throughput; and what the
//! account may have.

use scenario::kind::{RecordDistribution, StreamMode};
use serde_json::{Map, Value, json};

use super::request::Request;
use super::{Done, Profile, Refusal, invalid};
use crate::control::settings::Monitoring;
use crate::engine::Engine;

pub(super) fn start_encryption(engine: &mut Engine, request: &Request) -> Done {
    let name = request.stream(engine)?;
    check_key(engine, request, &name)?;
    engine.start_encryption(&name, request.needed("KeyId"))?;
    Ok(Value::Null)
}

pub(super) fn stop_encryption(engine: &mut Engine, request: &Request) -> Done {
    let name = request.stream(engine)?;
    check_key(engine, request, &name)?;
    engine.stop_encryption(&name)?;
    Ok(Value::Null)
}

/// What starting and stopping ask for alike, once the stream is there and `ACTIVE` (facts, streams
/// §14.3).
fn check_key(engine: &Engine, request: &Request, name: &str) -> Result<(), Refusal> {
    engine.check_active(name)?;
    if request.text("EncryptionType") == Some("NONE") {
        return Err(invalid("EncryptionType must be KMS.".into()));
    }
    let key_id = request.needed("KeyId");
    if is_key_id(key_id) {
        return Ok(());
    }
    Err(invalid(format!(
        "KeyId {key_id} is no key id, no ARN of a key or an alias, and no alias name."
    )))
}

/// A key's id, the ARN of a key or an alias, or an alias name (botocore 1.44.5).
fn is_key_id(text: &str) -> bool {
    let inside = |byte: u8| byte.is_ascii_alphanumeric() || b"/_-".contains(&byte);
    let is_alias = |text: &str| {
        let name = text.strip_prefix("alias/");
        name.is_some_and(|name| !name.is_empty() && name.bytes().all(inside))
    };
    let is_hex = |text: &str, len: usize| {
        text.len() == len && text.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    let is_id = |text: &str| {
        let groups = text.split('-').map(str::len).eq([8, 4, 4, 4, 12]);
        let of_regions = text.strip_prefix("mrk-").is_some_and(|id| is_hex(id, 32));
        of_regions || groups && is_hex(&text.replace('-', ""), 32)
    };
    let parts: Vec<&str> = text.split(':').collect();
    match parts[..] {
        ["arn", partition, "kms", region, account, of] => {
            let whose = partition.starts_with("aws") && !region.is_empty();
            let named = is_alias(of) || of.strip_prefix("key/").is_some_and(is_id);
            let digits = account.len() == 12 && account.bytes().all(|it| it.is_ascii_digit());
            whose && digits && named
        }
        _ => is_alias(text) || is_id(text),
    }
}

pub(super) fn enable_monitoring(engine: &mut Engine, request: &Request) -> Done {
    monitoring(engine, request, Monitoring::Enable)
}

pub(super) fn disable_monitoring(engine: &mut Engine, request: &Request) -> Done {
    monitoring(engine, request, Monitoring::Disable)
}

fn monitoring(engine: &mut Engine, request: &Request, way: Monitoring) -> Done {
    let name = request.stream(engine)?;
    let metrics: Vec<&str> =
        request.list("ShardLevelMetrics").iter().filter_map(Value::as_str).collect();
    let [current, desired] = engine.set_monitoring(&name, &metrics, way)?;
    let mut body = Map::new();
    if request.profile == Profile::Current {
        body.insert("StreamARN".into(), engine.account.stream_arn(&name).into());
    }
    body.insert("StreamName".into(), name.into());
    body.insert("CurrentShardLevelMetrics".into(), current.into());
    body.insert("DesiredShardLevelMetrics".into(), desired.into());
    Ok(Value::Object(body))
}

pub(super) fn update_mode(engine: &mut Engine, request: &Request) -> Done {
    let mode = mode(request.body.get("StreamModeDetails"));
    let warm = request.count("WarmThroughputMiBps");
    engine.update_mode(&request.stream(engine)?, mode, warm)?;
    Ok(Value::Null)
}

/// What `StreamModeDetails` asks for.
pub(super) fn mode(details: Option<&Value>) -> StreamMode {
    let word = details.and_then(|it| it.get("StreamMode")).and_then(Value::as_str);
    if word == Some("ON_DEMAND") { StreamMode::OnDemand } else { StreamMode::Provisioned }
}

/// The word for a mode.
pub(super) fn mode_word(mode: StreamMode) -> &'static str {
    match mode {
        StreamMode::Provisioned => "PROVISIONED",
        StreamMode::OnDemand => "ON_DEMAND",
    }
}

pub(super) fn update_record_size(engine: &mut Engine, request: &Request) -> Done {
    let name = request.stream(engine)?;
    engine
        .update_max_record_size(&name, request.count("MaxRecordSizeInKiB").unwrap_or_default())?;
    Ok(Value::Null)
}

/// What `RecordDistributionStrategy` asks for.
pub(super) fn distribution(request: &Request) -> RecordDistribution {
    let asked = request.text("RecordDistributionStrategy");
    if asked == Some("AUTO") {
        RecordDistribution::Auto
    } else {
        RecordDistribution::UserPartitionKey
    }
}

pub(super) fn update_distribution(engine: &mut Engine, request: &Request) -> Done {
    engine.update_distribution(&request.stream(engine)?, distribution(request))?;
    Ok(Value::Null)
}

pub(super) fn update_warm(engine: &mut Engine, request: &Request) -> Done {
    let name = request.stream(engine)?;
    let target = request.count("WarmThroughputMiBps").unwrap_or_default();
    let current = engine.describe_stream(&name)?.open_shards;
    engine.update_warm_throughput(&name, target)?;
    Ok(json!({
        "StreamARN": engine.account.stream_arn(&name),
        "StreamName": name,
        "WarmThroughput": { "TargetMiBps": target, "CurrentMiBps": current },
    }))
}

pub(super) fn limits(engine: &mut Engine, request: &Request) -> Done {
    let limits = engine.account_limits();
    let mut body = Map::new();
    body.insert("ShardLimit".into(), limits.shards_max.into());
    body.insert("OpenShardCount".into(), limits.open_shards.into());
    if request.profile == Profile::Current {
        body.insert("OnDemandStreamCount".into(), limits.on_demand_streams.into());
        body.insert("OnDemandStreamCountLimit".into(), limits.on_demand_streams_max.into());
    }
    Ok(Value::Object(body))
}

pub(super) fn account(engine: &mut Engine, _request: &Request) -> Done {
    let status = engine.kernel.commitment.word(engine.now());
    Ok(json!({ "MinimumThroughputBillingCommitment": { "Status": status } }))
}

pub(super) fn update_account(engine: &mut Engine, request: &Request) -> Done {
    let wanted = request.body.get("MinimumThroughputBillingCommitment");
    let word = wanted.and_then(|it| it.get("Status")).and_then(Value::as_str);
    engine.commit(word == Some("ENABLED"))?;
    account(engine, request)
}
