//! Statements about the end of support on their way into the ledger.

use fleet_core::{
    ledger::Ledger,
    trigger::{Nudge, NudgeKind},
    updates::{Support, SupportStated},
    world::OutOfScope,
};

use super::{Engine, Occasion, nudge_about};
use crate::ledger_store::LedgerError;

impl Engine {
    /// Keeps a statement about the end of support, and asks for a look at its cluster. The last word counts; an end that
    /// was dated stays dated.
    ///
    /// # Errors
    /// When the ledger can't be reached.
    pub async fn hear_support(
        &self,
        stated: &SupportStated,
        occasion: Occasion,
    ) -> Result<Vec<Nudge>, LedgerError> {
        if OutOfScope::by_id(&self.config.scope, &stated.cluster).is_some() {
            return Ok(Vec::new());
        }
        let SupportStated { cluster, version, ends, over, event_time, .. } = stated;
        let keep = |ledger: &mut Ledger| {
            let known = ledger.updates.support.get(cluster.key());
            if known.is_some_and(|known| known.said > *event_time) {
                return;
            }
            let dated = known.filter(|known| known.version == *version).and_then(|known| known.ends);
            let (version, ends) = (version.clone(), ends.or(dated));
            let support = Support { version, ends, over: *over, said: *event_time };
            ledger.updates.support.insert(cluster.key().to_owned(), support);
        };
        self.ledger.update(keep).await?;
        Ok(vec![nudge_about(cluster, NudgeKind::ClusterChanged, &stated.event_id, occasion.now)])
    }
}
