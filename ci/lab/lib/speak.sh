# shellcheck shell=bash
# What the lab's commands say, and how they end: all talk goes to standard error, so that standard output
# belongs to the commands run inside the lab.

readonly USAGE_STATUS=2
readonly LAB_STATUS=3

# The PATH of a Debian user has no sbin, where mke2fs is.
PATH=$PATH:/usr/sbin:/sbin

say() {
	printf 'lab: %s\n' "$*" >&2
}

usage_error() {
	printf '%s: %s (see --help)\n' "${0##*/}" "$*" >&2
	exit "$USAGE_STATUS"
}

lab_failed() {
	printf '%s: the lab failed: %s\n' "${0##*/}" "$*" >&2
	exit "$LAB_STATUS"
}

need_programs() {
	local program
	for program; do
		command -v "$program" >/dev/null || lab_failed "the program '$program' is not installed on this host"
	done
}

# The seconds since MICROSECONDS (an earlier $EPOCHREALTIME without its point), with one decimal.
seconds_since() {
	local now=${EPOCHREALTIME//[.,]/}
	local tenths=$(((now - $1) / 100000))
	printf '%d.%d s' $((tenths / 10)) $((tenths % 10))
}

now_in_microseconds() {
	printf '%s' "${EPOCHREALTIME//[.,]/}"
}
