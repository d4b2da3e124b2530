//! Bad input: what is said, where, and with which exit code. Nothing is sent.

use std::fs;

use crate::harness::{Ran, Room};

/// A URL that no request may reach; a row that sends ends with 1 and fails.
const TO: &str = "http://localhost:1/";

/// Runs a command and puts `ROOM` for the working directory.
fn run(room: &Room, args: &[&str]) -> Ran {
    let mut ran = room.run(args);
    let folder = room.path().display().to_string();
    ran.stderr = ran.stderr.replace(&folder, "ROOM");
    ran
}

/// Runs the commands, of which `TO` is the URL; each must print nothing on stdout.
#[track_caller]
fn all(room: &Room, code: i32, rows: &[(&str, &str)]) {
    for (line, stderr) in rows {
        let args: Vec<&str> = line
            .split(' ')
            .map(|word| if word == "TO" { TO } else { word })
            .collect();
        let mut ran = run(room, &args);
        // Says which row failed.
        ran.stderr = format!("{line}\n{}", ran.stderr);
        ran.is(code, "", &format!("{line}\n{stderr}"));
    }
}

#[test]
fn unknown_names_get_a_suggestion_or_the_way_to_a_list() {
    let anyway =
        "hint: An event that is not in the catalogue may be sent with `--provider NAME`.\n";
    let near = "hint: Did you mean `lead_replied` or `lead_clicked`?\n";
    let event = format!("error: unknown event `lead_replyd`\n{near}{anyway}");
    let far = format!("error: unknown event `zzz`\nhint: `hookctl events` lists them.\n{anyway}");
    let of_ken = format!("error: ken has no event `lead_replyd`\n{near}");
    let expected = format!(
        "error: no provider has an event `lead_replyd`\n{near}\
         hint: An event that is not in the catalogue is expected as `PROVIDER/EVENT`.\n"
    );
    let provider = "error: unknown provider `kan`\nhint: Did you mean `ken`?\n";
    let scheme = "error: unknown scheme `svx`\nhint: Did you mean `svix`?\n";
    let rows: [(&str, &str); 16] = [
        ("send lead_replyd --to TO", &event),
        ("sign lead_replyd", &event),
        ("events show lead_replyd", &event),
        ("send zzz --to TO", &far),
        ("send ken/lead_replyd --to TO", &of_ken),
        ("listen :0 --expect lead_replyd", &expected),
        (
            "send kan/lead_replied --to TO",
            "error: unknown provider `kan`\nhint: Did you mean `ken/lead_replied`?\n",
        ),
        ("send x --provider kan --to TO", provider),
        ("sign --body - --provider kan", provider),
        ("listen :0 --provider kan", provider),
        ("events kan", provider),
        ("secret kan", provider),
        (
            "providers show zzz",
            "error: unknown provider `zzz`\nhint: `hookctl providers` lists them.\n",
        ),
        ("sign --body - --scheme svx", scheme),
        (
            "send lead_replied --variant not-intrested --to TO",
            "error: ken/lead_replied has no variant `not-intrested`\nhint: Did you mean `not-interested`?\n",
        ),
        (
            "send lead_replied --variant zzz --to TO",
            "error: ken/lead_replied has no variant `zzz`\nhint: There are: not-interested\n",
        ),
    ];
    all(&Room::new(), 2, &rows);
}

