# shellcheck shell=bash disable=SC2034,SC2154
# The device model of a lab that is being built: the QEMU of its suite, of a different suite, or of a directory.
# ci/lab/build calls it, in the state directory, with suite_sources, qemu_from and packages_dir set.

# Restricts suite $1 to packages that are requested by name: below priority 100 it replaces no installed package.
write_preferences() {
	local of
	for of in n a; do
		printf 'Package: *\nPin: release %s=%s\nPin-Priority: 90\n\n' "$of" "$1"
	done
}

# Sets MODEL_SOURCES, further lines of sources.list, and MODEL_HOOKS, arguments of mmdebstrap's that install QEMU
# and then the directory of packages.
choose_model() {
	local release='' binary
	MODEL_SOURCES=() MODEL_HOOKS=()
	if [[ $qemu_from && ! -d $qemu_from ]]; then
		find_sources "$qemu_from"
		MODEL_SOURCES=("${SOURCES[@]}")
		write_preferences "$qemu_from" >image.new/seed/preferences
		# shellcheck disable=SC2016
		MODEL_HOOKS+=(
			--essential-hook='mkdir -p "$1/etc/apt/preferences.d"'
			--essential-hook='upload image.new/seed/preferences /etc/apt/preferences.d/igd-lab'
		)
		release="--target-release=$qemu_from"
	fi
	# Debian 11 and older have no qemu-system-xen. From QEMU 10.0 on the package only recommends the ROMs of the
	# network cards, and QEMU does not start a guest with such a card without its ROM.
	# shellcheck disable=SC2016
	MODEL_HOOKS+=(--customize-hook='
		export APT_CONFIG=$MMDEBSTRAP_APT_CONFIG
		model=qemu-system-xen
		apt-cache show "$model" >/dev/null 2>&1 || model=qemu-system-x86
		unset APT_CONFIG
		chroot "$1" apt-get -q -y --no-install-recommends '"$release"' install "$model" ipxe-qemu </dev/null >&2')
	if [[ $packages_dir ]]; then
		mkdir image.new/seed/packages
		cp -- "$packages_dir"/*.deb image.new/seed/packages/
		# shellcheck disable=SC2016
		MODEL_HOOKS+=(
			--customize-hook='copy-in image.new/seed/packages /var/tmp'
			--customize-hook='chroot "$1" sh -c "apt-get -q -y --no-install-recommends --allow-downgrades \
				install /var/tmp/packages/*.deb" </dev/null >&2; rm -r "$1/var/tmp/packages"'
		)
	fi
	[[ -d $qemu_from ]] || return 0
	binary=$(find "$qemu_from" -path '*/bin/qemu-system-*' \( -name '*-i386' -o -name '*-x86_64' \) | sort | head -n 1)
	[[ $binary ]] || lab_failed "no bin/qemu-system-i386 or bin/qemu-system-x86_64 in '$qemu_from'"
	mkdir image.new/seed/qemu
	cp -a -- "${binary%/bin/*}/." image.new/seed/qemu/
	# This path is the first at which the harness looks for a QEMU (harness/backend/libxl/host.c). QEMU finds its
	# firmware relative to its own program.
	# shellcheck disable=SC2016
	MODEL_HOOKS+=(
		--customize-hook='copy-in image.new/seed/qemu /opt'
		--customize-hook='mkdir -p "$1/usr/libexec"
			ln -sfn "/opt/qemu/bin/'"${binary##*/}"'" "$1/usr/libexec/xen-qemu-system-i386"
			chroot "$1" /usr/libexec/xen-qemu-system-i386 -accel help | grep -qx xen ||
				{ echo "the QEMU of --qemu-from does not run in the lab, or has no accelerator xen" >&2; exit 1; }'
	)
}
