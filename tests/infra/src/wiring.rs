//! What must agree between the infrastructure and the rest of the repository. Each comparison gives its differences, a
//! sentence each; none means that they agree.

mod alerts;
mod events;
mod queues;
mod rights;
mod settings;

use std::{collections::BTreeSet, fmt::Debug};

pub use alerts::alerts;
pub use events::{events, unheard};
pub use queues::queues;
pub use rights::{delegation, rights};
pub use settings::settings;

/// Both ways: what only the one has, and what only the other has.
fn compare<T: Ord + Debug>(
    deployed: &BTreeSet<T>,
    only_deployed: &str,
    wanted: &BTreeSet<T>,
    only_wanted: &str,
) -> Vec<String> {
    let surplus = deployed.difference(wanted).map(|it| format!("{it:?} {only_deployed}"));
    let missing = wanted.difference(deployed).map(|it| format!("{it:?} {only_wanted}"));
    surplus.chain(missing).collect()
}
