# shellcheck shell=bash disable=SC2034
# QEMU built from Debian's source, with patches or without: a device model for ci/lab/build --qemu-patch and ci/series.
# It is built in a root of the lab's suite, so that it runs in dom0 with dom0's libraries. In the cache:
#
#	model-SUITE/	root.tar.zst: that root with the source and QEMU as it was built without a patch, so that a series
#			costs what it touches; version: of the source package; replaced as a whole
#	patched-KEY/	bin/qemu-system-i386, and about: source, options and patches; KEY is the digest of these
#
# Needs speak.sh, mirror.sh.

# As Debian's qemu-system-xen is configured (debian/rules), but for what no cell uses: USB of the host, spice, 9p.
# The firmware is that of dom0's packages.
MODEL_OPTIONS=(
	--prefix=/opt/qemu --firmwarepath=/usr/share/qemu:/usr/share/seabios:/usr/lib/ipxe/qemu
	--disable-docs --disable-tools --disable-user --disable-install-blobs --disable-debug-info
	--without-default-features --target-list=i386-softmmu --enable-xen --enable-xen-pci-passthrough
	--disable-tcg --disable-kvm --audio-drv-list= --enable-pixman --enable-vnc
)

# What a root needs to build it. A name in ?exact-name is left out where the suite has no such package.
MODEL_PACKAGES=(
	gcc libc6-dev make ninja-build pkg-config python3 python3-venv meson dpkg-dev patch xz-utils bzip2 flex bison
	libglib2.0-dev libpixman-1-dev libxen-dev libfdt-dev zlib1g-dev '?exact-name(python3-distlib)' '?exact-name(python3-tomli)'
)

# Unpacks the root $1 below a temporary folder and runs the shell script $2 in it, with the arguments behind. Standard input,
# output and error are the script's.
in_model_root() {
	local root=$1 script=$2 inside=(env "TMPDIR=$MODEL_CACHE.work")
	shift 2
	rm -rf --one-file-system -- "$MODEL_CACHE.work"
	mkdir -- "$MODEL_CACHE.work"
	# An ordinary user has all owners of files in mmdebstrap's user namespace only, and that only below /tmp.
	((EUID == 0)) || inside=(mmdebstrap --unshare-helper)
	# The mounts are those of the innermost shell alone: whoever removes the root does not see them. The root comes by
	# descriptor 3, since in the user namespace nobody may read the cache.
	# shellcheck disable=SC2016
	"${inside[@]}" bash -euo pipefail -c '
		work=$(mktemp -d)
		trap "rm -rf --one-file-system -- \"$work\"" EXIT
		trap "exit 130" INT
		trap "exit 143" TERM
		tar -C "$work" --numeric-owner --exclude="./dev/*" -xf - <&3
		status=0
		unshare --mount bash -euc "
			mount --rbind /dev \"\$0/dev\"
			mount --rbind /proc \"\$0/proc\"
			exec chroot \"\$0\" /bin/sh -euc \"\$@\"" "$work" "$@" 3<&- || status=$?
		exit "$status"' model "$script" model "$@" 3< <(zstd -q -d -c -- "$root")
}

