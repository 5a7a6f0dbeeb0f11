//! What every kind does: a closed list, dispatched without `dyn`. One file a kind, named like the
//! scenario's file that says what it is.

mod agent;
mod bucket;
mod connector;
mod consumer;
#[cfg(test)]
mod consumer_tests;
mod elasticsearch;
pub(crate) mod firehose;
mod flink_application;
mod http_endpoint;
mod kcl;
mod kpl;
mod lambda;
#[cfg(test)]
mod memory_tests;
pub(crate) mod producer;
mod query;
pub mod reader;
mod redshift;
mod seen;
mod splunk;
mod sql_application;
pub mod stream;
mod table;
mod writer;

use scenario::{Config, DataSets, Fault};

use self::producer::last::LastPut;
use crate::engine::RecordView;
use crate::kernel::Kernel;
use crate::kernel::ctx::Ctx;
use crate::kernel::queue::Event;
use crate::object::Object;
use crate::snapshot::{EdgeView, NodeView, Sheet, Table};
use crate::usage::Meter;

/// Behaviour of one kind: state is plain `Clone` data, the world is reached through `Ctx`.
pub trait Component: Clone {
    /// The settings of this kind.
    type Config;

    /// The state at the moment the node appears. Wires may be missing until `Event::Rewired`,
    /// which is always sent once after the start.
    fn new(config: &Self::Config, data: &DataSets, ctx: &mut Ctx<'_>) -> Self;

    /// Reacts to one event.
    fn handle(&mut self, event: Event, ctx: &mut Ctx<'_>);

    /// Takes new settings while running.
    fn reconfigure(&mut self, config: &Self::Config, data: &DataSets, ctx: &mut Ctx<'_>);

    /// A fault began, or all of them were ended by hand (none). Faults of calls need no telling:
    /// `Ctx::harm` knows them.
    fn struck(&mut self, _fault: Option<&Fault>, _ctx: &mut Ctx<'_>) {}

    /// Records it believes it holds: must equal the ledger.
    fn held(&self) -> u64;

    /// Bytes of memory its records take, about; what is bounded elsewhere counts as nothing.
    fn memory(&self) -> u64 {
        0
    }

    /// Describes itself. `edges` holds the views of all wires, for letters and crates.
    fn observe(&self, kernel: &Kernel, out: &mut NodeView, edges: &mut [EdgeView]);

    /// What it has used since the beginning that AWS bills.
    fn usage(&self, _kernel: &Kernel, _meter: &mut Meter<'_>) {}

    /// Objects it keeps, oldest first.
    fn objects(&self) -> &[Object] {
        &[]
    }

    /// The newest records of one lane, newest first.
    fn records(&self, _kernel: &Kernel, _lane: u32, _count: u32) -> Vec<RecordView> {
        Vec::new()
    }

    /// Rows it keeps, at most `count`; none for kinds without rows.
    fn sheet(&self, _kernel: &Kernel, _count: u32) -> Option<Sheet> {
        None
    }

    /// What it could not take, at most `count` rows; none for kinds without such a table.
    fn errors(&self, _kernel: &Kernel, _count: u32) -> Option<Sheet> {
        None
    }

    /// The newest rows of each of its in-application streams, at most `count` each, `error_stream`
    /// last; none for kinds without.
    fn tables(&self, _kernel: &Kernel, _count: u32) -> Vec<Table> {
        Vec::new()
    }

    /// All rows it keeps as a table that can be queried; none for kinds without.
    fn relation(&self) -> Option<sql::batch::Table> {
        None
    }

    /// The newest put call that was answered.
    fn last_put(&self) -> Option<&LastPut> {
        None
    }

    /// What is wrong inside, if anything: checked by `Engine::check`.
    fn check(&self) -> Result<(), String> {
        Ok(())
    }
}

macro_rules! kinds {
    ($($variant:ident = $module:ident),+ $(,)?) => {
        /// A node of any kind.
        #[derive(Clone, Debug)]
        pub enum Node {
            $(
                #[doc = concat!("See `kind/", stringify!($module), ".rs`.")]
                $variant(Box<$module::$variant>),
            )+
            /// A kind of a newer version: inert.
            Inert,
        }

        impl Node {
            /// The state of a new node.
            pub fn new(config: &Config, data: &DataSets, ctx: &mut Ctx<'_>) -> Self {
                match config {
                    $(Config::$variant(config) => {
                        Self::$variant(seam::$module::new(config, data, ctx))
                    })+
                    Config::Unknown { .. } => Self::Inert,
                }
            }

            /// Reacts to one event.
            pub fn handle(&mut self, event: Event, ctx: &mut Ctx<'_>) {
                match self {
                    $(Self::$variant(node) => seam::$module::handle(node, event, ctx),)+
                    Self::Inert => {}
                }
            }

            /// Takes new settings; another kind's settings are ignored.
            pub fn reconfigure(&mut self, config: &Config, data: &DataSets, ctx: &mut Ctx<'_>) {
                match (self, config) {
                    $((Self::$variant(node), Config::$variant(config)) => {
                        seam::$module::reconfigure(node, config, data, ctx);
                    })+
                    _ => {}
                }
            }

            /// A fault began, or all of them were ended by hand.
            pub fn struck(&mut self, fault: Option<&Fault>, ctx: &mut Ctx<'_>) {
                match self {
                    $(Self::$variant(node) => node.struck(fault, ctx),)+
                    Self::Inert => {}
                }
            }

            /// Records it believes it holds.
            #[must_use]
            pub fn held(&self) -> u64 {
                match self {
                    $(Self::$variant(node) => node.held(),)+
                    Self::Inert => 0,
                }
            }

            /// Bytes of memory its records take, about.
            #[must_use]
            pub fn memory(&self) -> u64 {
                match self {
                    $(Self::$variant(node) => seam::$module::memory(node),)+
                    Self::Inert => 0,
                }
            }

            /// Describes itself.
            pub fn observe(&self, kernel: &Kernel, out: &mut NodeView, edges: &mut [EdgeView]) {
                match self {
                    $(Self::$variant(node) => seam::$module::observe(node, kernel, out, edges),)+
                    Self::Inert => {}
                }
            }

            /// What it has used since the beginning that AWS bills.
            pub fn usage(&self, kernel: &Kernel, meter: &mut Meter<'_>) {
                match self {
                    $(Self::$variant(node) => node.usage(kernel, meter),)+
                    Self::Inert => {}
                }
            }

            /// Objects it keeps, oldest first.
            #[must_use]
            pub fn objects(&self) -> &[Object] {
                match self {
                    $(Self::$variant(node) => node.objects(),)+
                    Self::Inert => &[],
                }
            }

            /// The newest records of one lane, newest first.
            #[must_use]
            pub fn records(&self, kernel: &Kernel, lane: u32, count: u32) -> Vec<RecordView> {
                match self {
                    $(Self::$variant(node) => node.records(kernel, lane, count),)+
                    Self::Inert => Vec::new(),
                }
            }

            /// Rows it keeps.
            #[must_use]
            pub fn sheet(&self, kernel: &Kernel, count: u32) -> Option<Sheet> {
                match self {
                    $(Self::$variant(node) => node.sheet(kernel, count),)+
                    Self::Inert => None,
                }
            }

            /// What it could not take.
            #[must_use]
            pub fn errors(&self, kernel: &Kernel, count: u32) -> Option<Sheet> {
                match self {
                    $(Self::$variant(node) => node.errors(kernel, count),)+
                    Self::Inert => None,
                }
            }

            /// All rows it keeps as a table.
            #[must_use]
            pub fn relation(&self) -> Option<sql::batch::Table> {
                match self {
                    $(Self::$variant(node) => node.relation(),)+
                    Self::Inert => None,
                }
            }

            /// The newest rows of each of its in-application streams.
            #[must_use]
            pub fn tables(&self, kernel: &Kernel, count: u32) -> Vec<Table> {
                match self {
                    $(Self::$variant(node) => node.tables(kernel, count),)+
                    Self::Inert => Vec::new(),
                }
            }

            /// The newest put call that was answered.
            pub(crate) fn last_put(&self) -> Option<&LastPut> {
                match self {
                    $(Self::$variant(node) => node.last_put(),)+
                    Self::Inert => None,
                }
            }

            /// What is wrong inside, if anything.
            ///
            /// # Errors
            /// The broken invariant in a sentence.
            pub fn check(&self) -> Result<(), String> {
                match self {
                    $(Self::$variant(node) => node.check(),)+
                    Self::Inert => Ok(()),
                }
            }
        }

        /// A page begins without the kinds its first scenario does not show (`xtask/src/split.rs`):
        /// what a kind does must be functions of its own, also where only one place calls them.
        mod seam {
            $(pub(super) mod $module {
                use super::super::*;
                use $module::$variant as Kind;

                type Config = <Kind as Component>::Config;

                #[inline(never)]
                pub(in super::super) fn new(
                    config: &Config,
                    data: &DataSets,
                    ctx: &mut Ctx<'_>,
                ) -> Box<Kind> {
                    Box::new(Kind::new(config, data, ctx))
                }

                #[inline(never)]
                pub(in super::super) fn handle(node: &mut Kind, event: Event, ctx: &mut Ctx<'_>) {
                    node.handle(event, ctx);
                }

                #[inline(never)]
                pub(in super::super) fn reconfigure(
                    node: &mut Kind,
                    config: &Config,
                    data: &DataSets,
                    ctx: &mut Ctx<'_>,
                ) {
                    node.reconfigure(config, data, ctx);
                }

                #[inline(never)]
                pub(in super::super) fn memory(node: &Kind) -> u64 {
                    node.memory()
                }

                #[inline(never)]
                pub(in super::super) fn observe(
                    node: &Kind,
                    kernel: &Kernel,
                    out: &mut NodeView,
                    edges: &mut [EdgeView],
                ) {
                    node.observe(kernel, out, edges);
                }
            })+
        }
    };
}

kinds! {
    Agent = agent,
    Bucket = bucket,
    Connector = connector,
    Consumer = consumer,
    Elasticsearch = elasticsearch,
    Firehose = firehose,
    FlinkApplication = flink_application,
    HttpEndpoint = http_endpoint,
    Kcl = kcl,
    Kpl = kpl,
    Lambda = lambda,
    Producer = producer,
    Redshift = redshift,
    Splunk = splunk,
    SqlApplication = sql_application,
    Stream = stream,
    Table = table,
    Writer = writer,
}
