//! What is done with captures of the list: listed, exported, pinned, deleted. And the catalogue.

use std::io;
use std::sync::Arc;

use axum::http::Uri;
use clap::ValueEnum as _;
use serde_json::{Value, json};

use super::board::Happening;
use super::reply::{self, Refusal, Reply, file, json};
use super::row;
use super::server::{id, parameter};
use super::state::Page;
use crate::capture::Filter;
use crate::commands::history::export::{self, Format};
use crate::render::event;
use crate::store::Id;

/// Rows of one answer, and most of them.
const USUAL: usize = 200;
const MOST: usize = 2_000;
/// Most captures of one export.
const MOST_EXPORTED: usize = 10_000;

/// Rows, the newest first.
pub(super) fn page(
    page: &Page,
    filter: Option<&Filter>,
    before: Option<Id>,
    limit: Option<usize>,
) -> Reply {
    let limit = limit.unwrap_or(USUAL).clamp(1, MOST);
    let (rows, next) = page.shelf.list(filter, before, limit)?;
    let rows: Vec<Value> = rows.iter().map(row::json).collect();
    let next = next.map(|id| id.to_string());
    Ok(json(&json!({"rows": rows, "next": next})))
}

fn format(uri: &Uri, name: &str) -> Result<Format, Refusal> {
    let text = parameter(uri, name).unwrap_or_default();
    Format::from_str(&text, true)
        .map_err(|_| Refusal::bad(format!("`{text}` is no form of a request")))
}

/// One capture in another form, as text.
pub(super) fn written(page: &Page, id: Id, uri: &Uri) -> Reply {
    let format = format(uri, "form")?;
    let entry = page.shelf.get(id)?;
    let entry = entry.ok_or_else(|| Refusal::not_found(&id.to_string()))?;
    let reveal = parameter(uri, "reveal").is_some();
    reply::written("text/plain; charset=utf-8", move |out| {
        export::write_all([Ok(entry)], format, reveal, out)
    })
}

/// A file with the captures of these ids, or with those that are listed; the oldest first.
pub(super) fn export(page: Arc<Page>, filter: Option<&Filter>, uri: &Uri) -> Reply {
    let format = format(uri, "format")?;
    let ids = match parameter(uri, "ids") {
        Some(ids) => ids.split(',').map(id).collect::<Result<Vec<_>, _>>()?,
        None => {
            let (rows, _) = page.shelf.list(filter, None, MOST_EXPORTED)?;
            rows.into_iter().rev().map(|row| row.id).collect()
        }
    };
    if ids.len() > 1 && !format.takes_several() {
        return Err(Refusal::bad(
            "several of these do not fit into one file; export one",
        ));
    }
    let name = match ids.as_slice() {
        [one] => one.to_string(),
        _ => "captures".to_owned(),
    };
    let reveal = parameter(uri, "reveal").is_some();
    let response = reply::written("application/octet-stream", move |out| {
        // One at a time: there may be thousands of them.
        let entries = ids.iter().filter_map(|id| page.shelf.get(*id).transpose());
        let entries = entries.map(|entry| entry.map_err(io::Error::other));
        export::write_all(entries, format, reveal, out)
    })?;
    Ok(file(&format!("{name}.{}", format.ending()), response))
}

pub(super) fn pin(page: &Page, id: Id, pinned: bool) -> Reply {
    if !page.shelf.pin(id, pinned)? {
        return Err(Refusal::not_found(&id.to_string()));
    }
    page.board.tell(Happening::Pinned(id, pinned));
    Ok(json(&json!({"id": id.to_string(), "pinned": pinned})))
}

pub(super) fn remove(page: &Page, id: Id) -> Reply {
    if !page.shelf.remove(id)? {
        return Err(Refusal::not_found(&id.to_string()));
    }
    page.board.tell(Happening::Removed(id));
    Ok(json(&json!({"id": id.to_string(), "removed": true})))
}

/// All providers with what they send.
pub(super) fn catalogue(page: &Page) -> Reply {
    let providers = page.settings.catalogue()?.all()?;
    let providers = providers.iter().map(|provider| {
        let profile = &provider.profile;
        json!({
            "name": profile.name,
            "label": profile.label,
            "scheme": profile.scheme().id,
            "events": event::list_json(provider),
        })
    });
    Ok(json(&providers.collect::<Value>()))
}
