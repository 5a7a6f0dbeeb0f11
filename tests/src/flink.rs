//! Flink applications of random scenarios: code that names the parts they are wired to.

use base::Rng;
use scenario::{Document, Node};
use serde_json::{Map, json};

use crate::shipping;

/// What a table gets, over a view of all tables that are read. One in six fails the job now and
/// then.
const QUERIES: [&str; 6] = [
    "SELECT a, CAST(1 AS BIGINT) FROM everything",
    "SELECT MAX(a), COUNT(*) FROM TABLE(TUMBLE(TABLE everything, DESCRIPTOR(ts), \
     INTERVAL '1' SECOND)) GROUP BY window_start, window_end",
    "SELECT a, COUNT(*) FROM TABLE(HOP(TABLE everything, DESCRIPTOR(ts), INTERVAL '1' SECOND, \
     INTERVAL '3' SECOND)) GROUP BY window_start, window_end, a",
    "SELECT a, COUNT(*) FROM TABLE(SESSION(TABLE everything PARTITION BY a, DESCRIPTOR(ts), \
     INTERVAL '1' SECOND)) GROUP BY window_start, window_end, a",
    "SELECT a, COUNT(*) OVER (PARTITION BY a ORDER BY ts RANGE BETWEEN INTERVAL '2' SECOND \
     PRECEDING AND CURRENT ROW) FROM everything",
    "SELECT 10 / (a - 4), CAST(1 AS BIGINT) FROM everything",
];

/// Gives each application code for its wires.
pub(crate) fn connect(document: &mut Document, rng: &mut Rng) {
    for node in document.nodes.clone() {
        if node.config.kind() == "flink_application" {
            let mut fields = Map::new();
            fields.insert("code".to_owned(), json!(code(document, &node, rng)));
            shipping::set(document, node.id, &fields);
        }
    }
}

fn code(document: &Document, node: &Node, rng: &mut Rng) -> String {
    let (mut code, mut sources, mut inserts) = (String::new(), Vec::new(), Vec::new());
    let positions = ["LATEST", "TRIM_HORIZON"];
    for (number, edge) in document.edges_to(node.id).enumerate() {
        let Some(stream) = document.node(edge.from.node) else { continue };
        let lenient = rng.below(4) > 0;
        let position = positions[rng.below(2) as usize];
        code.push_str(&format!(
            "CREATE TABLE s{number} (a INT, ts TIMESTAMP(3) METADATA FROM 'timestamp' VIRTUAL, \
             WATERMARK FOR ts AS ts - INTERVAL '1' SECOND) WITH ('connector' = 'kinesis', \
             'stream' = '{}', 'scan.stream.initpos' = '{position}', 'format' = 'json', \
             'json.ignore-parse-errors' = '{lenient}');\n",
            stream.name
        ));
        sources.push(format!("SELECT a, ts FROM s{number}"));
    }
    if sources.is_empty() {
        return code;
    }
    code.push_str(&format!("CREATE VIEW everything AS {};\n", sources.join(" UNION ALL ")));
    for (number, edge) in document.edges_from(node.id).enumerate() {
        let Some(target) = document.node(edge.to.node) else { continue };
        let place = match target.config.kind() {
            "stream" => format!("'kinesis', 'stream' = '{}'", target.name),
            "firehose" => format!("'firehose', 'delivery-stream' = '{}'", target.name),
            _ => format!("'filesystem', 'path' = 's3://{}/rows'", target.name),
        };
        let format = if rng.below(3) == 0 { "csv" } else { "json" };
        code.push_str(&format!(
            "CREATE TABLE t{number} (a INT, n BIGINT) WITH ('connector' = {place}, \
             'format' = '{format}');\n"
        ));
        let query = QUERIES[rng.below(6) as usize];
        inserts.push(format!("INSERT INTO t{number} {query};\n"));
    }
    if inserts.is_empty() {
        code.push_str("CREATE TABLE log (a INT, n BIGINT) WITH ('connector' = 'print');\n");
        inserts.push("INSERT INTO log SELECT a, COUNT(*) FROM everything GROUP BY a;\n".to_owned());
    }
    code.push_str(&inserts.concat());
    code
}
