//! The decision about updates, a sentence per rule. The fixtures read as what happens to a fleet of four stamps, one in
//! each of four regions, all healthy and in traffic.

#![expect(unused_must_use, reason = "a look of these fleets carries its plan out itself")]

mod alarms;
mod evidence;
mod failures;
mod fleet;
mod follow_ups;
mod gates;
mod needs;
mod operators;
mod outs;
mod properties;
mod runs;
mod script;
mod sparing;
mod starts;
mod storing;
mod versions;
mod waiting;

use fleet::{Fleet, NAMES, cluster, fleet_of};
use script::{Script, a_run};

use super::*;
use crate::facets::Mode;

/// What a row of a table changes in a fleet that is otherwise in order.
type Change = fn(&mut Fleet);
