//! What a JSON text is made of: which parts of a style can make a difference to it, and how long it gets in each.

use std::ops::Range;

use super::tokens::{Token, Tokens};
use super::{Empty, Html, Numbers, Order, Slash, Space, Style, Unicode, size};
use crate::request::depth::MAX_DEPTH;

/// Numbers, from the first, of which it is known which are whole.
pub(super) const KNOWN_NUMBERS: usize = 64;

/// Counts over the whole text.
#[derive(Debug, Default)]
pub(super) struct Traits {
    /// White space: bit `i` is set if the text is written with `Space::KNOWN[i]`.
    spaces: u16,
    /// White space around the text.
    is_padded: bool,
    tokens: usize,
    /// Bytes of all tokens, which is the length without white space.
    token_bytes: usize,
    commas: usize,
    colons: usize,
    /// Line breaks of an indented text, and the sum of their levels.
    lines: usize,
    levels: usize,
    pub(super) containers: usize,
    empty_objects: usize,
    empty_lists: usize,
    pub(super) members: usize,
    pub(super) top_members: usize,
    is_unsorted: bool,
    has_index_keys: bool,
    has_several_members: bool,
    numbers: usize,
    /// Bit `i` is set if number `i` is whole.
    whole: u64,
    whole_numbers: usize,
    /// With a decimal point.
    decimals: usize,
    /// With an exponent, which may stand for hundreds of digits.
    exponents: usize,
    /// Those that ECMAScript may print in another way.
    odd_numbers: usize,
    bytes: Bytes,
}

/// What stands in the strings. These bytes stand nowhere else in JSON.
#[derive(Debug, Default)]
struct Bytes {
    beyond_ascii: usize,
    /// U+2028 or U+2029 is among them.
    has_separators: bool,
    slashes: usize,
    escaped_slashes: usize,
    /// `<`, `>` and `&`.
    markup: usize,
    apostrophes: usize,
    /// `+` and the backtick.
    pluses: usize,
    equals: usize,
    backslashes: usize,
    has_unicode_escapes: bool,
    has_escaped_quotes: bool,
}

impl Bytes {
    fn of(text: &str) -> Self {
        let counts = histogram(text.as_bytes());
        let count = |bytes: &[u8]| bytes.iter().map(|byte| counts[usize::from(*byte)]).sum();
        let backslashes = count(b"\\");
        let has = |escape: &str| backslashes > 0 && text.contains(escape);
        let slashes = count(b"/");
        Self {
            beyond_ascii: counts[0x80..].iter().sum(),
            has_separators: counts[0xe2] > 0 && text.contains(['\u{2028}', '\u{2029}']),
            slashes,
            escaped_slashes: if slashes > 0 && backslashes > 0 {
                escaped_slashes(text.as_bytes())
            } else {
                0
            },
            markup: count(b"<>&"),
            apostrophes: count(b"'"),
            pluses: count(b"+`"),
            equals: count(b"="),
            backslashes,
            has_unicode_escapes: has("\\u"),
            has_escaped_quotes: has("\\\""),
        }
    }

    /// Those that some style writes as an escape.
    fn markup_of_any_kind(&self) -> usize {
        self.markup + self.apostrophes + self.pluses + self.equals
    }
}

/// How often each byte occurs.
fn histogram(bytes: &[u8]) -> [usize; 256] {
    // Runs of one byte would wait for their own counter, so there are four of each.
    let mut banks = [[0_usize; 256]; 4];
    let chunks = bytes.chunks_exact(4);
    let rest = chunks.remainder();
    for chunk in chunks {
        for (bank, byte) in banks.iter_mut().zip(chunk) {
            bank[usize::from(*byte)] += 1;
        }
    }
    for byte in rest {
        banks[0][usize::from(*byte)] += 1;
    }
    std::array::from_fn(|byte| banks.iter().map(|bank| bank[byte]).sum())
}

/// Slashes with an odd number of backslashes before them.
fn escaped_slashes(text: &[u8]) -> usize {
    let is_escaped = |at: &usize| {
        let before = text[..*at].iter().rev();
        before.take_while(|byte| **byte == b'\\').count() % 2 == 1
    };
    memchr::memchr_iter(b'/', text).filter(is_escaped).count()
}

