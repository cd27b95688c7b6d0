//! Statements about health on their way into the ledger.

use fleet_core::{
    health::Signal,
    ledger::Ledger,
    trigger::{Nudge, NudgeKind},
};

use super::{Engine, Occasion, nudge_about};
use crate::ledger_store::LedgerError;

impl Engine {
    /// Keeps a statement with every stamp that it concerns, and asks for a look at each. Said again, it changes nothing
    /// but is looked at again: the nudges may have been lost with the first delivery.
    ///
    /// # Errors
    /// When the ledger can't be reached.
    pub async fn hear(&self, signal: &Signal, occasion: Occasion) -> Result<Vec<Nudge>, LedgerError> {
        let Some(rules) = &self.config.health else { return Ok(Vec::new()) };
        let evidence = signal.evidence(rules);
        let keep = |ledger: &mut Ledger| {
            let stamps = ledger.stamps_of(&signal.about, &rules.stamps);
            for stamp in &stamps {
                if let Some(record) = ledger.stamps.get_mut(stamp.key()) {
                    record.health.take(evidence.clone(), occasion.now);
                }
            }
            stamps
        };
        let stamps = self.ledger.update(keep).await?;
        let nudge = |stamp| nudge_about(stamp, NudgeKind::HealthTurned, &signal.event_id, occasion.now);
        Ok(stamps.iter().map(nudge).collect())
    }
}
