//! The session: the only owner of document, run and view, and the only door to them.

use std::rc::Rc;
use std::sync::Arc;

use base::{Diagnostic, NodeId};
use engine::Snapshot;
use scenario::{DataSets, Document, End};
use scene::{Picture, TextMeasure, View};

use crate::code::Code;
use crate::console::Entries;
use crate::effect::{Announce, Effect};
use crate::history::History;
use crate::hud::Hud;
use crate::library::Library;
use crate::message::{Message, Phase};
use crate::panel::{HudCache, Panels};
use crate::playback::Playback;
use crate::run::Run;
use crate::tool::Tool;
use crate::trouble::Troubles;
use crate::voice::Voice;

/// Everything between a person and a running pipeline.
#[derive(Debug, Default)]
pub struct Session {
    pub(crate) document: Arc<Document>,
    pub(crate) data: DataSets,
    /// Built-in data sets that were asked for.
    pub(crate) fetched: Vec<String>,
    /// Findings about the document as it is.
    pub(crate) problems: Vec<Diagnostic>,
    /// Findings about what was opened or loaded last.
    pub(crate) notices: Vec<Diagnostic>,
    /// When calls were made by hand: whoever made one saw its answer.
    pub(crate) called: Vec<base::Time>,
    pub(crate) history: History,
    pub(crate) run: Run,
    pub(crate) playback: Playback,
    pub(crate) view: View,
    /// What showed everything last.
    pub(crate) fitted: Option<scene::Camera>,
    pub(crate) tool: Tool,
    /// The loose end of a wire that was dropped on empty canvas.
    pub(crate) loose: Option<End>,
    pub(crate) panels: Panels,
    /// What runs jq, writes Parquet and opens what is compressed.
    pub(crate) library: Library,
    pub(crate) is_view_only: bool,
    pub(crate) effects: Vec<Effect>,
    pub(crate) voice: Voice,
    /// What goes wrong in the run at the moment.
    pub(crate) troubles: Troubles,
    pub(crate) console: Entries,
    /// The editor of a script.
    pub(crate) code: Code,
    pub(crate) hud: HudCache,
}

/// What a tick did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TickReport {
    /// Events handled.
    pub events: u64,
    /// Simulated time that passed.
    pub advanced_micros: u64,
    /// The budget of events was used up before the wanted time was reached.
    pub behind: bool,
}

impl Session {
    /// An empty document, held at its beginning.
    #[must_use]
    pub fn new() -> Self {
        let mut session = Self::default();
        session.open(Document::default(), Vec::new());
        session.effects.clear();
        session
    }

