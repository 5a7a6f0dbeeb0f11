//! Everything a person can do, without a browser: messages in, effects and a HUD model out.
//!
//! One door in (`Session::update`), one clock tick (`Session::tick`), one picture, one HUD. No
//! clock, no randomness except what it is sent, no storage: those are effects the host runs.

pub mod effect;
pub mod hud;
pub mod message;

pub use effect::{Announce, Effect};
pub use hud::Hud;
pub use message::{Key, Keys, Message, Phase, Pointer};
