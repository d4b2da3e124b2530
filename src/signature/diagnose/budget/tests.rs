//! What a search holds in memory, how much it tries, and what it says of the rest.

use std::ops::ControlFlow;

use proptest::prelude::*;

use super::super::body::{self, Body, Breadth, Variant};
use super::super::tests::{BODY, NOW, URL, request, secret_of, setting, signed_with};
use super::super::{Case, Diagnosis, Difference, Effort, diagnose, spelling, token};
use super::*;
use crate::request::Request;
use crate::request::spelling::Spelled;
use crate::request::stream::Stream;
use crate::secret::Secret;
use crate::signature::{Reason, Scheme, Source, named};

#[test]
fn the_limit_grows_with_the_body_and_no_further_than_its_last_row() {
    for (size, work) in LIMITS {
        assert_eq!(limit(size), work, "{size}");
    }
    let sizes = [
        0,
        1,
        1 << 10,
        2 << 10,
        50 << 10,
        60 << 10,
        1 << 20,
        3 << 20,
        5 << 20,
        24 << 20,
    ];
    assert!(sizes.is_sorted_by_key(|size| limit(*size)));
    assert_eq!(limit(0), LIMITS[0].1);
    assert_eq!(limit(usize::MAX), LIMITS[3].1);
}

#[test]
fn each_part_leaves_something_to_those_after_it() {
    let budget = Budget::new(0, false, None);
    let all = limit(0);
    let others = (all - all / RESERVED) / 4;
    let share = all - all / RESERVED - others;
    budget.share(|| {
        assert!(!budget.take(Part::Keys, share + 1));
        assert!(budget.take(Part::Urls, share));
        assert!(!budget.take(Part::Urls, 1));
    });
    budget.within(Part::TwoMistakes, || {
        assert!(budget.take(Part::Templates, others));
        assert!(!budget.take(Part::Templates, 1));
    });
    budget.release();
    assert!(budget.take(Part::Schemes, all / RESERVED));
    assert!(!budget.take(Part::Schemes, 1));
    assert_eq!(
        budget.left_out(),
        [Part::Keys, Part::Urls, Part::Schemes, Part::TwoMistakes]
    );
}

#[test]
fn a_thorough_search_leaves_nothing_out() {
    let budget = Budget::new(0, true, None);
    assert!(budget.take(Part::Keys, u64::MAX) && budget.take(Part::Keys, u64::MAX));
    assert!(budget.holds(Part::Forms, u64::MAX));
    assert_eq!(budget.most(Part::TwoMistakes, 100, 1), 100);
    assert_eq!(budget.left_out(), []);
}

