//! One capture or delivery as JSON, read without a tree of it: what is not asked for is passed over where it is.
//!
//! A field of another kind than it should be is as good as missing, unless the request cannot be made without it.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::stored::{self, Stored};
use super::{Headers, Request};

/// The fields that are known.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct Record<'a> {
    #[serde(borrow, rename = "type")]
    pub(crate) kind: Text<'a>,
    #[serde(borrow)]
    pub(crate) id: Text<'a>,
    #[serde(borrow)]
    pub(crate) received_at: Text<'a>,
    #[serde(borrow)]
    pub(crate) sent_at: Text<'a>,
    #[serde(borrow)]
    pub(crate) method: Text<'a>,
    #[serde(borrow)]
    pub(crate) target: Text<'a>,
    #[serde(borrow)]
    pub(super) path: Text<'a>,
    #[serde(borrow)]
    pub(super) query: Text<'a>,
    #[serde(borrow)]
    pub(crate) headers: List<Pair<'a>>,
    #[serde(borrow)]
    pub(crate) body: Text<'a>,
    #[serde(borrow)]
    pub(crate) body_base64: Text<'a>,
    #[serde(borrow)]
    pub(crate) provider: Text<'a>,
    #[serde(borrow)]
    pub(crate) event: Text<'a>,
    #[serde(borrow)]
    pub(crate) delivery_id: Text<'a>,
    pub(crate) duplicate: Flag,
    #[serde(borrow)]
    pub(crate) signature: Maybe<Judged<'a>>,
    /// Why a request was rejected.
    #[serde(borrow)]
    pub(crate) reason: Text<'a>,
    #[serde(borrow)]
    pub(crate) detail: Text<'a>,
    pub(crate) response: Maybe<Responded>,
    #[serde(borrow)]
    pub(crate) outcome: Text<'a>,
    pub(crate) over: Number,
    #[serde(borrow)]
    pub(crate) url: Text<'a>,
    #[serde(borrow)]
    pub(crate) replay_of: Text<'a>,
    #[serde(borrow)]
    pub(crate) endpoint: Text<'a>,
    pub(crate) tampered: Flag,
    #[serde(borrow)]
    pub(crate) attempts: List<Maybe<Tried<'a>>>,
    #[serde(borrow)]
    pub(crate) forward: List<Maybe<Tried<'a>>>,
}

/// The verdict on a signature.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct Judged<'a> {
    #[serde(borrow)]
    pub(crate) status: Text<'a>,
    #[serde(borrow)]
    pub(crate) scheme: Text<'a>,
    #[serde(borrow)]
    pub(crate) reason: Text<'a>,
    #[serde(borrow)]
    pub(crate) detail: Text<'a>,
}

/// How a request was responded to.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct Responded {
    pub(crate) status: Number,
    pub(crate) duration_ms: Number,
}

/// An attempt of a delivery, or a forward of a capture.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct Tried<'a> {
    pub(crate) attempt: Number,
    #[serde(borrow)]
    pub(crate) url: Text<'a>,
    #[serde(borrow)]
    pub(crate) sent_at: Text<'a>,
    pub(crate) status: Number,
    pub(crate) duration_ms: Number,
    #[serde(borrow)]
    pub(crate) error: Text<'a>,
    #[serde(borrow)]
    pub(crate) sent_headers: List<Pair<'a>>,
    #[serde(borrow)]
    pub(crate) response_headers: List<Pair<'a>>,
    #[serde(borrow)]
    response_body: Text<'a>,
    #[serde(borrow)]
    response_body_base64: Text<'a>,
    pub(crate) truncated: Flag,
}

impl<'a> Record<'a> {
    /// Reads one JSON object.
    ///
    /// # Errors
    /// It is none, or a list in it is too long.
    pub(crate) fn parse(text: &'a [u8]) -> serde_json::Result<Self> {
        serde_json::from_slice::<Maybe<Self>>(text).map(|record| record.0)
    }

    /// Whether it is a request that was rejected, which is no capture.
    pub(super) fn is_rejected(&self) -> bool {
        self.kind.as_str() == Some(stored::REJECTED)
    }

    /// Whether it means to be a request: it has a method and headers.
    pub(crate) fn is_request(&self) -> bool {
        !self.method.is_missing() && !self.headers.is_missing()
    }

