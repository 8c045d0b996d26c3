# shellcheck shell=bash
# How a check says what it found. Sourced by each program in ci/checks, after `set -euo pipefail`.

# What the last command said. Checks that run at the same time have a file each.
OUTPUT=${CHECK_OUTPUT:-build-checks/output-${0##*/}}

# The configuration of who runs the checks is none of theirs.
export IGD_CONFIG=
# Nor is the state of the hosts that they have.
export XDG_STATE_HOME=$PWD/build-checks/state

# For `run' and `judge': the checks in the lab read the table that has every field.
# shellcheck disable=SC2034 # of those that source this
readonly EVERY_FIELD=--verbose

ok() {
	printf 'ok - %s\n' "$1"
}

# $1 the test; $2, if given, a file whose end shows why.
not_ok() {
	printf 'not ok - %s\n' "$1"
	if [[ ${2-} ]]; then
		tail -n 40 -- "$2" | sed 's/^/    /'
	fi
}

skip() {
	printf 'skip - %s: %s\n' "$1" "$2"
}

# Runs a command quietly: `try NAME COMMAND...` is ok if it exits with 0. Its output shows when it does not.
try() {
	local name=$1 output
	shift
	output=$(mktemp)
	if "$@" >"$output" 2>&1; then
		ok "$name"
	else
		not_ok "$name" "$output"
	fi
	rm -f -- "$output"
}

# The same, and what follows makes no sense without it: ends the check if it is not ok.
need() {
	local name=$1
	shift
	if ! "$@" >"$OUTPUT" 2>&1; then
		not_ok "$name" "$OUTPUT"
		exit 0
	fi
	ok "$name"
}

# `exits STATUS NAME COMMAND...`: ok if the command exits with that status; its output goes to $OUTPUT.
exits() {
	local want=$1 name=$2 status=0
	shift 2
	"$@" >"$OUTPUT" 2>&1 || status=$?
	if ((status == want)); then
		ok "$name"
	else
		echo "exit status $status, expected $want" >>"$OUTPUT"
		not_ok "$name" "$OUTPUT"
	fi
}

# `says TEXT NAME`: ok if the last command of `exits` printed that text.
says() {
	if grep -qF -- "$1" "$OUTPUT"; then
		ok "$2"
	else
		echo "expected to read: $1" >>"$OUTPUT"
		not_ok "$2" "$OUTPUT"
	fi
}

# One line for each test that meson ran in build directory $1; $2 names the kind, and options of meson may follow. The limits
# of the suites are those of a build without sanitizers: a suite of 2 s took more than 120 s under them with a lab and a build
# beside it.
meson_tests() {
	local name result
	meson test -C "$1" --no-rebuild --timeout-multiplier 4 "${@:3}" >"$OUTPUT" 2>&1 || true
	while read -r name result; do
		case $result in
		OK | EXPECTEDFAIL) ok "$2: $name" ;;
		SKIP) skip "$2: $name" "the test skipped itself" ;;
		*) not_ok "$2: $name ($result)" "$1/meson-logs/testlog.txt" ;;
		esac
	done < <(python3 -c '
import json, sys
for line in open(sys.argv[1]):
    test = json.loads(line)
    print(test["name"].replace(" ", ""), test["result"])
' "$1/meson-logs/testlog.json")
}
