//! The same JSON in other spellings.

use std::collections::HashSet;
use std::ops::ControlFlow;

use super::body::{Breadth, Variant, Visit};
use super::budget::{Budget, Part};
use super::cause::{Code, Deviation};
use crate::request::spelling::{
    Empty, Html, Numbers, Order, Slash, Space, Spelled, Style, Unicode,
};
use crate::request::stream::Stream;
use crate::signature::key::Running;

/// Most members of the top object whose every order is tried.
const MAX_PERMUTED: usize = 5;
/// Most members, objects and lists that are noted to put them in another order: some twenty bytes of memory each.
const MAX_NOTED: usize = 2 << 20;

/// One part of the spelling at a time.
pub(super) fn single(
    spelled: &Spelled<'_>,
    budget: &Budget<'_>,
    breadth: Breadth,
    visit: &mut Visit<'_>,
) -> ControlFlow<()> {
    let mut styles = Styles::new(spelled, budget, visit);
    let keep = Style::KEEP;
    for space in Space::KNOWN {
        let space = Some(space);
        styles.visit(Style { space, ..keep }, Part::Spellings, true)?;
    }
    let spellings = Part::Spellings;
    for unicode in [Unicode::EscapeLower, Unicode::EscapeUpper, Unicode::Plain] {
        styles.visit(Style { unicode, ..keep }, spellings, false)?;
    }
    for slash in [Slash::Escape, Slash::Plain] {
        styles.visit(Style { slash, ..keep }, spellings, false)?;
    }
    for html in [
        Html::EscapeLower,
        Html::EscapeUpper,
        Html::EscapeMore,
        Html::EscapeGson,
        Html::Plain,
    ] {
        styles.visit(Style { html, ..keep }, spellings, false)?;
    }
    for numbers in [
        Numbers::WithPoint,
        Numbers::WithoutPoint,
        Numbers::Script,
        Numbers::TwoDecimals,
        Numbers::SeventeenDigits,
    ] {
        styles.visit(Style { numbers, ..keep }, Part::Numbers, false)?;
    }
    if breadth == Breadth::All {
        for index in spelled.whole_numbers() {
            let numbers = Numbers::OneWithPoint(index);
            styles.visit(Style { numbers, ..keep }, Part::Numbers, false)?;
        }
    }
    for empty in [Empty::Objects, Empty::Lists] {
        styles.visit(Style { empty, ..keep }, spellings, false)?;
    }
    let space = spelled.space().or(Some(Space::Compact));
    for order in [Order::Sorted, Order::Script, Order::Reversed] {
        let style = Style {
            space,
            order,
            ..keep
        };
        styles.visit(style, Part::KeyOrder, false)?;
    }
    ControlFlow::Continue(())
}

/// Styles that are visited, each once.
struct Styles<'a, 'o, 'v> {
    spelled: &'a Spelled<'a>,
    budget: &'a Budget<'a>,
    visit: &'o mut Visit<'v>,
    seen: HashSet<Style>,
}

impl<'a, 'o, 'v> Styles<'a, 'o, 'v> {
    fn new(spelled: &'a Spelled<'a>, budget: &'a Budget<'a>, visit: &'o mut Visit<'v>) -> Self {
        Self {
            spelled,
            budget,
            visit,
            // The body as it is was tried before.
            seen: HashSet::from([Style::KEEP]),
        }
    }

    /// Visits the body in a style, unless it was visited in one that is the same to this body.
    fn visit(&mut self, style: Style, part: Part, with_line_end: bool) -> ControlFlow<()> {
        let spelled = self.spelled;
        let style = spelled.reduce(style);
        if !self.seen.insert(style) || (style.order != Order::Keep && !self.can_reorder()) {
            return ControlFlow::Continue(());
        }
        let write = |out: &mut Stream<'_>| spelled.write_to(style, out);
        let effort = (spelled.length(style), spelled.work(style));
        let mut variant = Variant::new(part, effort, &write);
        variant.with_line_end = with_line_end;
        (self.visit)(&variant, &|line_end| deviations(spelled, style, line_end))
    }

    fn can_reorder(&self) -> bool {
        let noted = self.spelled.notes();
        self.budget.most(Part::KeyOrder, noted, MAX_NOTED) == noted
    }
}