    /// The request, with its time and what was noted of it. What is taken out of the record is missing there afterwards.
    ///
    /// # Errors
    /// What is wrong, as the end of a sentence.
    pub(crate) fn take_stored(&mut self) -> Result<Stored, String> {
        let request = self.take_request()?;
        let status = self.response.0.status.as_u64();
        let text = |text: &Text<'_>| text.as_str().map(str::to_owned);
        Ok(Stored {
            provider: text(&self.provider),
            event: text(&self.event),
            delivery_id: text(&self.delivery_id),
            received_at: text(&self.received_at),
            status: status.and_then(|status| u16::try_from(status).ok()),
            ..Stored::whole(request)
        })
    }

    fn take_request(&mut self) -> Result<Request, String> {
        let method = self.method.take().ok_or("`method` is no text")?;
        let target = match (self.target.take(), self.path.take(), self.query.take()) {
            (Some(target), _, _) => target,
            (None, Some(path), Some(query)) if !query.is_empty() => format!("{path}?{query}"),
            (None, Some(path), _) => path,
            (None, None, _) => return Err("`path` is missing".to_owned()),
        };
        let headers = std::mem::take(&mut self.headers);
        let headers = headers
            .into_headers("headers")?
            .ok_or("`headers` is no list")?;
        let (text, encoded) = (
            std::mem::take(&mut self.body),
            std::mem::take(&mut self.body_base64),
        );
        let request = Request {
            method,
            target,
            headers,
            body: body(text, encoded, "body")?.into(),
        };
        stored::check(&request)?;
        Ok(request)
    }

    /// This record, with what another one says where it says nothing.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            kind: self.kind.or(other.kind),
            received_at: self.received_at.or(other.received_at),
            method: self.method.or(other.method),
            target: self.target.or(other.target),
            headers: if self.headers.is_missing() {
                other.headers
            } else {
                self.headers
            },
            body: self.body.or(other.body),
            body_base64: self.body_base64.or(other.body_base64),
            response: if self.response.0.is_missing() {
                other.response
            } else {
                self.response
            },
            ..self
        }
    }
}

impl Responded {
    fn is_missing(&self) -> bool {
        self.status.is_missing() && self.duration_ms.is_missing()
    }
}

impl Tried<'_> {
    /// The body of the response.
    ///
    /// # Errors
    /// What is wrong, as the end of a sentence.
    pub(crate) fn take_response_body(&mut self) -> Result<Vec<u8>, String> {
        let (text, encoded) = (
            std::mem::take(&mut self.response_body),
            std::mem::take(&mut self.response_body_base64),
        );
        body(text, encoded, "response_body")
    }
}

/// A body under a key as text, or under the key with `_base64` behind it.
fn body(text: Text<'_>, encoded: Text<'_>, key: &str) -> Result<Vec<u8>, String> {
    match (text, encoded) {
        (Text::Is(body), _) => Ok(body.into_owned().into_bytes()),
        (_, Text::Is(encoded)) => STANDARD
            .decode(encoded.as_bytes())
            .map_err(|_| format!("`{key}_base64` is not base64")),
        (Text::Missing, Text::Missing) => Ok(Vec::new()),
        _ => Err(format!("`{key}` is no text")),
    }
}

/// A text, and no more of it in memory than there must be.
#[derive(Debug, Default)]
pub(crate) enum Text<'a> {
    /// Or `null`.
    #[default]
    Missing,
    Is(Cow<'a, str>),
    /// Something that is no text.
    Other,
}

impl Text<'_> {
    pub(crate) fn as_str(&self) -> Option<&str> {
        match self {
            Self::Is(text) => Some(text),
            Self::Missing | Self::Other => None,
        }
    }

    pub(crate) fn to_owned(&self) -> Option<String> {
        self.as_str().map(str::to_owned)
    }

    fn take(&mut self) -> Option<String> {
        match std::mem::take(self) {
            Self::Is(text) => Some(text.into_owned()),
            Self::Missing | Self::Other => None,
        }
    }

    pub(super) fn is_missing(&self) -> bool {
        matches!(self, Self::Missing)
    }

    fn or(self, other: Self) -> Self {
        if self.is_missing() { other } else { self }
    }
}

impl From<String> for Text<'_> {
    fn from(text: String) -> Self {
        Self::Is(Cow::Owned(text))
    }
}

/// A number that is not negative.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Number {
    #[default]
    Missing,
    Whole(u64),
    Broken(f64),
}

