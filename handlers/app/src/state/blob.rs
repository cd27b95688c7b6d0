//! State in a blob container: what runs in Azure, where several copies of the handler share it.
//!
//! Documents are block blobs guarded by their ETag, journals are append blobs. The container is made when it turns out
//! to be missing. An append blob takes 50,000 lines, so journals are named by day. A lease is a blob's lease, on a blob
//! that holds nothing.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use azure_core::{
    credentials::TokenCredential,
    http::{ClientOptions, Etag, RequestContent, StatusCode},
};
use azure_storage_blob::{
    BlobContainerClient, BlobContainerClientOptions,
    models::{
        AppendBlobClientCreateOptions, BlobClientAcquireLeaseOptions, BlockBlobClientUploadOptions,
        StorageErrorCode,
    },
};
use bytes::Bytes;
use tokio::time::Instant;
use url::Url;
use uuid::Uuid;

use super::{
    Expected, Lease, StateError, StateStore, Version, Versioned, checked, lease::checked_life, line_of,
};

/// Why a lease is not to be had for now. Nothing of ours breaks leases; a person may.
const LEASED: [StorageErrorCode; 2] =
    [StorageErrorCode::LeaseAlreadyPresent, StorageErrorCode::LeaseIsBreakingAndCannotBeAcquired];

/// Why there is nothing to release: the lease has ended, and perhaps somebody else has it now.
const LEASE_IS_OVER: [StorageErrorCode; 4] = [
    StorageErrorCode::LeaseIdMismatchWithLeaseOperation,
    StorageErrorCode::LeaseNotPresentWithLeaseOperation,
    StorageErrorCode::BlobNotFound,
    StorageErrorCode::ContainerNotFound,
];

/// Documents as blobs of one container.
pub struct BlobStore {
    container: BlobContainerClient,
}

impl std::fmt::Debug for BlobStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BlobStore").field("container", &self.container.url().as_str()).finish()
    }
}

impl BlobStore {
    /// A store in the container at `url`, such as `https://account.blob.core.windows.net/fleet-state`. A transport in
    /// `options` must not decompress: the library reads in ranges.
    ///
    /// # Errors
    /// When the client library refuses the address; it must be https.
    pub fn new(
        mut url: Url,
        credential: Arc<dyn TokenCredential>,
        options: ClientOptions,
    ) -> azure_core::Result<Self> {
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        let options = BlobContainerClientOptions { client_options: options, ..Default::default() };
        Ok(Self { container: BlobContainerClient::new(url, Some(credential), Some(options))? })
    }

    /// Makes the container. That it exists by now is as good.
    async fn make_container(&self) -> azure_core::Result<()> {
        match self.container.create(None).await {
            Err(error) if !is(&error, &StorageErrorCode::ContainerAlreadyExists) => Err(error),
            _ => Ok(()),
        }
    }

    async fn upload(&self, name: &str, bytes: &Bytes, expected: &Expected) -> azure_core::Result<Version> {
        let options = match expected {
            Expected::Absent => BlockBlobClientUploadOptions::default().if_not_exists(),
            Expected::Version(version) => BlockBlobClientUploadOptions {
                if_match: Some(Etag::from(version.0.clone())),
                ..BlockBlobClientUploadOptions::default()
            },
        };
        let content = RequestContent::from(bytes.to_vec());
        let uploaded = self.container.blob_client(name).upload(content, Some(options)).await?;
        version_of(uploaded.etag)
    }

    async fn append_line(&self, name: &str, line: &str) -> azure_core::Result<()> {
        let content = RequestContent::from(line.as_bytes().to_vec());
        let bytes = line.len() as u64;
        self.container
            .blob_client(name)
            .append_blob_client()
            .append_block(content, bytes, None)
            .await
            .map(drop)
    }

    /// Makes an empty journal, unless another copy of the handler has just done so.
    async fn make_journal(&self, name: &str) -> azure_core::Result<()> {
        let options = AppendBlobClientCreateOptions::default().if_not_exists();
        match self.container.blob_client(name).append_blob_client().create(Some(options)).await {
            Err(error) if !is_conflict(&error) => Err(error),
            _ => Ok(()),
        }
    }

