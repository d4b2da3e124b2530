//! Spellings of one JSON text: the same values, written with other spaces, escapes, number forms or key order.
//!
//! Works on the bytes: what a spelling does not change stays as it is, down to the digits of a number. A spelling is
//! written token by token as a [`Stream`]; there is neither a tree of the text nor a copy of it, however large it is.

mod order;
#[cfg(test)]
mod tests;
mod tokens;
mod traits;
mod writer;

use std::cell::OnceCell;
use std::ops::ControlFlow;

use order::Containers;
use tokens::{Token, Tokens};
use traits::Traits;
use writer::Writer;

use super::stream::Stream;

/// A JSON text, for writing it in other ways.
pub(crate) struct Spelled<'a> {
    text: &'a str,
    traits: Traits,
    /// Where objects and arrays end; found when they are first put in another order.
    containers: OnceCell<Containers>,
}

/// White space between the tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Space {
    /// None.
    Compact,
    /// `", "` and `": "` on one line.
    OneLine,
    /// `": "` after keys, and nothing after commas.
    Colon,
    /// `", "` after commas, and nothing after colons.
    Comma,
    /// One member a line, indented by this many spaces.
    Indent(u8),
    /// One member a line, indented by tabs.
    Tabs,
    /// Indented like this, with a space before the colon too.
    WideIndent(u8),
}

impl Space {
    /// Those that serializers write, the most common first.
    pub(crate) const KNOWN: [Self; 10] = [
        Self::Compact,
        Self::OneLine,
        Self::Indent(2),
        Self::Indent(4),
        Self::Tabs,
        Self::Colon,
        Self::Comma,
        Self::WideIndent(2),
        Self::Indent(1),
        Self::Indent(3),
    ];
}

/// How characters beyond ASCII are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Unicode {
    Keep,
    /// As `\u00e9`.
    EscapeLower,
    /// As `\u00E9`.
    EscapeUpper,
    /// As themselves.
    Plain,
}

/// How `/` is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Slash {
    Keep,
    Escape,
    Plain,
}

/// How the characters that mean something in HTML are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Html {
    Keep,
    /// `<`, `>` and `&` as `\u003c` (Go, Rails).
    EscapeLower,
    /// As `\u003C` (PHP).
    EscapeUpper,
    /// `'`, `"`, `+` and the backtick too, with upper-case digits (System.Text.Json).
    EscapeMore,
    /// `'` and `=` too, with lower-case digits (Gson).
    EscapeGson,
    Plain,
}

/// How numbers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Numbers {
    Keep,
    /// Whole numbers with `.0`.
    WithPoint,
    /// Whole numbers with an exponent, as in `12e0`.
    WithExponent,
    /// Only this one, counted from 0.
    OneWithPoint(usize),
    /// `1.0` as `1`.
    WithoutPoint,
    /// As ECMAScript prints them.
    Script,
    /// With two decimals where there are any.
    TwoDecimals,
    /// With 17 significant digits where there are decimals (PHP 7.0).
    SeventeenDigits,
}

/// The order of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Order {
    Keep,
    Sorted,
    /// Those that are array indices first (ECMAScript).
    Script,
    Reversed,
}

/// Empty lists and objects, which PHP does not tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Empty {
    Keep,
    /// `[]` as `{}`.
    Objects,
    /// `{}` as `[]`.
    Lists,
}

/// A way of writing JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Style {
    /// `None` keeps the white space as it is, which only works if key order and nesting stay.
    pub(crate) space: Option<Space>,
    pub(crate) unicode: Unicode,
    pub(crate) slash: Slash,
    pub(crate) html: Html,
    pub(crate) numbers: Numbers,
    pub(crate) order: Order,
    pub(crate) empty: Empty,
}

impl Style {
    /// Everything as it is.
    pub(crate) const KEEP: Self = Self {
        space: None,
        unicode: Unicode::Keep,
        slash: Slash::Keep,
        html: Html::Keep,
        numbers: Numbers::Keep,
        order: Order::Keep,
        empty: Empty::Keep,
    };
}

