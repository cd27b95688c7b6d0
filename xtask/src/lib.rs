//! Development commands: stage, bench, schema.
