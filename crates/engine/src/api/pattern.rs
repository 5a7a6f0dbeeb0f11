//! The regular expressions of the API's shapes, matched against the whole text.

/// One of the expressions.
#[derive(Clone, Copy)]
pub(super) enum Pattern {
    /// Names of streams, consumers and shards.
    Name,
    /// A decimal number of at most 39 digits.
    HashKey,
    /// A decimal number of at most 129 digits.
    SequenceNumber,
    StreamArn,
    ConsumerArn,
    StreamId,
}

impl Pattern {
    /// The expression as messages quote it.
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Name => "[a-zA-Z0-9_.-]+",
            Self::HashKey => r"0|([1-9]\d{0,38})",
            Self::SequenceNumber => r"0|([1-9]\d{0,128})",
            Self::StreamArn => r"arn:aws.*:kinesis:.*:\d{12}:stream/\S+",
            Self::ConsumerArn => {
                concat!(
                    r"^(arn):aws.*:kinesis:.*:\d{12}:.*stream\/[a-zA-Z0-9_.-]+\/consumer\/",
                    "[a-zA-Z0-9_.-]+:[0-9]+"
                )
            }
            Self::StreamId => "[a-z0-9]{20}-[a-z0-9]{3}",
        }
    }

    /// Whether the whole text is one.
    pub(super) fn matches(self, text: &str) -> bool {
        match self {
            Self::Name => is_name(text),
            Self::HashKey => is_number(text, 39),
            Self::SequenceNumber => is_number(text, 129),
            Self::StreamArn => is_stream_arn(text),
            Self::ConsumerArn => is_consumer_arn(text),
            Self::StreamId => text.split_once('-').is_some_and(|(id, part)| {
                let small = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit();
                id.len() == 20 && part.len() == 3 && (id.bytes().chain(part.bytes())).all(small)
            }),
        }
    }
}

fn is_name(text: &str) -> bool {
    let inside = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'.' | b'-');
    !text.is_empty() && text.bytes().all(inside)
}

fn is_number(text: &str, digits_max: usize) -> bool {
    let leading = text.starts_with('0') && text != "0";
    !leading && (1..=digits_max).contains(&text.len()) && is_digits(text)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit())
}

fn is_stream_arn(text: &str) -> bool {
    text.match_indices(":stream/").any(|(at, found)| {
        let name = &text[at + found.len()..];
        let plain = !name.is_empty() && !name.contains(char::is_whitespace);
        plain
            && text[..at].rsplit_once(':').is_some_and(|(head, account)| {
                account.len() == 12 && is_digits(account) && is_arn_head(head)
            })
    })
}

fn is_consumer_arn(text: &str) -> bool {
    let parts = text.rsplit_once(':').and_then(|(rest, created)| {
        let (rest, consumer) = rest.rsplit_once("/consumer/")?;
        let (head, stream) = rest.rsplit_once("stream/")?;
        Some((head, stream, consumer, created))
    });
    parts.is_some_and(|(head, stream, consumer, created)| {
        let accounted = head.match_indices(':').any(|(at, _)| {
            let after = head[at + 1..].split_once(':');
            let numbered = after.is_some_and(|(it, _)| it.len() == 12 && is_digits(it));
            numbered && is_arn_head(&head[..at])
        });
        is_name(stream) && is_name(consumer) && is_digits(created) && accounted
    })
}

/// `arn:aws…:kinesis:<region>`, the beginning of every ARN of the service.
fn is_arn_head(text: &str) -> bool {
    text.strip_prefix("arn:aws").is_some_and(|rest| rest.contains(":kinesis:"))
}
