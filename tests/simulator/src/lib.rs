//! A simulated Azure: resource manager, identity, events, queues and the Functions host, on a seeded clock.
