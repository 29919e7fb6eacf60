#!/usr/bin/env bash
# Sends generated requests to a fresh dev stack. Fails on a 5xx or an answer that docs/openapi.json does not
# document. Further options are passed on to `schemathesis run`.
set -euo pipefail
cd "$(dirname "$0")/../.."

target="${CARGO_TARGET_DIR:-target}"
venv="$target/tools/schemathesis"
list=tests/requirements/schemathesis.txt
if ! cmp -s "$list" "$venv/installed"; then
    python3 -m venv --clear "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$list"
    cp "$list" "$venv/installed"
fi

cargo build --quiet --bin dev-stack
work="$(mktemp -d)"
mkfifo "$work/ready"
"$target/debug/dev-stack" --port 0 --json --quiet >"$work/ready" &
stack=$!
trap 'kill "$stack" 2>/dev/null || true; wait "$stack" 2>/dev/null || true; rm -rf "$work"' EXIT
read -r addresses <"$work/ready"
API="$(printf '%s' "$addresses" | sed 's/.*"api":"\([^"]*\)".*/\1/')"
export API

"$venv/bin/schemathesis" --no-color --config-file tests/schemathesis/schemathesis.toml \
    run "$API/openapi.json" "$@"
