//! Stream: placeholder until its behaviour lands.

use scenario::DataSets;
use scenario::kind::StreamConfig;

use super::Component;
use crate::kernel::Kernel;
use crate::kernel::ctx::Ctx;
use crate::kernel::queue::Event;
use crate::snapshot::{EdgeView, NodeView};

/// State of a stream.
#[derive(Clone, Debug)]
pub struct Stream {}

impl Component for Stream {
    type Config = StreamConfig;

    fn new(_config: &StreamConfig, _data: &DataSets, _ctx: &mut Ctx<'_>) -> Self {
        Self {}
    }

    fn handle(&mut self, _event: Event, _ctx: &mut Ctx<'_>) {}

    fn reconfigure(&mut self, _config: &StreamConfig, _data: &DataSets, _ctx: &mut Ctx<'_>) {}

    fn held(&self) -> u64 {
        0
    }

    fn observe(&self, _kernel: &Kernel, _out: &mut NodeView, _edges: &mut [EdgeView]) {}
}