impl<'a> Spelled<'a> {
    /// Looks at a JSON text; `None` if it is none, or nested deeper than 128 levels.
    pub(crate) fn new(bytes: &'a [u8]) -> Option<Self> {
        // Checks the grammar and the depth, so that what follows need not.
        let text = super::depth::check(bytes).ok()?;
        u32::try_from(bytes.len()).ok()?;
        Some(Self {
            text,
            traits: Traits::of(text),
            containers: OnceCell::new(),
        })
    }

    /// Members of the object at the top; 0 if it is none.
    pub(crate) fn top_members(&self) -> usize {
        self.traits.top_members
    }

    /// How many members and containers are noted to write it in another order.
    pub(crate) fn notes(&self) -> usize {
        self.traits.members + self.traits.containers
    }

    /// Those of the first 64 numbers that are whole.
    pub(crate) fn whole_numbers(&self) -> impl Iterator<Item = usize> {
        self.traits.whole_numbers()
    }

    /// The white space that it is written with, if it is a known one.
    pub(crate) fn space(&self) -> Option<Space> {
        let mut known = Space::KNOWN.into_iter();
        known.find(|space| self.traits.has_space(*space))
    }

    /// Whether this style writes the white space that the text has.
    pub(crate) fn has_space(&self, space: Space) -> bool {
        self.traits.has_space(space)
    }

    /// The style without the parts that make no difference to this text: [`Style::KEEP`] if it writes the text itself.
    /// A part that is left may make none either.
    pub(crate) fn reduce(&self, style: Style) -> Style {
        self.traits.reduce(style)
    }

    /// Most bytes that it has in a style.
    pub(crate) fn length(&self, style: Style) -> u64 {
        self.traits.length(style, self.text.len())
    }

    /// What it takes to write it in a style, as so many bytes hashed.
    pub(crate) fn work(&self, style: Style) -> u64 {
        self.traits.work(style, self.text.len())
    }

    /// Writes it in a style.
    pub(crate) fn write_to(&self, style: Style, out: &mut Stream<'_>) {
        let mut writer = Writer::new(self.text, style, out);
        let Some(space) = style.space else {
            return writer.in_place();
        };
        let containers = (style.order != Order::Keep).then(|| self.containers());
        writer.value(0, space, 0, containers);
    }

    /// Writes it in a style with the members of the top object in the given order.
    pub(crate) fn write_permuted_to(&self, style: Style, order: &[usize], out: &mut Stream<'_>) {
        let start = Tokens::from(self.text, 0).next();
        let Some((Token::Open, start)) = start else {
            return;
        };
        let containers = self.containers();
        let members = containers.members(self.text, start.start);
        let permuted = order.iter().filter_map(|index| members.get(*index));
        let permuted: Vec<_> = permuted.copied().collect();
        let space = style.space.unwrap_or(Space::Compact);
        Writer::new(self.text, style, out).object(&permuted, space, 0, None);
    }

    /// It in a style, whole: for texts of our own.
    pub(crate) fn write(&self, style: Style) -> Vec<u8> {
        let mut text = Vec::with_capacity(self.text.len());
        let mut sink = |chunk: &[u8]| {
            text.extend_from_slice(chunk);
            ControlFlow::Continue(())
        };
        let mut out = Stream::new(&mut sink);
        self.write_to(style, &mut out);
        out.finish();
        text
    }

    fn containers(&self) -> &Containers {
        let count = self.traits.containers;
        self.containers
            .get_or_init(|| Containers::of(self.text, count))
    }
}

/// An offset in a text that [`Spelled::new`] has taken: it is shorter than 4 GiB.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// A size as a count of bytes.
fn size(size: usize) -> u64 {
    u64::try_from(size).unwrap_or(u64::MAX)
}
