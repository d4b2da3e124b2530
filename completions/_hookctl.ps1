
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'hookctl' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'hookctl'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'hookctl' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, in place of hookctl.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'File of the history; also HOOKCTL_STORE, else one in the state directory')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--no-store', '--no-store', [CompletionResultType]::ParameterName, 'Keep nothing of this run in the history')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('history', 'history', [CompletionResultType]::ParameterValue, 'List, show, compare, export and import what was received and sent')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Write a commented hookctl.toml')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a completion script')
            [CompletionResult]::new('listen', 'listen', [CompletionResultType]::ParameterValue, 'Receive webhooks: verify, show and keep what arrives')
            [CompletionResult]::new('replay', 'replay', [CompletionResultType]::ParameterValue, 'Send stored requests again, signed afresh')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Say whether a request is signed right, and if not, why not')
            [CompletionResult]::new('send', 'send', [CompletionResultType]::ParameterValue, 'Deliver a realistic, correctly signed event')
            [CompletionResult]::new('sign', 'sign', [CompletionResultType]::ParameterValue, 'Print the headers that a delivery would carry')
            [CompletionResult]::new('events', 'events', [CompletionResultType]::ParameterValue, 'List events, or show one')
            [CompletionResult]::new('providers', 'providers', [CompletionResultType]::ParameterValue, 'List providers, show, add or check one')
            [CompletionResult]::new('secret', 'secret', [CompletionResultType]::ParameterValue, 'Print the local secret, made once per provider')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'hookctl;history' {
            [CompletionResult]::new('--event', '--event', [CompletionResultType]::ParameterName, 'Of this event, as `provider/event` or `event`; `*` stands for anything')
            [CompletionResult]::new('--status', '--status', [CompletionResultType]::ParameterName, 'Answered with such a status, as in `2xx` or `200,404`')
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'From this time on: RFC 3339, unix seconds, or from now as in `-1h`')
            [CompletionResult]::new('--search', '--search', [CompletionResultType]::ParameterName, 'With this text in path, headers or body, letter by letter')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'Most that are listed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, in place of hookctl.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'File of the history; also HOOKCTL_STORE, else one in the state directory')
            [CompletionResult]::new('--in', '--in', [CompletionResultType]::ParameterName, 'Captures alone: what was received')
            [CompletionResult]::new('--out', '--out', [CompletionResultType]::ParameterName, 'Deliveries alone: what was sent')
            [CompletionResult]::new('--reveal', '--reveal', [CompletionResultType]::ParameterName, 'Show credentials in headers, with `--json`')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--no-store', '--no-store', [CompletionResultType]::ParameterName, 'Keep nothing of this run in the history')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show one request in full: what is known of it, headers, body, answers')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'Compare two requests: headers by name, JSON by path')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Write requests out, the oldest first')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Read requests into the history')
            [CompletionResult]::new('prune', 'prune', [CompletionResultType]::ParameterValue, 'Take out what is older')
            [CompletionResult]::new('clear', 'clear', [CompletionResultType]::ParameterValue, 'Take out everything')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'hookctl;history;show' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, in place of hookctl.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'File of the history; also HOOKCTL_STORE, else one in the state directory')
            [CompletionResult]::new('--reveal', '--reveal', [CompletionResultType]::ParameterName, 'Show credentials in headers')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--no-store', '--no-store', [CompletionResultType]::ParameterName, 'Keep nothing of this run in the history')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'hookctl;history;diff' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, in place of hookctl.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'File of the history; also HOOKCTL_STORE, else one in the state directory')
            [CompletionResult]::new('--ignore-volatile', '--ignore-volatile', [CompletionResultType]::ParameterName, 'Pass over what differs each time: times, ids, signatures')
            [CompletionResult]::new('--reveal', '--reveal', [CompletionResultType]::ParameterName, 'Show credentials in headers')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--no-store', '--no-store', [CompletionResultType]::ParameterName, 'Keep nothing of this run in the history')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'hookctl;history;export' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Form of the export')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'File to write to, or a folder that gets a file for each request')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'File to write to, or a folder that gets a file for each request')
            [CompletionResult]::new('--event', '--event', [CompletionResultType]::ParameterName, 'Of this event, as `provider/event` or `event`; `*` stands for anything')
            [CompletionResult]::new('--status', '--status', [CompletionResultType]::ParameterName, 'Answered with such a status, as in `2xx` or `200,404`')
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'From this time on: RFC 3339, unix seconds, or from now as in `-1h`')
            [CompletionResult]::new('--search', '--search', [CompletionResultType]::ParameterName, 'With this text in path, headers or body, letter by letter')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'Most that are exported, of the newest')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, in place of hookctl.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'File of the history; also HOOKCTL_STORE, else one in the state directory')
            [CompletionResult]::new('--reveal', '--reveal', [CompletionResultType]::ParameterName, 'Export credentials too')
            [CompletionResult]::new('--in', '--in', [CompletionResultType]::ParameterName, 'Captures alone: what was received')
            [CompletionResult]::new('--out', '--out', [CompletionResultType]::ParameterName, 'Deliveries alone: what was sent')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--no-store', '--no-store', [CompletionResultType]::ParameterName, 'Keep nothing of this run in the history')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'hookctl;history;import' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, in place of hookctl.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'File of the history; also HOOKCTL_STORE, else one in the state directory')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--no-store', '--no-store', [CompletionResultType]::ParameterName, 'Keep nothing of this run in the history')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'hookctl;history;prune' {
            [CompletionResult]::new('--older-than', '--older-than', [CompletionResultType]::ParameterName, 'Age from which on things go, as in `30d` or `12h`')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, in place of hookctl.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'File of the history; also HOOKCTL_STORE, else one in the state directory')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--no-store', '--no-store', [CompletionResultType]::ParameterName, 'Keep nothing of this run in the history')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'hookctl;history;clear' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, in place of hookctl.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'File of the history; also HOOKCTL_STORE, else one in the state directory')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--no-store', '--no-store', [CompletionResultType]::ParameterName, 'Keep nothing of this run in the history')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'hookctl;history;help' {
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show one request in full: what is known of it, headers, body, answers')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'Compare two requests: headers by name, JSON by path')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Write requests out, the oldest first')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Read requests into the history')
            [CompletionResult]::new('prune', 'prune', [CompletionResultType]::ParameterValue, 'Take out what is older')
            [CompletionResult]::new('clear', 'clear', [CompletionResultType]::ParameterValue, 'Take out everything')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'hookctl;history;help;show' {
            break
        }
        'hookctl;history;help;diff' {
            break
        }
        'hookctl;history;help;export' {
            break
        }
        'hookctl;history;help;import' {
            break
        }
        'hookctl;history;help;prune' {
            break
        }
        'hookctl;history;help;clear' {
            break
        }
        'hookctl;history;help;help' {
            break
        }
        'hookctl;init' {
            [CompletionResult]::new('--provider', '--provider', [CompletionResultType]::ParameterName, 'Providers to write down; all, as comments, if none is named (can be repeated)')
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'Base URL of your handlers')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, in place of hookctl.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'File of the history; also HOOKCTL_STORE, else one in the state directory')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Ask nothing')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Ask nothing')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Replace a file that is there')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--no-store', '--no-store', [CompletionResultType]::ParameterName, 'Keep nothing of this run in the history')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'hookctl;completions' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, in place of hookctl.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'File of the history; also HOOKCTL_STORE, else one in the state directory')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--no-store', '--no-store', [CompletionResultType]::ParameterName, 'Keep nothing of this run in the history')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'hookctl;listen' {
            [CompletionResult]::new('--status', '--status', [CompletionResultType]::ParameterName, 'Status to answer with')
            [CompletionResult]::new('--body', '--body', [CompletionResultType]::ParameterName, 'Body to answer with; @FILE reads it from a file')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'Header to answer with (can be repeated)')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Header to answer with (can be repeated)')
            [CompletionResult]::new('--delay', '--delay', [CompletionResultType]::ParameterName, 'Wait before answering; `50ms..800ms` draws a time for each')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'Draw the same times in every run')
            [CompletionResult]::new('--show', '--show', [CompletionResultType]::ParameterName, 'How much of each request is shown')
            [CompletionResult]::new('--save', '--save', [CompletionResultType]::ParameterName, 'Write each request to a file of its own, credentials included')
            [CompletionResult]::new('--max-body', '--max-body', [CompletionResultType]::ParameterName, 'Largest body that is taken; more is answered with 413')
            [CompletionResult]::new('--exit-after', '--exit-after', [CompletionResultType]::ParameterName, 'End after so many requests')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'End after this time')
            [CompletionResult]::new('--expect', '--expect', [CompletionResultType]::ParameterName, 'Event that must come; ends when all have come (can be repeated)')
            [CompletionResult]::new('--ready-file', '--ready-file', [CompletionResultType]::ParameterName, 'File that holds the URL once requests are taken')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Signing secret; also HOOKCTL_SECRET, the configuration, else the local secret (can be repeated)')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'File with the secret, one a line; `-` is stdin')
            [CompletionResult]::new('--provider', '--provider', [CompletionResultType]::ParameterName, 'Provider of all requests; found from each request by default')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, in place of hookctl.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'File of the history; also HOOKCTL_STORE, else one in the state directory')
            [CompletionResult]::new('--require-valid', '--require-valid', [CompletionResultType]::ParameterName, 'Answer 401 to what does not verify')
            [CompletionResult]::new('--reveal', '--reveal', [CompletionResultType]::ParameterName, 'Show credentials in headers')
            [CompletionResult]::new('--expect-valid', '--expect-valid', [CompletionResultType]::ParameterName, 'All requests must be signed right')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--no-store', '--no-store', [CompletionResultType]::ParameterName, 'Keep nothing of this run in the history')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'hookctl;replay' {
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'URL to deliver to')
            [CompletionResult]::new('--timestamp', '--timestamp', [CompletionResultType]::ParameterName, 'Time of the new signatures: RFC 3339, unix seconds, or from now as in `-10m`')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Form in which the requests are printed instead of sent')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set a field by dot path, as JSON or else as text (can be repeated)')
            [CompletionResult]::new('--unset', '--unset', [CompletionResultType]::ParameterName, 'Leave a field out (can be repeated)')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'Add a header, or put it in place of ours (can be repeated)')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Add a header, or put it in place of ours (can be repeated)')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time limit of an attempt; the provider''s own by default, 0s for none')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Signing secret; also HOOKCTL_SECRET, the configuration, else the local secret (can be repeated)')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'File with the secret, one a line; `-` is stdin')
            [CompletionResult]::new('--tamper', '--tamper', [CompletionResultType]::ParameterName, 'Break the delivery in one way, to see whether the handler refuses it')
            [CompletionResult]::new('--duplicate', '--duplicate', [CompletionResultType]::ParameterName, 'Send each delivery again N times, under the same id')
            [CompletionResult]::new('--expect', '--expect', [CompletionResultType]::ParameterName, 'Statuses of a good answer, as in `2xx` or `200,204`; the provider''s success rule by default')
            [CompletionResult]::new('--expect-body', '--expect-body', [CompletionResultType]::ParameterName, 'Text that a good answer contains')
            [CompletionResult]::new('--max-time', '--max-time', [CompletionResultType]::ParameterName, 'Longest time of a good answer')
            [CompletionResult]::new('--provider', '--provider', [CompletionResultType]::ParameterName, 'Provider of the requests; found from each request by default')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, in place of hookctl.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'File of the history; also HOOKCTL_STORE, else one in the state directory')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Send exactly what was stored, old signature included')
            [CompletionResult]::new('--new-id', '--new-id', [CompletionResultType]::ParameterName, 'Give each delivery a new id, and its body new keys where receivers tell duplicates by these')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print the exact requests and send nothing')
            [CompletionResult]::new('--reveal', '--reveal', [CompletionResultType]::ParameterName, 'Print credentials in clear')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any TLS certificate')
            [CompletionResult]::new('--reorder', '--reorder', [CompletionResultType]::ParameterName, 'Send the deliveries in reverse order')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--no-store', '--no-store', [CompletionResultType]::ParameterName, 'Keep nothing of this run in the history')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'hookctl;verify' {
            [CompletionResult]::new('--body', '--body', [CompletionResultType]::ParameterName, 'File with the body')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'Header of the request (can be repeated)')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Header of the request (can be repeated)')
            [CompletionResult]::new('--headers', '--headers', [CompletionResultType]::ParameterName, 'File with headers, one a line')
            [CompletionResult]::new('--method', '--method', [CompletionResultType]::ParameterName, 'Method of the request that `--body` and `-H` make')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Public URL that the sender called, for schemes that sign it; told from the headers by default')
            [CompletionResult]::new('--scheme', '--scheme', [CompletionResultType]::ParameterName, 'Signature scheme; found from the headers by default')
            [CompletionResult]::new('--at', '--at', [CompletionResultType]::ParameterName, 'Time to verify at: RFC 3339, unix seconds, or from now as in `-10m`')
            [CompletionResult]::new('--tolerance', '--tolerance', [CompletionResultType]::ParameterName, 'How far the signed time may be off; the scheme''s own by default')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Signing secret; also HOOKCTL_SECRET, the configuration, else the local secret (can be repeated)')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'File with the secret, one a line; `-` is stdin')
            [CompletionResult]::new('--provider', '--provider', [CompletionResultType]::ParameterName, 'Provider; found from the request by default')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, in place of hookctl.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'File of the history; also HOOKCTL_STORE, else one in the state directory')
            [CompletionResult]::new('--reveal', '--reveal', [CompletionResultType]::ParameterName, 'Show secret and expected signature where they help')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--no-store', '--no-store', [CompletionResultType]::ParameterName, 'Keep nothing of this run in the history')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'hookctl;send' {
            [CompletionResult]::new('agent.status_changed', 'agent.status_changed', [CompletionResultType]::ParameterValue, 'agent.status_changed')
            [CompletionResult]::new('calendar.cancelled', 'calendar.cancelled', [CompletionResultType]::ParameterValue, 'calendar.cancelled')
            [CompletionResult]::new('calendar.completed', 'calendar.completed', [CompletionResultType]::ParameterValue, 'calendar.completed')
            [CompletionResult]::new('calendar.created', 'calendar.created', [CompletionResultType]::ParameterValue, 'calendar.created')
            [CompletionResult]::new('calendar.reminder', 'calendar.reminder', [CompletionResultType]::ParameterValue, 'calendar.reminder')
            [CompletionResult]::new('calendar.updated', 'calendar.updated', [CompletionResultType]::ParameterValue, 'calendar.updated')
            [CompletionResult]::new('call.ended', 'call.ended', [CompletionResultType]::ParameterValue, 'call.ended')
            [CompletionResult]::new('call.failed', 'call.failed', [CompletionResultType]::ParameterValue, 'call.failed')
            [CompletionResult]::new('call.recording', 'call.recording', [CompletionResultType]::ParameterValue, 'call.recording')
            [CompletionResult]::new('call.started', 'call.started', [CompletionResultType]::ParameterValue, 'call.started')
            [CompletionResult]::new('call.summary', 'call.summary', [CompletionResultType]::ParameterValue, 'call.summary')
            [CompletionResult]::new('call.transcript', 'call.transcript', [CompletionResultType]::ParameterValue, 'call.transcript')
            [CompletionResult]::new('campaign.completed', 'campaign.completed', [CompletionResultType]::ParameterValue, 'campaign.completed')
            [CompletionResult]::new('connection.accepted', 'connection.accepted', [CompletionResultType]::ParameterValue, 'connection.accepted')
            [CompletionResult]::new('contact.replied', 'contact.replied', [CompletionResultType]::ParameterValue, 'contact.replied')
            [CompletionResult]::new('email_sent', 'email_sent', [CompletionResultType]::ParameterValue, 'email_sent')
            [CompletionResult]::new('enrollment.completed', 'enrollment.completed', [CompletionResultType]::ParameterValue, 'enrollment.completed')
            [CompletionResult]::new('enrollment.created', 'enrollment.created', [CompletionResultType]::ParameterValue, 'enrollment.created')
            [CompletionResult]::new('enrollment.unsubscribed', 'enrollment.unsubscribed', [CompletionResultType]::ParameterValue, 'enrollment.unsubscribed')
            [CompletionResult]::new('game.completed', 'game.completed', [CompletionResultType]::ParameterValue, 'game.completed')
            [CompletionResult]::new('kakiyo/agent.status_changed', 'kakiyo/agent.status_changed', [CompletionResultType]::ParameterValue, 'kakiyo/agent.status_changed')
            [CompletionResult]::new('kakiyo/campaign.completed', 'kakiyo/campaign.completed', [CompletionResultType]::ParameterValue, 'kakiyo/campaign.completed')
            [CompletionResult]::new('kakiyo/connection.accepted', 'kakiyo/connection.accepted', [CompletionResultType]::ParameterValue, 'kakiyo/connection.accepted')
            [CompletionResult]::new('kakiyo/linkedin', 'kakiyo/linkedin', [CompletionResultType]::ParameterValue, 'kakiyo/linkedin')
            [CompletionResult]::new('kakiyo/linkedin.invitation.accepted', 'kakiyo/linkedin.invitation.accepted', [CompletionResultType]::ParameterValue, 'kakiyo/linkedin.invitation.accepted')
            [CompletionResult]::new('kakiyo/linkedin.invitation.sent', 'kakiyo/linkedin.invitation.sent', [CompletionResultType]::ParameterValue, 'kakiyo/linkedin.invitation.sent')
            [CompletionResult]::new('kakiyo/linkedin.message.received', 'kakiyo/linkedin.message.received', [CompletionResultType]::ParameterValue, 'kakiyo/linkedin.message.received')
            [CompletionResult]::new('kakiyo/linkedin.message.sent', 'kakiyo/linkedin.message.sent', [CompletionResultType]::ParameterValue, 'kakiyo/linkedin.message.sent')
            [CompletionResult]::new('kakiyo/message.sent', 'kakiyo/message.sent', [CompletionResultType]::ParameterValue, 'kakiyo/message.sent')
            [CompletionResult]::new('kakiyo/prospect.qualification.manual', 'kakiyo/prospect.qualification.manual', [CompletionResultType]::ParameterValue, 'kakiyo/prospect.qualification.manual')
            [CompletionResult]::new('kakiyo/prospect.qualified', 'kakiyo/prospect.qualified', [CompletionResultType]::ParameterValue, 'kakiyo/prospect.qualified')
            [CompletionResult]::new('kakiyo/prospect.responded', 'kakiyo/prospect.responded', [CompletionResultType]::ParameterValue, 'kakiyo/prospect.responded')
            [CompletionResult]::new('kakiyo/prospect.unqualified', 'kakiyo/prospect.unqualified', [CompletionResultType]::ParameterValue, 'kakiyo/prospect.unqualified')
            [CompletionResult]::new('kakiyo/qualified-prospect', 'kakiyo/qualified-prospect', [CompletionResultType]::ParameterValue, 'kakiyo/qualified-prospect')
            [CompletionResult]::new('ken/campaign', 'ken/campaign', [CompletionResultType]::ParameterValue, 'ken/campaign')
            [CompletionResult]::new('ken/email_sent', 'ken/email_sent', [CompletionResultType]::ParameterValue, 'ken/email_sent')
            [CompletionResult]::new('ken/lead_clicked', 'ken/lead_clicked', [CompletionResultType]::ParameterValue, 'ken/lead_clicked')
            [CompletionResult]::new('ken/lead_interested', 'ken/lead_interested', [CompletionResultType]::ParameterValue, 'ken/lead_interested')
            [CompletionResult]::new('ken/lead_replied', 'ken/lead_replied', [CompletionResultType]::ParameterValue, 'ken/lead_replied')
            [CompletionResult]::new('ken/lead_unsubscribed', 'ken/lead_unsubscribed', [CompletionResultType]::ParameterValue, 'ken/lead_unsubscribed')
            [CompletionResult]::new('ken/positive-reply', 'ken/positive-reply', [CompletionResultType]::ParameterValue, 'ken/positive-reply')
            [CompletionResult]::new('klen/appointment', 'klen/appointment', [CompletionResultType]::ParameterValue, 'klen/appointment')
            [CompletionResult]::new('klen/calendar.cancelled', 'klen/calendar.cancelled', [CompletionResultType]::ParameterValue, 'klen/calendar.cancelled')
            [CompletionResult]::new('klen/calendar.completed', 'klen/calendar.completed', [CompletionResultType]::ParameterValue, 'klen/calendar.completed')
            [CompletionResult]::new('klen/calendar.created', 'klen/calendar.created', [CompletionResultType]::ParameterValue, 'klen/calendar.created')
            [CompletionResult]::new('klen/calendar.reminder', 'klen/calendar.reminder', [CompletionResultType]::ParameterValue, 'klen/calendar.reminder')
            [CompletionResult]::new('klen/calendar.updated', 'klen/calendar.updated', [CompletionResultType]::ParameterValue, 'klen/calendar.updated')
            [CompletionResult]::new('klen/call', 'klen/call', [CompletionResultType]::ParameterValue, 'klen/call')
            [CompletionResult]::new('klen/call.ended', 'klen/call.ended', [CompletionResultType]::ParameterValue, 'klen/call.ended')
            [CompletionResult]::new('klen/call.failed', 'klen/call.failed', [CompletionResultType]::ParameterValue, 'klen/call.failed')
            [CompletionResult]::new('klen/call.recording', 'klen/call.recording', [CompletionResultType]::ParameterValue, 'klen/call.recording')
            [CompletionResult]::new('klen/call.started', 'klen/call.started', [CompletionResultType]::ParameterValue, 'klen/call.started')
            [CompletionResult]::new('klen/call.summary', 'klen/call.summary', [CompletionResultType]::ParameterValue, 'klen/call.summary')
            [CompletionResult]::new('klen/call.transcript', 'klen/call.transcript', [CompletionResultType]::ParameterValue, 'klen/call.transcript')
            [CompletionResult]::new('klen/cancelled-appointment', 'klen/cancelled-appointment', [CompletionResultType]::ParameterValue, 'klen/cancelled-appointment')
            [CompletionResult]::new('konvox/completed', 'konvox/completed', [CompletionResultType]::ParameterValue, 'konvox/completed')
            [CompletionResult]::new('konvox/contact.replied', 'konvox/contact.replied', [CompletionResultType]::ParameterValue, 'konvox/contact.replied')
            [CompletionResult]::new('konvox/enrollment.completed', 'konvox/enrollment.completed', [CompletionResultType]::ParameterValue, 'konvox/enrollment.completed')
            [CompletionResult]::new('konvox/enrollment.created', 'konvox/enrollment.created', [CompletionResultType]::ParameterValue, 'konvox/enrollment.created')
            [CompletionResult]::new('konvox/enrollment.unsubscribed', 'konvox/enrollment.unsubscribed', [CompletionResultType]::ParameterValue, 'konvox/enrollment.unsubscribed')
            [CompletionResult]::new('konvox/message.approved', 'konvox/message.approved', [CompletionResultType]::ParameterValue, 'konvox/message.approved')
            [CompletionResult]::new('konvox/message.rejected', 'konvox/message.rejected', [CompletionResultType]::ParameterValue, 'konvox/message.rejected')
            [CompletionResult]::new('konvox/opt-out', 'konvox/opt-out', [CompletionResultType]::ParameterValue, 'konvox/opt-out')
            [CompletionResult]::new('konvox/sequence', 'konvox/sequence', [CompletionResultType]::ParameterValue, 'konvox/sequence')
            [CompletionResult]::new('lead.created', 'lead.created', [CompletionResultType]::ParameterValue, 'lead.created')
            [CompletionResult]::new('lead_clicked', 'lead_clicked', [CompletionResultType]::ParameterValue, 'lead_clicked')
            [CompletionResult]::new('lead_interested', 'lead_interested', [CompletionResultType]::ParameterValue, 'lead_interested')
            [CompletionResult]::new('lead_replied', 'lead_replied', [CompletionResultType]::ParameterValue, 'lead_replied')
            [CompletionResult]::new('lead_unsubscribed', 'lead_unsubscribed', [CompletionResultType]::ParameterValue, 'lead_unsubscribed')
            [CompletionResult]::new('linkedin.invitation.accepted', 'linkedin.invitation.accepted', [CompletionResultType]::ParameterValue, 'linkedin.invitation.accepted')
            [CompletionResult]::new('linkedin.invitation.sent', 'linkedin.invitation.sent', [CompletionResultType]::ParameterValue, 'linkedin.invitation.sent')
            [CompletionResult]::new('linkedin.message.received', 'linkedin.message.received', [CompletionResultType]::ParameterValue, 'linkedin.message.received')
            [CompletionResult]::new('linkedin.message.sent', 'linkedin.message.sent', [CompletionResultType]::ParameterValue, 'linkedin.message.sent')
            [CompletionResult]::new('message.approved', 'message.approved', [CompletionResultType]::ParameterValue, 'message.approved')
            [CompletionResult]::new('message.rejected', 'message.rejected', [CompletionResultType]::ParameterValue, 'message.rejected')
            [CompletionResult]::new('message.sent', 'message.sent', [CompletionResultType]::ParameterValue, 'message.sent')
            [CompletionResult]::new('prize.won', 'prize.won', [CompletionResultType]::ParameterValue, 'prize.won')
            [CompletionResult]::new('prospect.qualification.manual', 'prospect.qualification.manual', [CompletionResultType]::ParameterValue, 'prospect.qualification.manual')
            [CompletionResult]::new('prospect.qualified', 'prospect.qualified', [CompletionResultType]::ParameterValue, 'prospect.qualified')
            [CompletionResult]::new('prospect.responded', 'prospect.responded', [CompletionResultType]::ParameterValue, 'prospect.responded')
            [CompletionResult]::new('prospect.unqualified', 'prospect.unqualified', [CompletionResultType]::ParameterValue, 'prospect.unqualified')
            [CompletionResult]::new('scratcher/game.completed', 'scratcher/game.completed', [CompletionResultType]::ParameterValue, 'scratcher/game.completed')
            [CompletionResult]::new('scratcher/lead.created', 'scratcher/lead.created', [CompletionResultType]::ParameterValue, 'scratcher/lead.created')
            [CompletionResult]::new('scratcher/participation', 'scratcher/participation', [CompletionResultType]::ParameterValue, 'scratcher/participation')
            [CompletionResult]::new('scratcher/prize.won', 'scratcher/prize.won', [CompletionResultType]::ParameterValue, 'scratcher/prize.won')
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'URL to deliver to; by default the one configured for the provider')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Form in which the requests are printed instead of sent')
            [CompletionResult]::new('--variant', '--variant', [CompletionResultType]::ParameterName, 'Variant of the event; `hookctl events show EVENT` lists them (can be repeated)')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Whole body, byte for byte: text, @FILE, or - for stdin')
            [CompletionResult]::new('--map', '--map', [CompletionResultType]::ParameterName, 'Custom payload, field by field: @PATH takes a value of the payload, else text (can be repeated)')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'Same ids, names and times every time')
            [CompletionResult]::new('--id', '--id', [CompletionResultType]::ParameterName, 'Delivery id')
            [CompletionResult]::new('--timestamp', '--timestamp', [CompletionResultType]::ParameterName, 'Time of the event and of its signature: RFC 3339, unix seconds, or from now as in `-10m`')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set a field by dot path, as JSON or else as text (can be repeated)')
            [CompletionResult]::new('--unset', '--unset', [CompletionResultType]::ParameterName, 'Leave a field out (can be repeated)')
            [CompletionResult]::new('--method', '--method', [CompletionResultType]::ParameterName, 'Method in place of the provider''s own')
            [CompletionResult]::new('--content-type', '--content-type', [CompletionResultType]::ParameterName, 'Content type in place of the provider''s own')
            [CompletionResult]::new('--basic', '--basic', [CompletionResultType]::ParameterName, 'Send HTTP Basic credentials')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'Add a header, or put it in place of ours (can be repeated)')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Add a header, or put it in place of ours (can be repeated)')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time limit of an attempt; the provider''s own by default, 0s for none')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Signing secret; also HOOKCTL_SECRET, the configuration, else the local secret (can be repeated)')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'File with the secret, one a line; `-` is stdin')
            [CompletionResult]::new('--tamper', '--tamper', [CompletionResultType]::ParameterName, 'Break the delivery in one way, to see whether the handler refuses it')
            [CompletionResult]::new('--duplicate', '--duplicate', [CompletionResultType]::ParameterName, 'Send each delivery again N times, under the same id')
            [CompletionResult]::new('--expect', '--expect', [CompletionResultType]::ParameterName, 'Statuses of a good answer, as in `2xx` or `200,204`; the provider''s success rule by default')
            [CompletionResult]::new('--expect-body', '--expect-body', [CompletionResultType]::ParameterName, 'Text that a good answer contains')
            [CompletionResult]::new('--max-time', '--max-time', [CompletionResultType]::ParameterName, 'Longest time of a good answer')
            [CompletionResult]::new('--provider', '--provider', [CompletionResultType]::ParameterName, 'Provider of the events, also of one that is not in the catalogue')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, in place of hookctl.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'File of the history; also HOOKCTL_STORE, else one in the state directory')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print the exact requests and send nothing')
            [CompletionResult]::new('--reveal', '--reveal', [CompletionResultType]::ParameterName, 'Print credentials in clear')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any TLS certificate')
            [CompletionResult]::new('--reorder', '--reorder', [CompletionResultType]::ParameterName, 'Send the deliveries in reverse order')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--no-store', '--no-store', [CompletionResultType]::ParameterName, 'Keep nothing of this run in the history')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'hookctl;sign' {
            [CompletionResult]::new('agent.status_changed', 'agent.status_changed', [CompletionResultType]::ParameterValue, 'agent.status_changed')
            [CompletionResult]::new('calendar.cancelled', 'calendar.cancelled', [CompletionResultType]::ParameterValue, 'calendar.cancelled')
            [CompletionResult]::new('calendar.completed', 'calendar.completed', [CompletionResultType]::ParameterValue, 'calendar.completed')
            [CompletionResult]::new('calendar.created', 'calendar.created', [CompletionResultType]::ParameterValue, 'calendar.created')
            [CompletionResult]::new('calendar.reminder', 'calendar.reminder', [CompletionResultType]::ParameterValue, 'calendar.reminder')
            [CompletionResult]::new('calendar.updated', 'calendar.updated', [CompletionResultType]::ParameterValue, 'calendar.updated')
            [CompletionResult]::new('call.ended', 'call.ended', [CompletionResultType]::ParameterValue, 'call.ended')
            [CompletionResult]::new('call.failed', 'call.failed', [CompletionResultType]::ParameterValue, 'call.failed')
            [CompletionResult]::new('call.recording', 'call.recording', [CompletionResultType]::ParameterValue, 'call.recording')
            [CompletionResult]::new('call.started', 'call.started', [CompletionResultType]::ParameterValue, 'call.started')
            [CompletionResult]::new('call.summary', 'call.summary', [CompletionResultType]::ParameterValue, 'call.summary')
            [CompletionResult]::new('call.transcript', 'call.transcript', [CompletionResultType]::ParameterValue, 'call.transcript')
            [CompletionResult]::new('campaign.completed', 'campaign.completed', [CompletionResultType]::ParameterValue, 'campaign.completed')
            [CompletionResult]::new('connection.accepted', 'connection.accepted', [CompletionResultType]::ParameterValue, 'connection.accepted')
            [CompletionResult]::new('contact.replied', 'contact.replied', [CompletionResultType]::ParameterValue, 'contact.replied')
            [CompletionResult]::new('email_sent', 'email_sent', [CompletionResultType]::ParameterValue, 'email_sent')
            [CompletionResult]::new('enrollment.completed', 'enrollment.completed', [CompletionResultType]::ParameterValue, 'enrollment.completed')
            [CompletionResult]::new('enrollment.created', 'enrollment.created', [CompletionResultType]::ParameterValue, 'enrollment.created')
            [CompletionResult]::new('enrollment.unsubscribed', 'enrollment.unsubscribed', [CompletionResultType]::ParameterValue, 'enrollment.unsubscribed')
            [CompletionResult]::new('game.completed', 'game.completed', [CompletionResultType]::ParameterValue, 'game.completed')
            [CompletionResult]::new('kakiyo/agent.status_changed', 'kakiyo/agent.status_changed', [CompletionResultType]::ParameterValue, 'kakiyo/agent.status_changed')
            [CompletionResult]::new('kakiyo/campaign.completed', 'kakiyo/campaign.completed', [CompletionResultType]::ParameterValue, 'kakiyo/campaign.completed')
            [CompletionResult]::new('kakiyo/connection.accepted', 'kakiyo/connection.accepted', [CompletionResultType]::ParameterValue, 'kakiyo/connection.accepted')
            [CompletionResult]::new('kakiyo/linkedin', 'kakiyo/linkedin', [CompletionResultType]::ParameterValue, 'kakiyo/linkedin')
            [CompletionResult]::new('kakiyo/linkedin.invitation.accepted', 'kakiyo/linkedin.invitation.accepted', [CompletionResultType]::ParameterValue, 'kakiyo/linkedin.invitation.accepted')
            [CompletionResult]::new('kakiyo/linkedin.invitation.sent', 'kakiyo/linkedin.invitation.sent', [CompletionResultType]::ParameterValue, 'kakiyo/linkedin.invitation.sent')
            [CompletionResult]::new('kakiyo/linkedin.message.received', 'kakiyo/linkedin.message.received', [CompletionResultType]::ParameterValue, 'kakiyo/linkedin.message.received')
            [CompletionResult]::new('kakiyo/linkedin.message.sent', 'kakiyo/linkedin.message.sent', [CompletionResultType]::ParameterValue, 'kakiyo/linkedin.message.sent')
            [CompletionResult]::new('kakiyo/message.sent', 'kakiyo/message.sent', [CompletionResultType]::ParameterValue, 'kakiyo/message.sent')
            [CompletionResult]::new('kakiyo/prospect.qualification.manual', 'kakiyo/prospect.qualification.manual', [CompletionResultType]::ParameterValue, 'kakiyo/prospect.qualification.manual')
            [CompletionResult]::new('kakiyo/prospect.qualified', 'kakiyo/prospect.qualified', [CompletionResultType]::ParameterValue, 'kakiyo/prospect.qualified')
            [CompletionResult]::new('kakiyo/prospect.responded', 'kakiyo/prospect.responded', [CompletionResultType]::ParameterValue, 'kakiyo/prospect.responded')
            [CompletionResult]::new('kakiyo/prospect.unqualified', 'kakiyo/prospect.unqualified', [CompletionResultType]::ParameterValue, 'kakiyo/prospect.unqualified')
            [CompletionResult]::new('kakiyo/qualified-prospect', 'kakiyo/qualified-prospect', [CompletionResultType]::ParameterValue, 'kakiyo/qualified-prospect')
            [CompletionResult]::new('ken/campaign', 'ken/campaign', [CompletionResultType]::ParameterValue, 'ken/campaign')
            [CompletionResult]::new('ken/email_sent', 'ken/email_sent', [CompletionResultType]::ParameterValue, 'ken/email_sent')
            [CompletionResult]::new('ken/lead_clicked', 'ken/lead_clicked', [CompletionResultType]::ParameterValue, 'ken/lead_clicked')
            [CompletionResult]::new('ken/lead_interested', 'ken/lead_interested', [CompletionResultType]::ParameterValue, 'ken/lead_interested')
            [CompletionResult]::new('ken/lead_replied', 'ken/lead_replied', [CompletionResultType]::ParameterValue, 'ken/lead_replied')
            [CompletionResult]::new('ken/lead_unsubscribed', 'ken/lead_unsubscribed', [CompletionResultType]::ParameterValue, 'ken/lead_unsubscribed')
            [CompletionResult]::new('ken/positive-reply', 'ken/positive-reply', [CompletionResultType]::ParameterValue, 'ken/positive-reply')
            [CompletionResult]::new('klen/appointment', 'klen/appointment', [CompletionResultType]::ParameterValue, 'klen/appointment')
            [CompletionResult]::new('klen/calendar.cancelled', 'klen/calendar.cancelled', [CompletionResultType]::ParameterValue, 'klen/calendar.cancelled')
            [CompletionResult]::new('klen/calendar.completed', 'klen/calendar.completed', [CompletionResultType]::ParameterValue, 'klen/calendar.completed')
            [CompletionResult]::new('klen/calendar.created', 'klen/calendar.created', [CompletionResultType]::ParameterValue, 'klen/calendar.created')
            [CompletionResult]::new('klen/calendar.reminder', 'klen/calendar.reminder', [CompletionResultType]::ParameterValue, 'klen/calendar.reminder')
            [CompletionResult]::new('klen/calendar.updated', 'klen/calendar.updated', [CompletionResultType]::ParameterValue, 'klen/calendar.updated')
            [CompletionResult]::new('klen/call', 'klen/call', [CompletionResultType]::ParameterValue, 'klen/call')
            [CompletionResult]::new('klen/call.ended', 'klen/call.ended', [CompletionResultType]::ParameterValue, 'klen/call.ended')
            [CompletionResult]::new('klen/call.failed', 'klen/call.failed', [CompletionResultType]::ParameterValue, 'klen/call.failed')
            [CompletionResult]::new('klen/call.recording', 'klen/call.recording', [CompletionResultType]::ParameterValue, 'klen/call.recording')
            [CompletionResult]::new('klen/call.started', 'klen/call.started', [CompletionResultType]::ParameterValue, 'klen/call.started')
            [CompletionResult]::new('klen/call.summary', 'klen/call.summary', [CompletionResultType]::ParameterValue, 'klen/call.summary')
            [CompletionResult]::new('klen/call.transcript', 'klen/call.transcript', [CompletionResultType]::ParameterValue, 'klen/call.transcript')
            [CompletionResult]::new('klen/cancelled-appointment', 'klen/cancelled-appointment', [CompletionResultType]::ParameterValue, 'klen/cancelled-appointment')
            [CompletionResult]::new('konvox/completed', 'konvox/completed', [CompletionResultType]::ParameterValue, 'konvox/completed')
            [CompletionResult]::new('konvox/contact.replied', 'konvox/contact.replied', [CompletionResultType]::ParameterValue, 'konvox/contact.replied')
            [CompletionResult]::new('konvox/enrollment.completed', 'konvox/enrollment.completed', [CompletionResultType]::ParameterValue, 'konvox/enrollment.completed')
            [CompletionResult]::new('konvox/enrollment.created', 'konvox/enrollment.created', [CompletionResultType]::ParameterValue, 'konvox/enrollment.created')
            [CompletionResult]::new('konvox/enrollment.unsubscribed', 'konvox/enrollment.unsubscribed', [CompletionResultType]::ParameterValue, 'konvox/enrollment.unsubscribed')
            [CompletionResult]::new('konvox/message.approved', 'konvox/message.approved', [CompletionResultType]::ParameterValue, 'konvox/message.approved')
            [CompletionResult]::new('konvox/message.rejected', 'konvox/message.rejected', [CompletionResultType]::ParameterValue, 'konvox/message.rejected')
            [CompletionResult]::new('konvox/opt-out', 'konvox/opt-out', [CompletionResultType]::ParameterValue, 'konvox/opt-out')
            [CompletionResult]::new('konvox/sequence', 'konvox/sequence', [CompletionResultType]::ParameterValue, 'konvox/sequence')
            [CompletionResult]::new('lead.created', 'lead.created', [CompletionResultType]::ParameterValue, 'lead.created')
            [CompletionResult]::new('lead_clicked', 'lead_clicked', [CompletionResultType]::ParameterValue, 'lead_clicked')
            [CompletionResult]::new('lead_interested', 'lead_interested', [CompletionResultType]::ParameterValue, 'lead_interested')
            [CompletionResult]::new('lead_replied', 'lead_replied', [CompletionResultType]::ParameterValue, 'lead_replied')
            [CompletionResult]::new('lead_unsubscribed', 'lead_unsubscribed', [CompletionResultType]::ParameterValue, 'lead_unsubscribed')
            [CompletionResult]::new('linkedin.invitation.accepted', 'linkedin.invitation.accepted', [CompletionResultType]::ParameterValue, 'linkedin.invitation.accepted')
            [CompletionResult]::new('linkedin.invitation.sent', 'linkedin.invitation.sent', [CompletionResultType]::ParameterValue, 'linkedin.invitation.sent')
            [CompletionResult]::new('linkedin.message.received', 'linkedin.message.received', [CompletionResultType]::ParameterValue, 'linkedin.message.received')
            [CompletionResult]::new('linkedin.message.sent', 'linkedin.message.sent', [CompletionResultType]::ParameterValue, 'linkedin.message.sent')
            [CompletionResult]::new('message.approved', 'message.approved', [CompletionResultType]::ParameterValue, 'message.approved')
            [CompletionResult]::new('message.rejected', 'message.rejected', [CompletionResultType]::ParameterValue, 'message.rejected')
            [CompletionResult]::new('message.sent', 'message.sent', [CompletionResultType]::ParameterValue, 'message.sent')
            [CompletionResult]::new('prize.won', 'prize.won', [CompletionResultType]::ParameterValue, 'prize.won')
            [CompletionResult]::new('prospect.qualification.manual', 'prospect.qualification.manual', [CompletionResultType]::ParameterValue, 'prospect.qualification.manual')
            [CompletionResult]::new('prospect.qualified', 'prospect.qualified', [CompletionResultType]::ParameterValue, 'prospect.qualified')
            [CompletionResult]::new('prospect.responded', 'prospect.responded', [CompletionResultType]::ParameterValue, 'prospect.responded')
            [CompletionResult]::new('prospect.unqualified', 'prospect.unqualified', [CompletionResultType]::ParameterValue, 'prospect.unqualified')
            [CompletionResult]::new('scratcher/game.completed', 'scratcher/game.completed', [CompletionResultType]::ParameterValue, 'scratcher/game.completed')
            [CompletionResult]::new('scratcher/lead.created', 'scratcher/lead.created', [CompletionResultType]::ParameterValue, 'scratcher/lead.created')
            [CompletionResult]::new('scratcher/participation', 'scratcher/participation', [CompletionResultType]::ParameterValue, 'scratcher/participation')
            [CompletionResult]::new('scratcher/prize.won', 'scratcher/prize.won', [CompletionResultType]::ParameterValue, 'scratcher/prize.won')
            [CompletionResult]::new('--body', '--body', [CompletionResultType]::ParameterName, 'File with the body to sign; `-` is stdin')
            [CompletionResult]::new('--scheme', '--scheme', [CompletionResultType]::ParameterName, 'Signature scheme of the body')
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'URL that the request would go to')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Form of the output')
            [CompletionResult]::new('--variant', '--variant', [CompletionResultType]::ParameterName, 'Variant of the event; `hookctl events show EVENT` lists them (can be repeated)')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Whole body, byte for byte: text, @FILE, or - for stdin')
            [CompletionResult]::new('--map', '--map', [CompletionResultType]::ParameterName, 'Custom payload, field by field: @PATH takes a value of the payload, else text (can be repeated)')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'Same ids, names and times every time')
            [CompletionResult]::new('--id', '--id', [CompletionResultType]::ParameterName, 'Delivery id')
            [CompletionResult]::new('--timestamp', '--timestamp', [CompletionResultType]::ParameterName, 'Time of the event and of its signature: RFC 3339, unix seconds, or from now as in `-10m`')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set a field by dot path, as JSON or else as text (can be repeated)')
            [CompletionResult]::new('--unset', '--unset', [CompletionResultType]::ParameterName, 'Leave a field out (can be repeated)')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Signing secret; also HOOKCTL_SECRET, the configuration, else the local secret (can be repeated)')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'File with the secret, one a line; `-` is stdin')
            [CompletionResult]::new('--provider', '--provider', [CompletionResultType]::ParameterName, 'Provider of the events, also of one that is not in the catalogue')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, in place of hookctl.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'File of the history; also HOOKCTL_STORE, else one in the state directory')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--no-store', '--no-store', [CompletionResultType]::ParameterName, 'Keep nothing of this run in the history')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'hookctl;events' {
            [CompletionResult]::new('kakiyo', 'kakiyo', [CompletionResultType]::ParameterValue, 'kakiyo')
            [CompletionResult]::new('ken', 'ken', [CompletionResultType]::ParameterValue, 'ken')
            [CompletionResult]::new('klen', 'klen', [CompletionResultType]::ParameterValue, 'klen')
            [CompletionResult]::new('konvox', 'konvox', [CompletionResultType]::ParameterValue, 'konvox')
            [CompletionResult]::new('scratcher', 'scratcher', [CompletionResultType]::ParameterValue, 'scratcher')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, in place of hookctl.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'File of the history; also HOOKCTL_STORE, else one in the state directory')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--no-store', '--no-store', [CompletionResultType]::ParameterName, 'Keep nothing of this run in the history')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show payload, headers, variants, and where each field comes from')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'hookctl;events;show' {
            [CompletionResult]::new('agent.status_changed', 'agent.status_changed', [CompletionResultType]::ParameterValue, 'agent.status_changed')
            [CompletionResult]::new('calendar.cancelled', 'calendar.cancelled', [CompletionResultType]::ParameterValue, 'calendar.cancelled')
            [CompletionResult]::new('calendar.completed', 'calendar.completed', [CompletionResultType]::ParameterValue, 'calendar.completed')
            [CompletionResult]::new('calendar.created', 'calendar.created', [CompletionResultType]::ParameterValue, 'calendar.created')
            [CompletionResult]::new('calendar.reminder', 'calendar.reminder', [CompletionResultType]::ParameterValue, 'calendar.reminder')
            [CompletionResult]::new('calendar.updated', 'calendar.updated', [CompletionResultType]::ParameterValue, 'calendar.updated')
            [CompletionResult]::new('call.ended', 'call.ended', [CompletionResultType]::ParameterValue, 'call.ended')
            [CompletionResult]::new('call.failed', 'call.failed', [CompletionResultType]::ParameterValue, 'call.failed')
            [CompletionResult]::new('call.recording', 'call.recording', [CompletionResultType]::ParameterValue, 'call.recording')
            [CompletionResult]::new('call.started', 'call.started', [CompletionResultType]::ParameterValue, 'call.started')
            [CompletionResult]::new('call.summary', 'call.summary', [CompletionResultType]::ParameterValue, 'call.summary')
            [CompletionResult]::new('call.transcript', 'call.transcript', [CompletionResultType]::ParameterValue, 'call.transcript')
            [CompletionResult]::new('campaign.completed', 'campaign.completed', [CompletionResultType]::ParameterValue, 'campaign.completed')
            [CompletionResult]::new('connection.accepted', 'connection.accepted', [CompletionResultType]::ParameterValue, 'connection.accepted')
            [CompletionResult]::new('contact.replied', 'contact.replied', [CompletionResultType]::ParameterValue, 'contact.replied')
            [CompletionResult]::new('email_sent', 'email_sent', [CompletionResultType]::ParameterValue, 'email_sent')
            [CompletionResult]::new('enrollment.completed', 'enrollment.completed', [CompletionResultType]::ParameterValue, 'enrollment.completed')
            [CompletionResult]::new('enrollment.created', 'enrollment.created', [CompletionResultType]::ParameterValue, 'enrollment.created')
            [CompletionResult]::new('enrollment.unsubscribed', 'enrollment.unsubscribed', [CompletionResultType]::ParameterValue, 'enrollment.unsubscribed')
            [CompletionResult]::new('game.completed', 'game.completed', [CompletionResultType]::ParameterValue, 'game.completed')
            [CompletionResult]::new('kakiyo/agent.status_changed', 'kakiyo/agent.status_changed', [CompletionResultType]::ParameterValue, 'kakiyo/agent.status_changed')
            [CompletionResult]::new('kakiyo/campaign.completed', 'kakiyo/campaign.completed', [CompletionResultType]::ParameterValue, 'kakiyo/campaign.completed')
            [CompletionResult]::new('kakiyo/connection.accepted', 'kakiyo/connection.accepted', [CompletionResultType]::ParameterValue, 'kakiyo/connection.accepted')
            [CompletionResult]::new('kakiyo/linkedin', 'kakiyo/linkedin', [CompletionResultType]::ParameterValue, 'kakiyo/linkedin')
            [CompletionResult]::new('kakiyo/linkedin.invitation.accepted', 'kakiyo/linkedin.invitation.accepted', [CompletionResultType]::ParameterValue, 'kakiyo/linkedin.invitation.accepted')
            [CompletionResult]::new('kakiyo/linkedin.invitation.sent', 'kakiyo/linkedin.invitation.sent', [CompletionResultType]::ParameterValue, 'kakiyo/linkedin.invitation.sent')
            [CompletionResult]::new('kakiyo/linkedin.message.received', 'kakiyo/linkedin.message.received', [CompletionResultType]::ParameterValue, 'kakiyo/linkedin.message.received')
            [CompletionResult]::new('kakiyo/linkedin.message.sent', 'kakiyo/linkedin.message.sent', [CompletionResultType]::ParameterValue, 'kakiyo/linkedin.message.sent')
            [CompletionResult]::new('kakiyo/message.sent', 'kakiyo/message.sent', [CompletionResultType]::ParameterValue, 'kakiyo/message.sent')
            [CompletionResult]::new('kakiyo/prospect.qualification.manual', 'kakiyo/prospect.qualification.manual', [CompletionResultType]::ParameterValue, 'kakiyo/prospect.qualification.manual')
            [CompletionResult]::new('kakiyo/prospect.qualified', 'kakiyo/prospect.qualified', [CompletionResultType]::ParameterValue, 'kakiyo/prospect.qualified')
            [CompletionResult]::new('kakiyo/prospect.responded', 'kakiyo/prospect.responded', [CompletionResultType]::ParameterValue, 'kakiyo/prospect.responded')
            [CompletionResult]::new('kakiyo/prospect.unqualified', 'kakiyo/prospect.unqualified', [CompletionResultType]::ParameterValue, 'kakiyo/prospect.unqualified')
            [CompletionResult]::new('kakiyo/qualified-prospect', 'kakiyo/qualified-prospect', [CompletionResultType]::ParameterValue, 'kakiyo/qualified-prospect')
            [CompletionResult]::new('ken/campaign', 'ken/campaign', [CompletionResultType]::ParameterValue, 'ken/campaign')
            [CompletionResult]::new('ken/email_sent', 'ken/email_sent', [CompletionResultType]::ParameterValue, 'ken/email_sent')
            [CompletionResult]::new('ken/lead_clicked', 'ken/lead_clicked', [CompletionResultType]::ParameterValue, 'ken/lead_clicked')
            [CompletionResult]::new('ken/lead_interested', 'ken/lead_interested', [CompletionResultType]::ParameterValue, 'ken/lead_interested')
            [CompletionResult]::new('ken/lead_replied', 'ken/lead_replied', [CompletionResultType]::ParameterValue, 'ken/lead_replied')
            [CompletionResult]::new('ken/lead_unsubscribed', 'ken/lead_unsubscribed', [CompletionResultType]::ParameterValue, 'ken/lead_unsubscribed')
            [CompletionResult]::new('ken/positive-reply', 'ken/positive-reply', [CompletionResultType]::ParameterValue, 'ken/positive-reply')
            [CompletionResult]::new('klen/appointment', 'klen/appointment', [CompletionResultType]::ParameterValue, 'klen/appointment')
            [CompletionResult]::new('klen/calendar.cancelled', 'klen/calendar.cancelled', [CompletionResultType]::ParameterValue, 'klen/calendar.cancelled')
            [CompletionResult]::new('klen/calendar.completed', 'klen/calendar.completed', [CompletionResultType]::ParameterValue, 'klen/calendar.completed')
            [CompletionResult]::new('klen/calendar.created', 'klen/calendar.created', [CompletionResultType]::ParameterValue, 'klen/calendar.created')
            [CompletionResult]::new('klen/calendar.reminder', 'klen/calendar.reminder', [CompletionResultType]::ParameterValue, 'klen/calendar.reminder')
            [CompletionResult]::new('klen/calendar.updated', 'klen/calendar.updated', [CompletionResultType]::ParameterValue, 'klen/calendar.updated')
            [CompletionResult]::new('klen/call', 'klen/call', [CompletionResultType]::ParameterValue, 'klen/call')
            [CompletionResult]::new('klen/call.ended', 'klen/call.ended', [CompletionResultType]::ParameterValue, 'klen/call.ended')
            [CompletionResult]::new('klen/call.failed', 'klen/call.failed', [CompletionResultType]::ParameterValue, 'klen/call.failed')
            [CompletionResult]::new('klen/call.recording', 'klen/call.recording', [CompletionResultType]::ParameterValue, 'klen/call.recording')
            [CompletionResult]::new('klen/call.started', 'klen/call.started', [CompletionResultType]::ParameterValue, 'klen/call.started')
            [CompletionResult]::new('klen/call.summary', 'klen/call.summary', [CompletionResultType]::ParameterValue, 'klen/call.summary')
            [CompletionResult]::new('klen/call.transcript', 'klen/call.transcript', [CompletionResultType]::ParameterValue, 'klen/call.transcript')
            [CompletionResult]::new('klen/cancelled-appointment', 'klen/cancelled-appointment', [CompletionResultType]::ParameterValue, 'klen/cancelled-appointment')
            [CompletionResult]::new('konvox/completed', 'konvox/completed', [CompletionResultType]::ParameterValue, 'konvox/completed')
            [CompletionResult]::new('konvox/contact.replied', 'konvox/contact.replied', [CompletionResultType]::ParameterValue, 'konvox/contact.replied')
            [CompletionResult]::new('konvox/enrollment.completed', 'konvox/enrollment.completed', [CompletionResultType]::ParameterValue, 'konvox/enrollment.completed')
            [CompletionResult]::new('konvox/enrollment.created', 'konvox/enrollment.created', [CompletionResultType]::ParameterValue, 'konvox/enrollment.created')
            [CompletionResult]::new('konvox/enrollment.unsubscribed', 'konvox/enrollment.unsubscribed', [CompletionResultType]::ParameterValue, 'konvox/enrollment.unsubscribed')
            [CompletionResult]::new('konvox/message.approved', 'konvox/message.approved', [CompletionResultType]::ParameterValue, 'konvox/message.approved')
            [CompletionResult]::new('konvox/message.rejected', 'konvox/message.rejected', [CompletionResultType]::ParameterValue, 'konvox/message.rejected')
            [CompletionResult]::new('konvox/opt-out', 'konvox/opt-out', [CompletionResultType]::ParameterValue, 'konvox/opt-out')
            [CompletionResult]::new('konvox/sequence', 'konvox/sequence', [CompletionResultType]::ParameterValue, 'konvox/sequence')
            [CompletionResult]::new('lead.created', 'lead.created', [CompletionResultType]::ParameterValue, 'lead.created')
            [CompletionResult]::new('lead_clicked', 'lead_clicked', [CompletionResultType]::ParameterValue, 'lead_clicked')
            [CompletionResult]::new('lead_interested', 'lead_interested', [CompletionResultType]::ParameterValue, 'lead_interested')
            [CompletionResult]::new('lead_replied', 'lead_replied', [CompletionResultType]::ParameterValue, 'lead_replied')
            [CompletionResult]::new('lead_unsubscribed', 'lead_unsubscribed', [CompletionResultType]::ParameterValue, 'lead_unsubscribed')
            [CompletionResult]::new('linkedin.invitation.accepted', 'linkedin.invitation.accepted', [CompletionResultType]::ParameterValue, 'linkedin.invitation.accepted')
            [CompletionResult]::new('linkedin.invitation.sent', 'linkedin.invitation.sent', [CompletionResultType]::ParameterValue, 'linkedin.invitation.sent')
            [CompletionResult]::new('linkedin.message.received', 'linkedin.message.received', [CompletionResultType]::ParameterValue, 'linkedin.message.received')
            [CompletionResult]::new('linkedin.message.sent', 'linkedin.message.sent', [CompletionResultType]::ParameterValue, 'linkedin.message.sent')
            [CompletionResult]::new('message.approved', 'message.approved', [CompletionResultType]::ParameterValue, 'message.approved')
            [CompletionResult]::new('message.rejected', 'message.rejected', [CompletionResultType]::ParameterValue, 'message.rejected')
            [CompletionResult]::new('message.sent', 'message.sent', [CompletionResultType]::ParameterValue, 'message.sent')
            [CompletionResult]::new('prize.won', 'prize.won', [CompletionResultType]::ParameterValue, 'prize.won')
            [CompletionResult]::new('prospect.qualification.manual', 'prospect.qualification.manual', [CompletionResultType]::ParameterValue, 'prospect.qualification.manual')
            [CompletionResult]::new('prospect.qualified', 'prospect.qualified', [CompletionResultType]::ParameterValue, 'prospect.qualified')
            [CompletionResult]::new('prospect.responded', 'prospect.responded', [CompletionResultType]::ParameterValue, 'prospect.responded')
            [CompletionResult]::new('prospect.unqualified', 'prospect.unqualified', [CompletionResultType]::ParameterValue, 'prospect.unqualified')
            [CompletionResult]::new('scratcher/game.completed', 'scratcher/game.completed', [CompletionResultType]::ParameterValue, 'scratcher/game.completed')
            [CompletionResult]::new('scratcher/lead.created', 'scratcher/lead.created', [CompletionResultType]::ParameterValue, 'scratcher/lead.created')
            [CompletionResult]::new('scratcher/participation', 'scratcher/participation', [CompletionResultType]::ParameterValue, 'scratcher/participation')
            [CompletionResult]::new('scratcher/prize.won', 'scratcher/prize.won', [CompletionResultType]::ParameterValue, 'scratcher/prize.won')
            [CompletionResult]::new('--provider', '--provider', [CompletionResultType]::ParameterName, 'Provider of the event')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, in place of hookctl.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'File of the history; also HOOKCTL_STORE, else one in the state directory')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--no-store', '--no-store', [CompletionResultType]::ParameterName, 'Keep nothing of this run in the history')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'hookctl;events;help' {
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show payload, headers, variants, and where each field comes from')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'hookctl;events;help;show' {
            break
        }
        'hookctl;events;help;help' {
            break
        }
        'hookctl;providers' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, in place of hookctl.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'File of the history; also HOOKCTL_STORE, else one in the state directory')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--no-store', '--no-store', [CompletionResultType]::ParameterName, 'Keep nothing of this run in the history')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Add a provider to your own folder')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Say whether a file describes a provider')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show all that is known of a provider, and where it comes from')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'hookctl;providers;add' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, in place of hookctl.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'File of the history; also HOOKCTL_STORE, else one in the state directory')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Replace a provider of the same name that was added before')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--no-store', '--no-store', [CompletionResultType]::ParameterName, 'Keep nothing of this run in the history')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'hookctl;providers;check' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, in place of hookctl.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'File of the history; also HOOKCTL_STORE, else one in the state directory')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--no-store', '--no-store', [CompletionResultType]::ParameterName, 'Keep nothing of this run in the history')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'hookctl;providers;show' {
            [CompletionResult]::new('kakiyo', 'kakiyo', [CompletionResultType]::ParameterValue, 'kakiyo')
            [CompletionResult]::new('ken', 'ken', [CompletionResultType]::ParameterValue, 'ken')
            [CompletionResult]::new('klen', 'klen', [CompletionResultType]::ParameterValue, 'klen')
            [CompletionResult]::new('konvox', 'konvox', [CompletionResultType]::ParameterValue, 'konvox')
            [CompletionResult]::new('scratcher', 'scratcher', [CompletionResultType]::ParameterValue, 'scratcher')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, in place of hookctl.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'File of the history; also HOOKCTL_STORE, else one in the state directory')
            [CompletionResult]::new('--toml', '--toml', [CompletionResultType]::ParameterName, 'Print its own TOML, as a model for a new one')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--no-store', '--no-store', [CompletionResultType]::ParameterName, 'Keep nothing of this run in the history')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'hookctl;providers;help' {
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Add a provider to your own folder')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Say whether a file describes a provider')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show all that is known of a provider, and where it comes from')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'hookctl;providers;help;add' {
            break
        }
        'hookctl;providers;help;check' {
            break
        }
        'hookctl;providers;help;show' {
            break
        }
        'hookctl;providers;help;help' {
            break
        }
        'hookctl;secret' {
            [CompletionResult]::new('kakiyo', 'kakiyo', [CompletionResultType]::ParameterValue, 'kakiyo')
            [CompletionResult]::new('ken', 'ken', [CompletionResultType]::ParameterValue, 'ken')
            [CompletionResult]::new('klen', 'klen', [CompletionResultType]::ParameterValue, 'klen')
            [CompletionResult]::new('konvox', 'konvox', [CompletionResultType]::ParameterValue, 'konvox')
            [CompletionResult]::new('scratcher', 'scratcher', [CompletionResultType]::ParameterValue, 'scratcher')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, in place of hookctl.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'File of the history; also HOOKCTL_STORE, else one in the state directory')
            [CompletionResult]::new('--rotate', '--rotate', [CompletionResultType]::ParameterName, 'Make a new one in place of the old')
            [CompletionResult]::new('--public', '--public', [CompletionResultType]::ParameterName, 'Print the public key that receivers verify with, for a provider that signs with a private one')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Leave out notes and hints')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show whole requests and answers')
            [CompletionResult]::new('--no-store', '--no-store', [CompletionResultType]::ParameterName, 'Keep nothing of this run in the history')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'hookctl;help' {
            [CompletionResult]::new('history', 'history', [CompletionResultType]::ParameterValue, 'List, show, compare, export and import what was received and sent')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Write a commented hookctl.toml')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a completion script')
            [CompletionResult]::new('listen', 'listen', [CompletionResultType]::ParameterValue, 'Receive webhooks: verify, show and keep what arrives')
            [CompletionResult]::new('replay', 'replay', [CompletionResultType]::ParameterValue, 'Send stored requests again, signed afresh')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Say whether a request is signed right, and if not, why not')
            [CompletionResult]::new('send', 'send', [CompletionResultType]::ParameterValue, 'Deliver a realistic, correctly signed event')
            [CompletionResult]::new('sign', 'sign', [CompletionResultType]::ParameterValue, 'Print the headers that a delivery would carry')
            [CompletionResult]::new('events', 'events', [CompletionResultType]::ParameterValue, 'List events, or show one')
            [CompletionResult]::new('providers', 'providers', [CompletionResultType]::ParameterValue, 'List providers, show, add or check one')
            [CompletionResult]::new('secret', 'secret', [CompletionResultType]::ParameterValue, 'Print the local secret, made once per provider')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'hookctl;help;history' {
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show one request in full: what is known of it, headers, body, answers')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'Compare two requests: headers by name, JSON by path')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Write requests out, the oldest first')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Read requests into the history')
            [CompletionResult]::new('prune', 'prune', [CompletionResultType]::ParameterValue, 'Take out what is older')
            [CompletionResult]::new('clear', 'clear', [CompletionResultType]::ParameterValue, 'Take out everything')
            break
        }
        'hookctl;help;history;show' {
            break
        }
        'hookctl;help;history;diff' {
            break
        }
        'hookctl;help;history;export' {
            break
        }
        'hookctl;help;history;import' {
            break
        }
        'hookctl;help;history;prune' {
            break
        }
        'hookctl;help;history;clear' {
            break
        }
        'hookctl;help;init' {
            break
        }
        'hookctl;help;completions' {
            break
        }
        'hookctl;help;listen' {
            break
        }
        'hookctl;help;replay' {
            break
        }
        'hookctl;help;verify' {
            break
        }
        'hookctl;help;send' {
            break
        }
        'hookctl;help;sign' {
            break
        }
        'hookctl;help;events' {
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show payload, headers, variants, and where each field comes from')
            break
        }
        'hookctl;help;events;show' {
            break
        }
        'hookctl;help;providers' {
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Add a provider to your own folder')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Say whether a file describes a provider')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show all that is known of a provider, and where it comes from')
            break
        }
        'hookctl;help;providers;add' {
            break
        }
        'hookctl;help;providers;check' {
            break
        }
        'hookctl;help;providers;show' {
            break
        }
        'hookctl;help;secret' {
            break
        }
        'hookctl;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
