//! How a host with the agent shows itself.

use base::units::bytes_text;

use super::publisher::Tally;
use super::{Agent, metric};
use crate::kernel::Kernel;
use crate::kind::producer::view::rate;
use crate::snapshot::{Counter, Gauge, NodeView};

pub(super) fn observe(agent: &Agent, kernel: &Kernel, out: &mut NodeView) {
    let (publisher, file) = (&agent.publisher, &agent.file);
    let Tally { read, sent, discarded, copied, unread, skipped } = publisher.tally;
    let behind = file.end() - agent.read;
    let to_repeat = agent.read.saturating_sub(publisher.checkpoint.unwrap_or(0));
    out.counters.extend([
        ("lines", file.end()),
        ("read", read),
        ("sent", sent),
        ("waiting", publisher.waiting()),
        ("discarded", discarded),
        ("copied", copied),
        ("unread", unread),
        ("skipped", skipped),
        ("behind", behind),
        ("since_checkpoint", to_repeat),
        ("files", file.rotated + 1),
    ]);
    out.gauges.push(rate(metric::LINES, kernel, out.id));
    out.gauges.push(Gauge::Line {
        left: format!("file {}", file.rotated + 1),
        right: bytes_text(file.bytes()),
    });
    out.gauges.push(Gauge::Line {
        left: if agent.down_until.is_some() { "down".to_owned() } else { "tailing".to_owned() },
        right: format!("{behind} behind"),
    });
    let counter = |sign, label, value, bad| Counter { sign, label, value, bad };
    out.gauges.push(Gauge::Counters(vec![
        counter("", "read", read, false),
        counter("=", "sent", sent, false),
        counter("+", "waiting", publisher.waiting(), false),
        counter("+", "discarded", discarded, true),
    ]));
}
