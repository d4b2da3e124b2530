//! The page's server: routes, connections, and its end.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::routing::{any, get, post, put};
use serde::de::DeserializeOwned;
use tokio::task::JoinSet;

use super::guard::{Guard, guard};
use super::listen::Bound;
use super::reply::{Refusal, Reply, aside, json};
use super::state::Page;
use super::{act, assets, detail, list, policy, signature, stream};
use crate::capture::Filter;
use crate::capture::filter::Problem;
use crate::receiver::{OwnNames, serve_router};
use crate::store::Id;

/// Largest body that is taken beside that of a capture, which may come as base64.
const MAX_BODY: usize = 1024 * 1024;
/// For a head to arrive.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// For pages to hear that the listener ended.
const GRACE: Duration = Duration::from_millis(500);

/// A page that is served.
pub(crate) struct Served(JoinSet<()>);

/// Serves a page until its listener stops.
pub(crate) fn serve(bound: Bound, page: Page) -> Served {
    let (page, names) = (Arc::new(page), OwnNames::at(&bound.url));
    let guard = Arc::new(Guard::new(names, page.token.clone()));
    let router = router(&page, guard);
    let mut accepting = JoinSet::new();
    for listener in bound.listeners {
        accepting.spawn(serve_router(
            listener,
            router.clone(),
            HEAD_TIMEOUT,
            page.stop.clone(),
        ));
    }
    Served(accepting)
}

