//! Built-in policy definitions and initiatives: read only.

use crate::arm::call::{Call, Reply};
use crate::arm::error::ArmError;

use super::get_as_stored;

/// GET of a definition or initiative.
pub(crate) fn get(call: &mut Call<'_>) -> Reply {
    get_as_stored(call).map_err(|missing| ArmError { code: "PolicyDefinitionNotFound".to_owned(), ..missing })
}