#[test]
fn verify_knows_its_schemes_and_providers() {
    let room = Room::new();
    room.write("body", "{}");
    let rows: [(&str, &str); 3] = [
        (
            "verify --body body --scheme svx",
            "error: unknown scheme `svx`\nhint: Did you mean `svix`?\n",
        ),
        (
            "verify --body body --scheme zzz",
            "error: unknown scheme `zzz`\n\
             hint: There are 67: svix, standard-webhooks, svix-v1a, standard-webhooks-v1a, stripe, gitea, github, github-sha1, meta, bitbucket, jira, intercom, shopify, slack, zoom, square, paddle, lemonsqueezy, linear, discord, sendgrid, mailgun, hubspot-v1, hubspot-v2, hubspot-v3, gitlab, typeform, calendly, docusign, pagerduty, sentry, vercel, razorpay, adyen, adyen-banking, xero, dropbox, twilio-sha256, twilio, mandrill, trello, box, zendesk, woocommerce, webflow, workos, elevenlabs, circleci, buildkite, customerio, airtable, notion, cal-com, line, telegram, asana, paystack, convoy-simple, kakiyo, klen, hub-sha256, hub, hub-sha1, spatie, basic, auth0, unsigned.\n",
        ),
        (
            "verify --body body --provider kan",
            "error: unknown provider `kan`\nhint: Did you mean `ken`?\n",
        ),
    ];
    all(&room, 2, &rows);
}

#[test]
fn misspelt_flags_and_commands_get_a_suggestion() {
    let more = "\nFor more information, try '--help'.\n";
    let flag = format!(
        "error: unexpected argument '--too' found\n\n  tip: a similar argument exists: '--to'\n\n\
         Usage: hookctl send --to <URL> <EVENT>...\n{more}"
    );
    // The value of a misspelt flag may be a secret.
    let secret = format!(
        "error: unexpected argument '--secrt' found\n\n  tip: a similar argument exists: '--secret'\n\n\
         Usage: hookctl send --secret <SECRET> <EVENT>...\n{more}"
    );
    let command = format!(
        "error: unrecognized subcommand 'lisen'\n\n  tip: a similar subcommand exists: 'listen'\n\n\
         Usage: hookctl [OPTIONS] <COMMAND>\n{more}"
    );
    let value =
        format!("error: a value is required for '--to <URL>' but none was supplied\n{more}");
    let tamper = format!(
        "error: invalid value 'bdy' for '--tamper <WHAT>'\n  \
         [possible values: body, signature, timestamp, id, secret, headers]\n\n  \
         tip: a similar value exists: 'body'\n{more}"
    );
    let rows: [(&str, &str); 5] = [
        ("send lead_replied --too TO", &flag),
        ("send lead_replied --secrt=whsec_geheim", &secret),
        ("lisen", &command),
        ("send lead_replied --to", &value),
        ("send lead_replied --tamper bdy", &tamper),
    ];
    all(&Room::new(), 2, &rows);
}

/// A command up to a value, the value, what it is for, and what is wrong.
const VALUES: &str = "\
send e --to | localhost:3000/x | --to <URL> | the URL needs a scheme; did you mean `http://localhost:3000/x`?
send e --to | :3000 | --to <URL> | the URL needs a scheme; did you mean `http://localhost:3000`?
send e --to | ftp://localhost/x | --to <URL> | `ftp` is not spoken here; use http:// or https://
send e --to | http:// | --to <URL> | empty host
replay f --to | localhost | --to <URL> | the URL needs a scheme; did you mean `http://localhost`?
sign e --to | ftp://x | --to <URL> | `ftp` is not spoken here; use http:// or https://
send e -H | X-Name | --header <NAME: VALUE> | a header needs a colon, as in `X-Name: value`
replay f -H | X-Name | --header <NAME: VALUE> | a header needs a colon, as in `X-Name: value`
listen :0 -H | X-Name | --header <NAME: VALUE> | a header needs a colon, as in `X-Name: value`
verify -H | X-Name | --header <NAME: VALUE> | a header needs a colon, as in `X-Name: value`
send e -H | X Name: a | --header <NAME: VALUE> | `X Name` is no header name
send e --set | contact | --set <PATH=VALUE> | write PATH=VALUE, as in `contact.email=a@example.com`
send e --timeout | 1x | --timeout <DURATION> | `1x` is no duration such as `10s`
send e --expect | 9xx | --expect <STATUSES> | `9xx` is no list of statuses such as `2xx` or `200,204`
send e --timestamp | yesterday | --timestamp <TIME> | write RFC 3339, unix seconds or milliseconds, or a time before now such as `10m`
listen | 80x | [ADDR] | `80x` is no address such as `:8080`, `127.0.0.1:8080` or `[::1]:8080`
listen --status | 999 | --status <STATUS> | a status is 200 to 599
";