/// White space between two tokens, by what stands before and after it.
#[derive(Clone, Copy)]
enum Gap {
    /// Nothing is written here by any style: before commas, in `[]`.
    None,
    /// After an opening bracket and before a closing one.
    Bracket,
    Comma,
    BeforeColon,
    AfterColon,
}

impl Space {
    /// Whether this style writes a gap at a level of nesting so.
    fn writes(self, gap: Gap, level: usize, text: &[u8]) -> bool {
        let wanted: &[u8] = match (self, gap) {
            (Self::Indent(_) | Self::WideIndent(_) | Self::Tabs, Gap::Comma | Gap::Bracket) => {
                let (unit, width) = self.indentation();
                let indentation = text.strip_prefix(b"\n");
                return indentation.is_some_and(|text| {
                    text.len() == width * level && text.iter().all(|byte| *byte == unit)
                });
            }
            (Self::OneLine | Self::Comma, Gap::Comma)
            | (Self::WideIndent(_), Gap::BeforeColon | Gap::AfterColon)
            | (Self::OneLine | Self::Colon | Self::Indent(_) | Self::Tabs, Gap::AfterColon) => b" ",
            _ => b"",
        };
        text == wanted
    }

    /// What a level of nesting is indented by.
    pub(super) fn indentation(self) -> (u8, usize) {
        match self {
            Self::Indent(width) | Self::WideIndent(width) => (b' ', usize::from(width)),
            Self::Tabs => (b'\t', 1),
            Self::Compact | Self::OneLine | Self::Colon | Self::Comma => (b' ', 0),
        }
    }

    pub(super) fn breaks_lines(self) -> bool {
        matches!(self, Self::Indent(_) | Self::WideIndent(_) | Self::Tabs)
    }
}

/// An object or array that is open.
struct Open {
    is_object: bool,
    members: usize,
    /// The last key.
    key: Range<usize>,
}

/// One walk over the tokens.
struct Walk<'a> {
    text: &'a str,
    traits: Traits,
    open: Vec<Open>,
    before: Option<Token>,
}

impl Traits {
    /// Looks at a text that is known to be JSON.
    pub(super) fn of(text: &str) -> Self {
        let mut walk = Walk {
            text,
            traits: Self {
                spaces: (1 << Space::KNOWN.len()) - 1,
                is_padded: text.trim_ascii().len() < text.len(),
                bytes: Bytes::of(text),
                ..Self::default()
            },
            open: Vec::with_capacity(MAX_DEPTH),
            before: None,
        };
        let mut end = 0;
        for (token, range) in Tokens::from(text, 0) {
            walk.gap(token, end..range.start);
            end = range.end;
            walk.token(token, range);
        }
        walk.traits
    }
}

impl Walk<'_> {
    fn gap(&mut self, next: Token, range: Range<usize>) {
        let Some(before) = self.before else { return };
        if self.traits.spaces == 0 {
            return;
        }
        let level = self.open.len();
        let (gap, level) = match (before, next) {
            (Token::Open, Token::Close) => (Gap::None, level),
            (Token::Open, _) => (Gap::Bracket, level),
            (_, Token::Close) => (Gap::Bracket, level.saturating_sub(1)),
            (Token::Comma, _) => (Gap::Comma, level),
            (_, Token::Colon) => (Gap::BeforeColon, level),
            (Token::Colon, _) => (Gap::AfterColon, level),
            _ => (Gap::None, level),
        };
        let text = &self.text.as_bytes()[range];
        let mut left = self.traits.spaces;
        while left != 0 {
            let bit = left & left.wrapping_neg();
            left &= !bit;
            let space = Space::KNOWN[bit.trailing_zeros() as usize];
            if !space.writes(gap, level, text) {
                self.traits.spaces &= !bit;
            }
        }
    }

    fn token(&mut self, token: Token, range: Range<usize>) {
        let traits = &mut self.traits;
        traits.tokens += 1;
        traits.token_bytes += range.len();
        match token {
            Token::Open => {
                traits.containers += 1;
                self.open.push(Open {
                    is_object: self.text.as_bytes()[range.start] == b'{',
                    members: 0,
                    key: 0..0,
                });
            }
            Token::Close => self.close(),
            Token::Comma => {
                traits.commas += 1;
                traits.lines += 1;
                traits.levels += self.open.len();
            }
            Token::Colon => traits.colons += 1,
            Token::String => self.string(range),
            Token::Number => traits.number(&self.text[range]),
            Token::Word => {}
        }
        self.before = Some(token);
    }

    fn close(&mut self) {
        let level = self.open.len();
        let closed = self.open.pop();
        let traits = &mut self.traits;
        let is_object = closed.is_some_and(|open| open.is_object);
        if self.before == Some(Token::Open) {
            *(if is_object {
                &mut traits.empty_objects
            } else {
                &mut traits.empty_lists
            }) += 1;
            return;
        }
        // After the opening bracket, and before the closing one.
        traits.lines += 2;
        traits.levels += level + level.saturating_sub(1);
    }

    fn string(&mut self, range: Range<usize>) {
        let is_top = self.open.len() == 1;
        let may_be_key = matches!(self.before, Some(Token::Open | Token::Comma));
        let open = self.open.last_mut();
        let Some(open) = open.filter(|open| open.is_object && may_be_key) else {
            return;
        };
        let traits = &mut self.traits;
        let key = range.start + 1..range.end - 1;
        traits.members += 1;
        traits.top_members += usize::from(is_top);
        let (last, new) = (&self.text[open.key.clone()], &self.text[key.clone()]);
        traits.is_unsorted |= open.members > 0 && new < last;
        traits.has_index_keys |= new.starts_with(|char: char| char.is_ascii_digit());
        traits.has_several_members |= open.members > 0;
        open.members += 1;
        open.key = key;
    }
}

