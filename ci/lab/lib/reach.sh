# shellcheck shell=bash
# Reaching the lab over ssh, with keys and a known_hosts file of its own.

# Runs ssh with the given options and command; the lab is called igd-lab. Works in the state directory, hence the
# relative names. An emulated machine may stall for a while: only two minutes without an answer count as lost.
reach() {
	limited_reach 0 "$@"
}

# The same, in at most $1 seconds.
limited_reach() {
	local limit=$1
	shift
	(
		cd -- "$LAB_DIR" || exit
		exec timeout --foreground -k 2 "$limit" ssh -F none \
			-o HostName=127.0.0.1 -o Port="$(<live/port)" -o User=root \
			-o IdentityFile=image/key -o IdentitiesOnly=yes -o IdentityAgent=none -o BatchMode=yes \
			-o HostKeyAlias=igd-lab -o StrictHostKeyChecking=yes -o UpdateHostKeys=no \
			-o UserKnownHostsFile=image/known_hosts -o GlobalKnownHostsFile=none \
			-o LogLevel=ERROR -o ConnectTimeout=20 \
			-o ServerAliveInterval=10 -o ServerAliveCountMax=12 "$@"
	)
}

# Runs the command line $2 in the lab, without input, in at most $1 seconds.
ask_lab() {
	limited_reach "$1" -n igd-lab "$2"
}
