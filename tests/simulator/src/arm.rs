//! The simulated Azure Resource Manager.

mod event;

pub use event::{ArmEvent, ArmEventKind};
