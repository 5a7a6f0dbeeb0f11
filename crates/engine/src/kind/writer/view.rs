//! How a managed writer shows itself.

use scenario::kind::Service;

use super::{SOURCE_EVENTS, Writer};
use crate::kernel::Kernel;
use crate::kind::producer::tally::Tally;
use crate::kind::producer::view::{bars, rate};
use crate::snapshot::{Counter, Gauge, NodeView};

pub(super) fn observe(writer: &Writer, kernel: &Kernel, out: &mut NodeView) {
    let Tally { born, attempted, stored, rejected, in_flight, given_up, copied, timed_out, .. } =
        writer.client.tally;
    let [ok, bad_request, server_error] = writer.statuses;
    out.counters.extend([
        ("events", writer.events),
        ("born", born),
        ("attempted", attempted),
        ("stored", stored),
        ("rejected", rejected),
        ("in_flight", in_flight),
        ("given_up", given_up),
        ("copied", copied),
        ("buffered", writer.client.held()),
    ]);
    let (left, right) = match writer.config.service {
        Service::CloudWatchLogs => ("CloudWatch", format!("{} events", writer.events)),
        Service::IotRule => ("IoT rule", "PutRecord".to_owned()),
        Service::EventBridge => {
            ("EventBridge", format!("retry × {}", writer.config.retry_attempts_max))
        }
        Service::ApiGateway => {
            out.counters.extend([
                ("status_200", ok),
                ("status_400", bad_request),
                ("status_500", server_error),
                ("status_504", timed_out),
            ]);
            ("API Gateway", format!("{} not OK", bad_request + server_error + timed_out))
        }
    };
    out.gauges.push(rate(SOURCE_EVENTS, kernel, out.id));
    out.gauges.push(bars(&writer.config.records, &writer.client, kernel));
    out.gauges.push(Gauge::Line { left: left.to_owned(), right });
    let counter = |sign, label, value, bad| Counter { sign, label, value, bad };
    out.gauges.push(Gauge::Counters(vec![
        counter("", "attempted", attempted, false),
        counter("=", "stored", stored, false),
        counter("+", "rejected", rejected, true),
        counter("+", "in flight", in_flight, false),
    ]));
}
