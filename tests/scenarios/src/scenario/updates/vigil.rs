//! What must hold at every moment of an update, watched from outside.

use std::sync::{Arc, Mutex, PoisonError};

use fleet_simulator::{
    arm::{Arm, ClusterUpgrade},
    happening::Happening,
};

use super::super::{Holdings, Scenario, text};

const ORIGINS: &str = "Microsoft.Cdn/profiles/originGroups/origins";

/// A watch over ARM: no cluster is upgraded while its origin may take traffic, and never do fewer stamps than the minimum
/// take traffic.
#[derive(Clone)]
pub struct Vigil {
    arm: Arm,
    least: usize,
    faults: Arc<Mutex<Vec<String>>>,
}

impl Vigil {
    /// Watches from now on; `least` origins must be enabled at any time.
    #[must_use = "a vigil is held to what it saw at its end"]
    pub fn over(scenario: &Scenario, least: usize) -> Self {
        let vigil = Self { arm: scenario.arm().clone(), least, faults: Arc::default() };
        let watching = vigil.clone();
        scenario.arm().watchers().watch(Arc::new(move |happening| watching.hear(happening)));
        vigil
    }

    /// Nothing was ever otherwise.
    ///
    /// # Panics
    /// When something was, with everything that was.
    pub fn saw_nothing_wrong(&self, what: &str) {
        let faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(faults.is_empty(), "{what}: {faults:#?}");
    }

    /// Looks where something may have changed: at the start of an upgrade, and at every write to an origin.
    fn hear(&self, happening: &Happening) {
        let is_telling = match happening {
            Happening::UpgradeStarted { .. } => true,
            Happening::ArmCall { url, changed, .. } => {
                *changed && url.to_ascii_lowercase().contains("/origins/")
            }
            _ => false,
        };
        if is_telling {
            self.look();
        }
    }

    fn look(&self) {
        let upgrades = self.arm.upgrades();
        for upgrade in upgrades.iter().filter(|upgrade| upgrade.to.is_none() && self.is_in_traffic(upgrade)) {
            self.note(&format!("{} is upgraded while its origin takes traffic", upgrade.cluster));
        }
        let origins = self.arm.resources_of_type(ORIGINS);
        let enabled =
            origins.iter().filter(|origin| text(origin, "/properties/enabledState") == "Enabled").count();
        if enabled < self.least {
            self.note(&format!("only {enabled} origins take traffic, and {} must", self.least));
        }
    }

    fn is_in_traffic(&self, upgrade: &ClusterUpgrade) -> bool {
        let cluster = self.arm.resource(&upgrade.cluster).unwrap_or_default();
        Holdings::of(&self.arm).takes_traffic(text(&cluster, "/tags/fleet-automation-host"))
    }

    fn note(&self, fault: &str) {
        let now = self.arm.clock().now();
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{now}: {fault}"));
    }
}
