//! Records are money: every movement is booked twice and the sum over all accounts is zero after
//! every event.

use base::{EdgeId, NodeId, VecMap};

use crate::cause::Reason;

/// Where records can be. `Born`, `Copied` and `Derived` are sources and run negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Account {
    /// Made by a producer.
    Born(NodeId),
    /// Made by fan-out or at-least-once delivery.
    Copied(NodeId),
    /// Rows an aggregation emitted.
    Derived(NodeId),
    /// On a wire, with a call that has no answer yet.
    Flight(EdgeId),
    /// Inside a node.
    Held(NodeId),
    /// At the end of its way.
    Delivered(NodeId),
    /// Consumed by an aggregation.
    Folded(NodeId),
    /// Older than the retention of a stream.
    Expired(NodeId),
    /// Lost, with the reason.
    Dropped(NodeId, Reason),
}

/// What stands in an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    /// Records.
    pub records: i64,
    /// Data plus key bytes.
    pub bytes: i64,
}

/// All accounts.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    accounts: VecMap<Account, Balance>,
    /// Records and bytes alive (in flight or held), kept so that bounds are cheap to check.
    alive: Balance,
    /// Over all accounts, kept so that it can be checked after every event.
    sum: Balance,
}

/// Sums by kind of account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Made by producers.
    pub born: u64,
    /// Made by copying.
    pub copied: u64,
    /// Emitted by aggregations.
    pub derived: u64,
    /// On wires.
    pub flight: u64,
    /// Inside nodes.
    pub held: u64,
    /// At the end of their way.
    pub delivered: u64,
    /// Consumed by aggregations.
    pub folded: u64,
    /// Past retention.
    pub expired: u64,
    /// Lost, by reason, ascending.
    pub dropped: Vec<(Reason, u64)>,
}

impl Ledger {
    /// Moves records from one account to another.
    pub fn book(&mut self, from: Account, to: Account, records: u64, bytes: u64) {
        if records == 0 {
            return;
        }
        let records = i64::try_from(records).expect("counts stay far below 2^63");
        let bytes = i64::try_from(bytes).expect("bytes stay far below 2^63");
        self.add(from, -records, -bytes);
        self.add(to, records, bytes);
    }

    fn add(&mut self, account: Account, records: i64, bytes: i64) {
        let balance = self.accounts.get_or_insert_with(account, Balance::default);
        balance.records += records;
        balance.bytes += bytes;
        self.sum.records += records;
        self.sum.bytes += bytes;
        let source = matches!(account, Account::Born(_) | Account::Copied(_) | Account::Derived(_));
        debug_assert!(source || balance.records >= 0, "{account:?} is overdrawn: {balance:?}");
        if matches!(account, Account::Flight(_) | Account::Held(_)) {
            self.alive.records += records;
            self.alive.bytes += bytes;
        }
    }

    /// What stands in an account.
    #[must_use]
    pub fn balance(&self, account: Account) -> Balance {
        self.accounts.get(&account).copied().unwrap_or_default()
    }

    /// Records and bytes in flight or held.
    #[must_use]
    pub fn alive(&self) -> Balance {
        self.alive
    }

    /// The sum over all accounts as kept while booking: zero after every event.
    #[must_use]
    pub fn running_sum(&self) -> Balance {
        self.sum
    }

    /// The sum over all accounts: zero, always.
    #[must_use]
    pub fn sum(&self) -> Balance {
        self.accounts.values().fold(Balance::default(), |sum, balance| Balance {
            records: sum.records + balance.records,
            bytes: sum.bytes + balance.bytes,
        })
    }

    /// The first account below zero that must not be.
    #[must_use]
    pub fn overdrawn(&self) -> Option<Account> {
        self.accounts.iter().find_map(|(account, balance)| {
            let source =
                matches!(account, Account::Born(_) | Account::Copied(_) | Account::Derived(_));
            (!source && (balance.records < 0 || balance.bytes < 0)).then_some(*account)
        })
    }

    /// Every account with its balance, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Account, &Balance)> {
        self.accounts.iter()
    }

    /// Sums by kind of account.
    #[must_use]
    pub fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        let mut dropped = VecMap::new();
        for (account, balance) in self.accounts.iter() {
            let records = balance.records.unsigned_abs();
            match account {
                Account::Born(_) => totals.born += records,
                Account::Copied(_) => totals.copied += records,
                Account::Derived(_) => totals.derived += records,
                Account::Flight(_) => totals.flight += records,
                Account::Held(_) => totals.held += records,
                Account::Delivered(_) => totals.delivered += records,
                Account::Folded(_) => totals.folded += records,
                Account::Expired(_) => totals.expired += records,
                Account::Dropped(_, reason) => {
                    *dropped.get_or_insert_with(*reason, || 0) += records;
                }
            }
        }
        totals.dropped = dropped.into_vec();
        totals
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_movement_is_booked_twice() {
        let mut ledger = Ledger::default();
        let (a, b) = (NodeId(1), NodeId(2));
        ledger.book(Account::Born(a), Account::Held(a), 10, 1_000);
        ledger.book(Account::Held(a), Account::Flight(EdgeId(1)), 6, 600);
        ledger.book(Account::Flight(EdgeId(1)), Account::Held(b), 4, 400);
        assert_eq!(ledger.sum(), Balance::default());
        assert_eq!(ledger.alive(), Balance { records: 10, bytes: 1_000 });
        assert_eq!(ledger.balance(Account::Held(b)).records, 4);
        assert_eq!(ledger.overdrawn(), None);
        let totals = ledger.totals();
        assert_eq!((totals.born, totals.held, totals.flight), (10, 8, 2));
    }
}
