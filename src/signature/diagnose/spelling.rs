//! The same JSON in other spellings.

use std::ops::ControlFlow;

use super::body::{Breadth, Visit};
use super::cause::{Code, Deviation};
use crate::request::spelling::{
    Empty, Html, Numbers, Order, Slash, Space, Spelled, Style, Unicode,
};

/// Bodies above this many bytes get fewer combinations.
const LARGE: usize = 64 * 1024;
/// Most numbers that are varied one at a time.
const MOST_NUMBERS: usize = 64;
/// Most members of the top object whose every order is tried.
const MOST_PERMUTED: usize = 5;

const SPACES: [(Space, &str); 10] = [
    (
        Space::Compact,
        "written without spaces, as JSON.stringify does",
    ),
    (
        Space::OneLine,
        "written with `, ` and `: `, as Python's json.dumps does",
    ),
    (Space::Indent(2), "indented by 2 spaces"),
    (Space::Indent(4), "indented by 4 spaces"),
    (Space::Tabs, "indented by tabs"),
    (Space::Colon, "written with `: ` after keys"),
    (Space::Comma, "written with `, ` between members"),
    (
        Space::WideIndent(2),
        "indented by 2 spaces, with ` : ` after keys",
    ),
    (Space::Indent(1), "indented by 1 space"),
    (Space::Indent(3), "indented by 3 spaces"),
];

/// One part of the spelling at a time.
pub(super) fn single(
    body: &[u8],
    spelled: &Spelled<'_>,
    breadth: Breadth,
    visit: &mut Visit<'_>,
) -> ControlFlow<()> {
    let keep = Style::KEEP;
    for (space, _) in SPACES {
        style(
            body,
            spelled,
            Style {
                space: Some(space),
                ..keep
            },
            true,
            visit,
        )?;
    }
    for unicode in [Unicode::EscapeLower, Unicode::EscapeUpper, Unicode::Plain] {
        style(body, spelled, Style { unicode, ..keep }, false, visit)?;
    }
    for slash in [Slash::Escape, Slash::Plain] {
        style(body, spelled, Style { slash, ..keep }, false, visit)?;
    }
    for html in [
        Html::EscapeLower,
        Html::EscapeUpper,
        Html::EscapeMore,
        Html::EscapeGson,
        Html::Plain,
    ] {
        style(body, spelled, Style { html, ..keep }, false, visit)?;
    }
    for numbers in [
        Numbers::WithPoint,
        Numbers::WithoutPoint,
        Numbers::Script,
        Numbers::TwoDecimals,
        Numbers::SeventeenDigits,
    ] {
        style(body, spelled, Style { numbers, ..keep }, false, visit)?;
    }
    if breadth == Breadth::All {
        let most = if body.len() > LARGE { 8 } else { MOST_NUMBERS };
        for index in 0..spelled.numbers().min(most) {
            let numbers = Numbers::OneWithPoint(index);
            style(body, spelled, Style { numbers, ..keep }, false, visit)?;
        }
    }
    for empty in [Empty::Objects, Empty::Lists] {
        style(body, spelled, Style { empty, ..keep }, false, visit)?;
    }
    let own = own_space(body, spelled).unwrap_or(Space::Compact);
    for order in [Order::Sorted, Order::Script, Order::Reversed] {
        style(
            body,
            spelled,
            Style {
                space: Some(own),
                order,
                ..keep
            },
            false,
            visit,
        )?;
    }
    ControlFlow::Continue(())
}

/// The white space that the body is written with, if it is a known one.
fn own_space(body: &[u8], spelled: &Spelled<'_>) -> Option<Space> {
    let text = body.trim_ascii();
    let mut spaces = SPACES.iter().map(|(space, _)| *space);
    spaces.find(|space| {
        spelled
            .write(Style {
                space: Some(*space),
                ..Style::KEEP
            })
            .as_bytes()
            == text
    })
}

/// Visits the body in a style, with and without a line end after it.
fn style(
    body: &[u8],
    spelled: &Spelled<'_>,
    style: Style,
    with_line_end: bool,
    visit: &mut Visit<'_>,
) -> ControlFlow<()> {
    let text = spelled.write(style);
    if text.as_bytes() != body {
        visit(text.as_bytes(), &|| deviations(body, spelled, style, None))?;
    }
    if with_line_end {
        let text = format!("{text}\n");
        if text.as_bytes() != body {
            visit(text.as_bytes(), &|| {
                deviations(body, spelled, style, Some("with a line end after it"))
            })?;
        }
    }
    ControlFlow::Continue(())
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
    body: &[u8],
    spelled: &Spelled<'_>,
    visit: &mut Visit<'_>,
) -> ControlFlow<()> {
    let large = body.len() > LARGE;
    let (spaces, numbers, orders) = if large { (4, 1, 2) } else { (6, 4, 3) };
    let own = own_space(body, spelled);
    for space in &COMBINED_SPACES[..spaces] {
        for (unicode, slash, html) in ESCAPES {
            for &numbers in &COMBINED_NUMBERS[..numbers] {
                for &order in &COMBINED_ORDERS[..orders] {
                    // An order needs white space of its own.
                    let needed = own
                        .or(Some(Space::Compact))
                        .filter(|_| order != Order::Keep);
                    let wanted = Style {
                        space: space.or(needed),
                        unicode,
                        slash,
                        html,
                        numbers,
                        order,
                        empty: Empty::Keep,
                    };
                    style(body, spelled, wanted, false, visit)?;
                }
            }
        }
    }
    if spelled.top_members() > MOST_PERMUTED || large {
        return ControlFlow::Continue(());
    }
    let keep = Style {
        space: own.or(Some(Space::Compact)),
        ..Style::KEEP
    };
    for order in permutations(spelled.top_members()) {
        let text = spelled.write_permuted(keep, &order);
        if text.as_bytes() != body {
            let what = "the same JSON with its keys in another order";
            visit(text.as_bytes(), &|| {
                vec![Deviation::new(Code::BodyKeyOrder, what)]
            })?;
        }
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

/// The parts of a style that make a difference to this body, in words.
fn deviations(
    body: &[u8],
    spelled: &Spelled<'_>,
    style: Style,
    end: Option<&str>,
) -> Vec<Deviation> {
    let text = spelled.write(style);
    let matters = |without: Style| spelled.write(without) != text;
    let keep = Style::KEEP;
    let mut found = Vec::new();
    let mut add = |code: Code, how: &str| {
        found.push(Deviation::new(code, format!("the same JSON {how}")));
    };
    if let Some(space) = style.space
        && own_space(body, spelled) != Some(space)
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
        if matters(without) {
            add(code, how);
        }
    }
    if let Some(end) = end {
        add(Code::BodyFinalNewline, end);
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
    let known = SPACES.iter().find(|(known, _)| *known == space);
    known.map_or("with other white space", |(_, words)| words)
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