#[test]
fn values_that_cannot_be_read_are_quoted_with_what_is_wanted() {
    let room = Room::new();
    for row in VALUES.lines() {
        let cells: Vec<&str> = row.split(" | ").collect();
        let &[command, value, of, problem] = &*cells else {
            panic!("{row}")
        };
        let ran = room.run(&command.split(' ').chain([value]).collect::<Vec<_>>());
        let wanted = format!(
            "error: invalid value '{value}' for '{of}': {problem}\n\nFor more information, try '--help'.\n"
        );
        ran.is(2, "", &wanted);
    }
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let room = Room::new();
    fs::create_dir(room.path().join("dir")).unwrap();
    let missing = "error: cannot read `missing`: there is no such file\nhint: Check the path; it starts from `ROOM`.\n";
    let folder = "error: cannot read `dir`: it is a folder\nhint: Name a file in it.\n";
    let rows: [(&str, &str); 12] = [
        ("send lead_replied --data @missing --to TO", missing),
        ("send lead_replied --data @dir --to TO", folder),
        ("send lead_replied --secret-file missing --to TO", missing),
        ("send lead_replied --secret-file dir --to TO", folder),
        ("replay missing --to TO", missing),
        ("verify missing --secret whsec_aGVsbG8=", missing),
        ("verify --body missing", missing),
        ("verify --headers dir", folder),
        (
            "sign --scheme svix --body missing --secret whsec_aGVsbG8=",
            missing,
        ),
        ("listen :0 --body @missing", missing),
        ("listen :0 --secret-file dir", folder),
        (
            "send lead_replied --config missing --to TO",
            "error: cannot read `ROOM/missing`: there is no such file\n",
        ),
    ];
    all(&room, 3, &rows);
    let rows: [(&str, &str); 2] = [
        (
            "verify dir",
            "error: the folder `dir` holds no requests\nhint: Files are taken that end in json, ndjson, jsonl, http, har, txt.\n",
        ),
        (
            "replay last:5 --to TO",
            "error: the history holds no captures\n\
             hint: `hookctl history` lists what is there; `hookctl listen` adds to it.\n",
        ),
    ];
    all(&room, 2, &rows);
}

#[test]
fn files_that_hold_something_else_are_named() {
    let room = Room::new();
    room.write("broken.json", "{\"eventType\":\n")
        .write(
            "capture.json",
            "{\"method\":\"POST\",\"path\":\"/\",\"headers\":[[\"a\"]]}",
        )
        .write("request.http", "POST / HTTP/1.1\nno colon\n\n{}")
        .write("empty", " \n")
        .write("headers", "svix-id: m\nsvix-timestamp 1\n")
        .write("binary", b"\xff\xfe");
    let kind = "hint: A saved capture, a raw HTTP request or a payload is read.\n";
    let holds =
        |file: &str, problem: &str| format!("error: `{file}` holds no request: {problem}\n{kind}");
    let capture = holds(
        "capture.json",
        "capture 1: `headers` is no list of [name, value]",
    );
    let request = holds(
        "request.http",
        "line 2: a header needs a colon, as in `X-Name: value`",
    );
    let empty = holds("empty", "it is empty");
    let eof = "EOF while parsing a value at line 2 column 0";
    let broken = format!(
        "error: `broken.json` is broken JSON: {eof}\nhint: Mend it, or send it as it is with `--provider NAME`.\n"
    );
    let edit = format!("error: cannot edit the body of `broken.json`, it is no JSON: {eof}\n");
    let rows: [(&str, &str); 10] = [
        ("replay capture.json --to TO", &capture),
        ("verify capture.json", &capture),
        ("replay request.http --to TO", &request),
        ("replay empty --to TO", &empty),
        ("replay broken.json --to TO", &broken),
        ("replay broken.json --provider ken --set a=1 --to TO", &edit),
        (
            "verify broken.json",
            "error: `broken.json` is a body alone, and carries no signature that is known here\n\
             hint: Give the headers too: `--body FILE` with `-H 'name: value'` for each, a raw HTTP file, or a saved capture.\n",
        ),
        (
            "verify --headers headers",
            "error: `headers` line 2: a header needs a colon, as in `X-Name: value`\n",
        ),
        (
            "send lead_replied --secret-file binary --to TO",
            "error: `binary` is not UTF-8: invalid byte at offset 0\nhint: It looks like UTF-16, as `>` writes it in Windows PowerShell; save it as UTF-8.\n",
        ),
        (
            "send lead_replied --secret-file empty --to TO",
            "error: `empty` holds no secret\n",
        ),
    ];
    all(&room, 2, &rows);
}

