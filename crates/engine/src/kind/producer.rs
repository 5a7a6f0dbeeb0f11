//! Producer: placeholder until its behaviour lands.

use scenario::DataSets;
use scenario::kind::ProducerConfig;

use super::Component;
use crate::kernel::Kernel;
use crate::kernel::ctx::Ctx;
use crate::kernel::queue::Event;
use crate::snapshot::{EdgeView, NodeView};

/// State of a producer.
#[derive(Clone, Debug)]
pub struct Producer {}

impl Component for Producer {
    type Config = ProducerConfig;

    fn new(_config: &ProducerConfig, _data: &DataSets, _ctx: &mut Ctx<'_>) -> Self {
        Self {}
    }

    fn handle(&mut self, _event: Event, _ctx: &mut Ctx<'_>) {}

    fn reconfigure(&mut self, _config: &ProducerConfig, _data: &DataSets, _ctx: &mut Ctx<'_>) {}

    fn held(&self) -> u64 {
        0
    }

    fn observe(&self, _kernel: &Kernel, _out: &mut NodeView, _edges: &mut [EdgeView]) {}
}