# Makes MODEL_CACHE, the root of the release SUITE[:QEMU] in $1, with QEMU built without a patch.
make_model_root() {
	local suite=${1%%:*} from=${1#*:} packages target=''
	# Where run_mmdebstrap keeps what mmdebstrap says.
	local LAB_DIR=$MODEL_CACHE.new
	find_both_sources "$suite" "$from"
	[[ $from == "$suite" ]] || target=/$from
	packages=$(IFS=, && printf '%s' "${MODEL_PACKAGES[*]}")
	mkdir -- "$MODEL_CACHE.new"
	say "fetching what builds QEMU of $from (one to three minutes)"
	# shellcheck disable=SC2016
	run_mmdebstrap "a root of $suite that builds QEMU" --mode=auto --variant=minbase --format=tar "${PREFER[@]}" \
		--include="$packages" \
		--customize-hook='chroot "$1" sh -euc "mkdir /build && cd /build && apt-get -q source qemu'"$target"' &&
			mv qemu-*/ qemu && rm -f qemu_*" </dev/null >&2' \
		"$suite" - "${SOURCES[@]}" "${SOURCES[@]/#deb /deb-src }" | zstd -q -1 -o "$MODEL_CACHE.new/fetched.tar.zst"
	say "building QEMU of $from without a patch (three to six minutes on two cores, once)"
	# shellcheck disable=SC2016
	in_model_root "$MODEL_CACHE.new/fetched.tar.zst" '
		mkdir /build/obj
		cd /build/obj
		{ ../qemu/configure "$@" && ninja qemu-system-i386; } </dev/null >log 2>&1 || { tail -n 30 log >&2; exit 1; }
		cd /
		dpkg-parsechangelog -l /build/qemu/debian/changelog -S Version >/build/version
		exec tar -c --format=posix --one-file-system --exclude=./proc/\* --exclude=./dev/\* .' "${MODEL_OPTIONS[@]}" |
		zstd -q -1 -o "$MODEL_CACHE.new/root.tar.zst" || lab_failed "QEMU of $from could not be built in a root of $suite"
	rm -f -- "$MODEL_CACHE.new"/{fetched.tar.zst,mmdebstrap.log}
	zstd -q -d -c "$MODEL_CACHE.new/root.tar.zst" | tar -xOf - ./build/version >"$MODEL_CACHE.new/version"
	rm -rf -- "$MODEL_CACHE"
	mv -T -- "$MODEL_CACHE.new" "$MODEL_CACHE"
}

# Sets MODEL to a folder with bin/qemu-system-i386 of the release SUITE[:QEMU] in $1, built with the patches behind, or
# with none. Ends with USAGE_STATUS if they do not apply or do not build.
build_patched_model() {
	local release=$1 cache key work status=0 patch
	shift
	need_programs mmdebstrap zstd unshare sha256sum
	cache=${XDG_CACHE_HOME:-${HOME:?HOME is not set}/.cache}/igd-harness
	mkdir -p -- "$cache"
	MODEL_CACHE=$cache/model-${release//:/+}
	exec {MODEL_LOCK}>"$cache/model.lock"
	flock "$MODEL_LOCK"
	rm -rf -- "$MODEL_CACHE.new"
	# All that decides what is built.
	key=$({ declare -p MODEL_OPTIONS MODEL_PACKAGES && declare -f make_model_root; } | sha256sum)
	[[ -f $MODEL_CACHE/root.tar.zst && -f $MODEL_CACHE/key && $(<"$MODEL_CACHE/key") == "$key" ]] || {
		make_model_root "$release"
		printf '%s\n' "$key" >"$MODEL_CACHE/key"
	}
	key=$(cat -- "$MODEL_CACHE"/{key,version} "$@" | sha256sum)
	MODEL=$cache/patched-${key:0:12}
	if [[ ! -x $MODEL/bin/qemu-system-i386 ]]; then
		work=$MODEL.new
		rm -rf -- "$work"
		mkdir -p -- "$work/bin"
		say "building QEMU $(<"$MODEL_CACHE/version") with $# patches"
		patch_and_build "$work" "$@" || status=$?
		((status == 0)) || { rm -rf -- "$work" && exit "$status"; }
		{
			printf 'QEMU %s of Debian, %s, built by ci/lab/lib/qemu_source.sh\n' "$(<"$MODEL_CACHE/version")" "$release"
			for patch; do
				printf 'with the patch %s, sha256 %s\n' "${patch##*/}" "$(sha256sum <"$patch" | cut -d' ' -f1)"
			done
		} >"$work/about"
		mv -T -- "$work" "$MODEL"
	fi
	exec {MODEL_LOCK}>&-
}

# Builds QEMU with the patches behind into $1/bin. Returns 0, or USAGE_STATUS after a sentence.
patch_and_build() {
	local work=$1 status=0 reason patch
	shift
	# The patches come one after the other as standard input, each behind a line with its size and name. Statuses: 10 one
	# does not apply, 11 it does not build.
	# shellcheck disable=SC2016
	for patch; do
		printf '%s %s\n' "$(stat -L -c %s -- "$patch")" "${patch##*/}"
		cat -- "$patch"
	done | in_model_root "$MODEL_CACHE/root.tar.zst" '
		cd /build/qemu
		while read -r size name; do
			head -c "$size" >/tmp/patch
			patch -p1 --forward --batch </tmp/patch >/tmp/said 2>&1 || {
				echo "patch: $name" && cat /tmp/said && exit 10
			} >&2
		done
		cd /build/obj
		ninja qemu-system-i386 </dev/null >log 2>&1 || { cat log >&2; exit 11; }
		cat qemu-system-i386' >"$work/bin/qemu-system-i386" 2>"$work/said" || status=$?
	case $status in
	0)
		chmod 755 "$work/bin/qemu-system-i386"
		rm -- "$work/said"
		;;
	10)
		cat -- "$work/said" >&2
		reason=$(sed -n '/FAILED\|fuzz\|find file\|malformed\|No file to patch\|Only garbage\|previously applied/p' "$work/said" |
			head -n 1)
		patch=$(sed -n '1s/^patch: //p' "$work/said")
		say "the patch '$patch' does not apply to QEMU $(<"$MODEL_CACHE/version"): ${reason:-see above}"
		return "$USAGE_STATUS"
		;;
	11)
		grep -a -A 3 'error:\|FAILED:\|ERROR' "$work/said" | grep -v '^cc ' | head -n 30 >&2 || tail -n 20 "$work/said" >&2
		say "QEMU $(<"$MODEL_CACHE/version") does not build with these patches; without them it was built"
		return "$USAGE_STATUS"
		;;
	*)
		tail -n 20 "$work/said" >&2
		lab_failed "QEMU could not be built (status $status)"
		;;
	esac
}
