//! Statements of both dialects as trees, every node with its place in the text.
//!
//! A tree says what was written, not what it means: names are not looked up and types not known.
//! Expressions are [`crate::expr`]; queries are in [`query`], windows in [`window`].

pub mod pattern;
pub mod query;
pub mod window;

use crate::expr::{Expr, Name, Span};
use crate::types::DataType;

pub use pattern::{AfterMatch, MatchRecognize, PatternItem};
pub use query::{
    Body, Group, Item, Join, JoinKind, OrderItem, Query, SelectQuery, TableArgument, TableFunction,
    TableRef,
};
pub use window::{Bound, Exclude, Frame, FrameUnit, NamedWindow, Over, WindowSpec};

/// The statements of a text, in order.
#[derive(Clone, Debug, Default)]
pub struct Script {
    /// In the order they are written.
    pub statements: Vec<Statement>,
}

/// One statement and where it stands.
#[derive(Clone, Debug)]
pub struct Statement {
    /// What it is.
    pub kind: StatementKind,
    /// Where it stands.
    pub span: Span,
}

/// A name with its parts, as written: `catalog.orders`.
#[derive(Clone, Debug)]
pub struct ObjectName {
    /// The last one is the object's own.
    pub parts: Vec<Name>,
    /// Where it stands.
    pub span: Span,
}

/// The forms of a statement.
#[derive(Clone, Debug)]
pub enum StatementKind {
    /// `CREATE [OR REPLACE] STREAM name (…)`.
    CreateStream(CreateStream),
    /// `CREATE [OR REPLACE] PUMP name [STARTED] AS INSERT …`.
    CreatePump(CreatePump),
    /// `CREATE [OR REPLACE] FUNCTION name (…) RETURNS type RETURN expr`.
    CreateFunction(CreateFunction),
    /// `CREATE [OR REPLACE] [TEMPORARY] VIEW name AS query`.
    CreateView(CreateView),
    /// Flink's `CREATE [TEMPORARY] TABLE name (… WATERMARK …) WITH (…)`.
    CreateTable(CreateTable),
    /// `INSERT INTO name query`.
    Insert(Insert),
    /// A query alone.
    Query(Query),
    /// Flink's `EXECUTE STATEMENT SET BEGIN … END`: its inserts stand here as one statement.
    InsertSet(Vec<Insert>),
    /// `ALTER PUMP name START|STOP`.
    AlterPump {
        /// Which.
        name: ObjectName,
        /// `START`.
        started: bool,
    },
    /// `DROP STREAM name`.
    Drop {
        /// What it is.
        object: Object,
        /// Which.
        name: ObjectName,
        /// `IF EXISTS`.
        if_exists: bool,
    },
    /// Flink's `SET 'key' = 'value'`.
    Set {
        /// The option.
        key: String,
        /// Its value.
        value: String,
    },
}

/// What can be dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Object {
    /// A stream of the Kinesis dialect.
    Stream,
    /// A pump.
    Pump,
    /// A function.
    Function,
    /// A view.
    View,
    /// A table of the Flink dialect.
    Table,
}

/// A stream of the Kinesis dialect.
#[derive(Clone, Debug)]
pub struct CreateStream {
    /// `OR REPLACE`.
    pub replace: bool,
    /// Its name.
    pub name: ObjectName,
    /// Its columns but `ROWTIME`, which every stream has.
    pub columns: Vec<ColumnDef>,
    /// The text behind `DESCRIPTION`.
    pub description: Option<String>,
}

/// A column with its type.
#[derive(Clone, Debug)]
pub struct ColumnDef {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub data_type: DataType,
    /// `NOT NULL`.
    pub not_null: bool,
    /// Where it stands.
    pub span: Span,
}

/// A pump: it inserts the rows of a query into a stream for as long as it is started.
#[derive(Clone, Debug)]
pub struct CreatePump {
    /// `OR REPLACE`.
    pub replace: bool,
    /// Its name.
    pub name: ObjectName,
    /// `STARTED` or `STOPPED`; started when neither stands there, as the samples of AWS have it.
    pub started: Option<bool>,
    /// The text behind `DESCRIPTION`.
    pub description: Option<String>,
    /// What it does.
    pub insert: Insert,
}

/// A function of one expression.
#[derive(Clone, Debug)]
pub struct CreateFunction {
    /// `OR REPLACE`.
    pub replace: bool,
    /// Its name.
    pub name: ObjectName,
    /// Its parameters.
    pub parameters: Vec<ColumnDef>,
    /// The type of its result.
    pub returns: DataType,
    /// `RETURNS NULL ON NULL INPUT`.
    pub null_on_null: bool,
    /// What it gives.
    pub body: Expr,
}

/// A query with a name.
#[derive(Clone, Debug)]
pub struct CreateView {
    /// `OR REPLACE`.
    pub replace: bool,
    /// `TEMPORARY`.
    pub temporary: bool,
    /// `IF NOT EXISTS`.
    pub if_not_exists: bool,
    /// Its name.
    pub name: ObjectName,
    /// Names for the columns of the query.
    pub columns: Vec<Name>,
    /// The query.
    pub query: Query,
}

/// A table of the Flink dialect.
#[derive(Clone, Debug)]
pub struct CreateTable {
    /// `TEMPORARY`.
    pub temporary: bool,
    /// `IF NOT EXISTS`.
    pub if_not_exists: bool,
    /// Its name.
    pub name: ObjectName,
    /// Columns, watermark and key, in order.
    pub elements: Vec<TableElement>,
    /// `PARTITIONED BY (…)`: what a sink makes partition keys of.
    pub partitions: Vec<Name>,
    /// Connector options, in order.
    pub options: Vec<(String, String)>,
}

/// What stands between the parentheses of `CREATE TABLE`.
#[derive(Clone, Debug)]
pub enum TableElement {
    /// A column with its type.
    Column(ColumnDef),
    /// `at TIMESTAMP(3) METADATA FROM 'timestamp'`: known of a record beside its data.
    Metadata {
        /// The column.
        column: ColumnDef,
        /// What is known: the name of the column when nothing is said.
        key: String,
        /// `VIRTUAL`: it is only read.
        only_read: bool,
    },
    /// `total AS price * quantity`, `p AS PROCTIME()`.
    Computed {
        /// The name of the column.
        name: Name,
        /// What it is.
        expr: Expr,
        /// Where it stands.
        span: Span,
    },
    /// `WATERMARK FOR ts AS ts - INTERVAL '2' SECOND`.
    Watermark {
        /// The time column.
        column: Name,
        /// The watermark after a row.
        expr: Expr,
        /// Where it stands.
        span: Span,
    },
    /// `PRIMARY KEY (id) NOT ENFORCED`.
    PrimaryKey {
        /// Its columns.
        columns: Vec<Name>,
        /// Where it stands.
        span: Span,
    },
}

/// Rows of a query into a stream or table.
#[derive(Clone, Debug)]
pub struct Insert {
    /// `EXPEDITED`.
    pub expedited: bool,
    /// Where they go.
    pub target: ObjectName,
    /// Which columns they fill; all of them when empty.
    pub columns: Vec<Name>,
    /// Where they come from.
    pub query: Query,
    /// Where it stands.
    pub span: Span,
}

impl ObjectName {
    /// The object's own name, without catalogue and database.
    #[must_use]
    pub fn last(&self) -> &Name {
        self.parts.last().expect("a name has a part")
    }
}
