//! The simulated Event Grid: resource events, subscriptions, retries and dead letters.
