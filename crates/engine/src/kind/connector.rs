//! Kinesis Connector Library: a KCL application whose record processors buffer and emit.
//!
//! Workers, leases and checkpoints are those of `kcl`, the pipeline is `kcl/emit.rs`.

use base::units::{bytes_text, grouped};
use scenario::kind::ConnectorConfig;
use scenario::{DataSets, Fault};

use super::Component;
use super::kcl::{Kcl, Pipeline};
use crate::kernel::Kernel;
use crate::kernel::ctx::Ctx;
use crate::kernel::queue::Event;
use crate::snapshot::{EdgeView, Gauge, NodeView};

/// State of a connector application.
#[derive(Clone, Debug)]
pub struct Connector {
    kcl: Kcl,
}

impl Component for Connector {
    type Config = ConnectorConfig;

    fn new(config: &ConnectorConfig, data: &DataSets, ctx: &mut Ctx<'_>) -> Self {
        let mut kcl = Kcl::new(&config.application(), data, ctx);
        kcl.set_pipeline(Pipeline::new(config));
        Self { kcl }
    }

    fn handle(&mut self, event: Event, ctx: &mut Ctx<'_>) {
        self.kcl.handle(event, ctx);
    }

    fn reconfigure(&mut self, config: &ConnectorConfig, data: &DataSets, ctx: &mut Ctx<'_>) {
        self.kcl.set_pipeline(Pipeline::new(config));
        self.kcl.reconfigure(&config.application(), data, ctx);
    }

    fn struck(&mut self, fault: Option<&Fault>, ctx: &mut Ctx<'_>) {
        self.kcl.struck(fault, ctx);
    }

    fn held(&self) -> u64 {
        self.kcl.held()
    }

    fn observe(&self, kernel: &Kernel, out: &mut NodeView, edges: &mut [EdgeView]) {
        self.kcl.observe(kernel, out, edges);
        let (records, bytes) = self.kcl.buffered();
        out.gauges.push(Gauge::Line {
            left: format!("buffer {}", grouped(records)),
            right: bytes_text(bytes),
        });
        out.counters.extend(self.kcl.emissions());
        self.kcl.draw_crates(edges);
    }

    fn check(&self) -> Result<(), String> {
        self.kcl.check()
    }
}
