//! Messages: the only way to change a session.

use base::{EdgeId, NodeId, Time};
use scenario::price::Item;
use scenario::{End, FaultKind};
use serde_json::{Map, Value};

use crate::hud::{Form, Tab};
use crate::rows::Look;

/// Modifier keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "five keys are five switches")]
pub struct Keys {
    /// Shift.
    pub shift: bool,
    /// Control, or Command on a Mac.
    pub ctrl: bool,
    /// Alt.
    pub alt: bool,
    /// The space bar is held.
    pub space: bool,
}

/// Which part of a gesture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// A button or finger went down.
    Down,
    /// It moved, or the mouse hovers.
    Move,
    /// It went up.
    Up,
    /// The browser took the gesture away.
    Cancel,
    /// A second click followed the first.
    Double,
    /// Held for half a second, or the secondary button.
    Menu,
}

/// One pointer event on the canvas.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pointer {
    /// Which part of a gesture.
    pub phase: Phase,
    /// Where, in CSS pixels from the canvas's top left corner.
    pub at_in_screen: (f64, f64),
    /// The middle button pans.
    pub middle: bool,
    /// A finger: larger hit targets.
    pub touch: bool,
    /// Held keys.
    pub keys: Keys,
}

/// A key pressed while the diagram has focus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// `KeyboardEvent.key`, such as `a`, `ArrowLeft`, `Escape`.
    pub key: String,
    /// Held keys.
    pub keys: Keys,
}

/// A line that parts are put into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// Tops at one height.
    Row,
    /// Left edges under each other.
    Column,
}

/// Which objects of a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pick {
    /// The one that is open.
    Open,
    /// One by its position in the list, newest first.
    One(NodeId, u32),
    /// All whose keys begin so, in one ZIP file.
    Under(NodeId, String),
}

