//! Scripts to begin with: one for each form of window, join and ranking a dialect has, filled with
//! the streams and columns of the application at hand.

mod flink;
mod kinesis;

use sql::Dialect;
use sql::ast::Script;

use super::around::{Around, OF_ARRIVAL};
use super::catalogue::{Relation, relations};
use crate::hud::CodeTemplate;

/// A form of query.
pub(super) struct Template {
    title: &'static str,
    about: &'static str,
    /// The script.
    ///
    /// # Errors
    /// What the application has not.
    write: fn(&Fill) -> Result<String, &'static str>,
}

/// What templates are filled with.
#[derive(Clone, Debug)]
struct Fill {
    /// What is read.
    source: Relation,
    /// Another table to look rows up in.
    reference: Option<Relation>,
    /// Statements of the script at hand that stay: what it reads.
    declared: String,
    /// The data stream that rows go to, if one is wired.
    writes: Option<String>,
}

/// What a source lacks for most of what is counted and summed up.
const LACKS_NUMBER: &str = "a column with a number";

/// The templates of a dialect, each with what the application lacks for it.
#[inline(never)]
pub(super) fn offered(
    dialect: Dialect,
    text: &str,
    script: &Script,
    around: &Around,
) -> Vec<CodeTemplate> {
    let fill = fill(dialect, text, script, around);
    let offer = |it: &Template| {
        let written = fill.as_ref().map_err(|lacks| *lacks).and_then(|fill| (it.write)(fill));
        CodeTemplate { title: it.title, about: it.about, lacks: written.err().unwrap_or_default() }
    };
    of(dialect).iter().map(offer).collect()
}

/// The script of a template; none where something is lacking.
pub(super) fn written(
    dialect: Dialect,
    index: usize,
    text: &str,
    script: &Script,
    around: &Around,
) -> Option<String> {
    let template = of(dialect).get(index)?;
    let written = (template.write)(&fill(dialect, text, script, around).ok()?).ok()?;
    Some(format!("-- {}\n{written}", template.about))
}

fn of(dialect: Dialect) -> &'static [Template] {
    match dialect {
        Dialect::Kinesis => &kinesis::TEMPLATES,
        Dialect::Flink => &flink::TEMPLATES,
        Dialect::Batch => &[],
    }
}

fn fill(
    dialect: Dialect,
    text: &str,
    script: &Script,
    around: &Around,
) -> Result<Fill, &'static str> {
    match dialect {
        Dialect::Kinesis => {
            let mut known = relations(dialect, around, &Script::default()).into_iter();
            let mut source = known.next().ok_or("an input with a schema")?;
            source.columns.retain(|(name, _)| !OF_ARRIVAL.contains(&name.as_str()));
            let reference = known.find(|it| it.role == super::catalogue::Role::Table);
            Ok(Fill { source, reference, declared: String::new(), writes: None })
        }
        Dialect::Flink | Dialect::Batch => Ok(flink::fill(text, script, around)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::check::check;
    use sql::input::{Format, Schema};
    use sql::live::{Column, ReferenceTable, Source};
    use sql::types::DataType;

    fn around(columns: &[(&str, DataType)]) -> Around {
        let mut schema = String::new();
        for (index, (name, data_type)) in columns.iter().enumerate() {
            schema += &format!("\"{name}\" {data_type} $.c{index}\n");
        }
        let schema = Schema::parse(&schema, Format::json("$").unwrap()).unwrap();
        let prefix = "SOURCE_SQL_STREAM".to_owned();
        let source = Source { prefix, parallelism: 1, schema, has_shards: true };
        let column = |name: &str, data_type| Column {
            name: name.to_owned(),
            data_type: Some(data_type),
            not_null: false,
        };
        let table = ReferenceTable {
            name: "companies".to_owned(),
            columns: vec![column("NAME", DataType::Varchar(16)), column("id", DataType::BigInt)],
            rows: [].into(),
        };
        Around::bound(source, vec![table])
    }

    /// Every template of a dialect binds over these sources.
    fn bind(dialect: Dialect, text: &str, around: &Around) -> usize {
        let script = sql::parse_script(text, dialect).0;
        let all = of(dialect).len();
        for index in 0..all {
            let title = of(dialect)[index].title;
            let written = written(dialect, index, text, &script, around).expect(title);
            let found = check(&written, dialect, around);
            assert_eq!(found.errors, [], "{title}:\n{written}");
        }
        all
    }

    #[test]
    fn every_template_of_the_kinesis_dialect_binds_to_what_the_application_reads() {
        let (text, int) = (DataType::Varchar(4), DataType::Integer);
        let decimal = DataType::Decimal { precision: 10, scale: 2 };
        let plain = [("TICKER_SYMBOL", text), ("PRICE", DataType::Double)];
        let quoted = [("ts", DataType::Timestamp), ("order", int), ("the_key", text)];
        let numbers = [("A", int), ("B", DataType::Real)];
        let exact = [("K", text), ("V", decimal)];
        for columns in [&plain[..], &quoted[..], &numbers[..], &exact[..]] {
            assert!(bind(Dialect::Kinesis, "", &around(columns)) >= 12);
        }
    }

    #[test]
    fn what_is_lacking_is_told() {
        let none = Around::default();
        let offers = offered(Dialect::Kinesis, "", &Script::default(), &none);
        assert!(offers.iter().all(|it| it.lacks == "an input with a schema"));
        let words = [("NAME", DataType::Varchar(8))];
        let (source, _) = around(&words).bound_to.unwrap();
        let only_words = Around::bound(source, Vec::new());
        let lacks: Vec<&str> = offered(Dialect::Kinesis, "", &Script::default(), &only_words)
            .iter()
            .map(|it| it.lacks)
            .filter(|it| !it.is_empty())
            .collect();
        assert_eq!(lacks, ["a reference table", LACKS_NUMBER]);
    }

    #[test]
    fn every_template_of_flink_binds_to_the_tables_of_the_script() {
        let none = Around::default();
        assert!(bind(Dialect::Flink, "", &none) >= 12);
        let text = "CREATE TABLE `order` (id BIGINT, who STRING, amount DECIMAL(10, 2), \
                    came TIMESTAMP(3), WATERMARK FOR came AS came - INTERVAL '1' SECOND) \
                    WITH ('connector' = 'kinesis');\nSELECT who FROM `order`;";
        let wired = (Some("a's".to_owned()), Some("b's".to_owned()));
        assert!(bind(Dialect::Flink, text, &Around { wired, ..none }) >= 12);
    }
}
