# shellcheck shell=bash
# Where a lab keeps its state, and whose turn it is to change it.
#
#	image/	what `build` made: the disk, Xen, kernel, initrd, ssh keys; replaced as a whole
#	sysroot/	headers and libraries of the lab's suite, to build the harness against; likewise
#	saved/	a booted machine, saved; replaced as a whole
#	live/	the lab that is up: process, port, console, its own disk; gone when the lab is down
#	accelerator	what `up` found out about this host

# Prints the Debian suite of this machine, or nothing if it does not run Debian.
own_codename() {
	# shellcheck source=/dev/null
	(. /etc/os-release && [[ $ID != debian ]] || printf '%s' "${VERSION_CODENAME-}")
}

# The suite of a lab by default: that of this machine, since programs that are built here run there.
OWN_SUITE=$(own_codename)
OWN_SUITE=${OWN_SUITE:-stable}
# The lab's name, by which its state is found.
LAB=$OWN_SUITE
# Set by choose_place.
LAB_DIR=

choose_lab() {
	[[ $1 =~ ^[a-z][A-Za-z0-9._+-]*$ ]] || usage_error "'$1' is not the name of a lab, such as bookworm"
	LAB=$1
}

# The name of the lab that `build --suite SUITE --qemu-from QEMU' makes, of SUITE[:QEMU].
lab_name() {
	local from=
	[[ $1 != *:* ]] || from=${1#*:} from=${from%/}
	echo "${1%%:*}${from:++${from##*/}}"
}

choose_place() {
	local cache=${XDG_CACHE_HOME:-${HOME:?HOME is not set}/.cache}
	LAB_DIR=${IGD_LAB_DIR:+$IGD_LAB_DIR/$LAB}
	LAB_DIR=${LAB_DIR:-$cache/igd-harness/lab-$LAB}
	mkdir -p -- "$LAB_DIR" || lab_failed "cannot make the state directory '$LAB_DIR'"
	# Everything below is named relative to the state directory: no program then has to understand
	# a comma or a blank in its path.
	LAB_DIR=$(cd -- "$LAB_DIR" && pwd)
}

# Only one command at a time may change the lab. The lock goes with the process: a killed command leaves none.
take_turn() {
	exec {LOCK}>"$LAB_DIR/lock"
	flock -n "$LOCK" && return
	say "waiting for another command to leave $LAB_DIR (up to 300 s)"
	flock -w 300 "$LOCK" || lab_failed "another command has held $LAB_DIR for 300 s"
}