#[test]
fn a_body_that_is_no_json_goes_out_with_a_note() {
    let room = Room::new();
    room.write("broken.json", "{\"a\":");
    let body = |ran: &Ran| ran.json()[0]["body"].as_str().unwrap().to_owned();
    let eof = "EOF while parsing a value at line 1 column 5";
    for data in ["{\"a\":", "@broken.json"] {
        let ran = room.run(&[
            "send",
            "lead_replied",
            "--data",
            data,
            "--as",
            "json",
            "--to",
            TO,
        ]);
        assert_eq!(
            ran.ends(0).stderr,
            format!("note: the body is no JSON ({eof}); it is sent as it is.\n")
        );
        assert_eq!(body(&ran), "{\"a\":");
    }
    let ran = room.run(&[
        "replay",
        "broken.json",
        "--provider",
        "ken",
        "--as",
        "json",
        "--to",
        TO,
    ]);
    assert_eq!(
        ran.ends(0).stderr,
        format!("note: `broken.json` is no JSON ({eof}); it is sent as it is.\n")
    );
    assert_eq!(body(&ran), "{\"a\":");
    for args in [["--data", "{\"a\":1}"], ["--content-type", "form"]] {
        let ran = room.run(
            &[
                &["send", "scratcher/lead.created", "--as", "json", "--to", TO][..],
                &args,
            ]
            .concat(),
        );
        assert_eq!(ran.ends(0).stderr, "", "{args:?}");
    }
}

#[test]
fn a_secret_that_is_not_base64_is_refused_without_being_shown() {
    let room = Room::new();
    room.write("body", "{}");
    room.write(
        "capture.http",
        "POST / HTTP/1.1\nsvix-id: m\nsvix-timestamp: 1\nsvix-signature: v1,x\n\n{}",
    );
    let problem = "Svix takes `whsec_` and base64, and this is not base64 (12 characters)";
    let copy = "hint: Copy the endpoint's signing secret, not an API key, and all of it.\n";
    let fits = format!(
        "error: cannot sign with this secret: {problem}\nhint: `hookctl secret ken` prints one that fits.\n"
    );
    let sign = format!("error: cannot sign with this secret: {problem}\n{copy}");
    let verify = format!("error: cannot verify with this secret: {problem}\n{copy}");
    let rows: [(&[&str], &str); 6] = [
        (&["send", "lead_replied", "--to", TO], &fits),
        (&["sign", "lead_replied"], &fits),
        (&["sign", "--body", "body", "--scheme", "svix"], &sign),
        (&["replay", "capture.http", "--to", TO], &sign),
        (&["verify", "capture.http"], &verify),
        (&["listen", ":0", "--provider", "ken"], &verify),
    ];
    for (args, wanted) in rows {
        run(&room, &[args, &["--secret", "whsec_g!heim"]].concat()).is(2, "", wanted);
        room.run_with(args, &[("HOOKCTL_SECRET", "whsec_g!heim")], b"")
            .is(2, "", wanted);
    }
}

#[test]
fn a_listener_for_all_providers_says_on_arrival_that_no_secret_fits() {
    let room = Room::new();
    let mut listener = room.listen(&["--secret", "whsec_g!heim", "--exit-after", "1"]);
    room.run(&["send", "lead_replied", "--to", &listener.url])
        .ends(0);
    assert_eq!(listener.next()["signature"]["status"], "no_secret");
    listener.wait().ends(0);
}

