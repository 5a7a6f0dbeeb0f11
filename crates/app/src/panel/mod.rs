//! Panels: what the HUD says as DOM, and what a person does there as messages. No rules here.

mod banner;
mod charts;
mod command;
mod console;
mod context_menu;
mod cost;
mod dialogs;
mod examples;
mod failure;
mod group;
mod handles;
mod help;
mod inspector;
mod key_bar;
mod live;
mod more;
mod navigator;
mod object_viewer;
mod outline;
mod own_data;
mod palette;
pub(crate) mod parts;
mod phone;
mod player;
mod problems;
mod query;
mod query_box;
mod quick_add;
mod records;
mod rows;
mod share;
mod sql_editor;
mod storage;
mod top_bar;
mod trail;
mod transport;
mod veil;
mod why;

pub(crate) use banner::banner;
pub(crate) use charts::bottom;
pub(crate) use context_menu::context_menu;
pub(crate) use dialogs::dialogs;
pub(crate) use handles::handles;
pub(crate) use inspector::inspector;
pub(crate) use key_bar::key_bar;
pub(crate) use navigator::navigator;
pub(crate) use outline::outline;
pub(crate) use own_data::OwnData;
pub(crate) use palette::palette;
pub(crate) use phone::{phone_sheet, phone_top};
pub(crate) use player::player;
pub(crate) use sql_editor::{open as open_code, preview, sql_editor};
pub(crate) use top_bar::top_bar;
pub(crate) use veil::veil;

use crate::app::Page;
use yew::Html;

/// What every panel is: a function of the page.
pub(crate) type Panel = fn(&Page) -> Html;
