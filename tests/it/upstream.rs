//! The cases of the upstream suites of Svix and Standard Webhooks (JavaScript, Python, Rust, Go, Ruby, PHP, Java, C#,
//! svix-server), each with the verdict that they demand.

use serde_json::Value;

use crate::harness::{Ran, Room};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const BARE: &str = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const AT: &str = "1614265330";
const BODY: &str = r#"{"test": 2432232314}"#;
const GOOD: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
const BAD: &str = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=";

/// A request, and the clock to verify it by.
struct Case<'a> {
    secret: &'a str,
    headers: Vec<(&'a str, &'a str)>,
    body: Vec<u8>,
    more: Vec<&'a str>,
}

/// Fixture A under either header set, with another signature.
fn case<'a>(set: &str, signature: &'a str) -> Case<'a> {
    let names = match set {
        "svix" => ["svix-id", "svix-timestamp", "svix-signature"],
        _ => ["webhook-id", "webhook-timestamp", "webhook-signature"],
    };
    Case {
        secret: SECRET,
        headers: names.into_iter().zip([ID, AT, signature]).collect(),
        body: BODY.into(),
        more: vec!["--at", AT],
    }
}

fn verify(room: &Room, case: &Case<'_>) -> Ran {
    room.write("body", &case.body);
    let mut args = vec!["verify", "--json", "--body", "body"];
    args.extend(["--secret", case.secret]);
    args.extend(&case.more);
    let headers: Vec<String> = case
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    for header in &headers {
        args.extend(["-H", header]);
    }
    room.run(&args)
}

/// The verdict in a word: `valid`, or the reason.
fn verdict(room: &Room, case: &Case<'_>) -> String {
    let ran = verify(room, case);
    let found = ran.json().remove(0);
    match &found["reason"] {
        Value::String(reason) => reason.clone(),
        _ => found["status"].as_str().unwrap().to_owned(),
    }
}

#[test]
fn signatures_and_lists_of_them() {
    let room = Room::new();
    let listed = format!("{BAD} v2,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= {GOOD} {BAD}");
    let last = format!("{BAD} {GOOD}");
    let cases = [
        (GOOD, "valid"),
        (&listed, "valid"),
        (&last, "valid"),
        ("v1,dawfeoifkpqwoekfpqoekf", "malformed_header"),
        ("v1,g0hM9SsE", "mismatch"),
        ("v1,", "malformed_header"),
        (
            "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            "malformed_header",
        ),
        (
            "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            "unsupported_version",
        ),
        (
            "V1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            "unsupported_version",
        ),
        (
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OA=",
            "mismatch",
        ),
        ("invalid_signature", "malformed_header"),
        ("v1,invalid_signature", "malformed_header"),
        (BAD, "mismatch"),
    ];
    for set in ["svix", "webhook"] {
        for (signature, wanted) in cases {
            assert_eq!(
                verdict(&room, &case(set, signature)),
                wanted,
                "{set}: {signature}"
            );
        }
    }
}

#[test]
fn headers_that_are_missing_mixed_or_spelled_otherwise() {
    let room = Room::new();
    for set in ["svix", "webhook"] {
        for missing in 0..3 {
            let mut case = case(set, GOOD);
            case.headers.remove(missing);
            assert_eq!(
                verdict(&room, &case),
                "missing_header",
                "{set} without {missing}"
            );
        }
    }
    let mixed = Case {
        headers: vec![
            ("svix-id", ID),
            ("webhook-timestamp", AT),
            ("webhook-signature", GOOD),
        ],
        ..case("webhook", GOOD)
    };
    assert_eq!(
        verdict(&room, &mixed),
        "valid",
        "the svix libraries read each under either name"
    );
    let spelled = Case {
        headers: vec![
            ("SVIX-ID", ID),
            ("Svix-Timestamp", AT),
            ("sViX-sIgNaTuRe", GOOD),
        ],
        ..case("svix", GOOD)
    };
    assert_eq!(verdict(&room, &spelled), "valid");
}

