//! Azurite for one test: its own process, port, folder and certificate.
//!
//! The emulator is installed with npm into `tests/.azurite` of the workspace at its first use. Without node and npm the
//! test says so and passes; with `CI=true` it fails instead.

use std::{
    env, fs,
    fs::File,
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use azure_core::{
    credentials::{AccessToken, TokenCredential, TokenRequestOptions},
    time::OffsetDateTime,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use url::Url;

/// How long the emulator may take to listen; node starts slowly on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running emulator, ended when dropped.
pub(crate) struct Azurite {
    process: Child,
    port: u16,
    authority: String,
    _folder: tempfile::TempDir,
}

/// Starts an emulator, or explains on stderr why there is none.
pub(crate) async fn start() -> Option<Azurite> {
    let program = match tokio::task::spawn_blocking(program).await.expect("no panic") {
        Ok(program) => program,
        Err(reason) => {
            assert!(env::var("CI").as_deref() != Ok("true"), "Azurite is required in CI: {reason}");
            eprintln!("SKIPPED: the blob store was not tested against Azurite: {reason}");
            return None;
        }
    };
    let mut azurite = Azurite::spawn(&program);
    azurite.listening().await;
    Some(azurite)
}

impl Azurite {
    fn spawn(program: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let authority = certificate(folder.path());
        let probe = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = probe.local_addr().expect("an address").port();
        drop(probe);
        let process = Command::new("node")
            .arg(program)
            .args(["--blobHost", "127.0.0.1", "--blobPort", &port.to_string(), "--oauth", "basic"])
            .args(["--skipApiVersionCheck", "--disableTelemetry", "--silent", "--location"])
            .arg(folder.path())
            .arg("--cert")
            .arg(folder.path().join("leaf.pem"))
            .arg("--key")
            .arg(folder.path().join("leaf.key"))
            .stdout(Stdio::null())
            .spawn()
            .expect("node starts");
        Self { process, port, authority, _folder: folder }
    }

    async fn listening(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            if let Some(status) = self.process.try_wait().expect("a child of ours") {
                panic!("Azurite ended with {status} before it listened on port {}", self.port);
            }
            assert!(
                Instant::now() < deadline,
                "Azurite does not listen on port {} after {PATIENCE:?}",
                self.port
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The address of a container, which does not exist yet.
    pub(crate) fn container(&self, name: &str) -> Url {
        let port = self.port;
        Url::parse(&format!("https://127.0.0.1:{port}/devstoreaccount1/{name}")).expect("a URL")
    }

    /// An HTTP client that trusts this emulator's certificate and nothing else.
    pub(crate) fn trusting_client(&self) -> Arc<reqwest::Client> {
        let authority = reqwest::Certificate::from_pem(self.authority.as_bytes()).expect("a certificate");
        let client = reqwest::Client::builder().tls_certs_only([authority]).no_gzip().no_deflate().no_proxy();
        Arc::new(client.build().expect("a client"))
    }

    /// A credential whose tokens the emulator takes: it reads audience, issuer and times, and checks no signature.
    pub(crate) fn credential(&self) -> Arc<dyn TokenCredential> {
        Arc::new(UnsignedTokens)
    }
}

impl Drop for Azurite {
    fn drop(&mut self) {
        // Best effort: the process may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[derive(Debug)]
struct UnsignedTokens;

#[async_trait::async_trait]
impl TokenCredential for UnsignedTokens {
    async fn get_token(
        &self,
        _: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
        let claims = serde_json::json!({
            "aud": "https://storage.azure.com",
            "iss": "https://sts.windows.net/00000000-0000-0000-0000-0000000000aa/",
            "nbf": now - 60, "iat": now - 60, "exp": now + 3_600,
        });
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let header = part("{\"alg\":\"none\",\"typ\":\"JWT\"}");
        let token = format!("{header}.{}.{}", part(&claims.to_string()), part("unsigned"));
        let expires = OffsetDateTime::from_unix_timestamp(i64::try_from(now).expect("fits") + 3_600);
        Ok(AccessToken::new(token, expires.expect("in range")))
    }
}

/// The emulator's entry point, installed if need be.
fn program() -> Result<PathBuf, String> {
    for tool in ["node", "npm"] {
        let version = Command::new(tool).arg("--version").stdout(Stdio::null()).status();
        if !version.is_ok_and(|status| status.success()) {
            return Err(format!("`{tool}` is not installed"));
        }
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/.azurite");
    fs::create_dir_all(&folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
    let lock = File::create(folder.join(".lock")).and_then(|file| file.lock().map(|()| file));
    let _lock = lock.map_err(|error| format!("cannot lock {}: {error}", folder.display()))?;
    let (done, program) =
        (folder.join(".installed"), folder.join("node_modules/azurite/dist/src/blob/main.js"));
    if !(done.exists() && program.exists()) {
        install(&folder)?;
        fs::write(&done, "").map_err(|error| format!("cannot write {}: {error}", done.display()))?;
    }
    Ok(program)
}

fn install(folder: &Path) -> Result<(), String> {
    let npm = Command::new("npm")
        .args(["install", "azurite@3", "--no-audit", "--no-fund", "--loglevel=error", "--prefix"])
        .arg(folder)
        .stdout(Stdio::null())
        .status();
    match npm {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("npm could not install azurite@3 ({status})")),
        Err(error) => Err(format!("npm could not start: {error}")),
    }
}

/// Writes `leaf.pem` and `leaf.key` for 127.0.0.1 and returns the authority that signed the leaf: a certificate that is
/// both is refused by TLS clients.
fn certificate(folder: &Path) -> String {
    let mut root = CertificateParams::default();
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root_key = KeyPair::generate().expect("a key");
    let root_certificate = root.self_signed(&root_key).expect("a certificate");
    let leaf_key = KeyPair::generate().expect("a key");
    let leaf = CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("a name");
    let leaf = leaf.signed_by(&leaf_key, &Issuer::new(root, root_key)).expect("a certificate");
    fs::write(folder.join("leaf.pem"), leaf.pem()).expect("writes");
    fs::write(folder.join("leaf.key"), leaf_key.serialize_pem()).expect("writes");
    root_certificate.pem()
}
