# shellcheck shell=bash
# Read by .ci/run and .ci/full.

# Fails with what is missing. Where packages can be installed without a question, as in a fresh container, they are.
#
#     need PROGRAM=PACKAGE...     a program or, with a slash, a file, and the package of Debian that brings it
need() {
  local packages=() entry
  for entry in "$@"; do
    [[ ${entry%=*} == */* && -e ${entry%=*} ]] || command -v "${entry%=*}" >/dev/null || packages+=("${entry#*=}")
  done
  if [ ${#packages[@]} -eq 0 ]; then
    return
  fi
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    printf 'missing: %s\n' "${packages[*]}" >&2
    exit 1
  fi
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends "${packages[@]}" >/dev/null
}
