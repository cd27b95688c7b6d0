//! What ARM sends and what we send, as serde structs of our own.
//!
//! Reading is tolerant where ARM is loose (null instead of absent, unknown enum values, case of map keys) and
//! strict on the fields that the program cannot do without: an item that lacks one is reported, not guessed.
//! Writing is exact: only properties that we mean to set are serialised.

mod cluster;
mod gate;
mod kubernetes_versions;
mod member;
mod network;
mod open_enum;
mod origin;
mod policy_assignment;
mod registry;
mod resource;
mod role_assignment;
mod stages;
mod update_run;
mod update_run_status;

pub use cluster::{
    AddonProfile, AgentPoolProfile, AutoUpgradeProfile, ManagedCluster, ManagedClusterProperties, PowerState,
    PowerStateCode,
};
pub use gate::{Gate, GatePatch, GateProperties, GateTarget, GateTiming, GateType, GatedPart};
pub use kubernetes_versions::{KubernetesVersions, MinorVersion};
pub use member::{
    Member, MemberPatch, MemberPatchProperties, MemberProperties, MemberPut, MemberPutProperties,
    MemberStatus,
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
pub use stages::{GateConfiguration, Group, Stage, Stages};
pub use update_run::{
    ManagedClusterUpdate, NodeImageSelection, NodeImageVersion, Skip, UpdateOrder, UpdateRun,
    UpdateRunProperties, UpdateRunPut, UpdateRunPutProperties, Upgrade,
};
pub use update_run_status::{
    GateStatus, GroupStatus, MemberUpdateStatus, SelectedImages, StageStatus, UpdateRunStatus, UpdateStatus,
};

#[cfg(test)]
mod tests;
