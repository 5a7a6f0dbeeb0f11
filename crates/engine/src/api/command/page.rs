//! `--max-items` and `--starting-token`: the pages of lists (botocore 1.44.5, paginators).

use serde_json::{Map, Value};

/// A list that comes in pages.
struct Paged {
    operation: &'static str,
    /// The member that limits a page.
    limit: &'static str,
    /// The member that says where the next one begins.
    token: &'static str,
    /// Its items.
    items: &'static str,
    /// The member of the last item that the next page begins behind, where the answer has no token
    /// of its own.
    last: Option<&'static str>,
}

const LISTS: [Paged; 4] = [
    Paged {
        operation: "DescribeStream",
        limit: "Limit",
        token: "ExclusiveStartShardId",
        items: "Shards",
        last: Some("ShardId"),
    },
    Paged {
        operation: "ListShards",
        limit: "MaxResults",
        token: "NextToken",
        items: "Shards",
        last: None,
    },
    Paged {
        operation: "ListStreamConsumers",
        limit: "MaxResults",
        token: "NextToken",
        items: "Consumers",
        last: None,
    },
    Paged {
        operation: "ListStreams",
        limit: "Limit",
        token: "NextToken",
        items: "StreamNames",
        last: None,
    },
];

/// Asks for a page.
pub(super) fn ask(
    operation: &str,
    (items_max, token): (Option<&str>, Option<&str>),
    body: &mut Map<String, Value>,
) -> Result<(), String> {
    if items_max.is_none() && token.is_none() {
        return Ok(());
    }
    let Some(list) = LISTS.iter().find(|list| list.operation == operation) else {
        let given = if items_max.is_some() { "--max-items" } else { "--starting-token" };
        return Err(super::usage(&format!("Unknown options: {given}")));
    };
    if let Some(text) = items_max {
        let invalid = || format!("\ninvalid literal for int() with base 10: '{text}'");
        let most = text.parse::<u32>().map_err(|_fault| invalid())?;
        body.insert(list.limit.to_owned(), most.into());
    }
    if let Some(token) = token {
        body.insert(list.token.to_owned(), token.into());
    }
    // A token says by itself whose list it goes on with.
    if token.is_some() && list.operation == "ListShards" {
        body.retain(|name, _| name != "StreamName" && name != "StreamARN");
    }
    Ok(())
}

/// Gives an answer the token of its next page, where the service has another way.
pub(super) fn mark(operation: &str, answer: &mut Value) {
    let Some(list) = LISTS.iter().find(|list| list.operation == operation) else { return };
    let Some(last) = list.last else { return };
    let described = answer.get("StreamDescription");
    let has_more = described.and_then(|it| it.get("HasMoreShards")).and_then(Value::as_bool);
    let items = described.and_then(|it| it.get(list.items)).and_then(Value::as_array);
    let next = items.and_then(|items| items.last()?.get(last).cloned());
    if let (Some(true), Some(next)) = (has_more, next) {
        answer["NextToken"] = next;
    }
}
