# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_hookctl_global_optspecs
    string join \n json color= q/quiet v/verbose config= store= no-store h/help V/version
end

function __fish_hookctl_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_hookctl_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_hookctl_using_subcommand
    set -l cmd (__fish_hookctl_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c hookctl -n "__fish_hookctl_needs_command" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; elsewhere if `CLICOLOR_FORCE` is'
always\t'Always'
never\t'Never'"
complete -c hookctl -n "__fish_hookctl_needs_command" -l config -d 'Configuration file, in place of hookctl.toml' -r -F
complete -c hookctl -n "__fish_hookctl_needs_command" -l store -d 'File of the history; also HOOKCTL_STORE, else one in the state directory' -r -F
complete -c hookctl -n "__fish_hookctl_needs_command" -l json -d 'Print one JSON object a line'
complete -c hookctl -n "__fish_hookctl_needs_command" -s q -l quiet -d 'Leave out notes and hints'
complete -c hookctl -n "__fish_hookctl_needs_command" -s v -l verbose -d 'Show whole requests and answers'
complete -c hookctl -n "__fish_hookctl_needs_command" -l no-store -d 'Keep nothing of this run in the history'
complete -c hookctl -n "__fish_hookctl_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hookctl -n "__fish_hookctl_needs_command" -s V -l version -d 'Print version'
complete -c hookctl -n "__fish_hookctl_needs_command" -f -a "check" -d 'Audit a handler: what does it do wrong, and how to mend it'
complete -c hookctl -n "__fish_hookctl_needs_command" -f -a "run" -d 'Run the cases of a file: send, break on purpose, expect and check, in order'
complete -c hookctl -n "__fish_hookctl_needs_command" -f -a "history" -d 'List, show, compare, export and import what was received and sent'
complete -c hookctl -n "__fish_hookctl_needs_command" -f -a "endpoints" -d 'Register URLs that `send` delivers to, each with its own events, secret and state'
complete -c hookctl -n "__fish_hookctl_needs_command" -f -a "init" -d 'Write a commented hookctl.toml'
complete -c hookctl -n "__fish_hookctl_needs_command" -f -a "trust" -d 'Trust a project: allow what its files ask for'
complete -c hookctl -n "__fish_hookctl_needs_command" -f -a "completions" -d 'Print a completion script'
complete -c hookctl -n "__fish_hookctl_needs_command" -f -a "man" -d 'Print a manual page'
complete -c hookctl -n "__fish_hookctl_needs_command" -f -a "listen" -d 'Receive webhooks: verify, show and keep what arrives'
complete -c hookctl -n "__fish_hookctl_needs_command" -f -a "replay" -d 'Send stored requests again, signed afresh'
complete -c hookctl -n "__fish_hookctl_needs_command" -f -a "verify" -d 'Say whether a request is signed right, and if not, why not'
complete -c hookctl -n "__fish_hookctl_needs_command" -f -a "emulate" -d 'Stand in for the providers\' management APIs: register, list, change, delete and test endpoints'
complete -c hookctl -n "__fish_hookctl_needs_command" -f -a "send" -d 'Deliver a realistic, correctly signed event'
complete -c hookctl -n "__fish_hookctl_needs_command" -f -a "sign" -d 'Print the headers that a delivery would carry'
complete -c hookctl -n "__fish_hookctl_needs_command" -f -a "explain" -d 'Show how a provider signs, worked through, with code that verifies it'
complete -c hookctl -n "__fish_hookctl_needs_command" -f -a "events" -d 'List events, or show one'
complete -c hookctl -n "__fish_hookctl_needs_command" -f -a "providers" -d 'List providers, show, add or check one'
complete -c hookctl -n "__fish_hookctl_needs_command" -f -a "secret" -d 'Print the local secret, made once per provider'
complete -c hookctl -n "__fish_hookctl_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c hookctl -n "__fish_hookctl_using_subcommand check" -l to -d 'URL of the handler; by default the one configured for the provider' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand check" -l provider -d 'Provider whose deliveries the handler takes; found from the path by default, as in /webhooks/ken' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand check" -l event -d 'Event that the endpoint is subscribed to; all by default (can be repeated)' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand check" -l only -d 'Ask these alone (can be repeated)' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand check" -l skip -d 'Leave these out (can be repeated)' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand check" -l wait -d 'Wait so long for the handler to take connections' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand check" -l report -d 'Write a report: junit, html or markdown (can be repeated)' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand check" -l baseline -d 'File of known failures, of --write-baseline or of --json: fail only on new ones' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand check" -l write-baseline -d 'Write the failures of this run to a file for --baseline' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand check" -s H -l header -d 'Add a header, or put it in place of ours (can be repeated)' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand check" -l timeout -d 'Time limit of an attempt; the provider\'s own by default, 0s for none' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand check" -l cacert -d 'Trust the certificates in this PEM file, in place of the system\'s' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand check" -l secret -d 'Signing secret; also HOOKCTL_SECRET, the configuration, else the local secret (can be repeated)' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand check" -l secret-file -d 'File with the secret, one a line; `-` is stdin' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand check" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; elsewhere if `CLICOLOR_FORCE` is'
always\t'Always'
never\t'Never'"
complete -c hookctl -n "__fish_hookctl_using_subcommand check" -l config -d 'Configuration file, in place of hookctl.toml' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand check" -l store -d 'File of the history; also HOOKCTL_STORE, else one in the state directory' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand check" -l list -d 'List the checks and ask nothing'
complete -c hookctl -n "__fish_hookctl_using_subcommand check" -l allow-remote -d 'Allow a handler that is neither on this machine nor in a private network'
complete -c hookctl -n "__fish_hookctl_using_subcommand check" -l insecure -d 'Accept any TLS certificate'
complete -c hookctl -n "__fish_hookctl_using_subcommand check" -l json -d 'Print one JSON object a line'
complete -c hookctl -n "__fish_hookctl_using_subcommand check" -s q -l quiet -d 'Leave out notes and hints'
complete -c hookctl -n "__fish_hookctl_using_subcommand check" -s v -l verbose -d 'Show whole requests and answers'
complete -c hookctl -n "__fish_hookctl_using_subcommand check" -l no-store -d 'Keep nothing of this run in the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hookctl -n "__fish_hookctl_using_subcommand run" -l to -d 'URL of the handler in place of the file\'s; one without a path keeps the paths of the file' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand run" -l case -d 'Run these cases alone (can be repeated)' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand run" -l allow-files -d 'Let `data` name files in this folder, too, not only in the folder of FILE (can be repeated)' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand run" -l wait -d 'Wait so long for the handler to take connections' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand run" -l report -d 'Write a report: junit, html or markdown (can be repeated)' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand run" -l baseline -d 'File of known failures, of --write-baseline or of --json: fail only on new ones' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand run" -l write-baseline -d 'Write the failures of this run to a file for --baseline' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand run" -s H -l header -d 'Add a header, or put it in place of ours (can be repeated)' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand run" -l timeout -d 'Time limit of an attempt; the provider\'s own by default, 0s for none' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand run" -l cacert -d 'Trust the certificates in this PEM file, in place of the system\'s' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand run" -l secret -d 'Signing secret; also HOOKCTL_SECRET, the configuration, else the local secret (can be repeated)' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand run" -l secret-file -d 'File with the secret, one a line; `-` is stdin' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand run" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; elsewhere if `CLICOLOR_FORCE` is'
always\t'Always'
never\t'Never'"
complete -c hookctl -n "__fish_hookctl_using_subcommand run" -l config -d 'Configuration file, in place of hookctl.toml' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand run" -l store -d 'File of the history; also HOOKCTL_STORE, else one in the state directory' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand run" -l list -d 'List the cases and run none'
complete -c hookctl -n "__fish_hookctl_using_subcommand run" -l allow-remote -d 'Allow checks of a handler that is neither on this machine nor in a private network'
complete -c hookctl -n "__fish_hookctl_using_subcommand run" -l insecure -d 'Accept any TLS certificate'
complete -c hookctl -n "__fish_hookctl_using_subcommand run" -l json -d 'Print one JSON object a line'
complete -c hookctl -n "__fish_hookctl_using_subcommand run" -s q -l quiet -d 'Leave out notes and hints'
complete -c hookctl -n "__fish_hookctl_using_subcommand run" -s v -l verbose -d 'Show whole requests and answers'
complete -c hookctl -n "__fish_hookctl_using_subcommand run" -l no-store -d 'Keep nothing of this run in the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and not __fish_seen_subcommand_from show diff export import prune clear help" -l event -d 'Of this event, as `provider/event` or `event`; `*` stands for anything' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and not __fish_seen_subcommand_from show diff export import prune clear help" -l status -d 'Answered with such a status, as in `2xx` or `200,404`; of deliveries also `pending`, `success`, `fail`' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and not __fish_seen_subcommand_from show diff export import prune clear help" -l endpoint -d 'Deliveries to this endpoint alone, by name or id' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and not __fish_seen_subcommand_from show diff export import prune clear help" -l since -d 'From this time on: RFC 3339, unix seconds, or from now as in `-1h`' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and not __fish_seen_subcommand_from show diff export import prune clear help" -l search -d 'With this text in path, headers or body, letter by letter' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and not __fish_seen_subcommand_from show diff export import prune clear help" -l filter -d 'What matches all conditions, as in `status>=500 took>1s`' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and not __fish_seen_subcommand_from show diff export import prune clear help" -l limit -d 'Most that are listed, 50 by default' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and not __fish_seen_subcommand_from show diff export import prune clear help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; elsewhere if `CLICOLOR_FORCE` is'
always\t'Always'
never\t'Never'"
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and not __fish_seen_subcommand_from show diff export import prune clear help" -l config -d 'Configuration file, in place of hookctl.toml' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and not __fish_seen_subcommand_from show diff export import prune clear help" -l store -d 'File of the history; also HOOKCTL_STORE, else one in the state directory' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and not __fish_seen_subcommand_from show diff export import prune clear help" -l in -d 'What was received alone: captures, and requests that were rejected'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and not __fish_seen_subcommand_from show diff export import prune clear help" -l out -d 'Deliveries alone: what was sent'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and not __fish_seen_subcommand_from show diff export import prune clear help" -l reveal -d 'Show credentials in headers and URLs, with `--json`'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and not __fish_seen_subcommand_from show diff export import prune clear help" -l json -d 'Print one JSON object a line'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and not __fish_seen_subcommand_from show diff export import prune clear help" -s q -l quiet -d 'Leave out notes and hints'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and not __fish_seen_subcommand_from show diff export import prune clear help" -s v -l verbose -d 'Show whole requests and answers'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and not __fish_seen_subcommand_from show diff export import prune clear help" -l no-store -d 'Keep nothing of this run in the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and not __fish_seen_subcommand_from show diff export import prune clear help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and not __fish_seen_subcommand_from show diff export import prune clear help" -f -a "show" -d 'Show one request in full: what is known of it, headers, body, answers'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and not __fish_seen_subcommand_from show diff export import prune clear help" -f -a "diff" -d 'Compare two requests: headers by name, JSON by path'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and not __fish_seen_subcommand_from show diff export import prune clear help" -f -a "export" -d 'Write requests out, the oldest first'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and not __fish_seen_subcommand_from show diff export import prune clear help" -f -a "import" -d 'Read requests into the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and not __fish_seen_subcommand_from show diff export import prune clear help" -f -a "prune" -d 'Take out what is older'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and not __fish_seen_subcommand_from show diff export import prune clear help" -f -a "clear" -d 'Take out everything'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and not __fish_seen_subcommand_from show diff export import prune clear help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from show" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; elsewhere if `CLICOLOR_FORCE` is'
always\t'Always'
never\t'Never'"
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from show" -l config -d 'Configuration file, in place of hookctl.toml' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from show" -l store -d 'File of the history; also HOOKCTL_STORE, else one in the state directory' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from show" -l reveal -d 'Show credentials in headers and URLs'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from show" -l json -d 'Print one JSON object a line'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Leave out notes and hints'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Show whole requests and answers'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from show" -l no-store -d 'Keep nothing of this run in the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from diff" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; elsewhere if `CLICOLOR_FORCE` is'
always\t'Always'
never\t'Never'"
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from diff" -l config -d 'Configuration file, in place of hookctl.toml' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from diff" -l store -d 'File of the history; also HOOKCTL_STORE, else one in the state directory' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from diff" -l ignore-volatile -d 'Pass over what differs each time: times, ids, signatures'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from diff" -l reveal -d 'Show credentials in headers and URLs'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from diff" -l json -d 'Print one JSON object a line'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from diff" -s q -l quiet -d 'Leave out notes and hints'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from diff" -s v -l verbose -d 'Show whole requests and answers'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from diff" -l no-store -d 'Keep nothing of this run in the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from export" -l format -d 'Form of the export' -r -f -a "ndjson\t'One JSON object a line'
har\t'HAR 1.2, for browsers and proxies'
curl\t'Commands for sh, bash, zsh and fish'
powershell\t'Commands for PowerShell'
cmd\t'Commands for the Windows command prompt'
http\t'Raw HTTP requests'
fixture\t'JSON over several lines, for `send` and `replay`'"
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from export" -s o -l output -d 'File to write to, or a folder that gets a file for each request' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from export" -l event -d 'Of this event, as `provider/event` or `event`; `*` stands for anything' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from export" -l status -d 'Answered with such a status, as in `2xx` or `200,404`; of deliveries also `pending`, `success`, `fail`' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from export" -l endpoint -d 'Deliveries to this endpoint alone, by name or id' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from export" -l since -d 'From this time on: RFC 3339, unix seconds, or from now as in `-1h`' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from export" -l search -d 'With this text in path, headers or body, letter by letter' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from export" -l filter -d 'What matches all conditions, as in `status>=500 took>1s`' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from export" -l limit -d 'Most that are exported, of the newest' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from export" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; elsewhere if `CLICOLOR_FORCE` is'
always\t'Always'
never\t'Never'"
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from export" -l config -d 'Configuration file, in place of hookctl.toml' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from export" -l store -d 'File of the history; also HOOKCTL_STORE, else one in the state directory' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from export" -l reveal -d 'Export credentials too'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from export" -l in -d 'What was received alone: captures, and requests that were rejected'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from export" -l out -d 'Deliveries alone: what was sent'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from export" -l json -d 'Print one JSON object a line'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from export" -s q -l quiet -d 'Leave out notes and hints'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from export" -s v -l verbose -d 'Show whole requests and answers'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from export" -l no-store -d 'Keep nothing of this run in the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from import" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; elsewhere if `CLICOLOR_FORCE` is'
always\t'Always'
never\t'Never'"
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from import" -l config -d 'Configuration file, in place of hookctl.toml' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from import" -l store -d 'File of the history; also HOOKCTL_STORE, else one in the state directory' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from import" -l json -d 'Print one JSON object a line'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from import" -s q -l quiet -d 'Leave out notes and hints'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from import" -s v -l verbose -d 'Show whole requests and answers'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from import" -l no-store -d 'Keep nothing of this run in the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from prune" -l older-than -d 'Age from which on things go, as in `30d` or `12h`' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from prune" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; elsewhere if `CLICOLOR_FORCE` is'
always\t'Always'
never\t'Never'"
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from prune" -l config -d 'Configuration file, in place of hookctl.toml' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from prune" -l store -d 'File of the history; also HOOKCTL_STORE, else one in the state directory' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from prune" -l json -d 'Print one JSON object a line'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from prune" -s q -l quiet -d 'Leave out notes and hints'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from prune" -s v -l verbose -d 'Show whole requests and answers'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from prune" -l no-store -d 'Keep nothing of this run in the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from prune" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from clear" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; elsewhere if `CLICOLOR_FORCE` is'
always\t'Always'
never\t'Never'"
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from clear" -l config -d 'Configuration file, in place of hookctl.toml' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from clear" -l store -d 'File of the history; also HOOKCTL_STORE, else one in the state directory' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from clear" -l yes -d 'Do not ask'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from clear" -l json -d 'Print one JSON object a line'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from clear" -s q -l quiet -d 'Leave out notes and hints'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from clear" -s v -l verbose -d 'Show whole requests and answers'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from clear" -l no-store -d 'Keep nothing of this run in the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from clear" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show one request in full: what is known of it, headers, body, answers'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from help" -f -a "diff" -d 'Compare two requests: headers by name, JSON by path'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from help" -f -a "export" -d 'Write requests out, the oldest first'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from help" -f -a "import" -d 'Read requests into the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from help" -f -a "prune" -d 'Take out what is older'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from help" -f -a "clear" -d 'Take out everything'
complete -c hookctl -n "__fish_hookctl_using_subcommand history; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and not __fish_seen_subcommand_from add list show edit enable disable remove secret test help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; elsewhere if `CLICOLOR_FORCE` is'
always\t'Always'
never\t'Never'"
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and not __fish_seen_subcommand_from add list show edit enable disable remove secret test help" -l config -d 'Configuration file, in place of hookctl.toml' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and not __fish_seen_subcommand_from add list show edit enable disable remove secret test help" -l store -d 'File of the history; also HOOKCTL_STORE, else one in the state directory' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and not __fish_seen_subcommand_from add list show edit enable disable remove secret test help" -l json -d 'Print one JSON object a line'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and not __fish_seen_subcommand_from add list show edit enable disable remove secret test help" -s q -l quiet -d 'Leave out notes and hints'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and not __fish_seen_subcommand_from add list show edit enable disable remove secret test help" -s v -l verbose -d 'Show whole requests and answers'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and not __fish_seen_subcommand_from add list show edit enable disable remove secret test help" -l no-store -d 'Keep nothing of this run in the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and not __fish_seen_subcommand_from add list show edit enable disable remove secret test help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and not __fish_seen_subcommand_from add list show edit enable disable remove secret test help" -f -a "add" -d 'Register a URL'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and not __fish_seen_subcommand_from add list show edit enable disable remove secret test help" -f -a "list" -d 'List endpoints, the oldest first'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and not __fish_seen_subcommand_from add list show edit enable disable remove secret test help" -f -a "show" -d 'Show one endpoint'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and not __fish_seen_subcommand_from add list show edit enable disable remove secret test help" -f -a "edit" -d 'Change an endpoint; what is not named stays as it is'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and not __fish_seen_subcommand_from add list show edit enable disable remove secret test help" -f -a "enable" -d 'Deliver to endpoints again'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and not __fish_seen_subcommand_from add list show edit enable disable remove secret test help" -f -a "disable" -d 'Pause deliveries to endpoints'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and not __fish_seen_subcommand_from add list show edit enable disable remove secret test help" -f -a "remove" -d 'Remove endpoints for good; what was sent to them stays in the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and not __fish_seen_subcommand_from add list show edit enable disable remove secret test help" -f -a "secret" -d 'Print the signing secret of an endpoint, or make a new one'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and not __fish_seen_subcommand_from add list show edit enable disable remove secret test help" -f -a "test" -d 'Send a sample event to an endpoint'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and not __fish_seen_subcommand_from add list show edit enable disable remove secret test help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from add" -l provider -d 'Provider whose events it gets; by default the one that the events are of' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from add" -l events -d 'Events that it gets, with commas between; `*` stands for all' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from add" -l name -d 'What it is called; by default as its provider' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from add" -l description -d 'What it is for' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from add" -l secret -d 'Signing secret; if it is empty or not given, the old one stays, or one is made in the provider\'s form' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from add" -l secret-file -d 'File with the secret; `-` is stdin' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from add" -l method -d 'Method in place of the provider\'s usual one' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from add" -l content-type -d 'Content type in place of the provider\'s usual one' -r -f -a "json\t'`application/json`'
form\t'`application/x-www-form-urlencoded`'"
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from add" -l basic -d 'Send HTTP Basic credentials; none if it is empty' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from add" -l map -d 'Custom payload, field by field: @PATH takes a value of the payload, else text; an empty one takes it away (can be repeated)' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from add" -l log-response-body -d 'Keep the bodies of answers in the log' -r -f -a "true\t''
false\t''"
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from add" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; elsewhere if `CLICOLOR_FORCE` is'
always\t'Always'
never\t'Never'"
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from add" -l config -d 'Configuration file, in place of hookctl.toml' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from add" -l store -d 'File of the history; also HOOKCTL_STORE, else one in the state directory' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from add" -l json -d 'Print one JSON object a line'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from add" -s q -l quiet -d 'Leave out notes and hints'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from add" -s v -l verbose -d 'Show whole requests and answers'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from add" -l no-store -d 'Keep nothing of this run in the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from list" -l provider -d 'Those of this provider alone' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; elsewhere if `CLICOLOR_FORCE` is'
always\t'Always'
never\t'Never'"
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from list" -l config -d 'Configuration file, in place of hookctl.toml' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from list" -l store -d 'File of the history; also HOOKCTL_STORE, else one in the state directory' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from list" -l reveal -d 'Show credentials in URLs'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON object a line'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Leave out notes and hints'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Show whole requests and answers'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from list" -l no-store -d 'Keep nothing of this run in the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from show" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; elsewhere if `CLICOLOR_FORCE` is'
always\t'Always'
never\t'Never'"
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from show" -l config -d 'Configuration file, in place of hookctl.toml' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from show" -l store -d 'File of the history; also HOOKCTL_STORE, else one in the state directory' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from show" -l reveal -d 'Show credentials in the URL'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from show" -l json -d 'Print one JSON object a line'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Leave out notes and hints'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Show whole requests and answers'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from show" -l no-store -d 'Keep nothing of this run in the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from edit" -l url -d 'URL to deliver to' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from edit" -l events -d 'Events that it gets, with commas between; `*` stands for all' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from edit" -l name -d 'What it is called; by default as its provider' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from edit" -l description -d 'What it is for' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from edit" -l secret -d 'Signing secret; if it is empty or not given, the old one stays, or one is made in the provider\'s form' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from edit" -l secret-file -d 'File with the secret; `-` is stdin' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from edit" -l method -d 'Method in place of the provider\'s usual one' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from edit" -l content-type -d 'Content type in place of the provider\'s usual one' -r -f -a "json\t'`application/json`'
form\t'`application/x-www-form-urlencoded`'"
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from edit" -l basic -d 'Send HTTP Basic credentials; none if it is empty' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from edit" -l map -d 'Custom payload, field by field: @PATH takes a value of the payload, else text; an empty one takes it away (can be repeated)' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from edit" -l log-response-body -d 'Keep the bodies of answers in the log' -r -f -a "true\t''
false\t''"
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from edit" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; elsewhere if `CLICOLOR_FORCE` is'
always\t'Always'
never\t'Never'"
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from edit" -l config -d 'Configuration file, in place of hookctl.toml' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from edit" -l store -d 'File of the history; also HOOKCTL_STORE, else one in the state directory' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from edit" -l no-secret -d 'Send without a signature from now on'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from edit" -l json -d 'Print one JSON object a line'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from edit" -s q -l quiet -d 'Leave out notes and hints'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from edit" -s v -l verbose -d 'Show whole requests and answers'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from edit" -l no-store -d 'Keep nothing of this run in the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from edit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from enable" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; elsewhere if `CLICOLOR_FORCE` is'
always\t'Always'
never\t'Never'"
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from enable" -l config -d 'Configuration file, in place of hookctl.toml' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from enable" -l store -d 'File of the history; also HOOKCTL_STORE, else one in the state directory' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from enable" -l json -d 'Print one JSON object a line'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from enable" -s q -l quiet -d 'Leave out notes and hints'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from enable" -s v -l verbose -d 'Show whole requests and answers'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from enable" -l no-store -d 'Keep nothing of this run in the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from enable" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from disable" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; elsewhere if `CLICOLOR_FORCE` is'
always\t'Always'
never\t'Never'"
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from disable" -l config -d 'Configuration file, in place of hookctl.toml' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from disable" -l store -d 'File of the history; also HOOKCTL_STORE, else one in the state directory' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from disable" -l json -d 'Print one JSON object a line'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from disable" -s q -l quiet -d 'Leave out notes and hints'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from disable" -s v -l verbose -d 'Show whole requests and answers'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from disable" -l no-store -d 'Keep nothing of this run in the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from disable" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from remove" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; elsewhere if `CLICOLOR_FORCE` is'
always\t'Always'
never\t'Never'"
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from remove" -l config -d 'Configuration file, in place of hookctl.toml' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from remove" -l store -d 'File of the history; also HOOKCTL_STORE, else one in the state directory' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from remove" -l json -d 'Print one JSON object a line'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'Leave out notes and hints'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from remove" -s v -l verbose -d 'Show whole requests and answers'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from remove" -l no-store -d 'Keep nothing of this run in the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from secret" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; elsewhere if `CLICOLOR_FORCE` is'
always\t'Always'
never\t'Never'"
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from secret" -l config -d 'Configuration file, in place of hookctl.toml' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from secret" -l store -d 'File of the history; also HOOKCTL_STORE, else one in the state directory' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from secret" -l reveal -d 'Print it in clear'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from secret" -l rotate -d 'Make a new one in place of the old'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from secret" -l json -d 'Print one JSON object a line'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from secret" -s q -l quiet -d 'Leave out notes and hints'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from secret" -s v -l verbose -d 'Show whole requests and answers'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from secret" -l no-store -d 'Keep nothing of this run in the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from secret" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from test" -l event -d 'Event to send; by default the first that it gets' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from test" -s H -l header -d 'Add a header, or put it in place of ours (can be repeated)' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from test" -l timeout -d 'Time limit of an attempt; the provider\'s own by default, 0s for none' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from test" -l cacert -d 'Trust the certificates in this PEM file, in place of the system\'s' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from test" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; elsewhere if `CLICOLOR_FORCE` is'
always\t'Always'
never\t'Never'"
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from test" -l config -d 'Configuration file, in place of hookctl.toml' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from test" -l store -d 'File of the history; also HOOKCTL_STORE, else one in the state directory' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from test" -l reveal -d 'Show credentials in what `-v` prints'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from test" -l insecure -d 'Accept any TLS certificate'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from test" -l json -d 'Print one JSON object a line'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from test" -s q -l quiet -d 'Leave out notes and hints'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from test" -s v -l verbose -d 'Show whole requests and answers'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from test" -l no-store -d 'Keep nothing of this run in the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from test" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from help" -f -a "add" -d 'Register a URL'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from help" -f -a "list" -d 'List endpoints, the oldest first'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show one endpoint'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from help" -f -a "edit" -d 'Change an endpoint; what is not named stays as it is'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from help" -f -a "enable" -d 'Deliver to endpoints again'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from help" -f -a "disable" -d 'Pause deliveries to endpoints'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from help" -f -a "remove" -d 'Remove endpoints for good; what was sent to them stays in the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from help" -f -a "secret" -d 'Print the signing secret of an endpoint, or make a new one'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from help" -f -a "test" -d 'Send a sample event to an endpoint'
complete -c hookctl -n "__fish_hookctl_using_subcommand endpoints; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c hookctl -n "__fish_hookctl_using_subcommand init" -l provider -d 'Providers to write down; all, as comments, if none is named (can be repeated)' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand init" -l to -d 'Base URL of your handlers' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand init" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; elsewhere if `CLICOLOR_FORCE` is'
always\t'Always'
never\t'Never'"
complete -c hookctl -n "__fish_hookctl_using_subcommand init" -l config -d 'Configuration file, in place of hookctl.toml' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand init" -l store -d 'File of the history; also HOOKCTL_STORE, else one in the state directory' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand init" -s y -l yes -d 'Ask nothing'
complete -c hookctl -n "__fish_hookctl_using_subcommand init" -l force -d 'Replace a file that is there'
complete -c hookctl -n "__fish_hookctl_using_subcommand init" -l json -d 'Print one JSON object a line'
complete -c hookctl -n "__fish_hookctl_using_subcommand init" -s q -l quiet -d 'Leave out notes and hints'
complete -c hookctl -n "__fish_hookctl_using_subcommand init" -s v -l verbose -d 'Show whole requests and answers'
complete -c hookctl -n "__fish_hookctl_using_subcommand init" -l no-store -d 'Keep nothing of this run in the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hookctl -n "__fish_hookctl_using_subcommand trust" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; elsewhere if `CLICOLOR_FORCE` is'
always\t'Always'
never\t'Never'"
complete -c hookctl -n "__fish_hookctl_using_subcommand trust" -l config -d 'Configuration file, in place of hookctl.toml' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand trust" -l store -d 'File of the history; also HOOKCTL_STORE, else one in the state directory' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand trust" -l show -d 'List what the project asks for, and change nothing'
complete -c hookctl -n "__fish_hookctl_using_subcommand trust" -l remove -d 'Stop trusting the folder'
complete -c hookctl -n "__fish_hookctl_using_subcommand trust" -l json -d 'Print one JSON object a line'
complete -c hookctl -n "__fish_hookctl_using_subcommand trust" -s q -l quiet -d 'Leave out notes and hints'
complete -c hookctl -n "__fish_hookctl_using_subcommand trust" -s v -l verbose -d 'Show whole requests and answers'
complete -c hookctl -n "__fish_hookctl_using_subcommand trust" -l no-store -d 'Keep nothing of this run in the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand trust" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hookctl -n "__fish_hookctl_using_subcommand completions" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; elsewhere if `CLICOLOR_FORCE` is'
always\t'Always'
never\t'Never'"
complete -c hookctl -n "__fish_hookctl_using_subcommand completions" -l config -d 'Configuration file, in place of hookctl.toml' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand completions" -l store -d 'File of the history; also HOOKCTL_STORE, else one in the state directory' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand completions" -l json -d 'Print one JSON object a line'
complete -c hookctl -n "__fish_hookctl_using_subcommand completions" -s q -l quiet -d 'Leave out notes and hints'
complete -c hookctl -n "__fish_hookctl_using_subcommand completions" -s v -l verbose -d 'Show whole requests and answers'
complete -c hookctl -n "__fish_hookctl_using_subcommand completions" -l no-store -d 'Keep nothing of this run in the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hookctl -n "__fish_hookctl_using_subcommand man" -l dir -d 'Write the pages of all commands into this folder' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand man" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; elsewhere if `CLICOLOR_FORCE` is'
always\t'Always'
never\t'Never'"
complete -c hookctl -n "__fish_hookctl_using_subcommand man" -l config -d 'Configuration file, in place of hookctl.toml' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand man" -l store -d 'File of the history; also HOOKCTL_STORE, else one in the state directory' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand man" -l json -d 'Print one JSON object a line'
complete -c hookctl -n "__fish_hookctl_using_subcommand man" -s q -l quiet -d 'Leave out notes and hints'
complete -c hookctl -n "__fish_hookctl_using_subcommand man" -s v -l verbose -d 'Show whole requests and answers'
complete -c hookctl -n "__fish_hookctl_using_subcommand man" -l no-store -d 'Keep nothing of this run in the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l show -d 'How much of each request is shown' -r -f -a "full\t'Line, headers and body'
headers\t'Line and headers'
body\t'Line and body'
line\t'One line'
none\t'Nothing'"
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l save -d 'Write each request to a file of its own, credentials included' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l filter -d 'Show, save, forward and count only what matches, as in `event=lead_*`; the rest is answered all the same' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l max-body -d 'Largest body that is taken; more is answered with 413' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l keep -d 'Keep requests in the history for this long, as in `7d`; `keep` in the configuration by default, else 30d' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l max-size -d 'Keep no more than this in the history, as in `500MB`; `max_size` in the configuration by default, else 2GB' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l status -d 'Status to answer with [default: 200]' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l body -d 'Body to answer with; @FILE reads it from a file' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -s H -l header -d 'Header to answer with (can be repeated)' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l respond -d 'Statuses in turn, the last one repeats, as in `2x503,200` or `drop,200`' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l fail-first -d 'Answer the first N requests with 503' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l fail-rate -d 'Answer this share of the requests with 503, as in `0.2`' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l retry-after -d 'Tell the sender with each 429 and 5xx when to try again' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l gone-after -d 'Answer with 410 after N requests' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l delay -d 'Wait before answering; `50ms..800ms` draws a time for each' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l seed -d 'Draw the same times and failures in every run' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l forward -d 'Pass each request on, and answer what this URL answers; more of them get copies (can be repeated)' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l forward-timeout -d 'Time limit of each forward, 0s for none' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l forward-header -d 'Add a header when forwarding, or put it in place of one that came, such as Host (can be repeated)' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l cacert -d 'Trust the certificates in this PEM file when forwarding, in place of the system\'s' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l cert -d 'Take requests over TLS, with the certificate chain in this PEM file' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l key -d 'PEM file with the key of the certificate' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l page -d 'Where the live page is; by default 10000 above the port of the listener, or where there is room' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l exit-after -d 'End after so many requests' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l timeout -d 'End after this time' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l expect -d 'Event that must come; ends when all have come (can be repeated)' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l exec -d 'Run a command with HOOKCTL_URL set, and end with it and its exit code' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l ready-file -d 'File that holds the URL once requests are taken' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l secret -d 'Signing secret; also HOOKCTL_SECRET, the configuration, else the local secret (can be repeated)' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l secret-file -d 'File with the secret, one a line; `-` is stdin' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l provider -d 'Provider of all requests; found from each request by default' -r -f -a "discord\t''
github\t''
gitlab\t''
hubspot\t''
kakiyo\t''
ken\t''
klen\t''
konvox\t''
linear\t''
paddle\t''
scratcher\t''
sendgrid\t''
shopify\t''
slack\t''
standard-webhooks\t''
stripe\t''
svix\t''
twilio\t''
typeform\t''
zoom\t''"
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; elsewhere if `CLICOLOR_FORCE` is'
always\t'Always'
never\t'Never'"
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l config -d 'Configuration file, in place of hookctl.toml' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l store -d 'File of the history; also HOOKCTL_STORE, else one in the state directory' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l reveal -d 'Show credentials in headers'
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l drop -d 'Close the connection without an answer: to all, or to those that fail'
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l require-valid -d 'Answer 401 to what does not verify'
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l no-handshake -d 'Answer handshakes, by which senders check an endpoint, like any other request'
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l insecure -d 'Forward to any TLS certificate'
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l tls -d 'Take requests over TLS, with a certificate that is made for this machine'
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l no-page -d 'Show no page'
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l open -d 'Open the page in the browser'
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l expect-valid -d 'All requests must be signed right'
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l json -d 'Print one JSON object a line'
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -s q -l quiet -d 'Leave out notes and hints'
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -s v -l verbose -d 'Show whole requests and answers'
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -l no-store -d 'Keep nothing of this run in the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand listen" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hookctl -n "__fish_hookctl_using_subcommand replay" -l to -d 'URL to deliver to; by default, deliveries of the history go where they went' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand replay" -l timestamp -d 'Time of the new signatures: RFC 3339, unix seconds, or from now as in `-10m`' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand replay" -l as -d 'Form in which the requests are printed instead of sent' -r -f -a "curl\t'A curl command for sh, bash, zsh and fish'
powershell\t'A curl command for PowerShell'
cmd\t'A curl command for the Windows command prompt'
http\t'The bytes on the wire'
json\t'One JSON object a line, as `listen --json` prints captures'"
complete -c hookctl -n "__fish_hookctl_using_subcommand replay" -l set -d 'Set a field by dot path, as JSON or else as text (can be repeated)' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand replay" -l unset -d 'Leave a field out (can be repeated)' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand replay" -s H -l header -d 'Add a header, or put it in place of ours (can be repeated)' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand replay" -l timeout -d 'Time limit of an attempt; the provider\'s own by default, 0s for none' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand replay" -l cacert -d 'Trust the certificates in this PEM file, in place of the system\'s' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand replay" -l secret -d 'Signing secret; also HOOKCTL_SECRET, the configuration, else the local secret (can be repeated)' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand replay" -l secret-file -d 'File with the secret, one a line; `-` is stdin' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand replay" -l tamper -d 'Break the delivery in one way, to see whether the handler refuses it' -r -f -a "body\t'Change one character of the body after it was signed'
signature\t'Change one character of the signature'
timestamp\t'Move the timestamp by a second after it was signed'
id\t'Change the delivery id after it was signed'
secret\t'Sign with another secret'
headers\t'Leave the signature headers out'"
complete -c hookctl -n "__fish_hookctl_using_subcommand replay" -l duplicate -d 'Send each delivery again N times, under the same id' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand replay" -l count -d 'Send each delivery N times, each signed afresh' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand replay" -l concurrency -d 'Most deliveries under way at a time; 50 by default with `--count` and `--resume`' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand replay" -l rate -d 'Most deliveries in a time, as in `100/s`' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand replay" -l pace -d 'Keep the gaps between the requests: as they were, so many times as fast, or none' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand replay" -l expect -d 'Statuses of a good answer, as in `2xx` or `200,204`; the provider\'s success rule by default' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand replay" -l expect-body -d 'Text that a good answer contains' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand replay" -l max-time -d 'Longest time of a good answer' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand replay" -l provider -d 'Provider of the requests; found from each request by default' -r -f -a "discord\t''
github\t''
gitlab\t''
hubspot\t''
kakiyo\t''
ken\t''
klen\t''
konvox\t''
linear\t''
paddle\t''
scratcher\t''
sendgrid\t''
shopify\t''
slack\t''
standard-webhooks\t''
stripe\t''
svix\t''
twilio\t''
typeform\t''
zoom\t''"
complete -c hookctl -n "__fish_hookctl_using_subcommand replay" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; elsewhere if `CLICOLOR_FORCE` is'
always\t'Always'
never\t'Never'"
complete -c hookctl -n "__fish_hookctl_using_subcommand replay" -l config -d 'Configuration file, in place of hookctl.toml' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand replay" -l store -d 'File of the history; also HOOKCTL_STORE, else one in the state directory' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand replay" -l raw -d 'Send exactly what was stored, old signature included'
complete -c hookctl -n "__fish_hookctl_using_subcommand replay" -l allow-bad-framing -d 'Send a stored Content-Length or Transfer-Encoding that is wrong; by default it becomes that of the body'
complete -c hookctl -n "__fish_hookctl_using_subcommand replay" -l new-id -d 'Give each delivery a new id, and its body new keys where receivers tell duplicates by these'
complete -c hookctl -n "__fish_hookctl_using_subcommand replay" -l dry-run -d 'Print the exact requests and send nothing'
complete -c hookctl -n "__fish_hookctl_using_subcommand replay" -l reveal -d 'Print credentials in clear'
complete -c hookctl -n "__fish_hookctl_using_subcommand replay" -l insecure -d 'Accept any TLS certificate'
complete -c hookctl -n "__fish_hookctl_using_subcommand replay" -l reorder -d 'Send the deliveries in reverse order'
complete -c hookctl -n "__fish_hookctl_using_subcommand replay" -l json -d 'Print one JSON object a line'
complete -c hookctl -n "__fish_hookctl_using_subcommand replay" -s q -l quiet -d 'Leave out notes and hints'
complete -c hookctl -n "__fish_hookctl_using_subcommand replay" -s v -l verbose -d 'Show whole requests and answers'
complete -c hookctl -n "__fish_hookctl_using_subcommand replay" -l no-store -d 'Keep nothing of this run in the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand replay" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hookctl -n "__fish_hookctl_using_subcommand verify" -l body -d 'File with the body' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand verify" -s H -l header -d 'Header of the request (can be repeated)' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand verify" -l headers -d 'File with headers, one a line' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand verify" -l method -d 'Method of the request that `--body` and `-H` make' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand verify" -l url -d 'Public URL that the sender called, for schemes that sign it; told from the headers by default' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand verify" -l scheme -d 'Signature scheme; found from the headers by default' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand verify" -l at -d 'Time to verify at: RFC 3339, unix seconds, or from now as in `-10m`' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand verify" -l tolerance -d 'How far the signed time may be off; the scheme\'s own by default' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand verify" -l secret -d 'Signing secret; also HOOKCTL_SECRET, the configuration, else the local secret (can be repeated)' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand verify" -l secret-file -d 'File with the secret, one a line; `-` is stdin' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand verify" -l provider -d 'Provider; found from the request by default' -r -f -a "discord\t''
github\t''
gitlab\t''
hubspot\t''
kakiyo\t''
ken\t''
klen\t''
konvox\t''
linear\t''
paddle\t''
scratcher\t''
sendgrid\t''
shopify\t''
slack\t''
standard-webhooks\t''
stripe\t''
svix\t''
twilio\t''
typeform\t''
zoom\t''"
complete -c hookctl -n "__fish_hookctl_using_subcommand verify" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; elsewhere if `CLICOLOR_FORCE` is'
always\t'Always'
never\t'Never'"
complete -c hookctl -n "__fish_hookctl_using_subcommand verify" -l config -d 'Configuration file, in place of hookctl.toml' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand verify" -l store -d 'File of the history; also HOOKCTL_STORE, else one in the state directory' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand verify" -l reveal -d 'Show secret and expected signature where they help'
complete -c hookctl -n "__fish_hookctl_using_subcommand verify" -l thorough -d 'Try every known cause of a failure, however long it takes'
complete -c hookctl -n "__fish_hookctl_using_subcommand verify" -l json -d 'Print one JSON object a line'
complete -c hookctl -n "__fish_hookctl_using_subcommand verify" -s q -l quiet -d 'Leave out notes and hints'
complete -c hookctl -n "__fish_hookctl_using_subcommand verify" -s v -l verbose -d 'Show whole requests and answers'
complete -c hookctl -n "__fish_hookctl_using_subcommand verify" -l no-store -d 'Keep nothing of this run in the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hookctl -n "__fish_hookctl_using_subcommand emulate" -l token -d 'Token that calls carry; by default a local one, made once and printed at the start (can be repeated)' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand emulate" -l speed -d 'How fast the time between attempts passes, as in `60x`; `max` leaves it out' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand emulate" -l exit-after -d 'End once so many deliveries are decided' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand emulate" -l timeout -d 'End after this time' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand emulate" -l exec -d 'Run a command with HOOKCTL_URL and HOOKCTL_TOKEN set, and end with it and its exit code' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand emulate" -l ready-file -d 'File that holds the URL once calls are taken' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand emulate" -l provider -d 'Provider to stand in for; by default all with an API (can be repeated)' -r -f -a "discord\t''
github\t''
gitlab\t''
hubspot\t''
kakiyo\t''
ken\t''
klen\t''
konvox\t''
linear\t''
paddle\t''
scratcher\t''
sendgrid\t''
shopify\t''
slack\t''
standard-webhooks\t''
stripe\t''
svix\t''
twilio\t''
typeform\t''
zoom\t''"
complete -c hookctl -n "__fish_hookctl_using_subcommand emulate" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; elsewhere if `CLICOLOR_FORCE` is'
always\t'Always'
never\t'Never'"
complete -c hookctl -n "__fish_hookctl_using_subcommand emulate" -l config -d 'Configuration file, in place of hookctl.toml' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand emulate" -l store -d 'File of the history; also HOOKCTL_STORE, else one in the state directory' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand emulate" -l reveal -d 'Show credentials in what `-v` prints'
complete -c hookctl -n "__fish_hookctl_using_subcommand emulate" -l json -d 'Print one JSON object a line'
complete -c hookctl -n "__fish_hookctl_using_subcommand emulate" -s q -l quiet -d 'Leave out notes and hints'
complete -c hookctl -n "__fish_hookctl_using_subcommand emulate" -s v -l verbose -d 'Show whole requests and answers'
complete -c hookctl -n "__fish_hookctl_using_subcommand emulate" -l no-store -d 'Keep nothing of this run in the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand emulate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -l to -d 'URL to deliver to; by default every endpoint that is enabled and subscribed, else the URL configured for the provider' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -l as -d 'Form in which the requests are printed instead of sent' -r -f -a "curl\t'A curl command for sh, bash, zsh and fish'
powershell\t'A curl command for PowerShell'
cmd\t'A curl command for the Windows command prompt'
http\t'The bytes on the wire'
json\t'One JSON object a line, as `listen --json` prints captures'"
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -l variant -d 'Variant of the event; `hookctl events show EVENT` lists them (can be repeated)' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -l data -d 'Whole body, byte for byte: text, @FILE, or - for stdin' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -l map -d 'Custom payload, field by field: @PATH takes a value of the payload, else text (can be repeated)' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -l seed -d 'Same ids, names and times every time' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -l id -d 'Delivery id' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -l timestamp -d 'Time of the event and of its signature: RFC 3339, unix seconds, or from now as in `-10m`' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -l set -d 'Set a field by dot path, as JSON or else as text (can be repeated)' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -l unset -d 'Leave a field out (can be repeated)' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -l method -d 'Method in place of the provider\'s own' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -l content-type -d 'Content type in place of the provider\'s own' -r -f -a "json\t'`application/json`'
form\t'`application/x-www-form-urlencoded`'"
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -l basic -d 'Send HTTP Basic credentials' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -s H -l header -d 'Add a header, or put it in place of ours (can be repeated)' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -l timeout -d 'Time limit of an attempt; the provider\'s own by default, 0s for none' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -l cacert -d 'Trust the certificates in this PEM file, in place of the system\'s' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -l secret -d 'Signing secret; also HOOKCTL_SECRET, the configuration, else the local secret (can be repeated)' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -l secret-file -d 'File with the secret, one a line; `-` is stdin' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -l tamper -d 'Break the delivery in one way, to see whether the handler refuses it' -r -f -a "body\t'Change one character of the body after it was signed'
signature\t'Change one character of the signature'
timestamp\t'Move the timestamp by a second after it was signed'
id\t'Change the delivery id after it was signed'
secret\t'Sign with another secret'
headers\t'Leave the signature headers out'"
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -l duplicate -d 'Send each delivery again N times, under the same id' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -l speed -d 'How fast the time between attempts passes, as in `60x`; `max` leaves it out' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -l schedule -d 'Delays in place of the provider\'s, as in `1s,5s,30s`' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -l count -d 'Send each delivery N times, each signed afresh' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -l concurrency -d 'Most deliveries under way at a time; 50 by default with `--count` and `--resume`' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -l rate -d 'Most deliveries in a time, as in `100/s`' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -l expect -d 'Statuses of a good answer, as in `2xx` or `200,204`; the provider\'s success rule by default' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -l expect-body -d 'Text that a good answer contains' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -l max-time -d 'Longest time of a good answer' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -l provider -d 'Provider of the events, also of one that is not in the catalogue' -r -f -a "discord\t''
github\t''
gitlab\t''
hubspot\t''
kakiyo\t''
ken\t''
klen\t''
konvox\t''
linear\t''
paddle\t''
scratcher\t''
sendgrid\t''
shopify\t''
slack\t''
standard-webhooks\t''
stripe\t''
svix\t''
twilio\t''
typeform\t''
zoom\t''"
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; elsewhere if `CLICOLOR_FORCE` is'
always\t'Always'
never\t'Never'"
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -l config -d 'Configuration file, in place of hookctl.toml' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -l store -d 'File of the history; also HOOKCTL_STORE, else one in the state directory' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -l dry-run -d 'Print the exact requests and send nothing'
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -l reveal -d 'Print credentials in clear'
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -l insecure -d 'Accept any TLS certificate'
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -l reorder -d 'Send the deliveries in reverse order'
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -l retry -d 'Attempt it again after a failure, as the provider would'
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -l resume -d 'Go on with deliveries that are pending since a run was ended'
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -l json -d 'Print one JSON object a line'
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -s q -l quiet -d 'Leave out notes and hints'
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -s v -l verbose -d 'Show whole requests and answers'
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -l no-store -d 'Keep nothing of this run in the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hookctl -n "__fish_hookctl_using_subcommand sign" -l body -d 'File with the body to sign; `-` is stdin' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand sign" -l scheme -d 'Signature scheme of the body' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand sign" -l to -d 'URL that the request would go to' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand sign" -l as -d 'Form of the output' -r -f -a "headers\t'Header lines'
curl\t'A curl command for sh, bash, zsh and fish'
powershell\t'A curl command for PowerShell'
cmd\t'A curl command for the Windows command prompt'
http\t'The bytes on the wire'
json\t'One JSON object'"
complete -c hookctl -n "__fish_hookctl_using_subcommand sign" -l variant -d 'Variant of the event; `hookctl events show EVENT` lists them (can be repeated)' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand sign" -l data -d 'Whole body, byte for byte: text, @FILE, or - for stdin' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand sign" -l map -d 'Custom payload, field by field: @PATH takes a value of the payload, else text (can be repeated)' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand sign" -l seed -d 'Same ids, names and times every time' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand sign" -l id -d 'Delivery id' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand sign" -l timestamp -d 'Time of the event and of its signature: RFC 3339, unix seconds, or from now as in `-10m`' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand sign" -l set -d 'Set a field by dot path, as JSON or else as text (can be repeated)' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand sign" -l unset -d 'Leave a field out (can be repeated)' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand sign" -l secret -d 'Signing secret; also HOOKCTL_SECRET, the configuration, else the local secret (can be repeated)' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand sign" -l secret-file -d 'File with the secret, one a line; `-` is stdin' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand sign" -l provider -d 'Provider of the events, also of one that is not in the catalogue' -r -f -a "discord\t''
github\t''
gitlab\t''
hubspot\t''
kakiyo\t''
ken\t''
klen\t''
konvox\t''
linear\t''
paddle\t''
scratcher\t''
sendgrid\t''
shopify\t''
slack\t''
standard-webhooks\t''
stripe\t''
svix\t''
twilio\t''
typeform\t''
zoom\t''"
complete -c hookctl -n "__fish_hookctl_using_subcommand sign" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; elsewhere if `CLICOLOR_FORCE` is'
always\t'Always'
never\t'Never'"
complete -c hookctl -n "__fish_hookctl_using_subcommand sign" -l config -d 'Configuration file, in place of hookctl.toml' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand sign" -l store -d 'File of the history; also HOOKCTL_STORE, else one in the state directory' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand sign" -l json -d 'Print one JSON object a line'
complete -c hookctl -n "__fish_hookctl_using_subcommand sign" -s q -l quiet -d 'Leave out notes and hints'
complete -c hookctl -n "__fish_hookctl_using_subcommand sign" -s v -l verbose -d 'Show whole requests and answers'
complete -c hookctl -n "__fish_hookctl_using_subcommand sign" -l no-store -d 'Keep nothing of this run in the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand sign" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hookctl -n "__fish_hookctl_using_subcommand explain" -l scheme -d 'Signature scheme' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand explain" -l lang -d 'Language of the code, which is then all that is shown; `all` shows everything' -r -f -a "js\t''
python\t''
go\t''
ruby\t''
php\t''
java\t''
rust\t''
csharp\t''
all\t''"
complete -c hookctl -n "__fish_hookctl_using_subcommand explain" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; elsewhere if `CLICOLOR_FORCE` is'
always\t'Always'
never\t'Never'"
complete -c hookctl -n "__fish_hookctl_using_subcommand explain" -l config -d 'Configuration file, in place of hookctl.toml' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand explain" -l store -d 'File of the history; also HOOKCTL_STORE, else one in the state directory' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand explain" -l json -d 'Print one JSON object a line'
complete -c hookctl -n "__fish_hookctl_using_subcommand explain" -s q -l quiet -d 'Leave out notes and hints'
complete -c hookctl -n "__fish_hookctl_using_subcommand explain" -s v -l verbose -d 'Show whole requests and answers'
complete -c hookctl -n "__fish_hookctl_using_subcommand explain" -l no-store -d 'Keep nothing of this run in the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hookctl -n "__fish_hookctl_using_subcommand events; and not __fish_seen_subcommand_from show help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; elsewhere if `CLICOLOR_FORCE` is'
always\t'Always'
never\t'Never'"
complete -c hookctl -n "__fish_hookctl_using_subcommand events; and not __fish_seen_subcommand_from show help" -l config -d 'Configuration file, in place of hookctl.toml' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand events; and not __fish_seen_subcommand_from show help" -l store -d 'File of the history; also HOOKCTL_STORE, else one in the state directory' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand events; and not __fish_seen_subcommand_from show help" -l json -d 'Print one JSON object a line'
complete -c hookctl -n "__fish_hookctl_using_subcommand events; and not __fish_seen_subcommand_from show help" -s q -l quiet -d 'Leave out notes and hints'
complete -c hookctl -n "__fish_hookctl_using_subcommand events; and not __fish_seen_subcommand_from show help" -s v -l verbose -d 'Show whole requests and answers'
complete -c hookctl -n "__fish_hookctl_using_subcommand events; and not __fish_seen_subcommand_from show help" -l no-store -d 'Keep nothing of this run in the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand events; and not __fish_seen_subcommand_from show help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hookctl -n "__fish_hookctl_using_subcommand events; and not __fish_seen_subcommand_from show help" -a "show" -d 'Show payload, headers, variants, and where each field comes from'
complete -c hookctl -n "__fish_hookctl_using_subcommand events; and not __fish_seen_subcommand_from show help" -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c hookctl -n "__fish_hookctl_using_subcommand events; and __fish_seen_subcommand_from show" -l provider -d 'Provider of the event' -r
complete -c hookctl -n "__fish_hookctl_using_subcommand events; and __fish_seen_subcommand_from show" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; elsewhere if `CLICOLOR_FORCE` is'
always\t'Always'
never\t'Never'"
complete -c hookctl -n "__fish_hookctl_using_subcommand events; and __fish_seen_subcommand_from show" -l config -d 'Configuration file, in place of hookctl.toml' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand events; and __fish_seen_subcommand_from show" -l store -d 'File of the history; also HOOKCTL_STORE, else one in the state directory' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand events; and __fish_seen_subcommand_from show" -l json -d 'Print one JSON object a line'
complete -c hookctl -n "__fish_hookctl_using_subcommand events; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Leave out notes and hints'
complete -c hookctl -n "__fish_hookctl_using_subcommand events; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Show whole requests and answers'
complete -c hookctl -n "__fish_hookctl_using_subcommand events; and __fish_seen_subcommand_from show" -l no-store -d 'Keep nothing of this run in the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand events; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hookctl -n "__fish_hookctl_using_subcommand events; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show payload, headers, variants, and where each field comes from'
complete -c hookctl -n "__fish_hookctl_using_subcommand events; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and not __fish_seen_subcommand_from add check show help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; elsewhere if `CLICOLOR_FORCE` is'
always\t'Always'
never\t'Never'"
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and not __fish_seen_subcommand_from add check show help" -l config -d 'Configuration file, in place of hookctl.toml' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and not __fish_seen_subcommand_from add check show help" -l store -d 'File of the history; also HOOKCTL_STORE, else one in the state directory' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and not __fish_seen_subcommand_from add check show help" -l json -d 'Print one JSON object a line'
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and not __fish_seen_subcommand_from add check show help" -s q -l quiet -d 'Leave out notes and hints'
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and not __fish_seen_subcommand_from add check show help" -s v -l verbose -d 'Show whole requests and answers'
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and not __fish_seen_subcommand_from add check show help" -l no-store -d 'Keep nothing of this run in the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and not __fish_seen_subcommand_from add check show help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and not __fish_seen_subcommand_from add check show help" -f -a "add" -d 'Add a provider to your own folder'
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and not __fish_seen_subcommand_from add check show help" -f -a "check" -d 'Say whether a file describes a provider'
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and not __fish_seen_subcommand_from add check show help" -f -a "show" -d 'Show all that is known of a provider, and where it comes from'
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and not __fish_seen_subcommand_from add check show help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and __fish_seen_subcommand_from add" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; elsewhere if `CLICOLOR_FORCE` is'
always\t'Always'
never\t'Never'"
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and __fish_seen_subcommand_from add" -l config -d 'Configuration file, in place of hookctl.toml' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and __fish_seen_subcommand_from add" -l store -d 'File of the history; also HOOKCTL_STORE, else one in the state directory' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and __fish_seen_subcommand_from add" -l force -d 'Replace a provider of the same name that was added before'
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and __fish_seen_subcommand_from add" -l json -d 'Print one JSON object a line'
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and __fish_seen_subcommand_from add" -s q -l quiet -d 'Leave out notes and hints'
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and __fish_seen_subcommand_from add" -s v -l verbose -d 'Show whole requests and answers'
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and __fish_seen_subcommand_from add" -l no-store -d 'Keep nothing of this run in the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and __fish_seen_subcommand_from check" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; elsewhere if `CLICOLOR_FORCE` is'
always\t'Always'
never\t'Never'"
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and __fish_seen_subcommand_from check" -l config -d 'Configuration file, in place of hookctl.toml' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and __fish_seen_subcommand_from check" -l store -d 'File of the history; also HOOKCTL_STORE, else one in the state directory' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and __fish_seen_subcommand_from check" -l json -d 'Print one JSON object a line'
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Leave out notes and hints'
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and __fish_seen_subcommand_from check" -s v -l verbose -d 'Show whole requests and answers'
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and __fish_seen_subcommand_from check" -l no-store -d 'Keep nothing of this run in the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and __fish_seen_subcommand_from show" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; elsewhere if `CLICOLOR_FORCE` is'
always\t'Always'
never\t'Never'"
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and __fish_seen_subcommand_from show" -l config -d 'Configuration file, in place of hookctl.toml' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and __fish_seen_subcommand_from show" -l store -d 'File of the history; also HOOKCTL_STORE, else one in the state directory' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and __fish_seen_subcommand_from show" -l toml -d 'Print its own TOML, as a model for a new one'
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and __fish_seen_subcommand_from show" -l json -d 'Print one JSON object a line'
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Leave out notes and hints'
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Show whole requests and answers'
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and __fish_seen_subcommand_from show" -l no-store -d 'Keep nothing of this run in the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and __fish_seen_subcommand_from help" -f -a "add" -d 'Add a provider to your own folder'
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and __fish_seen_subcommand_from help" -f -a "check" -d 'Say whether a file describes a provider'
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show all that is known of a provider, and where it comes from'
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c hookctl -n "__fish_hookctl_using_subcommand secret" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; elsewhere if `CLICOLOR_FORCE` is'
always\t'Always'
never\t'Never'"
complete -c hookctl -n "__fish_hookctl_using_subcommand secret" -l config -d 'Configuration file, in place of hookctl.toml' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand secret" -l store -d 'File of the history; also HOOKCTL_STORE, else one in the state directory' -r -F
complete -c hookctl -n "__fish_hookctl_using_subcommand secret" -l rotate -d 'Make a new one in place of the old'
complete -c hookctl -n "__fish_hookctl_using_subcommand secret" -l public -d 'Print the public key that receivers verify with, for a provider that signs with a private one'
complete -c hookctl -n "__fish_hookctl_using_subcommand secret" -l json -d 'Print one JSON object a line'
complete -c hookctl -n "__fish_hookctl_using_subcommand secret" -s q -l quiet -d 'Leave out notes and hints'
complete -c hookctl -n "__fish_hookctl_using_subcommand secret" -s v -l verbose -d 'Show whole requests and answers'
complete -c hookctl -n "__fish_hookctl_using_subcommand secret" -l no-store -d 'Keep nothing of this run in the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand secret" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hookctl -n "__fish_hookctl_using_subcommand help; and not __fish_seen_subcommand_from check run history endpoints init trust completions man listen replay verify emulate send sign explain events providers secret help" -f -a "check" -d 'Audit a handler: what does it do wrong, and how to mend it'
complete -c hookctl -n "__fish_hookctl_using_subcommand help; and not __fish_seen_subcommand_from check run history endpoints init trust completions man listen replay verify emulate send sign explain events providers secret help" -f -a "run" -d 'Run the cases of a file: send, break on purpose, expect and check, in order'
complete -c hookctl -n "__fish_hookctl_using_subcommand help; and not __fish_seen_subcommand_from check run history endpoints init trust completions man listen replay verify emulate send sign explain events providers secret help" -f -a "history" -d 'List, show, compare, export and import what was received and sent'
complete -c hookctl -n "__fish_hookctl_using_subcommand help; and not __fish_seen_subcommand_from check run history endpoints init trust completions man listen replay verify emulate send sign explain events providers secret help" -f -a "endpoints" -d 'Register URLs that `send` delivers to, each with its own events, secret and state'
complete -c hookctl -n "__fish_hookctl_using_subcommand help; and not __fish_seen_subcommand_from check run history endpoints init trust completions man listen replay verify emulate send sign explain events providers secret help" -f -a "init" -d 'Write a commented hookctl.toml'
complete -c hookctl -n "__fish_hookctl_using_subcommand help; and not __fish_seen_subcommand_from check run history endpoints init trust completions man listen replay verify emulate send sign explain events providers secret help" -f -a "trust" -d 'Trust a project: allow what its files ask for'
complete -c hookctl -n "__fish_hookctl_using_subcommand help; and not __fish_seen_subcommand_from check run history endpoints init trust completions man listen replay verify emulate send sign explain events providers secret help" -f -a "completions" -d 'Print a completion script'
complete -c hookctl -n "__fish_hookctl_using_subcommand help; and not __fish_seen_subcommand_from check run history endpoints init trust completions man listen replay verify emulate send sign explain events providers secret help" -f -a "man" -d 'Print a manual page'
complete -c hookctl -n "__fish_hookctl_using_subcommand help; and not __fish_seen_subcommand_from check run history endpoints init trust completions man listen replay verify emulate send sign explain events providers secret help" -f -a "listen" -d 'Receive webhooks: verify, show and keep what arrives'
complete -c hookctl -n "__fish_hookctl_using_subcommand help; and not __fish_seen_subcommand_from check run history endpoints init trust completions man listen replay verify emulate send sign explain events providers secret help" -f -a "replay" -d 'Send stored requests again, signed afresh'
complete -c hookctl -n "__fish_hookctl_using_subcommand help; and not __fish_seen_subcommand_from check run history endpoints init trust completions man listen replay verify emulate send sign explain events providers secret help" -f -a "verify" -d 'Say whether a request is signed right, and if not, why not'
complete -c hookctl -n "__fish_hookctl_using_subcommand help; and not __fish_seen_subcommand_from check run history endpoints init trust completions man listen replay verify emulate send sign explain events providers secret help" -f -a "emulate" -d 'Stand in for the providers\' management APIs: register, list, change, delete and test endpoints'
complete -c hookctl -n "__fish_hookctl_using_subcommand help; and not __fish_seen_subcommand_from check run history endpoints init trust completions man listen replay verify emulate send sign explain events providers secret help" -f -a "send" -d 'Deliver a realistic, correctly signed event'
complete -c hookctl -n "__fish_hookctl_using_subcommand help; and not __fish_seen_subcommand_from check run history endpoints init trust completions man listen replay verify emulate send sign explain events providers secret help" -f -a "sign" -d 'Print the headers that a delivery would carry'
complete -c hookctl -n "__fish_hookctl_using_subcommand help; and not __fish_seen_subcommand_from check run history endpoints init trust completions man listen replay verify emulate send sign explain events providers secret help" -f -a "explain" -d 'Show how a provider signs, worked through, with code that verifies it'
complete -c hookctl -n "__fish_hookctl_using_subcommand help; and not __fish_seen_subcommand_from check run history endpoints init trust completions man listen replay verify emulate send sign explain events providers secret help" -f -a "events" -d 'List events, or show one'
complete -c hookctl -n "__fish_hookctl_using_subcommand help; and not __fish_seen_subcommand_from check run history endpoints init trust completions man listen replay verify emulate send sign explain events providers secret help" -f -a "providers" -d 'List providers, show, add or check one'
complete -c hookctl -n "__fish_hookctl_using_subcommand help; and not __fish_seen_subcommand_from check run history endpoints init trust completions man listen replay verify emulate send sign explain events providers secret help" -f -a "secret" -d 'Print the local secret, made once per provider'
complete -c hookctl -n "__fish_hookctl_using_subcommand help; and not __fish_seen_subcommand_from check run history endpoints init trust completions man listen replay verify emulate send sign explain events providers secret help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c hookctl -n "__fish_hookctl_using_subcommand help; and __fish_seen_subcommand_from history" -f -a "show" -d 'Show one request in full: what is known of it, headers, body, answers'
complete -c hookctl -n "__fish_hookctl_using_subcommand help; and __fish_seen_subcommand_from history" -f -a "diff" -d 'Compare two requests: headers by name, JSON by path'
complete -c hookctl -n "__fish_hookctl_using_subcommand help; and __fish_seen_subcommand_from history" -f -a "export" -d 'Write requests out, the oldest first'
complete -c hookctl -n "__fish_hookctl_using_subcommand help; and __fish_seen_subcommand_from history" -f -a "import" -d 'Read requests into the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand help; and __fish_seen_subcommand_from history" -f -a "prune" -d 'Take out what is older'
complete -c hookctl -n "__fish_hookctl_using_subcommand help; and __fish_seen_subcommand_from history" -f -a "clear" -d 'Take out everything'
complete -c hookctl -n "__fish_hookctl_using_subcommand help; and __fish_seen_subcommand_from endpoints" -f -a "add" -d 'Register a URL'
complete -c hookctl -n "__fish_hookctl_using_subcommand help; and __fish_seen_subcommand_from endpoints" -f -a "list" -d 'List endpoints, the oldest first'
complete -c hookctl -n "__fish_hookctl_using_subcommand help; and __fish_seen_subcommand_from endpoints" -f -a "show" -d 'Show one endpoint'
complete -c hookctl -n "__fish_hookctl_using_subcommand help; and __fish_seen_subcommand_from endpoints" -f -a "edit" -d 'Change an endpoint; what is not named stays as it is'
complete -c hookctl -n "__fish_hookctl_using_subcommand help; and __fish_seen_subcommand_from endpoints" -f -a "enable" -d 'Deliver to endpoints again'
complete -c hookctl -n "__fish_hookctl_using_subcommand help; and __fish_seen_subcommand_from endpoints" -f -a "disable" -d 'Pause deliveries to endpoints'
complete -c hookctl -n "__fish_hookctl_using_subcommand help; and __fish_seen_subcommand_from endpoints" -f -a "remove" -d 'Remove endpoints for good; what was sent to them stays in the history'
complete -c hookctl -n "__fish_hookctl_using_subcommand help; and __fish_seen_subcommand_from endpoints" -f -a "secret" -d 'Print the signing secret of an endpoint, or make a new one'
complete -c hookctl -n "__fish_hookctl_using_subcommand help; and __fish_seen_subcommand_from endpoints" -f -a "test" -d 'Send a sample event to an endpoint'
complete -c hookctl -n "__fish_hookctl_using_subcommand help; and __fish_seen_subcommand_from events" -f -a "show" -d 'Show payload, headers, variants, and where each field comes from'
complete -c hookctl -n "__fish_hookctl_using_subcommand help; and __fish_seen_subcommand_from providers" -f -a "add" -d 'Add a provider to your own folder'
complete -c hookctl -n "__fish_hookctl_using_subcommand help; and __fish_seen_subcommand_from providers" -f -a "check" -d 'Say whether a file describes a provider'
complete -c hookctl -n "__fish_hookctl_using_subcommand help; and __fish_seen_subcommand_from providers" -f -a "show" -d 'Show all that is known of a provider, and where it comes from'
complete -c hookctl -n "__fish_hookctl_using_subcommand send" -f -a "APPLICATION_AUTHORIZED APPLICATION_DEAUTHORIZED Comment.create ENTITLEMENT_CREATE Issue.create Issue.remove Issue.update agent.status_changed app/uninstalled app_mention bounce calendar.cancelled calendar.completed calendar.created calendar.reminder calendar.updated call.completed call.ended call.failed call.recording call.ringing call.started call.summary call.transcript campaign.completed checkout.session.completed click connection.accepted contact.created contact.creation contact.deleted contact.deletion contact.propertyChange contact.replied contact.updated customer.created customer.subscription.created customer.subscription.deleted customers/create deal.creation delivered discord/APPLICATION_AUTHORIZED discord/APPLICATION_DEAUTHORIZED discord/ENTITLEMENT_CREATE discord/ping discord/purchase email_sent endpoint.created endpoint.disabled endpoint.url_validation enrollment.completed enrollment.created enrollment.unsubscribed form_response form_response_partial game.completed github/issue_comment github/issues github/ping github/pull_request github/push github/release github/review gitlab/issue gitlab/merge_request gitlab/note gitlab/push gitlab/review hubspot/contact hubspot/contact.creation hubspot/contact.deletion hubspot/contact.propertyChange hubspot/deal.creation invoice.paid invoice.payment_failed issue issue_comment issues kakiyo/agent.status_changed kakiyo/campaign.completed kakiyo/connection.accepted kakiyo/linkedin kakiyo/linkedin.invitation.accepted kakiyo/linkedin.invitation.sent kakiyo/linkedin.message.received kakiyo/linkedin.message.sent kakiyo/message.sent kakiyo/prospect.qualification.manual kakiyo/prospect.qualified kakiyo/prospect.responded kakiyo/prospect.unqualified kakiyo/qualified-prospect ken/campaign ken/email_sent ken/lead_clicked ken/lead_interested ken/lead_replied ken/lead_unsubscribed ken/positive-reply klen/appointment klen/calendar.cancelled klen/calendar.completed klen/calendar.created klen/calendar.reminder klen/calendar.updated klen/call klen/call.ended klen/call.failed klen/call.recording klen/call.started klen/call.summary klen/call.transcript klen/cancelled-appointment konvox/completed konvox/contact.replied konvox/enrollment.completed konvox/enrollment.created konvox/enrollment.unsubscribed konvox/message.approved konvox/message.rejected konvox/opt-out konvox/sequence lead.created lead_clicked lead_interested lead_replied lead_unsubscribed linear/Comment.create linear/Issue.create linear/Issue.remove linear/Issue.update linear/issue linkedin.invitation.accepted linkedin.invitation.sent linkedin.message.received linkedin.message.sent meeting.ended meeting.participant_joined meeting.started merge_request message message.approved message.attempt.exhausted message.attempt.failing message.attempt.recovered message.rejected message.sent note open orders/create orders/paid paddle/customer.created paddle/signup paddle/subscription.canceled paddle/subscription.created paddle/transaction.completed payment_intent.succeeded ping prize.won processed products/update prospect.qualification.manual prospect.qualified prospect.responded prospect.unqualified pull_request push reaction_added release scratcher/game.completed scratcher/lead.created scratcher/participation scratcher/prize.won sendgrid/bounce sendgrid/click sendgrid/delivered sendgrid/mail sendgrid/open sendgrid/processed sendgrid/unsubscribe shopify/app/uninstalled shopify/customers/create shopify/order shopify/orders/create shopify/orders/paid shopify/products/update slack/app_mention slack/message slack/reaction_added slack/team_join slack/url_verification sms.delivered sms.received sms.sent sms.undelivered standard-webhooks/contact standard-webhooks/contact.created standard-webhooks/contact.deleted standard-webhooks/contact.updated stripe/checkout.session.completed stripe/churn stripe/customer.subscription.created stripe/customer.subscription.deleted stripe/invoice.paid stripe/invoice.payment_failed stripe/payment_intent.succeeded stripe/subscription subscription.canceled subscription.created svix/endpoint.created svix/endpoint.disabled svix/message.attempt.exhausted svix/message.attempt.failing svix/message.attempt.recovered svix/outage team_join transaction.completed twilio/call twilio/call.completed twilio/call.ringing twilio/message twilio/sms.delivered twilio/sms.received twilio/sms.sent twilio/sms.undelivered typeform/form_response typeform/form_response_partial unsubscribe url_verification zoom/endpoint.url_validation zoom/meeting zoom/meeting.ended zoom/meeting.participant_joined zoom/meeting.started"
complete -c hookctl -n "__fish_hookctl_using_subcommand sign" -f -a "APPLICATION_AUTHORIZED APPLICATION_DEAUTHORIZED Comment.create ENTITLEMENT_CREATE Issue.create Issue.remove Issue.update agent.status_changed app/uninstalled app_mention bounce calendar.cancelled calendar.completed calendar.created calendar.reminder calendar.updated call.completed call.ended call.failed call.recording call.ringing call.started call.summary call.transcript campaign.completed checkout.session.completed click connection.accepted contact.created contact.creation contact.deleted contact.deletion contact.propertyChange contact.replied contact.updated customer.created customer.subscription.created customer.subscription.deleted customers/create deal.creation delivered discord/APPLICATION_AUTHORIZED discord/APPLICATION_DEAUTHORIZED discord/ENTITLEMENT_CREATE discord/ping discord/purchase email_sent endpoint.created endpoint.disabled endpoint.url_validation enrollment.completed enrollment.created enrollment.unsubscribed form_response form_response_partial game.completed github/issue_comment github/issues github/ping github/pull_request github/push github/release github/review gitlab/issue gitlab/merge_request gitlab/note gitlab/push gitlab/review hubspot/contact hubspot/contact.creation hubspot/contact.deletion hubspot/contact.propertyChange hubspot/deal.creation invoice.paid invoice.payment_failed issue issue_comment issues kakiyo/agent.status_changed kakiyo/campaign.completed kakiyo/connection.accepted kakiyo/linkedin kakiyo/linkedin.invitation.accepted kakiyo/linkedin.invitation.sent kakiyo/linkedin.message.received kakiyo/linkedin.message.sent kakiyo/message.sent kakiyo/prospect.qualification.manual kakiyo/prospect.qualified kakiyo/prospect.responded kakiyo/prospect.unqualified kakiyo/qualified-prospect ken/campaign ken/email_sent ken/lead_clicked ken/lead_interested ken/lead_replied ken/lead_unsubscribed ken/positive-reply klen/appointment klen/calendar.cancelled klen/calendar.completed klen/calendar.created klen/calendar.reminder klen/calendar.updated klen/call klen/call.ended klen/call.failed klen/call.recording klen/call.started klen/call.summary klen/call.transcript klen/cancelled-appointment konvox/completed konvox/contact.replied konvox/enrollment.completed konvox/enrollment.created konvox/enrollment.unsubscribed konvox/message.approved konvox/message.rejected konvox/opt-out konvox/sequence lead.created lead_clicked lead_interested lead_replied lead_unsubscribed linear/Comment.create linear/Issue.create linear/Issue.remove linear/Issue.update linear/issue linkedin.invitation.accepted linkedin.invitation.sent linkedin.message.received linkedin.message.sent meeting.ended meeting.participant_joined meeting.started merge_request message message.approved message.attempt.exhausted message.attempt.failing message.attempt.recovered message.rejected message.sent note open orders/create orders/paid paddle/customer.created paddle/signup paddle/subscription.canceled paddle/subscription.created paddle/transaction.completed payment_intent.succeeded ping prize.won processed products/update prospect.qualification.manual prospect.qualified prospect.responded prospect.unqualified pull_request push reaction_added release scratcher/game.completed scratcher/lead.created scratcher/participation scratcher/prize.won sendgrid/bounce sendgrid/click sendgrid/delivered sendgrid/mail sendgrid/open sendgrid/processed sendgrid/unsubscribe shopify/app/uninstalled shopify/customers/create shopify/order shopify/orders/create shopify/orders/paid shopify/products/update slack/app_mention slack/message slack/reaction_added slack/team_join slack/url_verification sms.delivered sms.received sms.sent sms.undelivered standard-webhooks/contact standard-webhooks/contact.created standard-webhooks/contact.deleted standard-webhooks/contact.updated stripe/checkout.session.completed stripe/churn stripe/customer.subscription.created stripe/customer.subscription.deleted stripe/invoice.paid stripe/invoice.payment_failed stripe/payment_intent.succeeded stripe/subscription subscription.canceled subscription.created svix/endpoint.created svix/endpoint.disabled svix/message.attempt.exhausted svix/message.attempt.failing svix/message.attempt.recovered svix/outage team_join transaction.completed twilio/call twilio/call.completed twilio/call.ringing twilio/message twilio/sms.delivered twilio/sms.received twilio/sms.sent twilio/sms.undelivered typeform/form_response typeform/form_response_partial unsubscribe url_verification zoom/endpoint.url_validation zoom/meeting zoom/meeting.ended zoom/meeting.participant_joined zoom/meeting.started"
complete -c hookctl -n "__fish_hookctl_using_subcommand events; and __fish_seen_subcommand_from show" -f -a "APPLICATION_AUTHORIZED APPLICATION_DEAUTHORIZED Comment.create ENTITLEMENT_CREATE Issue.create Issue.remove Issue.update agent.status_changed app/uninstalled app_mention bounce calendar.cancelled calendar.completed calendar.created calendar.reminder calendar.updated call.completed call.ended call.failed call.recording call.ringing call.started call.summary call.transcript campaign.completed checkout.session.completed click connection.accepted contact.created contact.creation contact.deleted contact.deletion contact.propertyChange contact.replied contact.updated customer.created customer.subscription.created customer.subscription.deleted customers/create deal.creation delivered discord/APPLICATION_AUTHORIZED discord/APPLICATION_DEAUTHORIZED discord/ENTITLEMENT_CREATE discord/ping discord/purchase email_sent endpoint.created endpoint.disabled endpoint.url_validation enrollment.completed enrollment.created enrollment.unsubscribed form_response form_response_partial game.completed github/issue_comment github/issues github/ping github/pull_request github/push github/release github/review gitlab/issue gitlab/merge_request gitlab/note gitlab/push gitlab/review hubspot/contact hubspot/contact.creation hubspot/contact.deletion hubspot/contact.propertyChange hubspot/deal.creation invoice.paid invoice.payment_failed issue issue_comment issues kakiyo/agent.status_changed kakiyo/campaign.completed kakiyo/connection.accepted kakiyo/linkedin kakiyo/linkedin.invitation.accepted kakiyo/linkedin.invitation.sent kakiyo/linkedin.message.received kakiyo/linkedin.message.sent kakiyo/message.sent kakiyo/prospect.qualification.manual kakiyo/prospect.qualified kakiyo/prospect.responded kakiyo/prospect.unqualified kakiyo/qualified-prospect ken/campaign ken/email_sent ken/lead_clicked ken/lead_interested ken/lead_replied ken/lead_unsubscribed ken/positive-reply klen/appointment klen/calendar.cancelled klen/calendar.completed klen/calendar.created klen/calendar.reminder klen/calendar.updated klen/call klen/call.ended klen/call.failed klen/call.recording klen/call.started klen/call.summary klen/call.transcript klen/cancelled-appointment konvox/completed konvox/contact.replied konvox/enrollment.completed konvox/enrollment.created konvox/enrollment.unsubscribed konvox/message.approved konvox/message.rejected konvox/opt-out konvox/sequence lead.created lead_clicked lead_interested lead_replied lead_unsubscribed linear/Comment.create linear/Issue.create linear/Issue.remove linear/Issue.update linear/issue linkedin.invitation.accepted linkedin.invitation.sent linkedin.message.received linkedin.message.sent meeting.ended meeting.participant_joined meeting.started merge_request message message.approved message.attempt.exhausted message.attempt.failing message.attempt.recovered message.rejected message.sent note open orders/create orders/paid paddle/customer.created paddle/signup paddle/subscription.canceled paddle/subscription.created paddle/transaction.completed payment_intent.succeeded ping prize.won processed products/update prospect.qualification.manual prospect.qualified prospect.responded prospect.unqualified pull_request push reaction_added release scratcher/game.completed scratcher/lead.created scratcher/participation scratcher/prize.won sendgrid/bounce sendgrid/click sendgrid/delivered sendgrid/mail sendgrid/open sendgrid/processed sendgrid/unsubscribe shopify/app/uninstalled shopify/customers/create shopify/order shopify/orders/create shopify/orders/paid shopify/products/update slack/app_mention slack/message slack/reaction_added slack/team_join slack/url_verification sms.delivered sms.received sms.sent sms.undelivered standard-webhooks/contact standard-webhooks/contact.created standard-webhooks/contact.deleted standard-webhooks/contact.updated stripe/checkout.session.completed stripe/churn stripe/customer.subscription.created stripe/customer.subscription.deleted stripe/invoice.paid stripe/invoice.payment_failed stripe/payment_intent.succeeded stripe/subscription subscription.canceled subscription.created svix/endpoint.created svix/endpoint.disabled svix/message.attempt.exhausted svix/message.attempt.failing svix/message.attempt.recovered svix/outage team_join transaction.completed twilio/call twilio/call.completed twilio/call.ringing twilio/message twilio/sms.delivered twilio/sms.received twilio/sms.sent twilio/sms.undelivered typeform/form_response typeform/form_response_partial unsubscribe url_verification zoom/endpoint.url_validation zoom/meeting zoom/meeting.ended zoom/meeting.participant_joined zoom/meeting.started"
complete -c hookctl -n "__fish_hookctl_using_subcommand explain" -f -a "discord github gitlab hubspot kakiyo ken klen konvox linear paddle scratcher sendgrid shopify slack standard-webhooks stripe svix twilio typeform zoom"
complete -c hookctl -n "__fish_hookctl_using_subcommand events" -f -a "discord github gitlab hubspot kakiyo ken klen konvox linear paddle scratcher sendgrid shopify slack standard-webhooks stripe svix twilio typeform zoom"
complete -c hookctl -n "__fish_hookctl_using_subcommand providers; and __fish_seen_subcommand_from show" -f -a "discord github gitlab hubspot kakiyo ken klen konvox linear paddle scratcher sendgrid shopify slack standard-webhooks stripe svix twilio typeform zoom"
complete -c hookctl -n "__fish_hookctl_using_subcommand secret" -f -a "discord github gitlab hubspot kakiyo ken klen konvox linear paddle scratcher sendgrid shopify slack standard-webhooks stripe svix twilio typeform zoom"
