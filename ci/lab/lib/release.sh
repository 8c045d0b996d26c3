# shellcheck shell=bash
# A release of Xen and QEMU that an option names, SUITE[:QEMU], the lab that is built of it, and the matrices that
# are run there. Needs ROOT.

# Is $2 a release, the value of option $1?
need_release() {
	[[ ${2-} =~ ^[a-z][a-z0-9.-]*(:.+)?$ ]] || usage_error "$1 needs SUITE or SUITE:QEMU"
}

# Builds the lab of release $1, if it is not built; $2 and so on are further options of ci/lab/build.
build_release() {
	local suite=${1%%:*} from=
	[[ $1 != *:* ]] || from=${1#*:}
	"$ROOT/ci/lab/build" --suite "$suite" ${from:+--qemu-from "$from"} "${@:2}"
}

# The name that a matrix says it has.
matrix_name() {
	sed -n 's/^name: *\([a-z0-9._-]*\) *$/\1/p' "$1" | head -n 1
}
