//! The simulated Service Bus: queues with peek-lock, delivery counts and dead letters.
