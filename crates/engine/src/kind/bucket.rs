//! Bucket: placeholder until its behaviour lands.

use scenario::DataSets;
use scenario::kind::BucketConfig;

use super::Component;
use crate::kernel::Kernel;
use crate::kernel::ctx::Ctx;
use crate::kernel::queue::Event;
use crate::snapshot::{EdgeView, NodeView};

/// State of a bucket.
#[derive(Clone, Debug)]
pub struct Bucket {}

impl Component for Bucket {
    type Config = BucketConfig;

    fn new(_config: &BucketConfig, _data: &DataSets, _ctx: &mut Ctx<'_>) -> Self {
        Self {}
    }

    fn handle(&mut self, _event: Event, _ctx: &mut Ctx<'_>) {}

    fn reconfigure(&mut self, _config: &BucketConfig, _data: &DataSets, _ctx: &mut Ctx<'_>) {}

    fn held(&self) -> u64 {
        0
    }

    fn observe(&self, _kernel: &Kernel, _out: &mut NodeView, _edges: &mut [EdgeView]) {}
}