/// JSON with a bit of everything that a serializer may write in another way, of about so many bytes.
fn records(size: usize) -> String {
    let record = r#"{"id":1,"name":"Zoë <a@b.example>","url":"https://a.example/b","score":1.5}"#;
    let records = vec![record; size / record.len()];
    format!(r#"{{"items":[{}]}}"#, records.join(","))
}

/// What is found with these secrets, in a search that may be thorough.
fn diagnosed(scheme: &Scheme, secrets: &[Secret], request: &Request, thorough: bool) -> Diagnosis {
    diagnose(&Case {
        scheme,
        secrets,
        others: &[],
        source: &Source::new(request),
        setting: setting(URL),
        reason: Reason::Mismatch,
        effort: Effort {
            thorough,
            progress: None,
        },
    })
}

fn codes_of(diagnosis: &Diagnosis) -> Vec<Code> {
    diagnosis.causes.iter().map(|cause| cause.code).collect()
}

#[test]
fn a_search_of_a_small_body_leaves_nothing_out() {
    for name in ["svix", "stripe", "github", "square"] {
        let scheme = named(name).unwrap();
        let request = signed_with(scheme, &secret_of(scheme), b"another body", URL);
        let request = Request {
            body: records(1 << 10).into(),
            ..request
        };
        let found = diagnosed(scheme, &[secret_of(scheme)], &request, false);
        assert_eq!(
            (codes_of(&found), found.left_out),
            (vec![], vec![]),
            "{name}"
        );
    }
}

#[test]
fn a_search_that_ends_by_its_budget_names_the_same_parts_each_time() {
    let scheme = named("svix").unwrap();
    let mut request = signed_with(scheme, &secret_of(scheme), b"another body", URL);
    request.body = records(16 << 10).into();
    let left_out = || {
        let found = diagnosed(scheme, &[secret_of(scheme)], &request, false);
        assert_eq!(codes_of(&found), []);
        found.left_out
    };
    assert_eq!(left_out(), [Part::CombinedSpellings, Part::TwoMistakes]);
    assert_eq!(left_out(), left_out());
}

#[test]
fn what_is_left_out_is_of_no_interest_where_a_cause_was_found() {
    let scheme = named("svix").unwrap();
    let body = records(16 << 10);
    let mut request = signed_with(scheme, &secret_of(scheme), body.as_bytes(), URL);
    let time = (NOW + 7).to_string();
    request.headers.set("svix-timestamp", time);
    let found = diagnosed(scheme, &[secret_of(scheme)], &request, false);
    assert_eq!(codes_of(&found), [Code::TimestampSignedDiffers]);
    assert_eq!(found.left_out, []);
}

#[test]
fn a_thorough_search_tries_what_the_other_leaves_out() {
    let scheme = named("github").unwrap();
    let secrets =
        ["1st", "2nd", "3rd", "4th"].map(|name| Secret::new(&format!("{name}-secret_9f86d081")));
    let quoted = Secret::new(&format!("\"{}\"", secrets[3].reveal()));
    let mut request = signed_with(scheme, &quoted, BODY.as_bytes(), URL);
    request.body = format!("{BODY}\n").into();
    let found = diagnosed(scheme, &secrets, &request, false);
    assert_eq!(
        (codes_of(&found), found.left_out),
        (vec![], vec![Part::TwoMistakes])
    );
    let found = diagnosed(scheme, &secrets, &request, true);
    assert_eq!(
        (codes_of(&found), found.left_out),
        (vec![Code::BodyFinalNewline, Code::SecretWhitespace], vec![])
    );
}

#[test]
fn with_a_malformed_header_of_a_large_body_only_its_own_mistakes_are_tried() {
    let scheme = named("github").unwrap();
    let secret = secret_of(scheme);
    let found = |size: usize, change: &dyn Fn(&str) -> String, end: &str| {
        let body = records(size);
        let mut request = signed_with(scheme, &secret, body.as_bytes(), URL);
        let value = request
            .headers
            .text("x-hub-signature-256")
            .unwrap()
            .into_owned();
        request.headers.set("x-hub-signature-256", change(&value));
        request.body = (body + end).into();
        let found = diagnosed(scheme, std::slice::from_ref(&secret), &request, false);
        (codes_of(&found), found.left_out)
    };
    let upper = |value: &str| {
        format!(
            "sha256={}",
            value.trim_start_matches("sha256=").to_uppercase()
        )
    };
    let bare = |value: &str| value.trim_start_matches("sha256=").to_owned();
    let (small, large) = (1 << 10, 80 << 10);
    for size in [small, large] {
        assert_eq!(
            found(size, &upper, ""),
            (vec![Code::SignatureEncoding], vec![])
        );
        assert_eq!(
            found(size, &bare, ""),
            (vec![Code::SignaturePrefix], vec![])
        );
    }
    assert_eq!(
        found(small, &bare, "\n"),
        (vec![Code::BodyFinalNewline, Code::SignaturePrefix], vec![])
    );
    assert_eq!(found(large, &bare, "\n"), (vec![], vec![]));
}

#[test]
fn a_header_of_any_length_has_few_digests() {
    let scheme = named("github").unwrap();
    for piece in ["a=", "0.", "=", ":", "%41=", "00", "ab;"] {
        let value = piece.repeat(50_000);
        assert!(
            token::tokens(scheme, &[value.into()]).len() <= 70,
            "{piece}"
        );
    }
    let digest = "ab".repeat(32);
    let value = format!("{}{digest}", "x=".repeat(50_000));
    assert_eq!(token::tokens(scheme, &[value.into()]).len(), 1);
}

/// Every variant that is tried of a body: what it says of its length, and what it is.
fn variants(request: &Request) -> Vec<(u64, Vec<u8>)> {
    let budget = Budget::new(request.body.len(), false, None);
    let spelled = Spelled::new(&request.body);
    let source = Source::new(request);
    let body = Body {
        source: &source,
        bytes: &request.body,
        spelled: spelled.as_ref(),
        budget: &budget,
    };
    let mut seen = Vec::new();
    let mut visit = |variant: &Variant<'_>, _: &body::Departs<'_>| {
        seen.push((variant.length, variant.collect()));
        ControlFlow::Continue(())
    };
    assert!(body::visit(body, Breadth::All, &mut visit).is_continue());
    if let Some(spelled) = &spelled {
        assert!(spelling::combined(spelled, &budget, &mut visit).is_continue());
    }
    seen
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn no_variant_is_longer_than_it_says(
        bytes in prop_oneof![
            any::<Vec<u8>>(),
            "[a-z0-9é%+&=\\[\\]~ ]{0,40}".prop_map(String::into_bytes),
            "[ \r\n\u{feff}ab😀]{0,20}".prop_map(String::into_bytes),
            "\"[a-zé\u{1}-\u{1f}]{0,12}\"".prop_map(String::into_bytes),
            "[a1é<>&'+=`/]{0,8}".prop_map(|text| {
                serde_json::json!({"a": text, "b": [[text], {"c": 1.5e300, "d": -0.0}], "e": {}}).to_string().into_bytes()
            }),
        ],
    ) {
        for (length, variant) in variants(&request(&bytes)) {
            prop_assert!(u64::try_from(variant.len()).unwrap() <= length, "{:?}", String::from_utf8_lossy(&variant));
        }
    }

    #[test]
    fn the_first_difference_is_where_the_bodies_part(here in "[ab]{0,40}", signed in "[ab]{0,40}", same in "[ab]{0,40}", line_end: bool) {
        let here = format!("{same}{here}");
        let signed = format!("{same}{signed}");
        // In pieces of one byte, as a stream may come.
        let write = |out: &mut Stream<'_>| signed.bytes().for_each(|byte| out.push(&[byte]));
        let length = u64::try_from(signed.len()).unwrap();
        let found = Difference::between(
            here.as_bytes(),
            &Variant::new(Part::Spellings, (length, 0), &write),
            line_end,
        );
        let signed = if line_end { format!("{signed}\n") } else { signed.clone() };
        let at = here.bytes().zip(signed.bytes()).take_while(|(here, signed)| here == signed).count();
        let around = |text: &str| text[at.saturating_sub(12)..text.len().min(at + 12)].to_owned();
        prop_assert_eq!(found, Difference { at, here: around(&here), signed: around(&signed) });
    }
}