/// Escapes that serialisers of other languages write together.
const ESCAPES: [(Unicode, Slash, Html); 11] = [
    (Unicode::Keep, Slash::Keep, Html::Keep),
    (Unicode::EscapeLower, Slash::Keep, Html::Keep),
    (Unicode::EscapeLower, Slash::Escape, Html::Keep),
    (Unicode::Keep, Slash::Escape, Html::Keep),
    (Unicode::Keep, Slash::Keep, Html::EscapeLower),
    (Unicode::Plain, Slash::Plain, Html::EscapeLower),
    (Unicode::Plain, Slash::Plain, Html::Plain),
    (Unicode::EscapeUpper, Slash::Plain, Html::EscapeMore),
    (Unicode::EscapeLower, Slash::Keep, Html::EscapeLower),
    (Unicode::EscapeUpper, Slash::Keep, Html::Keep),
    (Unicode::Plain, Slash::Keep, Html::EscapeGson),
];
/// White space that these are combined with; `None` is the body's own.
const COMBINED_SPACES: [Option<Space>; 6] = [
    None,
    Some(Space::Compact),
    Some(Space::OneLine),
    Some(Space::Indent(2)),
    Some(Space::Indent(4)),
    Some(Space::Tabs),
];
const COMBINED_NUMBERS: [Numbers; 4] = [
    Numbers::Keep,
    Numbers::Script,
    Numbers::WithPoint,
    Numbers::WithoutPoint,
];
const COMBINED_ORDERS: [Order; 3] = [Order::Keep, Order::Sorted, Order::Script];

/// Spellings in several parts at once.
pub(super) fn combined(
    spelled: &Spelled<'_>,
    budget: &Budget<'_>,
    visit: &mut Visit<'_>,
) -> ControlFlow<()> {
    let mut styles = Styles::new(spelled, budget, visit);
    let own = spelled.space();
    for space in COMBINED_SPACES {
        for (unicode, slash, html) in ESCAPES {
            for numbers in COMBINED_NUMBERS {
                for order in COMBINED_ORDERS {
                    // An order needs white space of its own.
                    let needed = own
                        .or(Some(Space::Compact))
                        .filter(|_| order != Order::Keep);
                    let style = Style {
                        space: space.or(needed),
                        unicode,
                        slash,
                        html,
                        numbers,
                        order,
                        empty: Empty::Keep,
                    };
                    styles.visit(style, Part::CombinedSpellings, false)?;
                }
            }
        }
    }
    permuted(&mut styles)
}

/// Every order of the members of a small object.
fn permuted(styles: &mut Styles<'_, '_, '_>) -> ControlFlow<()> {
    let spelled = styles.spelled;
    let members = spelled.top_members();
    if members > MAX_PERMUTED || !styles.can_reorder() {
        return ControlFlow::Continue(());
    }
    let style = Style {
        space: spelled.space().or(Some(Space::Compact)),
        ..Style::KEEP
    };
    let effort = (spelled.length(style), spelled.work(style));
    for order in permutations(members) {
        if order.is_sorted() {
            continue;
        }
        let write = |out: &mut Stream<'_>| spelled.write_permuted_to(style, &order, out);
        let variant = Variant::new(Part::KeyOrder, effort, &write);
        let what = "the same JSON with its keys in another order";
        (styles.visit)(&variant, &|_| {
            vec![Deviation::new(Code::BodyKeyOrder, what)]
        })?;
    }
    ControlFlow::Continue(())
}

/// All orders of so many things.
fn permutations(count: usize) -> Vec<Vec<usize>> {
    let mut all: Vec<Vec<usize>> = vec![Vec::new()];
    for next in 0..count {
        all = all
            .iter()
            .flat_map(|order| {
                (0..=order.len()).map(move |at| {
                    let mut order = order.clone();
                    order.insert(at, next);
                    order
                })
            })
            .collect();
    }
    all
}

/// The digest of a text in a style, which tells whether two styles are the same to it.
fn digest(spelled: &Spelled<'_>, style: Style) -> Vec<u8> {
    let mut running = Running::sha256();
    let mut sink = |chunk: &[u8]| {
        running.update(chunk);
        ControlFlow::Continue(())
    };
    let mut out = Stream::new(&mut sink);
    spelled.write_to(style, &mut out);
    out.finish();
    running.finish()
}

