//! Endpoints: registered URLs, each with its own events, secret and state. They stay when the history is cleared.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Row as Record, TransactionBehavior, params};
use url::Url;

use super::Store;
use super::pending::State;
use super::query::time;
use crate::error::Result;
use crate::secret::Secret;
use crate::value::ContentType;

/// A registered URL with what is sent to it and how. What a provider allows of that is for `delivery::rules` to say.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Endpoint {
    /// Its own for ever, whatever it is called.
    pub(crate) id: String,
    /// What people call it. Those that were made over an API may share a name.
    pub(crate) name: String,
    pub(crate) provider: String,
    /// Without credentials.
    pub(crate) url: Url,
    /// Names of events, or [`ALL`].
    pub(crate) events: Vec<String>,
    pub(crate) description: Option<String>,
    /// Its own signing key; deliveries are unsigned without one.
    pub(crate) secret: Option<Secret>,
    pub(crate) method: String,
    pub(crate) content_type: ContentType,
    /// HTTP Basic credentials, `USER:PASS`.
    pub(crate) basic: Option<Secret>,
    /// Fields of a custom payload, as `--map` takes them; the provider's own payload without any.
    pub(crate) map: Vec<String>,
    /// Whether the bodies of answers are kept in the log.
    pub(crate) log_body: bool,
    /// Deliveries to one that is not wait.
    pub(crate) enabled: bool,
    pub(crate) created_at: Timestamp,
    pub(crate) changed_at: Timestamp,
    pub(crate) health: Health,
}

/// Stands for all events, also for those that are in no catalogue.
pub(crate) const ALL: &str = "*";

/// How deliveries to an endpoint went of late.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Health {
    /// Attempts that failed since the last one that did not.
    pub(crate) failures: u32,
    /// When the first of these was made, by the clock of the deliveries.
    pub(crate) failing_since: Option<Timestamp>,
    /// Why it was disabled, if its provider would have done so.
    pub(crate) disabled_because: Option<String>,
}

impl Endpoint {
    /// Whether it gets this event.
    pub(crate) fn takes(&self, event: &str) -> bool {
        self.events.iter().any(|own| own == event || own == ALL)
    }
}

const COLUMNS: &str = "id, name, provider, url, events, description, secret, method, content_type, basic, map, log_body, enabled, created, changed, failures, failing_since, disabled_because";

impl Store {
    /// All endpoints, the oldest first.
    pub(crate) fn endpoints(&self) -> Result<Vec<Endpoint>> {
        let all = || {
            let sql = format!("SELECT {COLUMNS} FROM endpoint ORDER BY created, rowid");
            let mut statement = self.connection.prepare(&sql)?;
            let rows = statement.query_map([], endpoint)?;
            rows.collect::<rusqlite::Result<Vec<_>>>()
        };
        all().map_err(|error| self.explain(error))
    }

    /// The secrets of a provider's endpoints.
    pub(crate) fn endpoint_secrets(&self, provider: &str) -> Result<Vec<Secret>> {
        let all = || {
            let sql = "SELECT secret FROM endpoint WHERE provider = ?1 AND secret IS NOT NULL ORDER BY created, rowid";
            let mut statement = self.connection.prepare_cached(sql)?;
            let rows = statement.query_map([provider], |row| row.get::<_, String>(0))?;
            rows.map(|secret| Ok(Secret::new(&secret?)))
                .collect::<rusqlite::Result<Vec<_>>>()
        };
        all().map_err(|error| self.explain(error))
    }

    /// The endpoint with this id.
    pub(crate) fn endpoint(&self, id: &str) -> Result<Option<Endpoint>> {
        let found = (|| {
            let sql = format!("SELECT {COLUMNS} FROM endpoint WHERE id = ?1");
            let mut statement = self.connection.prepare_cached(&sql)?;
            statement.query_row([id], endpoint).optional()
        })();
        found.map_err(|error| self.explain(error))
    }

