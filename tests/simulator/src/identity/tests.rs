use azure_core::credentials::TokenCredential as _;
use azure_identity::{ManagedIdentityCredential, ManagedIdentityCredentialOptions, UserAssignedId};

use crate::chance::Seed;

use super::{IdentityEndpoint, ManagedIdentity, SimulatedCredential, Tokens};

const SECRET: &str = "header-secret";

async fn endpoint(tokens: &Tokens, identities: Vec<ManagedIdentity>) -> IdentityEndpoint {
    IdentityEndpoint::start(tokens.clone(), identities, SECRET).await.expect("a free loopback port")
}

async fn get(endpoint: &IdentityEndpoint, secret: &str, query: &str) -> (u16, serde_json::Value) {
    let url = format!("{}?{query}", endpoint.environment()["IDENTITY_ENDPOINT"]);
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let response = client.get(url).header("X-IDENTITY-HEADER", secret).send().await.expect("an answer");
    (
        response.status().as_u16(),
        serde_json::from_slice(&response.bytes().await.expect("a body")).expect("JSON"),
    )
}

#[tokio::test]
async fn a_token_needs_the_secret_header() {
    let endpoint = endpoint(&Tokens::default(), vec![ManagedIdentity::named("app", Seed(1))]).await;
    let query = "resource=https://management.azure.com&api-version=2019-08-01";
    assert_eq!(get(&endpoint, "wrong", query).await.0, 401);
    let (status, body) = get(&endpoint, SECRET, query).await;
    assert_eq!(status, 200);
    assert!(body["expires_on"].is_string(), "App Service sends the expiry as text: {body}");
}

#[tokio::test]
async fn an_identity_that_is_not_assigned_is_refused() {
    let endpoint = endpoint(&Tokens::default(), vec![ManagedIdentity::named("app", Seed(1))]).await;
    let query = "resource=https://management.azure.com&api-version=2019-08-01&client_id=someone-else";
    assert_eq!(get(&endpoint, SECRET, query).await.0, 400);
}

/// The credential runs in a child process, because it reads its endpoint from environment variables.
#[tokio::test]
async fn the_real_credential_gets_a_token_that_we_recognise() {
    let (tokens, identity) = (Tokens::default(), ManagedIdentity::named("app", Seed(1)));
    let endpoint = endpoint(&tokens, vec![identity.clone()]).await;
    let output = tokio::process::Command::new(std::env::current_exe().expect("this test's own path"))
        .args(["--exact", "identity::tests::child_of_the_real_credential_test", "--nocapture", "--ignored"])
        .envs(endpoint.environment())
        .env("TEST_CLIENT_ID", &identity.client_id)
        .output()
        .await
        .expect("the child ran");
    let text = String::from_utf8_lossy(&output.stdout);
    let token = text.lines().find_map(|line| line.split_once("token=")).expect("a token").1.trim();
    let claims = tokens.recognise(token).expect("a token of ours");
    assert_eq!(claims.object_id, identity.object_id);
    assert_eq!(claims.audience, "https://management.azure.com");
}

/// Runs in a process of its own, because `azure_identity` takes the endpoint from environment variables.
#[tokio::test]
#[ignore = "started by the_real_credential_gets_a_token_that_we_recognise"]
async fn child_of_the_real_credential_test() {
    let client_id = std::env::var("TEST_CLIENT_ID").expect("set by the parent");
    let options = ManagedIdentityCredentialOptions {
        user_assigned_id: Some(UserAssignedId::ClientId(client_id)),
        ..Default::default()
    };
    let credential = ManagedIdentityCredential::new(Some(options)).expect("a credential");
    let token =
        credential.get_token(&["https://management.azure.com/.default"], None).await.expect("a token");
    println!("token={}", token.token.secret());
}

#[tokio::test]
async fn the_in_process_credential_gets_the_same_kind_of_token() {
    let (tokens, identity) = (Tokens::default(), ManagedIdentity::named("app", Seed(1)));
    let credential = SimulatedCredential::new(tokens.clone(), identity);
    let token =
        credential.get_token(&["https://management.azure.com/.default"], None).await.expect("a token");
    assert!(tokens.recognise(token.token.secret()).is_some());
}
