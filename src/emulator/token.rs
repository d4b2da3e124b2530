//! Whether a call may be made.

use subtle::ConstantTimeEq as _;

use super::{Asked, Refusal};
use crate::provider::api::{Api, Carrier, Denied, Fault};
use crate::secret::Secret;

/// Why a call may not be made.
pub(super) enum Refused<'a> {
    Unknown(Refusal),
    /// Its token is known, and means that.
    Denied(&'a Denied),
}

/// Whether a call carries a token that is accepted, where the API says that it does.
pub(super) fn check<'a>(tokens: &[Secret], api: &'a Api, asked: &Asked) -> Result<(), Refused<'a>> {
    let unknown = |fault, why: String| Err(Refused::Unknown(Refusal::new(fault, why)));
    let carriers = &api.auth.value;
    let carried = carriers.iter().find_map(|carrier| carried(carrier, asked));
    let token = match carried {
        None => {
            let places: Vec<String> = carriers.iter().map(Carrier::words).collect();
            let why = format!("The call carries no token: {}", places.join(" or "));
            return unknown(Fault::NoToken, why);
        }
        Some(Err(())) => {
            let why = "The Authorization header is no `Bearer TOKEN`".to_owned();
            return unknown(Fault::MalformedToken, why);
        }
        Some(Ok(token)) => token,
    };
    let is_known = |token: &str| {
        let known = tokens.iter();
        known.fold(false, |found, own| {
            found | bool::from(own.reveal().as_bytes().ct_eq(token.as_bytes()))
        })
    };
    if is_known(&token) {
        return Ok(());
    }
    let stem = |denied: &&Denied| token.strip_suffix(&*denied.suffix).is_some_and(is_known);
    let Some(denied) = api.denied.iter().find(stem) else {
        let why = "The token is none that is accepted here".to_owned();
        return unknown(Fault::WrongToken, why);
    };
    // A token that is refused for some calls is good for the others.
    let methods = denied.methods.as_ref();
    if methods.is_none_or(|methods| methods.contains(&asked.method)) {
        Err(Refused::Denied(denied))
    } else {
        Ok(())
    }
}

/// The token in one place; an error if what is there can be none.
fn carried(carrier: &Carrier, asked: &Asked) -> Option<Result<String, ()>> {
    let header = |name: &str| {
        let value = asked.headers.get(name)?;
        Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    match carrier {
        Carrier::Bearer => {
            let value = header("authorization")?;
            let token = value
                .split_once(' ')
                .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
            let token = token.map(|(_, token)| token.trim().to_owned());
            Some(token.filter(|token| !token.is_empty()).ok_or(()))
        }
        Carrier::Header(name) => header(name).map(Ok),
        Carrier::Query(name) => {
            let mut pairs = form_urlencoded::parse(asked.query.as_bytes());
            let found = pairs.find(|(key, _)| key == name);
            found.map(|(_, value)| Ok(value.into_owned()))
        }
    }
}
