//! A simulated Azure: resource manager, identity, events, queues and the Functions host, on a seeded clock.
//!
//! It knows nothing of the handler under test and shares no type with any client: it stores JSON and answers HTTP. What it
//! does not implement answers 501, never a guess.
//!
//! Two laws make a run repeatable. Time is [`clock::Clock`], which moves only when told to. Every random choice is a hash of
//! the seed and of what is being chosen ([`chance::Seed`]), never the next number of a sequence, so that the order in which
//! concurrent callers arrive can't change an outcome.
//!
//! # What of ARM is simulated
//!
//! | resource | operations | what it keeps of the real one |
//! | --- | --- | --- |
//! | resource groups | GET, HEAD | 404 for anything inside a missing group |
//! | managed clusters | GET, list by group and subscription | changed casing; written by [`arm::setup`] and by upgrades only |
//! | node pools of a cluster | list | the entries of the cluster in another shape |
//! | versions of Kubernetes in a location | list | `values` instead of `value`; each region offers its own |
//! | fleets | GET | the etag in the body |
//! | fleet members | GET, list, PUT, PATCH, DELETE | long-running by 200, 201 and 202; `If-Match`; service-made labels; one operation at a time |
//! | update strategies | GET, list, PUT, DELETE | everything at once; limits that are strings |
//! | update runs | GET, list, PUT, DELETE, start, stop, skip | `start` answers the old state; either a strategy or its id; deletes of running runs |
//! | gates | GET, list, PATCH to Completed | exist only once reached, vanish with their run, events of their own |
//! | auto-upgrade profiles | GET, list, PUT, DELETE, generateUpdateRun | 204 for every DELETE; the same run for the same version |
//! | role assignments | GET, list, PUT, DELETE at any scope | names unique in the tenant, entries from above, unknown new principals, late visibility |
//! | policy assignments | GET, list, PUT, DELETE at any scope | 201 for every PUT, name lengths, entries from management groups |
//! | policy definitions, initiatives | GET, built-in ones | |
//! | Front Door profiles, endpoints, routes, origin groups | GET; lists except of profiles | ids in lower case |
//! | Front Door origins | GET, list, PUT, PATCH, DELETE | one write at a time in a profile, the last origin of a routed group, polls with an error that means nothing |
//! | registries | GET, list of replications | `roleAssignmentMode` |
//! | application gateways, public addresses | GET; list of addresses by group | the host name is the address's |
//! | operations | both kinds of status URL | over 4,000 characters, rotating `Location`, no `Retry-After` unless asked |
//!
//! For all of them: tokens, pinned api-versions, RBAC actions, token buckets, correlation ids, pages, and resource events.
//!
//! Runs proceed on the clock: stages, groups, limits, waits, maintenance windows, failures. While a member is upgraded its
//! cluster is in mid-operation, its node pools roll and tell so, and its host answers badly for a while. What the contract
//! leaves open about runs heads `arm/updates.rs`. Versions, windows, failures and the doings of other operators come from
//! [`arm::setup`], and so do the fields that only the preview of the service has.
//!
//! Everything else is answered 501: writing clusters, fleets, gateways or anything but origins in Front Door; strategies with
//! fields of the preview, node images of a caller's choice; PATCH of policy assignments; custom policy definitions; compliance states;
//! Resource Graph; tags; deployments; `$filter` expressions beyond `atScope()`, `atExactScope()` (policies), `principalId eq`
//! and `assignedTo()` (roles, without groups). Of conditions on role assignments and `notScopes` only the text is kept.
//!
//! # What is simulated beside ARM
//!
//! | part | what | the truths it keeps |
//! | --- | --- | --- |
//! | [`functions_host`] | the host of a custom handler, from its own host.json and function.json files | bodies byte for byte, the empty answer that hangs, the third crash |
//! | [`driver`] | time, and one or several instances that compete for work | timers on one of them; a lost instance tells nobody |
//! | [`event_grid`] | system topics, subscriptions, delivery | at least once, in no order, with long retries |
//! | [`service_bus`] | queues with peek-lock, and their REST front | locks that run out, dead letters |
//! | [`monitor`] | an action group and alerts in the common schema | few retries, then silence |
//! | [`identity`] | managed identities and tokens | |
//! | [`net`] | all of it over HTTPS, and the public hosts of stamps | regions that are lost as a whole |
//!
//! Each says at its head what it leaves out.
//!
//! Choices that no public source confirms are marked "not verified" where they are made; most are in [`arm::Settings`] or in
//! the file of ARM's errors.

pub mod arm;
pub mod chance;
pub mod clock;
pub mod driver;
pub mod event_grid;
pub mod faults;
pub mod functions_host;
pub mod happening;
pub mod identity;
pub mod monitor;
pub mod net;
pub mod record;
pub mod service_bus;
