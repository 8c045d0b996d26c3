# shellcheck shell=bash
# A QEMU that can have a device of a different process, by vfio-user: 10.1 or later, which the system's own may not be.
# It is unpacked in the cache and run by its own loader: nothing of it is installed, and none of this machine's is replaced.
# Needs ci/lab/lib/mirror.sh, and from who calls it say() and lab_failed().

# Unpacks packages of suite $1, with all that they depend on, to directory $2.
unpack_packages() {
	local suite=$1 to=$2 base=${1%-backports} work
	shift 2
	find_both_sources "$base" "$suite"
	work=$(mktemp -d)
	mmdebstrap --quiet --mode=auto --variant=extract --format=tar "${PREFER[@]}" \
		--include="$(IFS=, && printf '%s' "$*")" "$base" - "${SOURCES[@]}" </dev/null >"$work/tar" || {
		rm -rf -- "$work"
		lab_failed "mmdebstrap could not unpack $* of $suite"
	}
	mkdir -p -- "$to"
	tar -C "$to" --no-same-owner --exclude='./dev/*' -xf "$work/tar"
	rm -rf -- "$work"
}

# The program of the tree, which may be moved as a whole.
write_runner() {
	cat >"$1/qemu" <<-'END'
		#!/bin/bash
		# QEMU of this tree, by its own loader, with its own modules and firmware.
		tree=$(cd -- "$(dirname -- "$0")" && pwd)
		lib=$tree/usr/lib/x86_64-linux-gnu
		QEMU_MODULE_DIR=$lib/qemu exec "$tree/usr/lib64/ld-linux-x86-64.so.2" --library-path "$lib" \
			"$tree/usr/bin/qemu-system-x86_64" -L "$tree/usr/share/qemu" -L "$tree/usr/share/seabios" "$@"
	END
	chmod +x "$1/qemu"
}

# Sets VFIO_USER_QEMU to a QEMU of suite $1; fetches it if that was not done before.
fetch_vfio_user_qemu() {
	local cache=${XDG_CACHE_HOME:-${HOME:?HOME is not set}/.cache}/igd-harness
	local tree=$cache/gpu-qemu-$1
	VFIO_USER_QEMU=$tree/qemu
	# A tree has its name only when it is whole.
	if [[ -d $tree ]]; then
		[[ -x $VFIO_USER_QEMU ]] || write_runner "$tree"
		return
	fi
	say "fetching QEMU of $1 (once)"
	mkdir -p -- "$cache"
	rm -rf -- "$tree.new"
	unpack_packages "$1" "$tree.new" qemu-system-x86 seabios libc6
	write_runner "$tree.new"
	"$tree.new/qemu" -device vfio-user-pci,help 2>/dev/null | grep -q '^vfio-user-pci options' ||
		lab_failed "QEMU of $1 has no vfio-user-pci: it is older than 10.1"
	mv -T -- "$tree.new" "$tree"
}