impl Traits {
    fn number(&mut self, text: &str) {
        let (mut has_point, mut has_exponent) = (false, false);
        for byte in text.bytes() {
            has_point |= byte == b'.';
            has_exponent |= matches!(byte, b'e' | b'E');
        }
        let is_whole = !has_point && !has_exponent;
        if is_whole && self.numbers < KNOWN_NUMBERS {
            self.whole |= 1 << self.numbers;
        }
        self.numbers += 1;
        self.whole_numbers += usize::from(is_whole);
        self.exponents += usize::from(has_exponent);
        self.decimals += usize::from(has_point);
        // A double holds all integers of 15 digits.
        let is_plain = is_whole && text.len() <= 15 && text != "-0";
        self.odd_numbers += usize::from(!is_plain);
    }

    /// The numbers among the first of which a whole one can be written in another way.
    pub(super) fn whole_numbers(&self) -> impl Iterator<Item = usize> {
        (0..KNOWN_NUMBERS).filter(|index| self.whole & (1 << index) != 0)
    }

    /// Whether the text has the white space that this style writes.
    pub(super) fn has_space(&self, space: Space) -> bool {
        let known = Space::KNOWN.iter().position(|known| *known == space);
        known.is_some_and(|index| self.spaces & (1 << index) != 0)
    }

    /// A style without the parts that make no difference to this text.
    pub(super) fn reduce(&self, style: Style) -> Style {
        let bytes = &self.bytes;
        let escapes = bytes.has_unicode_escapes;
        let escapes_separators = matches!(style.html, Html::EscapeLower | Html::EscapeGson);
        let unicode = match style.unicode {
            Unicode::Keep => false,
            // Where all characters are written as themselves, so are the separators.
            Unicode::Plain => escapes || (bytes.has_separators && escapes_separators),
            Unicode::EscapeLower | Unicode::EscapeUpper => escapes || bytes.beyond_ascii > 0,
        };
        let slash = match style.slash {
            Slash::Keep => false,
            Slash::Escape => bytes.slashes > bytes.escaped_slashes,
            Slash::Plain => bytes.escaped_slashes > 0,
        };
        let markup = escapes || bytes.markup > 0;
        let html = match style.html {
            Html::Keep => false,
            Html::Plain => escapes,
            Html::EscapeLower => markup || bytes.has_separators,
            Html::EscapeUpper => markup,
            Html::EscapeMore => {
                markup || bytes.apostrophes + bytes.pluses > 0 || bytes.has_escaped_quotes
            }
            Html::EscapeGson => {
                markup || bytes.apostrophes + bytes.equals > 0 || bytes.has_separators
            }
        };
        let order = match style.order {
            Order::Keep => false,
            Order::Sorted => self.is_unsorted,
            Order::Script => self.has_index_keys && self.has_several_members,
            Order::Reversed => self.has_several_members,
        };
        let numbers = match style.numbers {
            Numbers::Keep => false,
            Numbers::WithPoint | Numbers::WithExponent => self.whole_numbers > 0,
            // In another order they are counted in another way.
            Numbers::OneWithPoint(index) => {
                order || index >= KNOWN_NUMBERS || self.whole & (1 << index) != 0
            }
            Numbers::WithoutPoint => self.decimals > 0,
            Numbers::Script => self.odd_numbers > 0,
            Numbers::TwoDecimals | Numbers::SeventeenDigits => self.numbers > self.whole_numbers,
        };
        let empty = match style.empty {
            Empty::Keep => false,
            Empty::Objects => self.empty_lists > 0,
            Empty::Lists => self.empty_objects > 0,
        };
        let space = style
            .space
            .filter(|space| order || self.is_padded || !self.has_space(*space));
        let keep = Style::KEEP;
        Style {
            space,
            unicode: if unicode { style.unicode } else { keep.unicode },
            slash: if slash { style.slash } else { keep.slash },
            html: if html { style.html } else { keep.html },
            numbers: if numbers { style.numbers } else { keep.numbers },
            order: if order { style.order } else { keep.order },
            empty: if empty { style.empty } else { keep.empty },
        }
    }

