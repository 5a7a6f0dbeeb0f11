//! What a program may use up: steps, memory and depth, all of them counted, so that a program ends
//! after the same step wherever it runs.
//!
//! Values have no way to the run they are part of, so the counts are kept beside it.

use std::cell::Cell;

/// Terms that are evaluated.
const STEPS_MAX: u32 = 500_000;
/// Terms that are evaluated while functions hand filters to themselves: each holds those of the
/// call before, all of them are let go of at once, one inside of the other, and a browser's stack
/// is full after some 12,000 of them.
const HANDING_STEPS_MAX: u32 = 5_000;
/// Values and, at eight bytes each, text that is made; no value is larger than that either.
const MADE_MAX: u32 = 4_000_000;
/// Contexts that are alive at once: every call that has not returned holds one. A browser's stack
/// is full after some 330 of them.
const CALLS_MAX: u32 = 300;
/// Values inside of values.
pub(super) const DEPTH_MAX: u32 = 1_000;

/// What was used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Excess {
    Steps,
    Handing,
    Made,
    Calls,
    Depth,
}

thread_local! {
    static STEPS: Cell<u32> = const { Cell::new(0) };
    static HANDED: Cell<u32> = const { Cell::new(0) };
    static MADE: Cell<u32> = const { Cell::new(0) };
    static CALLS: Cell<u32> = const { Cell::new(0) };
    static EXCESS: Cell<Option<Excess>> = const { Cell::new(None) };
}

/// Begins anew, with a program in which a function hands so many filters to itself.
pub(super) fn begin(handed: usize) {
    STEPS.set(0);
    HANDED.set(u32::try_from(handed).unwrap_or(u32::MAX));
    MADE.set(0);
    CALLS.set(0);
    EXCESS.set(None);
}

/// What was used up, if anything: nothing that comes after it counts.
pub(super) fn excess() -> Option<Excess> {
    EXCESS.get()
}

fn exceed(excess: Excess) {
    EXCESS.set(EXCESS.get().or(Some(excess)));
}

/// One more term; whether the program may go on.
pub(super) fn step() -> bool {
    let steps = STEPS.get() + 1;
    STEPS.set(steps.min(STEPS_MAX));
    if steps >= STEPS_MAX {
        exceed(Excess::Steps);
    }
    if steps.saturating_mul(HANDED.get()) >= HANDING_STEPS_MAX {
        exceed(Excess::Handing);
    }
    EXCESS.get().is_none()
}

/// So many values are made or walked through; whether the program may go on.
pub(super) fn make(values: usize) -> bool {
    let values = u32::try_from(values).unwrap_or(MADE_MAX);
    let made = MADE.get().saturating_add(values);
    MADE.set(made);
    if made >= MADE_MAX {
        exceed(Excess::Made);
    }
    EXCESS.get().is_none()
}

/// A value of this size is made, mostly of parts that are there already; whether the program may go
/// on.
pub(super) fn make_within(size: u32) -> bool {
    if size >= MADE_MAX {
        exceed(Excess::Made);
    }
    EXCESS.get().is_none()
}

/// A value of this depth is made; whether the program may go on.
pub(super) fn nest(depth: u32) -> bool {
    if depth > DEPTH_MAX {
        exceed(Excess::Depth);
    }
    EXCESS.get().is_none()
}

/// A context comes to life.
pub(super) fn enter() {
    CALLS.set(CALLS.get() + 1);
    if CALLS.get() > CALLS_MAX {
        exceed(Excess::Calls);
    }
}

/// A context is done.
pub(super) fn leave() {
    CALLS.set(CALLS.get().saturating_sub(1));
}

impl Excess {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Steps => "The program does not come to an end within 500,000 steps",
            Self::Handing => {
                "The program hands filters to a function that hands them to itself, without an \
                 end within 5,000 steps; with values, as in `def f($x)`, it may take more"
            }
            Self::Made => "The program makes more data than a function may hold",
            Self::Calls => "The program calls itself, or puts parts into each other, too deep",
            Self::Depth => "The program puts more than 1,000 values inside of each other",
        }
    }
}