#[test]
fn times_and_tolerances() {
    let room = Room::new();
    let at = |now: &str, tolerance: Option<&str>, header: &str| {
        let mut case = case("svix", GOOD);
        case.headers[1].1 = header;
        case.more = vec!["--at", now];
        case.more.extend(
            tolerance
                .map(|tolerance| ["--tolerance", tolerance])
                .into_iter()
                .flatten(),
        );
        verdict(&room, &case)
    };
    assert_eq!(at("1614265630", None, AT), "valid");
    assert_eq!(at("1614265631", None, AT), "stale");
    assert_eq!(at("1614265030", None, AT), "valid");
    assert_eq!(at("1614265029", None, AT), "future");
    assert_eq!(at("1614269000", Some("2h"), AT), "valid");
    assert_eq!(at("1614265350", Some("10s"), AT), "stale");
    // The time is signed: no tolerance makes another one fit.
    assert_eq!(at("1614265330", Some("24h"), "1614265331"), "mismatch");
    assert_eq!(at("1614265330", Some("24h"), "1614265329"), "mismatch");
    for odd in ["hello", "161426533.0", "1614265330abc"] {
        assert_eq!(at(AT, None, odd), "malformed_header", "{odd}");
    }
}

#[test]
fn secrets_with_and_without_prefix_padding_and_sense() {
    let room = Room::new();
    let with = |secret: &str, signature: &str| {
        verdict(
            &room,
            &Case {
                secret,
                ..case("svix", signature)
            },
        )
    };
    assert_eq!(with(BARE, GOOD), "valid");
    let unpadded = "v1,LVOXivKoo4FWasi/IaHvzhE/u+7/cu2AME+zS/nXqzk=";
    assert_eq!(with("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", unpadded), "valid");
    assert_eq!(
        with("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", unpadded),
        "valid"
    );
    assert_eq!(with("whsec_", GOOD), "mismatch");
    // Not of the form at all: a mistake in the command.
    for secret in ["whsec_%", "hwsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa!w"] {
        verify(
            &room,
            &Case {
                secret,
                ..case("svix", BAD)
            },
        )
        .ends(2);
    }
}

#[test]
fn bodies_of_all_sizes() {
    let room = Room::new();
    let of = |body: Vec<u8>, signature: &str| {
        verdict(
            &room,
            &Case {
                body,
                ..case("svix", signature)
            },
        )
    };
    assert_eq!(
        of(
            Vec::new(),
            "v1,v48jdbgvh29KJz2Qc+ghw8G6vG3nAKnujWBg8oM/62A="
        ),
        "valid"
    );
    for (size, signature) in [
        (1_048_576, "v1,txpEUxqWZJ5nteTnymUVa+7C4NHpBeXJ6CsBAW0c3/A="),
        (262_144, "v1,Mw4Pe2WgApuT7NSqnSq0PQPV9gbLdggCl9B865x5Xh0="),
        (262_143, "v1,NTItnqyWMoFhk2Bbe5V/BMdcFRWgcSQaTgqLHX7FC7c="),
    ] {
        assert_eq!(of(vec![b'a'; size], signature), "valid", "{size}");
    }
}

#[test]
fn asymmetric_keys_sign_and_verify_both_ways() {
    let room = Room::new();
    let (private, public) = (
        "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==",
        "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=",
    );
    let signature = "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==";
    for set in ["svix", "webhook"] {
        for secret in [private, public] {
            assert_eq!(
                verdict(
                    &room,
                    &Case {
                        secret,
                        ..case(set, signature)
                    }
                ),
                "valid",
                "{set}"
            );
        }
    }
    room.write("body", BODY);
    for scheme in ["standard-webhooks-v1a", "standard-webhooks"] {
        let ran = room.run(&[
            "sign",
            "--body",
            "body",
            "--scheme",
            scheme,
            "--secret",
            private,
            "--id",
            ID,
            "--timestamp",
            AT,
        ]);
        let wanted =
            format!("webhook-id: {ID}\nwebhook-timestamp: {AT}\nwebhook-signature: {signature}\n");
        assert_eq!(ran.ends(0).stdout, wanted, "{scheme}");
    }
    room.run(&[
        "sign",
        "--body",
        "body",
        "--scheme",
        "standard-webhooks",
        "--secret",
        public,
    ])
    .ends(2);
    let halves = "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvw==";
    room.run(&[
        "sign",
        "--body",
        "body",
        "--scheme",
        "standard-webhooks",
        "--secret",
        halves,
    ])
    .ends(2);
}

#[test]
fn a_known_answer_is_made_again() {
    let room = Room::new();
    room.write("body", BODY);
    for secret in [SECRET, BARE] {
        let ran = room.run(&[
            "sign",
            "--body",
            "body",
            "--scheme",
            "svix",
            "--secret",
            secret,
            "--id",
            ID,
            "--timestamp",
            AT,
        ]);
        assert!(
            ran.ends(0)
                .stdout
                .contains(&format!("svix-signature: {GOOD}\n")),
            "{}",
            ran.stdout
        );
    }
}
