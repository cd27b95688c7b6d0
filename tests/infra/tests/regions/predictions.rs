//! The predictions that all tests share. Each takes the compiler seconds, so each is made once.

use std::{sync::LazyLock, thread};

use fleet_infra_tests::{compiler::Bicep, snapshot::Snapshot};

/// Where the handler asks a stamp's health path from, in the prediction with such an address. One of a range for examples.
pub(crate) const PROBE: &str = "203.0.113.7";

/// What is predicted.
pub(crate) struct Predictions {
    /// Production as its parameter files have it: three regions.
    pub(crate) production: Snapshot,
    /// Production without the region in the middle of its list.
    pub(crate) two_regions: Snapshot,
    /// Production with the first of its regions.
    pub(crate) one_region: Snapshot,
    /// The first of production's regions, and a fleet with a hub.
    pub(crate) with_hub: Snapshot,
    /// The automation alone, as its own stack.
    pub(crate) app: Snapshot,
    /// A region alone, as its own stack.
    pub(crate) region: Snapshot,
    /// Production as it is once the handler may probe the health path.
    pub(crate) probed: Snapshot,
}

static PREDICTIONS: LazyLock<Option<Predictions>> = LazyLock::new(|| {
    let bicep = Bicep::at_hand().expect("a compiler")?;
    Some(predict(&bicep).expect("predictions"))
});

/// Nothing where there is no compiler to ask.
pub(crate) fn predictions() -> Option<&'static Predictions> {
    PREDICTIONS.as_ref()
}

/// Two at a time: more would only wait for each other on a small machine.
fn predict(bicep: &Bicep) -> anyhow::Result<Predictions> {
    thread::scope(|scope| {
        let one_half = scope.spawn(|| {
            let app = bicep.snapshot("infra/params/app.production.bicepparam")?;
            let region = bicep.snapshot("infra/params/westeurope.production.bicepparam")?;
            let one_region = bicep.snapshot("tests/infra/fixtures/one-region.bicepparam")?;
            let with_hub = bicep.snapshot("tests/infra/fixtures/fleet-hub.bicepparam")?;
            anyhow::Ok((app, region, one_region, with_hub))
        });
        let production = "infra/params/main.production.bicepparam";
        let probed = bicep.snapshot_where(production, &[("FLEET_PROBE_ADDRESS", PROBE)])?;
        let production = bicep.snapshot(production)?;
        let two_regions = bicep.snapshot("tests/infra/fixtures/two-regions.bicepparam")?;
        let (app, region, one_region, with_hub) = one_half.join().expect("a thread that ends")?;
        Ok(Predictions { production, two_regions, one_region, with_hub, app, region, probed })
    })
}
