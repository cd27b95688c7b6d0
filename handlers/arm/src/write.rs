//! Writing ARM: one function per write, none of which waits for a long-running operation.

use crate::client::{ArmClient, CallContext, usable};
use crate::error::{ArmError, Problem};
use crate::operation::{Asked, Step, step};
use crate::request::{self, Built, Request};
use crate::wire::{
    GatePatch, MemberPatch, MemberPut, OriginPatch, OriginPut, PolicyAssignmentPut, RoleAssignmentPut, Skip,
    UpdateRunPut,
};

/// Writes for one function invocation. Their errors are those of [`ArmClient::send`], and
/// [`Problem::Failed`] when the first answer already says that the write failed.
#[derive(Clone, Copy)]
pub struct Writer<'a> {
    /// What carries the calls.
    pub client: &'a ArmClient,
    /// What the calls share.
    pub context: &'a CallContext,
    /// Whether anything is sent at all.
    pub mode: Mode,
}

/// Whether writes are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Writes are sent.
    Live,
    /// Nothing is sent; each write is checked and logged as an intent.
    DryRun,
}

/// What became of a write.
#[must_use = "a write that has only started is not done yet"]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// The service has finished it.
    Completed,
    /// The service is still at it; the next observation will tell how it ended.
    Started,
    /// Nothing was sent, because of [`Mode::DryRun`].
    NotSent,
}

type Outcome = Result<Written, ArmError>;

impl Writer<'_> {
    /// Creates a member, or repairs an existing one. With an `etag`, refused when the member changed since.
    pub async fn put_member(&self, member: &str, body: &MemberPut, etag: Option<&str>) -> Outcome {
        self.write(request::member_put(member, body).map(|request| request.if_match(etag))).await
    }

    /// Changes a member's update group or labels. With an `etag`, refused when the member changed since.
    pub async fn patch_member(&self, member: &str, body: &MemberPatch, etag: Option<&str>) -> Outcome {
        self.write(request::member_patch(member, body).map(|request| request.if_match(etag))).await
    }

    /// Removes a member from its fleet. With an `etag`, refused when the member changed since.
    pub async fn delete_member(&self, member: &str, etag: Option<&str>) -> Outcome {
        self.write(request::member_delete(member).map(|request| request.if_match(etag))).await
    }

    /// Makes an update run, not started. Refused when there is one of this id.
    pub async fn put_update_run(&self, run: &str, body: &UpdateRunPut) -> Outcome {
        self.write(request::update_run_put(run, body)).await
    }

    /// Starts an update run, or goes on with one that was stopped or failed.
    pub async fn start_update_run(&self, run: &str) -> Outcome {
        self.write(request::update_run_start(run)).await
    }

    /// Stops an update run; members in flight end first.
    pub async fn stop_update_run(&self, run: &str) -> Outcome {
        self.write(request::update_run_stop(run)).await
    }

    /// Leaves parts out of an update run.
    pub async fn skip_in_update_run(&self, run: &str, body: &Skip) -> Outcome {
        self.write(request::update_run_skip(run, body)).await
    }

    /// Changes a gate's state. With an `etag`, refused when the gate changed since.
    pub async fn patch_gate(&self, gate: &str, body: &GatePatch, etag: Option<&str>) -> Outcome {
        self.write(request::gate_patch(gate, body).map(|request| request.if_match(etag))).await
    }

    /// Has an auto-upgrade profile make its next update run. The run is found by listing runs: the first answer need not
    /// name it.
    pub async fn generate_update_run(&self, profile: &str) -> Outcome {
        self.write(request::generate_update_run(profile)).await
    }

    /// Creates a role assignment at a scope. An equal one under another name is refused with
    /// `RoleAssignmentExists`, an identity that is not replicated yet with `PrincipalNotFound`.
    pub async fn put_role_assignment(&self, scope: &str, name: &str, body: &RoleAssignmentPut) -> Outcome {
        self.write(request::role_assignment_put(scope, name, body)).await
    }

    /// Deletes a role assignment by its id.
    pub async fn delete_role_assignment(&self, assignment: &str) -> Outcome {
        self.write(request::role_assignment_delete(assignment)).await
    }

    /// Writes a whole policy assignment at a scope.
    pub async fn put_policy_assignment(
        &self,
        scope: &str,
        name: &str,
        body: &PolicyAssignmentPut,
    ) -> Outcome {
        self.write(request::policy_assignment_put(scope, name, body)).await
    }

    /// Deletes a policy assignment by its id.
    pub async fn delete_policy_assignment(&self, assignment: &str) -> Outcome {
        self.write(request::policy_assignment_delete(assignment)).await
    }

    /// Writes a whole origin. Front Door has no conditional writes: callers write to a profile one at a time.
    pub async fn put_origin(&self, origin: &str, body: &OriginPut) -> Outcome {
        self.write(request::origin_put(origin, body)).await
    }

    /// Changes the named settings of an origin.
    pub async fn patch_origin(&self, origin: &str, body: &OriginPatch) -> Outcome {
        self.write(request::origin_patch(origin, body)).await
    }

    /// Deletes an origin.
    pub async fn delete_origin(&self, origin: &str) -> Outcome {
        self.write(request::origin_delete(origin)).await
    }

    async fn write(&self, request: Built) -> Outcome {
        let request = usable(self.context, request)?;
        if self.mode == Mode::DryRun {
            self.log_intent(&request);
            return Ok(Written::NotSent);
        }
        let reply = self.client.send(self.context, &request).await?;
        match step(Asked::Start, &reply, None) {
            Step::Done => Ok(Written::Completed),
            Step::Running { .. } => Ok(Written::Started),
            Step::Failed { code, message } => {
                let Request { operation, resource, .. } = request;
                let problem = Problem::Failed { code, message };
                Err(ArmError::new(operation.name, &resource, self.context.correlation_id(), problem))
            }
        }
    }

    fn log_intent(&self, request: &Request) {
        tracing::info!(
            arm.operation = request.operation.name,
            arm.resource = request.resource,
            arm.correlation_id = %self.context.correlation_id(),
            "would call {} of ARM",
            request.operation.name
        );
    }
}

#[cfg(test)]
mod tests;