/// The parts of a style that make a difference to this body, in words.
fn deviations(spelled: &Spelled<'_>, style: Style, line_end: bool) -> Vec<Deviation> {
    let written = digest(spelled, style);
    let keep = Style::KEEP;
    let mut found = Vec::new();
    let mut add = |code: Code, how: &str| {
        found.push(Deviation::new(code, format!("the same JSON {how}")));
    };
    if let Some(space) = style.space
        && !spelled.has_space(space)
    {
        add(Code::BodyReserialised, words_of(space));
    }
    let parts = [
        (
            Style {
                order: keep.order,
                ..style
            },
            Code::BodyKeyOrder,
            order_words(style.order),
        ),
        (
            Style {
                numbers: keep.numbers,
                ..style
            },
            Code::BodyNumberFormat,
            number_words(style.numbers),
        ),
        (
            Style {
                unicode: keep.unicode,
                ..style
            },
            Code::BodyUnicodeEscape,
            unicode_words(style.unicode),
        ),
        (
            Style {
                slash: keep.slash,
                ..style
            },
            Code::BodySlashEscape,
            slash_words(style.slash),
        ),
        (
            Style {
                html: keep.html,
                ..style
            },
            Code::BodyHtmlEscape,
            html_words(style.html),
        ),
        (
            Style {
                empty: keep.empty,
                ..style
            },
            Code::BodyReserialised,
            empty_words(style.empty),
        ),
    ];
    for (without, code, how) in parts {
        if without != style && digest(spelled, without) != written {
            add(code, how);
        }
    }
    if line_end {
        add(Code::BodyFinalNewline, "with a line end after it");
    }
    if found.is_empty() {
        found.push(Deviation::new(
            Code::BodyReserialised,
            "the same JSON with other white space",
        ));
    }
    found
}

fn words_of(space: Space) -> &'static str {
    match space {
        Space::Compact => "written without spaces, as JSON.stringify does",
        Space::OneLine => "written with `, ` and `: `, as Python's json.dumps does",
        Space::Indent(1) => "indented by 1 space",
        Space::Indent(2) => "indented by 2 spaces",
        Space::Indent(3) => "indented by 3 spaces",
        Space::Indent(4) => "indented by 4 spaces",
        Space::Tabs => "indented by tabs",
        Space::Colon => "written with `: ` after keys",
        Space::Comma => "written with `, ` between members",
        Space::WideIndent(2) => "indented by 2 spaces, with ` : ` after keys",
        Space::Indent(_) | Space::WideIndent(_) => "with other white space",
    }
}

fn order_words(order: Order) -> &'static str {
    match order {
        Order::Sorted => "with its keys sorted",
        Order::Reversed => "with its keys reversed",
        Order::Keep | Order::Script => "with its keys in the order in which JavaScript lists them",
    }
}

fn number_words(numbers: Numbers) -> &'static str {
    match numbers {
        Numbers::WithPoint => "with whole numbers written as `1.0`",
        Numbers::WithExponent => "with whole numbers written as `1e0`",
        Numbers::OneWithPoint(_) => "with one whole number written as `1.0`",
        Numbers::WithoutPoint => "with `1.0` written as `1`",
        Numbers::TwoDecimals => "with two decimals",
        Numbers::SeventeenDigits => "with 17 digits, as PHP writes decimals",
        Numbers::Keep | Numbers::Script => "with numbers as JavaScript prints them",
    }
}

fn unicode_words(unicode: Unicode) -> &'static str {
    match unicode {
        Unicode::Plain => "with characters beyond ASCII as themselves, not as `\\u00e9`",
        Unicode::EscapeUpper => "with characters beyond ASCII as `\\u00E9`",
        Unicode::Keep | Unicode::EscapeLower => "with characters beyond ASCII as `\\u00e9`",
    }
}

fn slash_words(slash: Slash) -> &'static str {
    match slash {
        Slash::Escape => "with `/` written as `\\/`",
        Slash::Keep | Slash::Plain => "with `\\/` written as `/`",
    }
}

fn html_words(html: Html) -> &'static str {
    match html {
        Html::Plain => "with `<`, `>` and `&` as themselves, not as `\\u0026`",
        Html::EscapeUpper | Html::EscapeMore => {
            "with `<`, `>` and `&` as `\\u003C`, `\\u003E` and `\\u0026`"
        }
        _ => "with `<`, `>` and `&` as `\\u003c`, `\\u003e` and `\\u0026`",
    }
}

fn empty_words(empty: Empty) -> &'static str {
    match empty {
        Empty::Objects => "with `{}` in place of `[]`, which PHP does not tell apart",
        Empty::Keep | Empty::Lists => "with `[]` in place of `{}`, which PHP does not tell apart",
    }
}
