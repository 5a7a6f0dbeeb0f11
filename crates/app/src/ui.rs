//! What the page shows besides the session: dialogs, menus, theme, layout. Never simulated.

use std::rc::Rc;

use scene::Theme;
use session::Fit;
use yew::AttrValue;

use crate::examples::Example;
use crate::link::Failure;
use crate::panel::OwnData;

/// A dialog that is open.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Dialog {
    /// The gallery.
    Examples,
    /// Search or run.
    Command,
    /// New part; at a canvas point, with what it is wired to.
    QuickAdd { at: Option<(i32, i32)>, fit: Fit },
    /// The bill.
    Cost,
    /// Links, files, embeds.
    Share,
    /// The person's own data set.
    OwnData,
    /// Findings.
    Problems,
    /// Keys and fidelity.
    Help,
    /// Something that cannot be opened.
    Failure(Rc<Failure>),
}

/// On lower screens the diagram needs the room of the charts, until somebody asks for them.
pub(crate) const SHORT: &str = "(max-height: 800px)";

/// Which theme the person wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// As the system.
    #[default]
    System,
    Light,
    Dark,
}

/// What stands beside the text of a script.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum CodeSide {
    #[default]
    None,
    Templates,
    /// The same in the other dialect.
    Twin,
}

/// The editor of a script.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CodePanel {
    pub(crate) side: CodeSide,
    /// It could not be fetched.
    pub(crate) missing: bool,
}

/// How much room there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Layout {
    /// 1200 and more.
    #[default]
    Wide,
    /// 900 to 1199: the palette is an icon rail.
    Rail,
    /// 600 to 899: the inspector is a drawer.
    Drawer,
    /// Below 600: a bottom sheet.
    Phone,
    /// The player.
    Embed,
}

/// Tabs of the phone's sheet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Sheet {
    #[default]
    Run,
    Build,
    Inspect,
    /// What has a place of its own where there is more room.
    More,
}

/// What stands under the timeline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Below {
    #[default]
    Charts,
    /// The command line.
    Console,
    /// CloudTrail.
    Trail,
}

/// Heights of the phone's sheet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Detent {
    Peek,
    #[default]
    Half,
    Full,
}

/// State of the page.
#[derive(Default)]
pub(crate) struct Ui {
    pub(crate) dialog: Option<Dialog>,
    pub(crate) inside: InDialog,
    /// The field of text that somebody is typing into, and what stands there.
    pub(crate) draft: Option<(AttrValue, String)>,
    /// What the palette is searched for.
    pub(crate) find: String,
    /// Whether the menu beside the title is open.
    pub(crate) scenario_menu: bool,
    /// Whether the menu at the end of a narrow top bar is open.
    pub(crate) more_menu: bool,
    /// Where the context menu is open, in CSS pixels on the canvas.
    pub(crate) menu: Option<(i32, i32)>,
    /// Something is on its way that will be opened.
    pub(crate) opening: bool,
    pub(crate) outline: bool,
    pub(crate) charts_hidden: bool,
    pub(crate) below: Below,
    pub(crate) console: ConsoleLine,
    pub(crate) code: CodePanel,
    pub(crate) wanted: Wanted,
    pub(crate) theme: Theme,
    pub(crate) layout: Layout,
    pub(crate) drawer: bool,
    pub(crate) sheet: Sheet,
    pub(crate) detent: Detent,
    pub(crate) lens: u32,
    /// A lasting warning, for instance about storage.
    pub(crate) banner: Option<AttrValue>,
    /// What a screen reader says next: polite, assertive; the number tells repeats apart.
    pub(crate) said: (AttrValue, AttrValue, u32),
    pub(crate) examples: Rc<Vec<Example>>,
}

/// What a dialog remembers while it is open.
#[derive(Default)]
pub(crate) struct InDialog {
    /// What was typed into its search field.
    pub(crate) search: String,
    /// The entry that Enter runs.
    pub(crate) chosen: usize,
    /// Links open at the start instead of at this moment.
    pub(crate) at_start: bool,
    /// The person's own data as far as they were read.
    pub(crate) data: Option<Rc<OwnData>>,
    /// The column whose values become partition keys.
    pub(crate) column: String,
    /// The column that says when rows are sent; empty sends them evenly.
    pub(crate) time_column: String,
}

/// The line of the console that is being typed.
#[derive(Default)]
pub(crate) struct ConsoleLine {
    pub(crate) line: String,
    /// How many lines back in its history.
    pub(crate) back: usize,
    /// Words that fit.
    pub(crate) offered: Vec<String>,
}

/// A change of the page's state.
pub(crate) type Change = Box<dyn FnOnce(&mut Ui)>;

impl Ui {
    /// Changes something; another dialog begins empty.
    pub(crate) fn apply(&mut self, change: Change) {
        let before = self.dialog.clone();
        change(self);
        if self.dialog != before {
            self.inside = InDialog::default();
        }
    }

    /// Closes dialogs and menus.
    pub(crate) fn close(&mut self) {
        self.dialog = None;
        self.menu = None;
        self.scenario_menu = false;
        self.more_menu = false;
    }

    /// The state at the start, from what the browser says.
    pub(crate) fn at_start(wanted: Wanted, layout: Layout) -> Self {
        let theme = theme_of(wanted);
        let charts_hidden = crate::dom::media(SHORT);
        Self { wanted, theme, layout, charts_hidden, lens: 1, ..Self::default() }
    }
}

/// The theme a wish comes to on this system.
pub(crate) fn theme_of(wanted: Wanted) -> Theme {
    match wanted {
        Wanted::Light => Theme::Light,
        Wanted::Dark => Theme::Dark,
        Wanted::System if crate::dom::media("(prefers-color-scheme: dark)") => Theme::Dark,
        Wanted::System => Theme::Light,
    }
}
