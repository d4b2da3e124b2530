#!/usr/bin/env bash
# Installs hookctl on a runner, in two steps with the cache between them.
#
#     install.sh find       says which key and folder of the cache hold it; neither if there is a hookctl in PATH
#     install.sh install    puts it there if the cache had none, verifies it, and adds it to PATH
set -euo pipefail

action=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source=$(cd "$action/../../.." && pwd)

# What stands behind a word in checksums.txt.
pinned() {
  sed -n "s/^$1 //p" "$action/checksums.txt"
}

sha256=(sha256sum)
command -v sha256sum >/dev/null || sha256=(shasum -a 256)

case "$RUNNER_OS-$RUNNER_ARCH" in
  Linux-X64) triple=x86_64-unknown-linux-musl ;;
  Linux-ARM64) triple=aarch64-unknown-linux-musl ;;
  macOS-X64) triple=x86_64-apple-darwin ;;
  macOS-ARM64) triple=aarch64-apple-darwin ;;
  Windows-X64) triple=x86_64-pc-windows-msvc ;;
  *) triple=none ;;
esac
line=$(grep "  hookctl-.*-$triple\.\(tar\.gz\|zip\)\$" "$action/checksums.txt" || true)
sum=${line%% *}
archive=${line##* }
if [ -n "$sum" ]; then
  key=hookctl-$sum
else
  parts=(Cargo.lock Cargo.toml build.rs completions fixtures snippets src)
  sources=$(cd "$source" && find "${parts[@]}" -type f -exec "${sha256[@]}" {} + | LC_ALL=C sort | "${sha256[@]}")
  key=hookctl-source-$RUNNER_OS-$RUNNER_ARCH-${sources%% *}
fi
folder=${RUNNER_TOOL_CACHE//\\//}/hookctl/$key

find_it() {
  if command -v hookctl; then return; fi
  printf 'key=%s\nfolder=%s\n' "$key" "$folder" >>"$GITHUB_OUTPUT"
}

# The cache holds the archive, so that the checksum is verified each time.
unpack() {
  local into=${RUNNER_TEMP//\\//}/hookctl-bin
  mkdir -p "$folder" "$into"
  if [ ! -f "$folder/$archive" ]; then
    curl --fail --silent --show-error --location --retry 3 --output "$folder/$archive" "$(pinned downloads)/$archive"
  fi
  if [ "$("${sha256[@]}" <"$folder/$archive" | cut -d ' ' -f 1)" != "$sum" ]; then
    rm "$folder/$archive"
    printf '::error::%s does not have the SHA-256 that the action expects\n' "$archive"
    exit 1
  fi
  case $archive in
    *.zip) unzip -qo "$folder/$archive" -d "$into" ;;
    *) tar -xzf "$folder/$archive" -C "$into" ;;
  esac
  local name=${archive%.zip}
  printf '%s\n' "$into/${name%.tar.gz}" >>"$GITHUB_PATH"
}

compile() {
  if [ ! -x "$folder/bin/hookctl" ] && [ ! -x "$folder/bin/hookctl.exe" ]; then
    printf 'There is no binary for this runner; compiling hookctl.\n'
    cargo install --locked --path "$source" --root "$folder"
  fi
  printf '%s\n' "$folder/bin" >>"$GITHUB_PATH"
}

case ${1:-} in
  find) find_it ;;
  install) if [ -n "$sum" ]; then unpack; else compile; fi ;;
  *)
    sed -n 's/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
    exit 2
    ;;
esac
