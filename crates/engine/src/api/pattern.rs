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
    /// The ARN of something else.
    Arn(&'static Arn),
    /// Letters of one class, at least one unless the expression ends with `*`.
    Letters(&'static str, fn(u8) -> bool),
    /// Anything in one line.
    Line,
    /// Something that is no white space.
    Filled,
    /// No white space at all.
    Solid,
    /// A URL that begins so.
    Url(&'static str),
    /// A database of a Redshift cluster or workgroup.
    Jdbc,
    /// Empty, or a dot and letters.
    Extension,
    /// Empty, or the name of a time zone.
    TimeZone,
    /// A tag's key, which does not begin with `aws:`.
    TagKey,
    TagValue,
}

/// The shape of an ARN.
pub(super) struct Arn {
    /// The expression.
    pub(super) text: &'static str,
    /// What follows `arn:` and any partition up to the name: `@` is a region, `#` an account.
    pub(super) forms: &'static [&'static str],
    /// Letters of the name.
    pub(super) inside: fn(u8) -> bool,
    /// Its shortest and its longest length.
    pub(super) len: (usize, usize),
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
            Self::Arn(arn) => arn.text,
            Self::Letters(text, _) => text,
            Self::Line => ".*",
            Self::Filled => r"^(?!\s*$).+",
            Self::Solid => r"^\S+$",
            Self::Url(begin) => begin,
            Self::Jdbc => {
                concat!(
                    r"jdbc:(redshift|postgresql)://((?!-)[A-Za-z0-9-]{1,63}(?<!-)\.)+",
                    r"(redshift(-serverless)?)\.([a-zA-Z0-9\.\-]+):\d{1,5}/[a-zA-Z0-9_$-]+"
                )
            }
            Self::Extension => r"^$|\.[0-9a-z!\-_.*'()]+",
            Self::TimeZone => "^$|[a-zA-Z/_]+",
            Self::TagKey => r"^(?!aws:)[\p{L}\p{Z}\p{N}_.:\/=+\-@%]*$",
            Self::TagValue => r"^[\p{L}\p{Z}\p{N}_.:\/=+\-@%]*$",
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
            Self::Arn(arn) => arn.matches(text),
            Self::Letters(expression, inside) => {
                (!text.is_empty() || expression.ends_with('*')) && text.bytes().all(inside)
            }
            Self::Line => !text.contains(['\n', '\r']),
            Self::Filled => !text.trim().is_empty() && !text.contains(['\n', '\r']),
            Self::Solid => !text.is_empty() && !text.contains(char::is_whitespace),
            Self::Url(begin) => text.starts_with(begin.trim_end_matches(".*")),
            Self::Jdbc => is_jdbc(text),
            Self::Extension => {
                let inside =
                    |it: u8| is_lower(it) || it.is_ascii_digit() || b"!-_.*'()".contains(&it);
                let behind = text.strip_prefix('.');
                text.is_empty() || behind.is_some_and(|it| !it.is_empty() && it.bytes().all(inside))
            }
            Self::TimeZone => {
                text.bytes().all(|it| it.is_ascii_alphabetic() || b"/_".contains(&it))
            }
            Self::TagKey => !text.starts_with("aws:") && text.chars().all(is_in_tag),
            Self::TagValue => text.chars().all(is_in_tag),
        }
    }
}

impl Arn {
    fn matches(&self, text: &str) -> bool {
        let Some(rest) = text.strip_prefix("arn:") else { return false };
        let is_name = |name: &str| {
            (self.len.0..=self.len.1).contains(&name.len()) && name.bytes().all(self.inside)
        };
        rest.match_indices(':').any(|(at, _)| {
            self.forms.iter().any(|form| behind(&rest[at..], form).is_some_and(is_name))
        })
    }
}

/// What follows the form.
fn behind<'a>(mut text: &'a str, form: &str) -> Option<&'a str> {
    for part in form.chars() {
        let taken = match part {
            '@' => text.bytes().take_while(|it| it.is_ascii_alphanumeric() || *it == b'-').count(),
            '#' => text.bytes().take_while(u8::is_ascii_digit).count(),
            letter => usize::from(text.starts_with(letter)),
        };
        if taken == 0 || (part == '#' && taken != 12) {
            return None;
        }
        text = &text[taken..];
    }
    Some(text)
}

fn is_lower(letter: u8) -> bool {
    letter.is_ascii_lowercase()
}

fn is_in_tag(letter: char) -> bool {
    let blank = letter.is_whitespace() && !letter.is_control();
    blank || letter.is_alphanumeric() || "_.:/=+-@%".contains(letter)
}

/// `jdbc:redshift://<labels>.redshift.<domain>:<port>/<database>`.
fn is_jdbc(text: &str) -> bool {
    let parts = ["jdbc:redshift://", "jdbc:postgresql://"].into_iter().find_map(|begin| {
        let (host, database) = text.strip_prefix(begin)?.split_once('/')?;
        let (host, port) = host.rsplit_once(':')?;
        Some((host, port, database))
    });
    let is_label = |label: &str| {
        let inside = |it: u8| it.is_ascii_alphanumeric() || it == b'-';
        let edges = label.starts_with('-') || label.ends_with('-');
        (1..=63).contains(&label.len()) && !edges && label.bytes().all(inside)
    };
    parts.is_some_and(|(host, port, database)| {
        let cluster = [".redshift.", ".redshift-serverless."].into_iter().any(|service| {
            let parts = host.split_once(service);
            parts.is_some_and(|(labels, domain)| {
                let inside = |it: u8| it.is_ascii_alphanumeric() || b".-".contains(&it);
                labels.split('.').all(is_label) && !domain.is_empty() && domain.bytes().all(inside)
            })
        });
        let inside = |it: u8| it.is_ascii_alphanumeric() || b"_$-".contains(&it);
        let named = !database.is_empty() && database.bytes().all(inside);
        cluster && (1..=5).contains(&port.len()) && is_digits(port) && named
    })
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
