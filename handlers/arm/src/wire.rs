//! What ARM sends and what we send, as serde structs of our own.
//!
//! Reading is tolerant where ARM is loose (null instead of absent, unknown enum values, case of map keys) and
//! strict on the fields that the program cannot do without: an item that lacks one is reported, not guessed.
//! Writing is exact: only properties that we mean to set are serialised.

mod cluster;
mod fleet;
mod network;
mod open_enum;
mod origin;
mod policy_assignment;
mod registry;
mod resource;
mod role_assignment;

pub use cluster::{
    AddonProfile, AgentPoolProfile, ManagedCluster, ManagedClusterProperties, PowerState, PowerStateCode,
};
pub use fleet::{
    Fleet, FleetProperties, Member, MemberPatch, MemberPatchProperties, MemberProperties, MemberPut,
    MemberPutProperties, MemberStatus,
};
pub use network::{
    ApplicationGateway, ApplicationGatewayProperties, DnsSettings, FrontendIpConfiguration,
    FrontendIpProperties, OperationalState, PublicIpAddress, PublicIpAddressProperties,
};
pub use origin::{EnabledState, Origin, OriginPatch, OriginProperties, OriginPut, OriginSettings};
pub use policy_assignment::{
    EnforcementMode, PolicyAssignment, PolicyAssignmentProperties, PolicyAssignmentPut, PolicySettings,
};
pub use registry::{Registry, RegistryProperties, Replication, ReplicationProperties, RoleAssignmentMode};
pub use resource::{Identity, ProvisioningState, Reference, Resource, ServiceError};
pub use role_assignment::{
    PrincipalType, RoleAssignment, RoleAssignmentProperties, RoleAssignmentPut, RoleAssignmentPutProperties,
};

#[cfg(test)]
mod tests;