#[test]
fn help_and_usage_follow_the_wish_for_colour() {
    let room = Room::new();
    for (args, painted) in [
        (&["--color", "always", "send", "--help"][..], true),
        (&["send", "--help", "--color=always"], true),
        (&["--color", "always", "sned"], true),
        (&["--color", "never", "send", "--help"], false),
        (&["send", "--help"], false),
        (&["sned"], false),
    ] {
        for vars in [&[][..], &[("CLICOLOR_FORCE", "1")]] {
            let ran = room.run_with(args, vars, b"");
            let painted = painted || (!vars.is_empty() && !args.contains(&"never"));
            let text = format!("{}{}", ran.stdout, ran.stderr);
            assert_eq!(text.contains('\x1b'), painted, "{args:?} {vars:?}: {text}");
        }
    }
    let ran = room.run(&["a\u{202e}b"]);
    assert!(ran.ends(2).stderr.contains("'a\\u202eb'"), "{}", ran.stderr);
}

#[test]
fn a_broken_configuration_is_named_by_line_and_without_its_values() {
    let rows = [
        (
            "[providers.ken]\nsecret = whsec_geheim",
            "line 2: string values must be quoted, expected literal string",
        ),
        (
            "[providers.ken]\nsecret = \"whsec_geheim",
            "line 2: invalid basic string, expected `\"`",
        ),
        (
            "[providers.ken]\nsecret = \"geheim\" x",
            "line 2: unexpected key or value, expected newline, `#`",
        ),
        (
            "[providers.ken]\nsecret = \"geheim\\q\"",
            "line 2: missing escaped value, expected `b`, `e`, `f`, `n`, `r`, `\\`, `\"`, `x`, `u`, `U`",
        ),
        (
            "\n[providers.ken]\nsecret = 424242",
            "line 3: invalid type: integer, expected a string",
        ),
        (
            "[providers.ken]\nsecret = [\"geheim\"]",
            "line 2: invalid type: sequence, expected a string",
        ),
        (
            "[providers]\nken = \"geheim, expected x\"",
            "line 2: invalid type: string, expected a table with `secret`, `secret_env` or `to`",
        ),
        (
            "providers = \"geheim\"",
            "line 1: invalid type: string, expected a map",
        ),
        (
            "[providers.ken]\nsecrt = \"geheim\"",
            "line 2: unknown field `secrt`, expected one of `secret`, `secret_env`, `to`",
        ),
    ];
    for (text, problem) in rows {
        let room = Room::new();
        room.write("hookctl.toml", text);
        let wanted = format!("error: `ROOM/hookctl.toml` {problem}\n");
        run(&room, &["send", "lead_replied", "--to", TO]).is(2, "", &wanted);
        run(&room, &["listen", ":0"]).is(2, "", &wanted);
    }
}

#[test]
fn a_configured_variable_that_is_not_there_is_named_and_a_secret_in_its_place_is_not() {
    let unset = "error: `HOOKCTL_KEN_SECRET` is not set; the configuration of ken names it\n\
                 hint: Set it to the secret, or take `secret_env` out of `hookctl.toml`.\n";
    let no_name = "error: `secret_env` of ken in the configuration is no name of a variable\n\
                   hint: It names the variable that holds the secret; the secret itself is `secret = \"...\"`.\n";
    let hex = "a".repeat(64);
    for (value, wanted) in [
        ("HOOKCTL_KEN_SECRET", unset),
        ("whsec_geheim", no_name),
        ("geheim/+=", no_name),
        (&hex, no_name),
    ] {
        let room = Room::new();
        room.write(
            "hookctl.toml",
            format!("[providers.ken]\nsecret_env = \"{value}\"\n"),
        );
        for args in [
            &["send", "lead_replied", "--to", TO][..],
            &["sign", "lead_replied"],
            &["listen", ":0"],
        ] {
            room.run(args).is(2, "", wanted);
        }
        // An empty variable holds no secret either.
        room.run_with(&["sign", "lead_replied"], &[(value, "")], b"")
            .is(2, "", wanted);
    }
}

