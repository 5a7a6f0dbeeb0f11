//! The tables of AWS Glue that a format conversion takes its columns from.
//!
//! A Firehose stream on the canvas whose table has columns is one: in the database `default`, by
//! the name of the stream with `_` for `-`.

use serde_json::json;

use super::destination::{self, Members, text};
use super::settings::{at, put};
use crate::api::{Refusal, invalid};
use crate::control::Account;
use crate::engine::Engine;
use crate::kind::firehose::life::{DATABASE, Destination, table_of};

const CONVERSION: &str = "DataFormatConversionConfiguration";

/// The columns a description asks for, `name type` one a line.
///
/// # Errors
/// There is no such table.
pub(super) fn columns(engine: &Engine, destination: &Destination) -> Result<String, Refusal> {
    let schema = at(&destination.members, &format!("{CONVERSION}/SchemaConfiguration"));
    let said = |name| schema.and_then(|it| it.as_object()).map_or("", |it| text(it, name));
    let (database, table) = (said("DatabaseName"), said("TableName"));
    let here = engine.deliveries().filter_map(|(id, firehose)| {
        let part = engine.document().node(id)?;
        let columns = &firehose.settings().schema;
        (!columns.is_empty() && table_of(&part.name) == table).then_some(columns)
    });
    let mut here = here.filter(|_| database == DATABASE);
    here.next().cloned().ok_or_else(|| {
        invalid(format!(
            "Table {table} of the database {database} is not in the AWS Glue Data Catalog. Its \
             tables are those of the Firehose streams on the canvas that have columns: in the \
             database {DATABASE}, by the name of the stream with _ for -."
        ))
    })
}

/// Names the table of a card, and the formats it is converted between.
pub(super) fn name(members: &mut Members, stream: &str, account: &Account) {
    let schema = json!({
        "RoleARN": destination::role(account),
        "CatalogId": &*account.id,
        "DatabaseName": DATABASE,
        "TableName": table_of(stream),
        "Region": &*account.region,
        "VersionId": "LATEST",
    });
    put(members, &format!("{CONVERSION}/SchemaConfiguration"), schema);
    for (place, known) in [
        ("InputFormatConfiguration/Deserializer", "OpenXJsonSerDe"),
        ("OutputFormatConfiguration/Serializer", "ParquetSerDe"),
    ] {
        let path = format!("{CONVERSION}/{place}/{known}");
        if at(members, &path).is_none() {
            put(members, &path, json!({}));
        }
    }
}
