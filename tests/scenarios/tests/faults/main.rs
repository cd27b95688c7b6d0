//! Whatever goes wrong between the app and ARM, the story ends as if nothing had, or stands still with a reason.

mod operations;
mod reads;
mod refusals;
mod rights;
mod writes;