/// Everything that can be asked of a session.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    // --- canvas
    /// The pointer did something.
    Pointer(Pointer),
    /// The wheel turned or two fingers scrolled.
    Wheel {
        /// Where, in CSS pixels.
        at_in_screen: (f64, f64),
        /// To the right and down, in CSS pixels.
        delta: (f64, f64),
        /// Held keys; with control it zooms.
        keys: Keys,
    },
    /// Two fingers moved: zoom around their middle and pan.
    Pinch {
        /// Middle of the fingers.
        at_in_screen: (f64, f64),
        /// Factor since the last message.
        scale: f64,
        /// Movement of the middle since the last message.
        delta: (f64, f64),
    },
    /// A key on the diagram.
    Key(Key),
    /// The canvas has this size now, in CSS pixels.
    Resize(f64, f64),
    /// Pans by CSS pixels.
    Pan(f64, f64),
    /// One step closer.
    ZoomIn,
    /// One step away.
    ZoomOut,
    /// Back to 100 %.
    ZoomReset,
    /// Everything in sight.
    Fit,
    /// The map was clicked: look at this world point.
    LookAt(f64, f64),

    // --- design
    /// A new part: at a canvas point, or next to what is selected.
    Place {
        /// Word of the kind.
        kind: String,
        /// Fields that differ from the defaults, by key.
        preset: Vec<(String, Value)>,
        /// Where the pointer let go, in CSS pixels on the canvas.
        at_in_screen: Option<(f64, f64)>,
        /// Wire it to what is selected, where legal.
        connect: bool,
    },
    /// Selects one node, or adds it to the selection.
    SelectNode(NodeId, bool),
    /// Selects one edge.
    SelectEdge(EdgeId),
    /// Selects every node.
    SelectAll,
    /// Selects nothing.
    SelectNone,
    /// Sets a field; a value out of range is kept and marked.
    SetField {
        /// The node.
        node: NodeId,
        /// The key.
        key: String,
        /// The value.
        value: Value,
    },
    /// Names a node.
    Rename(NodeId, String),
    /// Moves the selection by world units.
    Nudge(i32, i32),
    /// Draws a wire.
    Connect(End, End),
    /// Removes a wire.
    Disconnect(EdgeId),
    /// Removes a node.
    RemoveNode(NodeId),
    /// Removes the selection.
    Delete,
    /// Copies the selection: gives `Effect::Copy`.
    Copy,
    /// Copies and removes the selection.
    Cut,
    /// Text from the clipboard: parts, or a link, or a whole scenario.
    Paste(String),
    /// Copies the selection beside itself.
    Duplicate,
    /// Arranges everything left to right.
    Tidy,
    /// Puts the selected parts into one line.
    Align(Line),
    /// Takes back the last step.
    Undo,
    /// Does it again.
    Redo,
    /// Names the scenario.
    SetTitle(String),
    /// Another seed: the run starts again.
    SetSeed(u64),
    /// What a unit of something costs, as typed; empty takes the price profile's again.
    SetPrice(Item, String),
    /// On-demand Advantage of the account: the run starts again.
    SetAdvantage(bool),

    // --- time
    /// Runs.
    Play,
    /// Holds.
    Pause,
    /// Runs or holds.
    Toggle,
    /// Back to the beginning with the same seed.
    Restart,
    /// Handles the next event and holds.
    StepEvent,
    /// Runs this much simulated time and holds.
    StepMicros(u64),
    /// Speed in thousandths: 100 is 0.1×, 1,000,000 is 1000×.
    Speed(u32),
    /// The next slower or faster detent.
    SpeedBy(i32),
    /// Runs to this time as fast as the machine can, then holds there (links with `at`).
    RunTo(Time),
    /// What lies on the way to that time is shown: a newcomer sees records move at once.
    ShowWay,
    /// The page was hidden or shown: hidden pauses, shown goes on as before.
    Hidden(bool),

    // --- calls
    /// Makes a call of the Kinesis API now. It becomes an entry of the script, so that a replay,
    /// a link and undo know it.
    Api {
        /// Such as `SplitShard`.
        operation: String,
        /// The request.
        body: Map<String, Value>,
    },
    /// Runs a line of the console.
    Console(String),

    // --- faults
    /// Breaks something now.
    Fault {
        /// Where.
        node: NodeId,
        /// How.
        kind: FaultKind,
        /// How long.
        micros: u64,
    },
    /// Ends every fault of a node.
    ClearFaults(NodeId),

    // --- documents
    /// Opens a scenario file's bytes; replaces the document after the host asked.
    OpenFile(Vec<u8>),
    /// Opens a link's payload, `1d~…`.
    OpenLink(String),
    /// An empty canvas.
    New,
    /// A data set is at hand.
    AddData {
        /// Its name.
        name: String,
        /// Its bytes.
        bytes: Vec<u8>,
    },
    /// What runs jq and writes Parquet was fetched, or could not be.
    FormatsCame(bool),
    /// What could not be fetched is asked for once more.
    FetchFormats,

    // --- scripts
    /// Writes the columns of a SQL application by the records of its stream.
    Discover(NodeId),
    /// Opens the editor of a part that has a script.
    CodeOpened(NodeId),
    /// Closes it; what was not applied is kept as a draft.
    CodeClosed,
    /// The text of a part's script as it is being typed: applied once it binds and nobody types.
    CodeTyped(NodeId, String),
    /// Applies it now.
    CodeRun,
    /// Puts a template in place of the text, by its position in the list.
    CodeTemplate(u32),
    /// Shows the equivalent in the other dialect, or does not.
    CodeTwin(bool),
    /// Puts an application that runs the equivalent beside this one, on the same wires.
    CodeBeside,

    // --- panels
    /// Shows a tab of the inspector.
    ShowTab(Tab),
    /// Opens an object of a bucket in the viewer.
    ShowObject {
        /// The bucket.
        node: NodeId,
        /// Its position in the list, newest first.
        index: u32,
    },
    /// Shows the open object another way, from its beginning.
    ShowObjectAs(Form),
    /// Turns to a page of the open object.
    TurnObject(u32),
    /// Closes the viewer.
    HideObject,
    /// Gives objects to the person as a file.
    Download(Pick),
    /// Lists objects under this prefix.
    ListObjects {
        /// The bucket.
        node: NodeId,
        /// Keys that begin with it.
        prefix: String,
        /// So many newer objects are left out.
        skip: u32,
    },
    /// Shows these rows of a part that keeps some.
    ShowRows(NodeId, Look),
    /// Shows the rows of an in-application stream.
    ShowStream(NodeId, String),
    /// Answers a query of the rows of a part, or of the objects under the open prefix of a bucket.
    AskRows(NodeId, String),
    /// Shows the records of a shard.
    ShowLane {
        /// The stream.
        node: NodeId,
        /// Shard index.
        shard: u32,
    },
    /// Opens CloudTrail with management events or with data events, or closes it.
    ShowTrail(Option<bool>),
    /// Charts by the second (1) or by the minute (60) as CloudWatch would.
    Lens(u32),
    /// Reduced motion, from the system or the switch.
    ReducedMotion(bool),
    /// Narrow layout.
    Narrow(bool),
    /// Lanes as high as their hash range is wide, or equal lanes again.
    ToggleHeights,
    /// Show a query by the other of its two times, or by its own again.
    OtherTime(NodeId),
    /// Only look: edits are refused with words.
    ViewOnly(bool),
}
