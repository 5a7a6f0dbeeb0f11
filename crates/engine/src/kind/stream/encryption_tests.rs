//! Encryption at rest as readers and writers see it: facts, streams §4.5 and §12.

use base::{Duration, Time};
use scenario::kind::{Encryption, StartAt, StreamConfig};
use scenario::{Fault, FaultKind, KmsFault};

use super::encryption::Keys;
use super::world::{STREAM, World, secs};
use crate::call::ErrorCode;
use crate::cause::Reason;

fn encrypted(encryption: Encryption) -> World {
    World::new(&StreamConfig { encryption, ..StreamConfig::default() })
}

fn fault(world: &mut World, kind: KmsFault) {
    let lasts = Duration::from_secs(10);
    let fault = Fault { node: STREAM, kind: FaultKind::Kms(kind), lasts };
    let now = world.kernel.now;
    world.kernel.faults.clear(STREAM, now, &mut world.kernel.marks);
    world.kernel.faults.start(&fault, now, &mut world.kernel.marks);
}

/// Puts and reads fail as a whole, each state of the key with its own exception.
#[test]
fn a_key_that_cannot_be_used_stops_everything() {
    let mut world = encrypted(Encryption::CustomerKey);
    assert_eq!(world.put(&[("a", 10)]).failed, []);
    let expected = [
        (KmsFault::Disabled, ErrorCode::KmsDisabled, "KMSDisabledException"),
        (KmsFault::PendingDeletion, ErrorCode::KmsInvalidState, "KMSInvalidStateException"),
        (KmsFault::Denied, ErrorCode::KmsAccessDenied, "KMSAccessDeniedException"),
        (KmsFault::Throttled, ErrorCode::KmsThrottling, "KMSThrottlingException"),
    ];
    for (kind, code, name) in expected {
        fault(&mut world, kind);
        let outcome = world.put(&[("a", 10), ("b", 10)]);
        let codes: Vec<_> =
            outcome.failed.iter().map(|it| (it.error.reason, it.error.code)).collect();
        assert_eq!(codes, [(Reason::KmsKey, code); 2]);
        let iterator = world.iterator(0, StartAt::TrimHorizon, 0).unwrap();
        assert_eq!(world.get(iterator, 10).unwrap_err().code, code);
        assert_eq!(code.name(), name);
    }
    world.run(secs(11));
    assert_eq!(world.put(&[("a", 10)]).failed, []);
    let iterator = world.iterator(0, StartAt::TrimHorizon, 0).unwrap();
    assert_eq!(world.get(iterator, 10).unwrap().batch.records(), 2);
}

/// The key of AWS cannot be switched off, and a stream without encryption needs none.
#[test]
fn only_keys_of_the_account_fail() {
    for encryption in [Encryption::None, Encryption::AwsKey] {
        let mut world = encrypted(encryption);
        fault(&mut world, KmsFault::Disabled);
        assert_eq!(world.put(&[("a", 10)]).failed, []);
    }
}

/// Records from before the key was taken stay readable with nothing; records written with it do
/// not, even after encryption was stopped.
#[test]
fn what_was_written_with_the_key_needs_the_key() {
    let mut world = encrypted(Encryption::CustomerKey);
    world.put(&[("a", 10)]);
    let config = StreamConfig { encryption: Encryption::None, ..StreamConfig::default() };
    world.reconfigure(&config);
    world.run(secs(6));
    fault(&mut world, KmsFault::Disabled);
    assert_eq!(world.put(&[("a", 10)]).failed, [], "writes need no key any more");
    let iterator = world.iterator(0, StartAt::TrimHorizon, 0).unwrap();
    assert_eq!(world.get(iterator, 10).unwrap_err().code, ErrorCode::KmsDisabled);
}

/// About twelve calls in five minutes, none before and none after.
#[test]
fn kms_is_called_twelve_times_in_five_minutes() {
    let keys = Keys::new(Time::ZERO, Encryption::AwsKey);
    assert_eq!([0, 300, 3_600].map(|at| keys.calls(secs(at))), [0, 12, 144]);
    assert_eq!(Keys::new(Time::ZERO, Encryption::None).calls(secs(3_600)), 0);
}

/// Up to five seconds pass until every write is encrypted (facts, streams §4.5): here all five.
#[test]
fn writes_are_encrypted_five_seconds_later() {
    let mut world = encrypted(Encryption::None);
    world.run(secs(1));
    let encryption = Encryption::CustomerKey;
    world.reconfigure(&StreamConfig { encryption, ..StreamConfig::default() });
    let keys = world.stream.keys();
    assert_eq!(keys.at(Time(5_999_999)), Encryption::None);
    assert_eq!(keys.at(secs(6)), Encryption::CustomerKey);
}