    /// Asks for a blob's lease under an id of our choice, which makes asking twice as good as asking once (blob storage:
    /// a leased blob grants a lease only to the id that has it). `false` while another id has it.
    async fn acquire(&self, name: &str, holder: Uuid, seconds: u8) -> azure_core::Result<bool> {
        let options = BlobClientAcquireLeaseOptions {
            proposed_lease_id: Some(holder.to_string()),
            ..BlobClientAcquireLeaseOptions::default()
        };
        match self.container.blob_client(name).acquire_lease(i32::from(seconds), Some(options)).await {
            Ok(_) => Ok(true),
            Err(error) if LEASED.iter().any(|code| is(&error, code)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Makes the empty blob behind a lease, unless another copy of the handler has just done so.
    async fn make_lock(&self, name: &str) -> azure_core::Result<()> {
        match self.upload(name, &Bytes::new(), &Expected::Absent).await {
            Err(error) if !is_conflict(&error) => Err(error),
            _ => Ok(()),
        }
    }
}

#[async_trait]
impl StateStore for BlobStore {
    async fn load(&self, name: &str) -> Result<Option<Versioned>, StateError> {
        checked(name)?;
        let failed = |error| explained("load", name, error);
        match self.container.blob_client(name).download(None).await {
            Ok(blob) => {
                let version = version_of(blob.properties.etag).map_err(failed)?;
                let bytes = blob.body.collect().await.map_err(failed)?;
                Ok(Some(Versioned { bytes, version }))
            }
            Err(error) if error.http_status() == Some(StatusCode::NotFound) => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    async fn save(&self, name: &str, bytes: Bytes, expected: Expected) -> Result<Version, StateError> {
        checked(name)?;
        let failed = |error| explained("save", name, error);
        match self.upload(name, &bytes, &expected).await {
            Err(error)
                if is(&error, &StorageErrorCode::ContainerNotFound) && expected == Expected::Absent =>
            {
                self.make_container().await.map_err(failed)?;
                self.upload(name, &bytes, &expected).await.map_err(failed)
            }
            result => result.map_err(failed),
        }
    }

    async fn append(&self, name: &str, line: &str) -> Result<(), StateError> {
        checked(name)?;
        let line = line_of(name, line)?;
        let failed = |error| explained("append", name, error);
        match self.append_line(name, &line).await {
            Err(error) if is(&error, &StorageErrorCode::ContainerNotFound) => {
                self.make_container().await.map_err(failed)?;
            }
            Err(error) if is(&error, &StorageErrorCode::BlobNotFound) => {}
            result => return result.map_err(failed),
        }
        self.make_journal(name).await.map_err(failed)?;
        self.append_line(name, &line).await.map_err(failed)
    }

    async fn lease(&self, name: &str, holder: Uuid, life: Duration) -> Result<Option<Lease>, StateError> {
        checked(name)?;
        let (seconds, asked) = (checked_life(name, life)?, Instant::now());
        let failed = |error| explained("lease", name, error);
        let told = |granted: bool| granted.then(|| Lease::granted(name, holder, asked, life));
        match self.acquire(name, holder, seconds).await {
            Err(error) if is(&error, &StorageErrorCode::ContainerNotFound) => {
                self.make_container().await.map_err(failed)?;
            }
            Err(error) if is(&error, &StorageErrorCode::BlobNotFound) => {}
            result => return result.map(told).map_err(failed),
        }
        self.make_lock(name).await.map_err(failed)?;
        self.acquire(name, holder, seconds).await.map(told).map_err(failed)
    }

    async fn release(&self, lease: Lease) -> Result<(), StateError> {
        let Lease { name, holder, .. } = lease;
        match self.container.blob_client(&name).release_lease(holder.to_string(), None).await {
            Err(error) if !LEASE_IS_OVER.iter().any(|code| is(&error, code)) => {
                Err(explained("release", &name, error))
            }
            _ => Ok(()),
        }
    }
}

fn version_of(etag: Option<Etag>) -> azure_core::Result<Version> {
    let kind = azure_core::error::ErrorKind::DataConversion;
    let etag = etag.ok_or_else(|| azure_core::Error::with_message(kind, "the blob service sent no ETag"))?;
    Ok(Version(etag.to_string()))
}

/// Whether the service gave this reason.
fn is(error: &azure_core::Error, code: &StorageErrorCode) -> bool {
    match error.kind() {
        azure_core::error::ErrorKind::HttpResponse { error_code: Some(found), .. } => found == code.as_ref(),
        _ => false,
    }
}

/// Whether a condition failed: 412 for another ETag or a blob that is gone, 409 for one that is there against
/// `If-None-Match: *`.
fn is_conflict(error: &azure_core::Error) -> bool {
    error.http_status() == Some(StatusCode::PreconditionFailed)
        || is(error, &StorageErrorCode::BlobAlreadyExists)
}

fn explained(verb: &'static str, name: &str, source: azure_core::Error) -> StateError {
    let name = name.to_owned();
    match source.http_status() {
        _ if is_conflict(&source) => StateError::Conflict { name },
        // The document whose version was read has been deleted, alone or with its container.
        Some(StatusCode::NotFound) if verb == "save" => StateError::Conflict { name },
        Some(StatusCode::Unauthorized | StatusCode::Forbidden) => {
            StateError::Denied { verb, name, source: Box::new(source) }
        }
        _ => StateError::Unavailable { verb, name, source: Box::new(source) },
    }
}