impl Number {
    pub(crate) fn as_u64(self) -> Option<u64> {
        match self {
            Self::Whole(number) => Some(number),
            Self::Missing | Self::Broken(_) => None,
        }
    }

    pub(crate) fn as_f64(self) -> Option<f64> {
        match self {
            Self::Missing => None,
            #[allow(clippy::cast_precision_loss, reason = "a measured time")]
            Self::Whole(number) => Some(number as f64),
            Self::Broken(number) => Some(number),
        }
    }

    fn is_missing(self) -> bool {
        matches!(self, Self::Missing)
    }
}

/// `true`, or anything else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flag(pub(crate) bool);

/// An object, or one without any fields in the place of anything else.
#[derive(Debug, Default)]
pub(crate) struct Maybe<T>(pub(crate) T);

/// A name and a value, as they stand in a list or an object.
#[derive(Debug)]
pub(crate) struct Pair<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) value: Cow<'a, str>,
    /// Whether each character of the value stands for one byte.
    pub(super) is_latin1: bool,
}

/// Entries of a list that are read; more is nothing that this program or a browser writes.
const MOST: usize = 100_000;

/// A list.
#[derive(Debug, Default)]
pub(crate) enum List<T> {
    /// Or `null`.
    #[default]
    Missing,
    Is(Vec<T>),
    /// A list with something else in it.
    Mixed,
    /// No list at all.
    Other,
}

impl<T> List<T> {
    pub(super) fn is_missing(&self) -> bool {
        matches!(self, Self::Missing)
    }
}

impl List<Pair<'_>> {
    /// These as headers, if there are any.
    ///
    /// # Errors
    /// There is something else under the key.
    pub(crate) fn into_headers(self, key: &str) -> Result<Option<Headers>, String> {
        let pairs = match self {
            Self::Missing | Self::Other => return Ok(None),
            Self::Mixed => return Err(format!("`{key}` is no list of [name, value]")),
            Self::Is(pairs) => pairs,
        };
        let headers = pairs.into_iter().map(|pair| {
            let value = if pair.is_latin1 {
                let bytes = pair.value.chars().map(u8::try_from);
                bytes.collect::<Result<_, _>>().ok()?
            } else {
                pair.value.into_owned().into_bytes()
            };
            Some((pair.name.into_owned(), value))
        });
        let headers: Option<Headers> = headers.collect();
        headers
            .map(Some)
            .ok_or_else(|| format!("`{key}` is no list of [name, value]"))
    }
}

/// What is expected, in the words of an error.
fn anything(f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("JSON")
}

/// Passes over the rest of a list.
fn pass_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<(), A::Error> {
    while list.next_element::<IgnoredAny>()?.is_some() {}
    Ok(())
}

/// Passes over an object.
fn pass_object<'de, A: MapAccess<'de>>(mut object: A) -> Result<(), A::Error> {
    while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
    Ok(())
}

/// What a visitor makes of scalars that it does not look for.
macro_rules! scalars {
    ($value:expr; $($method:ident: $type:ty),*) => {
        $(fn $method<E>(self, _: $type) -> Result<Self::Value, E> {
            Ok($value)
        })*
    };
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                anything(f)
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text::Is(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(text.to_owned().into())
            }

            fn visit_string<E>(self, text: String) -> Result<Text<'de>, E> {
                Ok(text.into())
            }

            fn visit_unit<E>(self) -> Result<Text<'de>, E> {
                Ok(Text::Missing)
            }

            scalars!(Text::Other; visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64);

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Text<'de>, A::Error> {
                pass_list(list).map(|()| Text::Other)
            }

            fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Text<'de>, A::Error> {
                pass_object(object).map(|()| Text::Other)
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Number;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                anything(f)
            }

            fn visit_u64<E>(self, number: u64) -> Result<Number, E> {
                Ok(Number::Whole(number))
            }

            fn visit_f64<E>(self, number: f64) -> Result<Number, E> {
                Ok(Number::Broken(number))
            }

            fn visit_unit<E>(self) -> Result<Number, E> {
                Ok(Number::Missing)
            }

            scalars!(Number::Missing; visit_bool: bool, visit_i64: i64, visit_str: &str);

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Number, A::Error> {
                pass_list(list).map(|()| Number::Missing)
            }

            fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Number, A::Error> {
                pass_object(object).map(|()| Number::Missing)
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Flag;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                anything(f)
            }

            fn visit_bool<E>(self, flag: bool) -> Result<Flag, E> {
                Ok(Flag(flag))
            }

            fn visit_unit<E>(self) -> Result<Flag, E> {
                Ok(Flag(false))
            }

            scalars!(Flag(false); visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_str: &str);

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Flag, A::Error> {
                pass_list(list).map(|()| Flag(false))
            }

            fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Flag, A::Error> {
                pass_object(object).map(|()| Flag(false))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for Maybe<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de> + Default> Visitor<'de> for Reader<T> {
            type Value = Maybe<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                anything(f)
            }

            fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Maybe<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(object)).map(Maybe)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Maybe<T>, A::Error> {
                pass_list(list).map(|()| Maybe::default())
            }

            fn visit_unit<E>(self) -> Result<Maybe<T>, E> {
                Ok(Maybe::default())
            }

            scalars!(Maybe::default(); visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_str: &str);
        }
        deserializer.deserialize_any(Reader(PhantomData))
    }
}

