//! What must hold of a deployment as a whole, whatever its regions: functions from a prediction to what is wrong with it, a
//! sentence each.

mod addresses;
mod agreement;
mod diagnostics;
mod exposure;
mod growth;
mod privacy;

pub use addresses::addresses;
pub use agreement::{Handler, agreement};
pub use diagnostics::diagnostics;
pub use exposure::exposure;
pub use growth::{Difference, growth};
pub use privacy::privacy;