#[test]
fn a_configured_url_is_judged_like_one_that_was_typed() {
    let room = Room::new();
    room.write("hookctl.toml", "[providers.ken]\nto = \"localhost:3000\"\n");
    room.run(&["send", "lead_replied"]).is(
        2,
        "",
        "error: `providers.ken.to` in the configuration is `localhost:3000`: \
         the URL needs a scheme; did you mean `http://localhost:3000`?\n",
    );
}

/// A command up to a value, the value with a credential, its flag, the value as it is shown, and what is wrong.
const CREDENTIALS: &str = "\
send e -H | Authorization: Bearer squirrel\u{1} | --header <NAME: VALUE> | Authorization: Bearer [redacted] | a header value holds no control characters
send e -H | Authorization: squirrel x\u{1} | --header <NAME: VALUE> | Authorization: [redacted] | a header value holds no control characters
send e -H | x-api-key:squirrel\u{1} | --header <NAME: VALUE> | x-api-key: [redacted] | a header value holds no control characters
replay f -H | Authorization Bearer squirrel | --header <NAME: VALUE> | Authorization [redacted] | a header needs a colon, as in `X-Name: value`
verify -H | X-Api-Key=squirrel | --header <NAME: VALUE> | X-Api-Key=[redacted] | a header needs a colon, as in `X-Name: value`
listen :0 -H | squirrel123 | --header <NAME: VALUE> | [redacted] | a header needs a colon, as in `X-Name: value`
send e -H | Bearer squirrel: x | --header <NAME: VALUE> | [redacted] | `[redacted]` is no header name
send e -H | Authorization Basic squirrel: x | --header <NAME: VALUE> | [redacted] | `[redacted]` is no header name
listen --forward http://localhost:1 --forward-header | Cookie: squirrel\u{1} | --forward-header <NAME: VALUE> | Cookie: [redacted] | a header value holds no control characters
emulate --token | squirrel x | --token <TOKEN> | [redacted] | a token holds visible ASCII characters and no spaces
send e --to | localhost/?token=squirrel | --to <URL> | localhost/?token=[redacted] | the URL needs a scheme; did you mean `http://localhost/?token=[redacted]`?
send e --to | ftp://u:squirrel@localhost/ | --to <URL> | ftp://[redacted]@localhost/ | `ftp` is not spoken here; use http:// or https://
send e --timeout | whsec_squirrel | --timeout <DURATION> | [redacted] | `[redacted]` is no duration such as `10s`
";

#[test]
fn what_is_wrong_with_a_command_line_is_said_without_credentials() {
    let room = Room::new();
    for row in CREDENTIALS.lines() {
        let cells: Vec<&str> = row.split(" | ").collect();
        let &[command, value, of, shown, problem] = &*cells else {
            panic!("{row}")
        };
        let ran = room.run(&command.split(' ').chain([value]).collect::<Vec<_>>());
        let wanted = format!(
            "error: invalid value '{shown}' for '{of}': {problem}\n\nFor more information, try '--help'.\n"
        );
        ran.is(2, "", &wanted);
    }
    let ran = room.run(&["secret", "ken", "whsec_squirrel"]);
    assert!(
        ran.ends(2)
            .stderr
            .starts_with("error: unexpected argument '[redacted]' found\n"),
        "{}",
        ran.stderr
    );
    room.write(
        "cases.toml",
        "provider = \"ken\"\nto = \"http://localhost:1/\"\n[[case]]\nname = \"a\"\nsend = \"lead_replied\"\nheaders = { \"Bearer squirrel\" = \"1\" }\n",
    );
    let ran = room.run(&["run", "cases.toml"]);
    assert!(!ran.ends(2).stderr.contains("squirrel"), "{}", ran.stderr);
}