/// What can stand in a list; `None` for something else.
pub(crate) trait Item<'de>: Sized {
    type Read: Deserialize<'de>;

    fn of(read: Self::Read) -> Option<Self>;
}

impl<'de, T: Deserialize<'de> + Default> Item<'de> for Maybe<T> {
    type Read = Self;

    fn of(read: Self) -> Option<Self> {
        Some(read)
    }
}

impl<'de: 'a, 'a> Item<'de> for Pair<'a> {
    type Read = PairRead<'a>;

    fn of(read: PairRead<'a>) -> Option<Self> {
        read.0
    }
}

/// A pair, if it is one.
pub(crate) struct PairRead<'a>(Option<Pair<'a>>);

impl<'de, T: Item<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader<T>(PhantomData<T>);
        impl<'de, T: Item<'de>> Visitor<'de> for Reader<T> {
            type Value = List<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                anything(f)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<List<T>, A::Error> {
                let mut items = Vec::new();
                while let Some(read) = list.next_element::<T::Read>()? {
                    let Some(item) = T::of(read) else {
                        return pass_list(list).map(|()| List::Mixed);
                    };
                    if items.len() == MOST {
                        return Err(A::Error::custom(format!("a list of more than {MOST}")));
                    }
                    items.push(item);
                }
                Ok(List::Is(items))
            }

            fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<List<T>, A::Error> {
                pass_object(object).map(|()| List::Other)
            }

            fn visit_unit<E>(self) -> Result<List<T>, E> {
                Ok(List::Missing)
            }

            scalars!(List::Other; visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_str: &str);
        }
        deserializer.deserialize_any(Reader(PhantomData))
    }
}

/// Marks a header value whose bytes are no UTF-8: each character stands for one byte.
pub(super) const LATIN1: &str = "latin1";

impl<'de: 'a, 'a> Deserialize<'de> for PairRead<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        /// `{"name", "value"}`, as HAR has it.
        #[derive(Default, serde::Deserialize)]
        #[serde(default)]
        struct Named<'a> {
            #[serde(borrow)]
            name: Text<'a>,
            #[serde(borrow)]
            value: Text<'a>,
        }
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = PairRead<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                anything(f)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<PairRead<'de>, A::Error> {
                let name = list.next_element::<Text<'de>>()?;
                let value = list.next_element::<Text<'de>>()?;
                let mark = list.next_element::<Text<'de>>()?;
                let is_latin1 = mark.as_ref().map(|mark| mark.as_str() == Some(LATIN1));
                let is_more = list.next_element::<IgnoredAny>()?.is_some();
                pass_list(list)?;
                Ok(PairRead(match (name, value) {
                    (Some(Text::Is(name)), Some(Text::Is(value)))
                        if !is_more && is_latin1 != Some(false) =>
                    {
                        Some(Pair {
                            name,
                            value,
                            is_latin1: is_latin1 == Some(true),
                        })
                    }
                    _ => None,
                }))
            }

            fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<PairRead<'de>, A::Error> {
                let named = Named::deserialize(MapAccessDeserializer::new(object))?;
                Ok(PairRead(match (named.name, named.value) {
                    (Text::Is(name), Text::Is(value)) => Some(Pair {
                        name,
                        value,
                        is_latin1: false,
                    }),
                    _ => None,
                }))
            }

            fn visit_unit<E>(self) -> Result<PairRead<'de>, E> {
                Ok(PairRead(None))
            }

            scalars!(PairRead(None); visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_str: &str);
        }
        deserializer.deserialize_any(Reader)
    }
}