    /// Changes something: the only way to.
    #[expect(clippy::too_many_lines, reason = "one flat table of every message")]
    pub fn update(&mut self, message: Message) {
        let is_hover = matches!(&message, Message::Pointer(it) if it.phase == Phase::Move);
        self.hud.is_touched |= !is_hover || !self.tool.is_idle();
        if ends_burst(&message) {
            self.history.end_burst();
        }
        match message {
            Message::Pointer(pointer) => self.pointer(pointer),
            Message::Wheel { at_in_screen, delta, keys } => self.wheel(at_in_screen, delta, keys),
            Message::Pinch { at_in_screen, scale, delta } => {
                self.pinch(at_in_screen, scale, delta);
            }
            Message::Key(key) => self.key(&key),
            Message::Resize(width, height) => self.resize(width, height),
            Message::Pan(dx, dy) => self.pan(dx, dy),
            Message::ZoomIn => self.zoom_by(crate::look::ZOOM_STEP),
            Message::ZoomOut => self.zoom_by(1.0 / crate::look::ZOOM_STEP),
            Message::ZoomReset => self.zoom_by(1.0 / self.view.camera.scale),
            Message::Fit => self.fit(),
            Message::LookAt(x, y) => self.look_at(x, y),

            Message::Place { kind, preset, at_in_screen, connect } => {
                self.place(&kind, preset, at_in_screen, connect);
            }
            Message::SelectNode(node, adds) => self.select_node(node, adds),
            Message::SelectEdge(edge) => self.select_edge(edge),
            Message::SelectAll => self.select_all(),
            Message::SelectNone => self.select_none(),
            Message::SetField { node, key, value } => self.set_field(node, key, value),
            Message::Rename(node, name) => self.rename(node, name),
            Message::Nudge(dx, dy) => self.nudge(dx, dy),
            Message::Connect(from, to) => {
                self.connect(from, to);
            }
            Message::Disconnect(edge) => self.remove(&[], &[edge]),
            Message::RemoveNode(node) => self.remove(&[node], &[]),
            Message::Delete => self.delete(),
            Message::Copy => self.copy(),
            Message::Cut => self.cut(),
            Message::Paste(text) => self.paste(&text),
            Message::Duplicate => self.duplicate(),
            Message::Tidy => self.tidy(),
            Message::Align(line) => self.align(line),
            Message::Undo => self.undo(),
            Message::Redo => self.redo(),
            Message::SetTitle(title) => self.set_title(title),
            Message::SetSeed(seed) => self.set_seed(seed),
            Message::SetPrice(item, text) => self.set_price(item, &text),
            Message::SetAdvantage(enabled) => self.set_advantage(enabled),

            Message::Play => self.play(),
            Message::Pause => self.playback.pause(),
            Message::Toggle => self.toggle(),
            Message::Restart => self.restart(),
            Message::StepEvent => self.step_event(),
            Message::StepMicros(micros) => self.step_micros(micros),
            Message::Speed(milli) => self.playback.set_speed(milli),
            Message::SpeedBy(detents) => self.playback.shift_speed(detents),
            Message::RunTo(at) => self.run_to(at),
            Message::ShowWay => self.playback.show_way(),
            Message::Hidden(hidden) => self.playback.hidden = hidden,

            Message::Api { operation, body } => self.click_call(operation, body),
            Message::Console(line) => self.run_console(&line),
            Message::Fault { node, kind, micros } => self.fault(node, kind, micros),
            Message::ClearFaults(node) => self.clear_faults(node),

            Message::OpenFile(bytes) => self.open_file(&bytes),
            Message::OpenLink(payload) => self.open_link(&payload),
            Message::New => self.open(Document::default(), Vec::new()),
            Message::AddData { name, bytes } => self.add_data(&name, &bytes),
            Message::FormatsCame(is_here) => self.library_came(is_here),
            Message::FetchFormats => self.fetch_library_again(),

            Message::Discover(node) => self.discover(node),
            Message::CodeOpened(node) => self.open_code(node),
            Message::CodeClosed => self.close_code(),
            Message::CodeTyped(node, text) => self.type_code(node, &text),
            Message::CodeRun => self.apply_code(),
            Message::CodeTemplate(index) => self.take_template(index),
            Message::CodeTwin(is_shown) => self.show_twin(is_shown),
            Message::CodeBeside => self.put_beside(),

            Message::ShowTab(tab) => self.panels.tab = tab,
            Message::ShowObject { node, index } => self.show_object(node, index),
            Message::ShowObjectAs(form) => self.show_object_as(form),
            Message::TurnObject(page) => self.turn_object(page),
            Message::HideObject => self.panels.object = None,
            Message::Download(pick) => self.download(&pick),
            Message::ListObjects { node, prefix, skip } => {
                self.panels.folder = Some((node, prefix, skip));
            }
            Message::ShowRows(node, look) => self.panels.look = Some((node, look)),
            Message::ShowStream(node, name) => self.panels.stream = Some((node, name)),
            Message::AskRows(node, text) => crate::panel::ask(self, node, &text),
            Message::ShowLane { node, shard } => self.view.lane = Some((node, shard)),
            Message::ShowTrail(data) => self.panels.trail = data,
            Message::Lens(secs) => self.panels.lens_secs = if secs >= 60 { 60 } else { 1 },
            Message::ReducedMotion(reduced) => self.view.reduced_motion = reduced,
            Message::Narrow(narrow) => self.set_narrow(narrow),
            Message::ToggleHeights => self.toggle_heights(),
            Message::OtherTime(node) => self.other_time(node),
            Message::ViewOnly(view_only) => self.is_view_only = view_only,
        }
        if self.code_node().is_some() {
            self.follow_code();
        }
        self.refresh_view();
    }

    /// What the host shall do since the last call.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        core::mem::take(&mut self.effects)
    }

    /// Draws the current state; what did not change keeps its layer.
    pub fn draw(&mut self, measure: &dyn TextMeasure, out: &mut Picture) {
        scene::build::picture(&self.document, self.run.snapshot(), &self.view, measure, out);
    }

    /// The HUD model; the same pointer while nothing differs.
    pub fn hud(&mut self) -> Rc<Hud> {
        crate::panel::fill(self)
    }

    /// Whether nothing moves: the host may stop its frame loop until the next message.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        let runs = self.playback.is_moving() && self.run.is_ready();
        !runs && !self.is_panning_at_edge() && !self.awaits_code()
    }

    /// Whether the run is on its way to a moment: until it is there, what it looks like is not
    /// what was asked for.
    #[must_use]
    pub fn is_going(&self) -> bool {
        self.hurries() && self.playback.hides_way()
    }

    /// Whether the run goes to a moment as fast as the machine can.
    #[must_use]
    pub fn hurries(&self) -> bool {
        self.playback.goal().is_some() && self.playback.is_moving() && self.run.is_ready()
    }

    /// The document as it is.
    #[must_use]
    pub fn document(&self) -> &Arc<Document> {
        &self.document
    }

    /// The newest state of the run.
    #[must_use]
    pub fn snapshot(&self) -> &Snapshot {
        self.run.snapshot()
    }

    /// What the person looks at.
    #[must_use]
    pub fn view(&self) -> &View {
        &self.view
    }

    /// The one selected node.
    pub(crate) fn selected(&self) -> Option<NodeId> {
        match self.view.selection.nodes[..] {
            [node] => Some(node),
            _ => None,
        }
    }

    /// Says the result of the person's own action.
    pub(crate) fn say(&mut self, words: impl Into<String>) {
        self.effects.push(Effect::Announce(Announce::Assertive, words.into()));
    }

    /// What of the view follows from document and run.
    fn refresh_view(&mut self) {
        self.view.transit_micros = self.playback.transit_micros();
    }
}

/// Whether a message ends a burst of typing: the person turned to something else.
fn ends_burst(message: &Message) -> bool {
    use Message as M;
    match message {
        M::Pointer(pointer) => pointer.phase != Phase::Move,
        M::SelectNode(..) | M::SelectEdge(_) | M::SelectAll | M::SelectNone => true,
        M::Play | M::Toggle | M::Restart | M::StepEvent | M::StepMicros(_) => true,
        _ => false,
    }
}
