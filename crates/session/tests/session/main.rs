//! What a person does, as scripts of messages, and what must come of it. No browser.

mod beside;
mod calls;
mod code;
mod console;
mod discovery;
mod edits;
mod leases;
mod library;
mod opening;
mod panels;
mod questions;
mod random;
mod running;
mod sight;
mod support;
mod tools;
mod troubles;
