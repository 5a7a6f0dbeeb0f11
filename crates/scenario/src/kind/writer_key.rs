//! The partition key of a managed writer as each service writes it.
//!
//! Rules of AWS `IoT` take substitution templates, `EventBridge` takes a JSON path into the event,
//! API Gateway has variables of its mapping templates. What is simulated of each stands in the help
//! text of the setting; the rest is refused, for it would be another key than on AWS.

use super::writer::Service;

/// What is wrong with the words, and how they are written.
pub(super) fn fault(service: Service, words: &str) -> Option<(String, &'static str)> {
    match service {
        _ if words.is_empty() => None,
        Service::CloudWatchLogs => None,
        Service::IotRule => {
            let help = "Use ${topic()}, ${topic(2)}, ${timestamp()}, ${newuuid()} or ${field}";
            of_rule(words).map(|message| (message, help))
        }
        Service::EventBridge => {
            let help = "Use $.id, $.source or $.detail.field";
            of_event(words).map(|message| (message, help))
        }
        Service::ApiGateway => {
            let help = "Use $context.requestId, $input.path('$.field') or plain text";
            of_request(words).map(|message| (message, help))
        }
    }
}

/// A substitution template of AWS `IoT`.
fn of_rule(words: &str) -> Option<String> {
    if words.starts_with("$.") || words.starts_with("$context") || words.starts_with("$input") {
        return Some(format!("`{words}` is no substitution template of AWS IoT"));
    }
    let mut rest = words;
    while let Some((_, behind)) = rest.split_once("${") {
        let Some((inner, after)) = behind.split_once('}') else {
            return Some("`${` has no closing `}`".to_owned());
        };
        let segment = inner.strip_prefix("topic(").and_then(|it| it.strip_suffix(')'));
        let known = match segment {
            Some("") => true,
            Some(number) => number.parse::<u32>().is_ok_and(|number| number > 0),
            None => matches!(inner, "timestamp()" | "newuuid()") || is_field(inner),
        };
        if !known {
            return Some(format!("`${{{inner}}}` is not known here"));
        }
        rest = after;
    }
    None
}

/// A path into an event of `EventBridge`.
fn of_event(words: &str) -> Option<String> {
    let known = match words.strip_prefix("$.detail.") {
        Some(name) => is_field(name),
        None => matches!(words, "$.id" | "$.source"),
    };
    (!known).then(|| format!("`{words}` is no path into an event that is known here"))
}

/// Text or one variable of API Gateway.
fn of_request(words: &str) -> Option<String> {
    let path = words.strip_prefix("$input.path('$.").and_then(|it| it.strip_suffix("')"));
    let known = match path {
        Some(name) => is_field(name),
        None => words == "$context.requestId" || !words.contains('$'),
    };
    (!known).then(|| format!("`{words}` is no variable that is known here"))
}

/// A top-level member: members of members are not simulated.
fn is_field(name: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    !name.is_empty() && name.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_service_has_words_of_its_own() {
        use Service::{ApiGateway, CloudWatchLogs, EventBridge, IotRule};
        for (service, words, good) in [
            (IotRule, "", true),
            (IotRule, "gate", true),
            (IotRule, "${topic()}-${topic(2)}-${newuuid()}${timestamp()}${device_id}", true),
            (IotRule, "${topic(2)", false),
            (IotRule, "${topic(0)}", false),
            (IotRule, "${md5(a)}", false),
            (IotRule, "${}", false),
            (IotRule, "$.detail.gate", false),
            (EventBridge, "$.id", true),
            (EventBridge, "$.detail.gate", true),
            (EventBridge, "$.detail.a.b", false),
            (EventBridge, "${topic()}", false),
            (EventBridge, "gate", false),
            (ApiGateway, "$context.requestId", true),
            (ApiGateway, "$input.path('$.gate')", true),
            (ApiGateway, "$input.path('$.gate'", false),
            (ApiGateway, "${gate}", false),
            (ApiGateway, "gate", true),
            (CloudWatchLogs, "${", true),
        ] {
            assert_eq!(fault(service, words).is_none(), good, "{words}");
        }
    }
}
