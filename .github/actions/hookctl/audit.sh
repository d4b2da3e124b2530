#!/usr/bin/env bash
# Audits the handler, or runs the file of cases, and shows the handler's log if something is wrong.
set -euo pipefail

# What handlers say is printed without being read for workflow commands: `::add-mask::` in a log is a line of the log.
fence=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
quote() { printf '::stop-commands::%s\n' "$fence"; }
unquote() { printf '\n::%s::\n' "$fence"; }

words=(check)
if [ -n "$FILE" ]; then words=(run "$FILE"); fi
if [ -n "$TO" ]; then words+=(--to "$TO"); fi
if [ -n "$PROVIDER" ]; then words+=(--provider "$PROVIDER"); fi
summary=$RUNNER_TEMP/hookctl.md
log=$RUNNER_TEMP/handler.log
reports=(--report "junit=$JUNIT" --report "markdown=$summary")
read -r -a more <<<"$ARGS"
code=0
quote
hookctl "${words[@]}" --wait "$WAIT" "${reports[@]}" ${more[@]+"${more[@]}"} || code=$?
unquote
if [ -f "$summary" ]; then cat "$summary" >>"$GITHUB_STEP_SUMMARY"; fi
if [ "$code" -ne 0 ] && [ -f "$log" ]; then
  quote
  cat "$log"
  unquote
fi
exit "$code"
