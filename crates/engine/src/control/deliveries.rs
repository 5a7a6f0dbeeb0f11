//! Calls of Amazon Data Firehose: records by hand. Firehose streams go by the names of their
//! nodes.

use scenario::kind::PutApi;

use super::{Refusal, not_found};
use crate::call::ErrorCode;
use crate::engine::Engine;
use crate::kernel::ctx::Ctx;
use crate::kind::Node;

impl Engine {
    /// `PutRecord` and `PutRecordBatch`: a number for each record, or why it was refused.
    ///
    /// # Errors
    /// Unknown Firehose stream, one that reads a data stream, a call that is too large, or a
    /// `PutRecord` beyond the quota.
    pub fn put_to_firehose(
        &mut self,
        name: &str,
        data: &[Vec<u8>],
        api: PutApi,
    ) -> Result<Vec<Result<u64, Refusal>>, Refusal> {
        let refused = |(code, message): (ErrorCode, String)| Refusal { code, message };
        let Some(at) = self.firehose_at(name) else {
            let account = &self.account.id;
            return Err(not_found(format!("Firehose {name} under account {account} not found.")));
        };
        let (id, Node::Firehose(firehose)) = &mut self.nodes[at] else {
            unreachable!("it was found by its kind");
        };
        self.kernel.trace.word(self.kernel.now.0);
        self.kernel.trace.word(u64::from(id.0));
        let results = firehose.put_direct(data, api, &mut Ctx::new(&mut self.kernel, *id));
        let results = results.map_err(refused)?;
        Ok(results.into_iter().map(|result| result.map_err(refused)).collect())
    }

    fn firehose_at(&self, name: &str) -> Option<usize> {
        self.nodes.iter().position(|(id, node)| {
            let named = self.document().node(*id).is_some_and(|part| part.name == name);
            named && matches!(node, Node::Firehose(_))
        })
    }
}