    /// Keeps an endpoint, in place of the one with its id. Deliveries to it wait while it is disabled, and no longer.
    pub(crate) fn keep_endpoint(&mut self, endpoint: &Endpoint) -> Result<()> {
        let kept = self.try_keep(endpoint);
        kept.map_err(|error| self.explain(error))
    }

    fn try_keep(&mut self, endpoint: &Endpoint) -> rusqlite::Result<()> {
        let lists = [&endpoint.events, &endpoint.map];
        let [events, map] = lists.map(|list| serde_json::Value::from(list.as_slice()).to_string());
        let health = &endpoint.health;
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let sql = format!(
            "INSERT INTO endpoint ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)
            ON CONFLICT (id) DO UPDATE SET name = ?2, provider = ?3, url = ?4, events = ?5, description = ?6, secret = ?7, method = ?8, content_type = ?9, basic = ?10, map = ?11, log_body = ?12, enabled = ?13, changed = ?15, failures = ?16, failing_since = ?17, disabled_because = ?18"
        );
        transaction.prepare_cached(&sql)?.execute(params![
            endpoint.id,
            endpoint.name,
            endpoint.provider,
            endpoint.url.as_str(),
            events,
            endpoint.description,
            endpoint.secret.as_ref().map(Secret::reveal),
            endpoint.method,
            endpoint.content_type.word(),
            endpoint.basic.as_ref().map(Secret::reveal),
            map,
            endpoint.log_body,
            endpoint.enabled,
            endpoint.created_at.as_millisecond(),
            endpoint.changed_at.as_millisecond(),
            health.failures,
            health.failing_since.map(Timestamp::as_millisecond),
            health.disabled_because,
        ])?;
        let (from, to) = if endpoint.enabled {
            (State::Paused, State::Waiting)
        } else {
            (State::Waiting, State::Paused)
        };
        transaction
            .prepare_cached("UPDATE pending SET state = ?1 WHERE endpoint = ?2 AND state = ?3")?
            .execute(params![to as u8, endpoint.id, from as u8])?;
        transaction.commit()
    }

    /// Takes an endpoint away. What is pending for it is given up; the log stays. Returns whether it was there.
    pub(crate) fn remove_endpoint(&mut self, id: &str) -> Result<bool> {
        let removed = (|| {
            let transaction = self
                .connection
                .transaction_with_behavior(TransactionBehavior::Immediate)?;
            transaction.execute("DELETE FROM pending WHERE endpoint = ?1", [id])?;
            let removed = transaction.execute("DELETE FROM endpoint WHERE id = ?1", [id])?;
            transaction.commit()?;
            Ok(removed > 0)
        })();
        removed.map_err(|error| self.explain(error))
    }
}

fn endpoint(record: &Record<'_>) -> rusqlite::Result<Endpoint> {
    let damaged = |column, why: &str| {
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, why.into())
    };
    let list = |column| -> rusqlite::Result<Vec<String>> {
        let text: String = record.get(column)?;
        serde_json::from_str(&text).map_err(|_| damaged(column, "no list of texts"))
    };
    let secret = |column| -> rusqlite::Result<Option<Secret>> {
        let text: Option<String> = record.get(column)?;
        Ok(text.as_deref().map(Secret::new))
    };
    let url: String = record.get(3)?;
    let content_type: String = record.get(8)?;
    Ok(Endpoint {
        id: record.get(0)?,
        name: record.get(1)?,
        provider: record.get(2)?,
        url: url.parse().map_err(|_| damaged(3, "no URL"))?,
        events: list(4)?,
        description: record.get(5)?,
        secret: secret(6)?,
        method: record.get(7)?,
        content_type: ContentType::named(&content_type)
            .ok_or_else(|| damaged(8, "no content type"))?,
        basic: secret(9)?,
        map: list(10)?,
        log_body: record.get(11)?,
        enabled: record.get(12)?,
        created_at: time(record.get(13)?),
        changed_at: time(record.get(14)?),
        health: Health {
            failures: record.get(15)?,
            failing_since: record.get::<_, Option<i64>>(16)?.map(time),
            disabled_because: record.get(17)?,
        },
    })
}
