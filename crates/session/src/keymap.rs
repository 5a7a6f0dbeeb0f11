//! Keys on the diagram (product map): single letters act only while it has the focus.

use scenario::End;

use crate::effect::{Effect, Fit};
use crate::message::Key;
use crate::place::GRID;
use crate::session::Session;
use crate::tool::Tool;
use crate::walk::Towards;

/// Pixels an arrow key pans while nothing is selected.
const PAN_PIXELS: f64 = 48.0;

impl Session {
    /// A key on the diagram; keys that mean nothing are left alone.
    #[inline(never)]
    pub(crate) fn key(&mut self, key: &Key) {
        let times = if key.keys.shift { 4 } else { 1 };
        match key.key.as_str() {
            "ArrowLeft" => self.arrow(key, times, (-1, 0), Towards::Upstream),
            "ArrowRight" => self.arrow(key, times, (1, 0), Towards::Downstream),
            "ArrowUp" => self.arrow(key, times, (0, -1), Towards::Above),
            "ArrowDown" => self.arrow(key, times, (0, 1), Towards::Below),
            "Escape" => self.back_out(),
            "Enter" => self.enter(),
            "Delete" | "Backspace" if key.keys.ctrl => self.delete_and_heal(),
            "Delete" | "Backspace" => self.delete(),
            "F10" if key.keys.shift => self.menu_at_selection(),
            _ if key.keys.ctrl => self.command_key(key),
            _ if !key.keys.alt => self.plain_key(key),
            _ => {}
        }
    }

    fn arrow(&mut self, key: &Key, times: i32, way: (i32, i32), towards: Towards) {
        if matches!(self.tool, Tool::Connect(_)) {
            return self.connect_by_keys(if way.0 + way.1 > 0 { 1 } else { -1 });
        }
        if key.keys.ctrl {
            return self.nudge(way.0 * GRID * times, way.1 * GRID * times);
        }
        if self.document.nodes.is_empty() || key.keys.shift {
            let step = PAN_PIXELS * f64::from(times);
            return self.pan(-f64::from(way.0) * step, -f64::from(way.1) * step);
        }
        self.walk(towards);
    }

    fn command_key(&mut self, key: &Key) {
        match key.key.to_ascii_lowercase().as_str() {
            "z" if key.keys.shift => self.redo(),
            "z" => self.undo(),
            "y" => self.redo(),
            "a" => self.select_all(),
            "c" => self.copy(),
            "x" => self.cut(),
            "d" => self.duplicate(),
            "s" => self.copy_link(),
            _ => {}
        }
    }

    #[inline(never)]
    fn plain_key(&mut self, key: &Key) {
        match key.key.to_ascii_lowercase().as_str() {
            " " => self.toggle(),
            "." if key.keys.shift => self.step_micros(1_000_000),
            ">" | ":" => self.step_micros(1_000_000),
            "." => self.step_event(),
            "[" => self.shift_speed(-1),
            "]" => self.shift_speed(1),
            "\\" => self.playback.set_speed(crate::playback::SPEED_MILLI_DEFAULT),
            "home" => self.restart(),
            "c" => self.connect_by_keys(if key.keys.shift { -1 } else { 1 }),
            "a" | "/" => self.quick_add(),
            "d" => self.describe(),
            "e" => self.toggle_heights(),
            "w" => self.show_why(),
            "f" | "1" => self.fit(),
            "+" | "=" => self.zoom_by(crate::look::ZOOM_STEP),
            "-" => self.zoom_by(1.0 / crate::look::ZOOM_STEP),
            "0" => self.zoom_by(1.0 / self.view.camera.scale),
            "?" => self.effects.push(Effect::ShowKeys),
            _ => {}
        }
    }

    /// One level back: the gesture, then the open object, then the selection.
    fn back_out(&mut self) {
        self.loose = None;
        if !self.tool.is_idle() {
            self.cancel_tool();
            self.say("Cancelled");
        } else if self.panels.object.is_some() {
            self.panels.object = None;
        } else {
            self.select_none();
        }
    }

    fn enter(&mut self) {
        if matches!(self.tool, Tool::Connect(_)) {
            self.take_connection();
        } else if self.selected().is_some() {
            self.effects.push(Effect::FocusInspector);
        }
    }

    fn quick_add(&mut self) {
        let fit = self.selected().map_or(Fit::Free, |node| {
            let ports = self.document.node(node).map_or(&[][..], |node| node.spec().ports);
            let ends = ports.iter().map(|port| End { node, port: port.name.to_owned() });
            Fit::Part(self.name(node), ends.flat_map(|end| self.kinds_for(&end)).collect())
        });
        self.effects.push(Effect::QuickAdd { at: None, fit });
    }

    fn menu_at_selection(&mut self) {
        let at = self.place_of_selection();
        self.effects.push(Effect::Menu { at });
    }

    fn show_why(&mut self) {
        if self.selected().is_some() {
            self.panels.tab = crate::hud::Tab::Why;
            self.effects.push(Effect::FocusInspector);
        }
    }

    fn copy_link(&mut self) {
        self.effects.push(Effect::ShowShare);
        self.say("Share: the link holds the whole scenario");
    }

    /// Where a menu about the selection opens: at its card, or in the middle of the canvas.
    #[expect(clippy::cast_possible_truncation, reason = "a screen is far below 2^31 pixels")]
    fn place_of_selection(&self) -> (i32, i32) {
        let plan = scene::Plan::of(&self.document, self.run.snapshot(), &self.view);
        let card = self.selected().and_then(|id| plan.node(id));
        let (x, y) = match card {
            Some(placed) => {
                let rect = placed.rect;
                self.view.camera.screen_from_world((rect.right(), rect.y))
            }
            None => (self.view.size.0 / 2.0, self.view.size.1 / 2.0),
        };
        let inside = |at: f64, size: f64| at.min(size).max(0.0).round() as i32;
        (inside(x, self.view.size.0), inside(y, self.view.size.1))
    }
}
