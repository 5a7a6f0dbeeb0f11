//! Effects: what the host shall do after an update. Returned as data, run by the host.

use std::sync::Arc;

use base::NodeId;

/// How urgent an announcement is for a screen reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Announce {
    /// When there is a pause.
    Polite,
    /// The result of the person's own action.
    Assertive,
}

/// One thing for the host to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The document changed: save the draft (debounced) and refresh the link.
    Save,
    /// Put this text on the clipboard.
    Copy(String),
    /// Say this.
    Announce(Announce, String),
    /// A data set is missing: fetch `data/<name>` and answer with `Message::AddData`.
    FetchData(String),
    /// Fetch what runs jq and writes Parquet, and answer with `Message::FormatsCame`.
    LoadFormats,
    /// Open the context menu at a canvas point.
    Menu {
        /// CSS pixels.
        at: (i32, i32),
    },
    /// Open quick add.
    QuickAdd {
        /// CSS pixels of the canvas point the new part goes to; by keys a free spot is found.
        at: Option<(i32, i32)>,
        /// What a new part is wired to.
        fit: Fit,
    },
    /// Give the focus to the handle of a node.
    FocusNode(u32),
    /// Give these bytes to the person as a file.
    Download {
        /// Its name.
        name: String,
        /// What is in it.
        bytes: Arc<[u8]>,
    },
    /// Give these files to the person in one ZIP file.
    DownloadZip {
        /// Its name.
        name: String,
        /// Name and content of each.
        files: Vec<(String, Arc<[u8]>)>,
    },
    /// Open the list of keys.
    ShowKeys,
    /// Show the share panel.
    ShowShare,
    /// Move the focus into the inspector.
    FocusInspector,
    /// Open the editor of a part that has a script.
    EditCode(NodeId),
}

/// What a new part is wired to, and the words of the kinds that may be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Fit {
    /// Nothing: every kind will do.
    #[default]
    Free,
    /// A wire was dropped on empty canvas: only kinds that take it.
    Wire(Vec<String>),
    /// The selected part, by its name, where it can be; other kinds stand alone.
    Part(String, Vec<String>),
}
