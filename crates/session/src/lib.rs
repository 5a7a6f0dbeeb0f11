//! Everything a person can do, without a browser: messages in, effects and a HUD model out.
//!
//! One door in (`Session::update`), one clock tick (`Session::tick`), one picture, one HUD. No
//! clock, no randomness except what it is sent, no storage: those are effects the host runs.

pub mod calls;
pub mod clipboard;
pub mod clock;
pub mod code;
pub mod driver;
pub mod effect;
pub mod folder;
pub mod history;
pub mod hud;
pub mod message;
pub mod playback;
pub mod rows;
pub mod run;
pub mod search;
pub mod session;
pub mod why;

mod console;
mod data;
mod design;
mod discover;
mod keymap;
mod library;
mod look;
mod open;
mod pages;
mod panel;
mod place;
mod time;
mod tool;
mod trouble;
mod voice;
mod walk;

pub use effect::{Announce, Effect, Fit};
pub use hud::Hud;
pub use message::{Key, Keys, Line, Message, Phase, Pick, Pointer};
pub use session::{Session, TickReport};
