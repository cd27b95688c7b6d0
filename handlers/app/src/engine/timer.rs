//! The timer: probes, what is due, and the sweep.

use fleet_arm::{client::CallContext, read::Reader};
use fleet_core::{
    facets::traffic::Probe,
    ids::ArmId,
    ledger::Ledger,
    reactions::tick::{self, Checkup},
    trigger::Nudge,
};
use futures::{StreamExt, stream};

use super::{Engine, Occasion, chain};
use crate::{
    ledger_store::LedgerError,
    observe::{Observer, clusters_to_sweep},
};

/// How many health paths are asked at once.
const PROBES_AT_ONCE: usize = 64;

impl Engine {
    /// The nudges that are due, for stamps whose health has turned too, and now and then one for everything.
    ///
    /// # Errors
    /// When the ledger can't be reached.
    pub async fn tick(&self, occasion: Occasion) -> Result<Vec<Nudge>, LedgerError> {
        let checkup = self.check_up(occasion).await?;
        let ledger = self.known().await?;
        let run = occasion.invocation.to_string();
        let swept = if tick::sweep_due(&self.config, &ledger, occasion.now) {
            self.sweep(occasion).await?
        } else {
            None
        };
        Ok(tick::nudges(&self.config, &ledger, swept.as_deref(), &checkup.turned, &run, occasion.now))
    }

    /// Asks every stamp's health path, remembers the answers, and tells people what nothing is done about by itself.
    async fn check_up(&self, occasion: Occasion) -> Result<Checkup, LedgerError> {
        let known = self.known().await?;
        let probes = self.probe_all(&known).await;
        let judge = |ledger: &mut Ledger| tick::check_up(&self.config, ledger, &probes, occasion.now);
        let checkup = self.ledger.update(judge).await?;
        self.tell_alarms(&checkup, occasion).await;
        if !checkup.raised.is_empty() {
            self.ledger.update(|ledger| ledger.note_told(&checkup.raised)).await?;
        }
        Ok(checkup)
    }

    async fn probe_all(&self, known: &Ledger) -> Vec<(ArmId, Probe)> {
        let judged = self.config.judged_health().is_some();
        let Some(traffic) = self.config.managed_traffic().filter(|_| judged) else { return Vec::new() };
        let stamps = known.stamps.values().filter_map(|record| {
            let host = record.report.origin.as_ref().map(|origin| origin.host.clone())?;
            Some((record.cluster.clone(), host)).filter(|(_, host)| !host.is_empty())
        });
        let ask = |(cluster, host): (ArmId, String)| async move {
            let probe = self.prober.probe(&host, traffic.https_port, &traffic.health_path).await;
            (cluster, probe)
        };
        stream::iter(stamps.map(ask).collect::<Vec<_>>()).buffered(PROBES_AT_ONCE).collect().await
    }

    async fn tell_alarms(&self, checkup: &Checkup, occasion: Occasion) {
        for raised in &checkup.raised {
            tracing::error!(alarm.says = raised.says, alarm.kind = ?raised.alarm, "An alarm is raised.");
        }
        for over in &checkup.over {
            tracing::warn!(alarm.kind = ?over.alarm, alarm.since = %over.since, "An alarm is over.");
        }
        for (raised, on) in
            checkup.raised.iter().map(|a| (a, true)).chain(checkup.over.iter().map(|a| (a, false)))
        {
            if let Err(error) = self.journal.alarm(raised, on, occasion.now, occasion.invocation).await {
                tracing::warn!(error = chain(&error), "An alarm could not be journalled.");
            }
        }
    }

    async fn sweep(&self, occasion: Occasion) -> Result<Option<Vec<ArmId>>, LedgerError> {
        let context = CallContext::new(occasion.invocation);
        let reader = Reader { client: &self.client, context: &context };
        let observer = Observer { reader, prober: self.prober.as_ref(), config: &self.config };
        match clusters_to_sweep(observer).await {
            Ok(clusters) => {
                self.ledger.update(|ledger| ledger.swept = Some(occasion.now)).await?;
                Ok(Some(clusters))
            }
            Err(unread) => {
                tracing::warn!(sweep.hole = %unread, "The sweep found nothing out and is tried again on the next tick.");
                Ok(None)
            }
        }
    }
}