impl Served {
    /// Waits until the pages have heard of the end; not long.
    pub(crate) async fn end(mut self) {
        let all = async { while self.0.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(GRACE, all).await;
    }
}

type Pages = State<Arc<Page>>;

fn router(page: &Arc<Page>, own: Arc<Guard>) -> Router {
    Router::new()
        .route(
            "/",
            get(|State(page): Pages| async move { assets::index(&page.token) }),
        )
        .route(
            "/api/session",
            get(|State(page): Pages| async move { json(&page.session()) }),
        )
        .route("/api/events", get(events))
        .route("/api/captures", get(captures))
        .route("/api/captures/{id}", get(capture).delete(remove))
        .route("/api/captures/{id}/body", get(body))
        .route("/api/captures/{id}/signature", get(signed))
        .route("/api/captures/{id}/attempts", get(attempts))
        .route("/api/captures/{id}/as", get(written))
        .route("/api/captures/{id}/pin", put(pin))
        .route("/api/compare", get(compare))
        .route("/api/export", get(export))
        .route("/api/catalogue", get(catalogue))
        .route(
            "/api/snippet",
            get(|uri: Uri| async move { signature::snippet_of(&uri) }),
        )
        .route(
            "/api/policy",
            get(|State(page): Pages| async move { json(&policy::shown(&page)) }).put(set_policy),
        )
        .route("/api/replay", post(replay))
        .route("/api/send", post(send))
        .route("/api/check", post(check))
        .route(
            "/api/{*rest}",
            any(|| async { Refusal::new(StatusCode::NOT_FOUND, "there is no such call") }),
        )
        .route(
            "/{file}",
            get(|Path(file): Path<String>| async move { assets::file(&file) }),
        )
        .fallback(|| async { Refusal::new(StatusCode::NOT_FOUND, "there is no such file") })
        .with_state(Arc::clone(page))
        .layer(axum::middleware::from_fn_with_state(own, guard))
}

/// A parameter of the query.
pub(super) fn parameter(uri: &Uri, name: &str) -> Option<String> {
    let query = uri.query().unwrap_or_default();
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

/// The filter that a query asks for.
pub(super) fn filter(uri: &Uri) -> Result<Option<Filter>, Refusal> {
    let text = parameter(uri, "q").filter(|text| !text.trim().is_empty());
    let read = |text: String| {
        text.parse()
            .map_err(|problem: Problem| Refusal::bad(problem.to_string()))
    };
    text.map(read).transpose()
}

pub(super) fn id(text: &str) -> Result<Id, Refusal> {
    text.parse()
        .map_err(|_| Refusal::bad(format!("`{text}` is no id such as `cap_01h2k3m4n5p6`")))
}

fn id_parameter(uri: &Uri, name: &str) -> Result<Option<Id>, Refusal> {
    parameter(uri, name).map(|text| id(&text)).transpose()
}

fn needed(uri: &Uri, name: &str) -> Result<Id, Refusal> {
    id_parameter(uri, name)?.ok_or_else(|| Refusal::bad(format!("`{name}` is missing")))
}

fn reveals(uri: &Uri) -> bool {
    parameter(uri, "reveal").is_some()
}

async fn read<T: DeserializeOwned>(page: &Page, body: Body) -> Result<T, Refusal> {
    let limit = page
        .facts
        .max_body
        .saturating_mul(2)
        .saturating_add(MAX_BODY);
    let bytes = to_bytes(body, limit)
        .await
        .map_err(|_| Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "this is too much at once"))?;
    serde_json::from_slice(&bytes).map_err(|error| Refusal::bad(error.to_string()))
}

async fn events(State(page): Pages, uri: Uri, headers: HeaderMap) -> Reply {
    let last = headers
        .get("last-event-id")
        .and_then(|last| last.to_str().ok());
    let last = last.and_then(|last| last.parse().ok());
    stream::open(&page, filter(&uri)?, last)
}

async fn captures(State(page): Pages, uri: Uri) -> Reply {
    let (filter, before) = (filter(&uri)?, id_parameter(&uri, "before")?);
    let limit = parameter(&uri, "limit").and_then(|limit| limit.parse().ok());
    aside(move || list::page(&page, filter.as_ref(), before, limit)).await
}

async fn capture(State(page): Pages, Path(name): Path<String>, uri: Uri) -> Reply {
    let id = id(&name)?;
    aside(move || detail::shown(&page, id, reveals(&uri))).await
}

async fn body(State(page): Pages, Path(name): Path<String>) -> Reply {
    let id = id(&name)?;
    aside(move || detail::body(&page, id)).await
}

async fn signed(State(page): Pages, Path(name): Path<String>, uri: Uri) -> Reply {
    let id = id(&name)?;
    aside(move || signature::shown(&page, id, reveals(&uri))).await
}

async fn attempts(State(page): Pages, Path(name): Path<String>) -> Reply {
    let id = id(&name)?;
    aside(move || detail::attempts(&page, id)).await
}

async fn written(State(page): Pages, Path(name): Path<String>, uri: Uri) -> Reply {
    let id = id(&name)?;
    aside(move || list::written(&page, id, &uri)).await
}

async fn compare(State(page): Pages, uri: Uri) -> Reply {
    let (a, b) = (needed(&uri, "a")?, needed(&uri, "b")?);
    aside(move || detail::compared(&page, a, b, &uri)).await
}

async fn export(State(page): Pages, uri: Uri) -> Reply {
    let filter = filter(&uri)?;
    aside(move || list::export(page, filter.as_ref(), &uri)).await
}

async fn catalogue(State(page): Pages) -> Reply {
    aside(move || list::catalogue(&page)).await
}

#[derive(serde::Deserialize)]
struct Pin {
    pinned: bool,
}

async fn pin(State(page): Pages, Path(name): Path<String>, body: Body) -> Reply {
    let (id, wish) = (id(&name)?, read::<Pin>(&page, body).await?);
    aside(move || list::pin(&page, id, wish.pinned)).await
}

async fn remove(State(page): Pages, Path(name): Path<String>) -> Reply {
    let id = id(&name)?;
    aside(move || list::remove(&page, id)).await
}

async fn set_policy(State(page): Pages, body: Body) -> Reply {
    let wish = read(&page, body).await?;
    aside(move || policy::set(&page, &wish)).await
}

async fn replay(State(page): Pages, body: Body) -> Reply {
    let wish = read(&page, body).await?;
    act::replay(page, wish).await
}

async fn send(State(page): Pages, body: Body) -> Reply {
    let wish = read(&page, body).await?;
    act::send(page, wish).await
}

async fn check(State(page): Pages, body: Body) -> Reply {
    let wish = read(&page, body).await?;
    act::check(page, wish).await
}