    /// Most bytes that a text of this length gets in a style.
    pub(super) fn length(&self, style: Style, own: usize) -> u64 {
        let bytes = &self.bytes;
        let mut length = style.space.map_or(size(own), |space| self.spaced(space));
        if matches!(style.unicode, Unicode::EscapeLower | Unicode::EscapeUpper) {
            // From two bytes to six, at most.
            length += 2 * size(bytes.beyond_ascii);
        }
        if style.slash == Slash::Escape {
            length += size(bytes.slashes);
        }
        if !matches!(style.html, Html::Keep | Html::Plain) {
            length += 5 * size(bytes.markup_of_any_kind()) + size(bytes.beyond_ascii);
            // `\"` as `\u0022`.
            length += 4 * size(bytes.backslashes);
        }
        length
            + match style.numbers {
                Numbers::Keep | Numbers::WithoutPoint => 0,
                Numbers::WithPoint | Numbers::WithExponent => 2 * size(self.whole_numbers),
                Numbers::OneWithPoint(_) => 2,
                Numbers::Script => 25 * size(self.odd_numbers),
                // Without an exponent, the largest double has 309 digits.
                Numbers::TwoDecimals | Numbers::SeventeenDigits => {
                    20 * size(self.odd_numbers) + 312 * size(self.exponents)
                }
            }
    }

    /// The length with this white space, in full.
    fn spaced(&self, space: Space) -> u64 {
        let (commas, colons) = (size(self.commas), size(self.colons));
        let (_, width) = space.indentation();
        let lines = size(self.lines) + size(width) * size(self.levels);
        size(self.token_bytes)
            + match space {
                Space::Compact => 0,
                Space::OneLine => commas + colons,
                Space::Colon => colons,
                Space::Comma => commas,
                Space::Indent(_) | Space::Tabs => colons + lines,
                Space::WideIndent(_) => 2 * colons + lines,
            }
    }

    /// What it takes to write the text in a style, beside the bytes themselves, as so many bytes hashed: measured at
    /// 1.8 GB/s.
    pub(super) fn work(&self, style: Style, own: usize) -> u64 {
        let bytes = &self.bytes;
        let rewrites_strings =
            (style.unicode, style.slash, style.html) != (Unicode::Keep, Slash::Keep, Html::Keep);
        let mut work = size(own) / 2;
        if style.space.is_some() || style.numbers != Numbers::Keep {
            work += TOKEN * size(self.tokens) + ESCAPE * size(bytes.backslashes);
        }
        if rewrites_strings {
            let units = bytes.beyond_ascii / 2
                + bytes.backslashes
                + bytes.slashes
                + bytes.markup_of_any_kind();
            work += TOKEN * size(self.members) + UNIT * size(units) + size(own);
        }
        if !matches!(style.numbers, Numbers::Keep | Numbers::OneWithPoint(_)) {
            work += NUMBER * size(self.odd_numbers);
        }
        if style.order != Order::Keep {
            work += MEMBER * size(self.members);
        }
        work
    }
}

/// Work for a token, for a backslash in a string that is stepped over, for an escape or a character that may become
/// one, for a number that is read as a double, and for a member that is sorted.
const TOKEN: u64 = 16;
const ESCAPE: u64 = 16;
const UNIT: u64 = 24;
const NUMBER: u64 = 512;
const MEMBER: u64 = 256;
