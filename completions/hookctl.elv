
use builtin;
use str;

set edit:completion:arg-completer[hookctl] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'hookctl'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'hookctl'= {
            cand --color 'When to use colour'
            cand --config 'Configuration file, in place of hookctl.toml'
            cand --json 'Print one JSON object a line'
            cand -q 'Leave out notes and hints'
            cand --quiet 'Leave out notes and hints'
            cand -v 'Show whole requests and answers'
            cand --verbose 'Show whole requests and answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand init 'Write a commented hookctl.toml'
            cand completions 'Print a completion script'
            cand send 'Deliver a realistic, correctly signed event'
            cand sign 'Print the headers that a delivery would carry'
            cand events 'List events, or show one'
            cand providers 'List providers, show, add or check one'
            cand secret 'Print the local secret, made once per provider'
            cand listen 'Receive webhooks: verify, show and keep what arrives'
            cand replay 'Send stored requests again, signed afresh'
            cand verify 'Say whether a request is signed right, and if not, what is wrong'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'hookctl;init'= {
            cand --provider 'Providers to write down; all, as comments, if none is named (can be repeated)'
            cand --to 'Base URL of your handlers'
            cand --color 'When to use colour'
            cand --config 'Configuration file, in place of hookctl.toml'
            cand -y 'Ask nothing'
            cand --yes 'Ask nothing'
            cand --force 'Replace a file that is there'
            cand --json 'Print one JSON object a line'
            cand -q 'Leave out notes and hints'
            cand --quiet 'Leave out notes and hints'
            cand -v 'Show whole requests and answers'
            cand --verbose 'Show whole requests and answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'hookctl;completions'= {
            cand --color 'When to use colour'
            cand --config 'Configuration file, in place of hookctl.toml'
            cand --json 'Print one JSON object a line'
            cand -q 'Leave out notes and hints'
            cand --quiet 'Leave out notes and hints'
            cand -v 'Show whole requests and answers'
            cand --verbose 'Show whole requests and answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'hookctl;send'= {
            cand --to 'URL to deliver to; by default the one configured for the provider'
            cand --as 'Form in which the request is printed instead of sent'
            cand --variant 'Variant of the event; `hookctl events show EVENT` lists them (can be repeated)'
            cand --data 'Whole body, byte for byte: text, @FILE, or - for stdin'
            cand --map 'Custom payload, field by field: @PATH takes a value of the payload, else text (can be repeated)'
            cand --seed 'Same ids, names and times every time'
            cand --id 'Delivery id'
            cand --timestamp 'Time of the event and of its signature: RFC 3339, unix seconds, or from now as in `-10m`'
            cand --set 'Set a field by dot path, as JSON or else as text (can be repeated)'
            cand --unset 'Leave a field out (can be repeated)'
            cand --method 'Method in place of the provider''s own'
            cand --content-type 'Content type in place of the provider''s own'
            cand --basic 'Send HTTP Basic credentials'
            cand -H 'Add a header, or put it in place of ours (can be repeated)'
            cand --header 'Add a header, or put it in place of ours (can be repeated)'
            cand --timeout 'Time limit of an attempt; the provider''s own by default, 0s for none'
            cand --secret 'Signing secret; also HOOKCTL_SECRET, the configuration, else the local secret (can be repeated)'
            cand --secret-file 'File with the secret, one a line; `-` is stdin'
            cand --tamper 'Break the delivery in one way, to see whether the handler refuses it'
            cand --duplicate 'Send each delivery again N times, under the same id'
            cand --expect 'Statuses of a good answer, as in `2xx` or `200,204`; the provider''s success rule by default'
            cand --expect-body 'Text that a good answer contains'
            cand --max-time 'Longest time of a good answer'
            cand --provider 'Provider of the events, also of one that is not in the catalogue'
            cand --color 'When to use colour'
            cand --config 'Configuration file, in place of hookctl.toml'
            cand --dry-run 'Print the exact request and send nothing'
            cand --insecure 'Accept any TLS certificate'
            cand --reorder 'Send the deliveries in reverse order'
            cand --json 'Print one JSON object a line'
            cand -q 'Leave out notes and hints'
            cand --quiet 'Leave out notes and hints'
            cand -v 'Show whole requests and answers'
            cand --verbose 'Show whole requests and answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'hookctl;sign'= {
            cand --body 'File with the body to sign; `-` is stdin'
            cand --scheme 'Signature scheme of the body'
            cand --to 'URL that the request would go to'
            cand --as 'Form of the output'
            cand --variant 'Variant of the event; `hookctl events show EVENT` lists them (can be repeated)'
            cand --data 'Whole body, byte for byte: text, @FILE, or - for stdin'
            cand --map 'Custom payload, field by field: @PATH takes a value of the payload, else text (can be repeated)'
            cand --seed 'Same ids, names and times every time'
            cand --id 'Delivery id'
            cand --timestamp 'Time of the event and of its signature: RFC 3339, unix seconds, or from now as in `-10m`'
            cand --set 'Set a field by dot path, as JSON or else as text (can be repeated)'
            cand --unset 'Leave a field out (can be repeated)'
            cand --secret 'Signing secret; also HOOKCTL_SECRET, the configuration, else the local secret (can be repeated)'
            cand --secret-file 'File with the secret, one a line; `-` is stdin'
            cand --provider 'Provider of the events, also of one that is not in the catalogue'
            cand --color 'When to use colour'
            cand --config 'Configuration file, in place of hookctl.toml'
            cand --json 'Print one JSON object a line'
            cand -q 'Leave out notes and hints'
            cand --quiet 'Leave out notes and hints'
            cand -v 'Show whole requests and answers'
            cand --verbose 'Show whole requests and answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'hookctl;events'= {
            cand --color 'When to use colour'
            cand --config 'Configuration file, in place of hookctl.toml'
            cand --json 'Print one JSON object a line'
            cand -q 'Leave out notes and hints'
            cand --quiet 'Leave out notes and hints'
            cand -v 'Show whole requests and answers'
            cand --verbose 'Show whole requests and answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand show 'Show payload, headers, variants, and where each field comes from'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'hookctl;events;show'= {
            cand --provider 'Provider of the event'
            cand --color 'When to use colour'
            cand --config 'Configuration file, in place of hookctl.toml'
            cand --json 'Print one JSON object a line'
            cand -q 'Leave out notes and hints'
            cand --quiet 'Leave out notes and hints'
            cand -v 'Show whole requests and answers'
            cand --verbose 'Show whole requests and answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'hookctl;events;help'= {
            cand show 'Show payload, headers, variants, and where each field comes from'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'hookctl;events;help;show'= {
        }
        &'hookctl;events;help;help'= {
        }
        &'hookctl;providers'= {
            cand --color 'When to use colour'
            cand --config 'Configuration file, in place of hookctl.toml'
            cand --json 'Print one JSON object a line'
            cand -q 'Leave out notes and hints'
            cand --quiet 'Leave out notes and hints'
            cand -v 'Show whole requests and answers'
            cand --verbose 'Show whole requests and answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand add 'Add a provider to your own folder'
            cand check 'Say whether a file describes a provider'
            cand show 'Show all that is known of a provider, and where it comes from'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'hookctl;providers;add'= {
            cand --color 'When to use colour'
            cand --config 'Configuration file, in place of hookctl.toml'
            cand --force 'Replace a provider of the same name that was added before'
            cand --json 'Print one JSON object a line'
            cand -q 'Leave out notes and hints'
            cand --quiet 'Leave out notes and hints'
            cand -v 'Show whole requests and answers'
            cand --verbose 'Show whole requests and answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'hookctl;providers;check'= {
            cand --color 'When to use colour'
            cand --config 'Configuration file, in place of hookctl.toml'
            cand --json 'Print one JSON object a line'
            cand -q 'Leave out notes and hints'
            cand --quiet 'Leave out notes and hints'
            cand -v 'Show whole requests and answers'
            cand --verbose 'Show whole requests and answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'hookctl;providers;show'= {
            cand --color 'When to use colour'
            cand --config 'Configuration file, in place of hookctl.toml'
            cand --json 'Print one JSON object a line'
            cand -q 'Leave out notes and hints'
            cand --quiet 'Leave out notes and hints'
            cand -v 'Show whole requests and answers'
            cand --verbose 'Show whole requests and answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'hookctl;providers;help'= {
            cand add 'Add a provider to your own folder'
            cand check 'Say whether a file describes a provider'
            cand show 'Show all that is known of a provider, and where it comes from'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'hookctl;providers;help;add'= {
        }
        &'hookctl;providers;help;check'= {
        }
        &'hookctl;providers;help;show'= {
        }
        &'hookctl;providers;help;help'= {
        }
        &'hookctl;secret'= {
            cand --color 'When to use colour'
            cand --config 'Configuration file, in place of hookctl.toml'
            cand --rotate 'Make a new one in place of the old'
            cand --json 'Print one JSON object a line'
            cand -q 'Leave out notes and hints'
            cand --quiet 'Leave out notes and hints'
            cand -v 'Show whole requests and answers'
            cand --verbose 'Show whole requests and answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'hookctl;listen'= {
            cand --status 'Status to answer with'
            cand --body 'Body to answer with; @FILE reads it from a file'
            cand -H 'Header to answer with (can be repeated)'
            cand --header 'Header to answer with (can be repeated)'
            cand --delay 'Wait before answering'
            cand --show 'How much of each request is shown'
            cand --save 'Write each request to a file of its own, credentials included'
            cand --max-body 'Largest body that is taken; more is answered with 413'
            cand --exit-after 'End after so many requests'
            cand --timeout 'End after this time'
            cand --expect 'Event that must come; ends when all have come (can be repeated)'
            cand --ready-file 'File that holds the URL once requests are taken'
            cand --secret 'Signing secret; also HOOKCTL_SECRET, the configuration, else the local secret (can be repeated)'
            cand --secret-file 'File with the secret, one a line; `-` is stdin'
            cand --provider 'Provider of all requests; found from each request by default'
            cand --color 'When to use colour'
            cand --config 'Configuration file, in place of hookctl.toml'
            cand --require-valid 'Answer 401 to what does not verify'
            cand --reveal 'Show credentials in headers'
            cand --expect-valid 'All requests must be signed right'
            cand --json 'Print one JSON object a line'
            cand -q 'Leave out notes and hints'
            cand --quiet 'Leave out notes and hints'
            cand -v 'Show whole requests and answers'
            cand --verbose 'Show whole requests and answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'hookctl;replay'= {
            cand --to 'URL to deliver to'
            cand --timestamp 'Time of the new signatures: RFC 3339, unix seconds, or from now as in `-10m`'
            cand --as 'Form in which the requests are printed instead of sent'
            cand --set 'Set a field by dot path, as JSON or else as text (can be repeated)'
            cand --unset 'Leave a field out (can be repeated)'
            cand -H 'Add a header, or put it in place of ours (can be repeated)'
            cand --header 'Add a header, or put it in place of ours (can be repeated)'
            cand --timeout 'Time limit of an attempt; the provider''s own by default, 0s for none'
            cand --secret 'Signing secret; also HOOKCTL_SECRET, the configuration, else the local secret (can be repeated)'
            cand --secret-file 'File with the secret, one a line; `-` is stdin'
            cand --tamper 'Break the delivery in one way, to see whether the handler refuses it'
            cand --duplicate 'Send each delivery again N times, under the same id'
            cand --expect 'Statuses of a good answer, as in `2xx` or `200,204`; the provider''s success rule by default'
            cand --expect-body 'Text that a good answer contains'
            cand --max-time 'Longest time of a good answer'
            cand --provider 'Provider of the requests; found from each request by default'
            cand --color 'When to use colour'
            cand --config 'Configuration file, in place of hookctl.toml'
            cand --raw 'Send exactly what was stored, old signature included'
            cand --new-id 'Give each delivery a new id'
            cand --dry-run 'Print the exact requests and send nothing'
            cand --insecure 'Accept any TLS certificate'
            cand --reorder 'Send the deliveries in reverse order'
            cand --json 'Print one JSON object a line'
            cand -q 'Leave out notes and hints'
            cand --quiet 'Leave out notes and hints'
            cand -v 'Show whole requests and answers'
            cand --verbose 'Show whole requests and answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'hookctl;verify'= {
            cand --body 'File with the body'
            cand -H 'Header of the request (can be repeated)'
            cand --header 'Header of the request (can be repeated)'
            cand --headers 'File with headers, one a line'
            cand --scheme 'Signature scheme; found from the headers by default'
            cand --at 'Time to verify at: RFC 3339, unix seconds, or from now as in `-10m`'
            cand --tolerance 'How far the signed time may be off; the scheme''s own by default'
            cand --secret 'Signing secret; also HOOKCTL_SECRET, the configuration, else the local secret (can be repeated)'
            cand --secret-file 'File with the secret, one a line; `-` is stdin'
            cand --provider 'Provider; found from the request by default'
            cand --color 'When to use colour'
            cand --config 'Configuration file, in place of hookctl.toml'
            cand --json 'Print one JSON object a line'
            cand -q 'Leave out notes and hints'
            cand --quiet 'Leave out notes and hints'
            cand -v 'Show whole requests and answers'
            cand --verbose 'Show whole requests and answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'hookctl;help'= {
            cand init 'Write a commented hookctl.toml'
            cand completions 'Print a completion script'
            cand send 'Deliver a realistic, correctly signed event'
            cand sign 'Print the headers that a delivery would carry'
            cand events 'List events, or show one'
            cand providers 'List providers, show, add or check one'
            cand secret 'Print the local secret, made once per provider'
            cand listen 'Receive webhooks: verify, show and keep what arrives'
            cand replay 'Send stored requests again, signed afresh'
            cand verify 'Say whether a request is signed right, and if not, what is wrong'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'hookctl;help;init'= {
        }
        &'hookctl;help;completions'= {
        }
        &'hookctl;help;send'= {
        }
        &'hookctl;help;sign'= {
        }
        &'hookctl;help;events'= {
            cand show 'Show payload, headers, variants, and where each field comes from'
        }
        &'hookctl;help;events;show'= {
        }
        &'hookctl;help;providers'= {
            cand add 'Add a provider to your own folder'
            cand check 'Say whether a file describes a provider'
            cand show 'Show all that is known of a provider, and where it comes from'
        }
        &'hookctl;help;providers;add'= {
        }
        &'hookctl;help;providers;check'= {
        }
        &'hookctl;help;providers;show'= {
        }
        &'hookctl;help;secret'= {
        }
        &'hookctl;help;listen'= {
        }
        &'hookctl;help;replay'= {
        }
        &'hookctl;help;verify'= {
        }
        &'hookctl;help;help'= {
        }
    ]
    $completions[$command]
}
