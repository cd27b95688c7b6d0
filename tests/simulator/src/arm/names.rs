//! The names that the fleet service takes.

use super::error::{self, ArmError};

/// Refuses all but 1 to 50 lower-case letters, digits and inner hyphens. The code of the refusal is not verified.
pub(crate) fn require(parameter: &str, name: &str) -> Result<(), ArmError> {
    let letters = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    let ends = !name.starts_with('-') && !name.ends_with('-');
    if letters && ends && (1..=50).contains(&name.len()) {
        return Ok(());
    }
    Err(error::invalid_parameter(parameter, "it must be 1 to 50 of a-z, 0-9 and inner hyphens"))
}
