# shellcheck shell=bash disable=SC2034,SC2154
# The sysroot of a lab: headers and libraries of its suite, unpacked and never booted. With it this machine's compiler
# builds programs for the libc and libxl of that suite, which may be newer or older than this machine's.

# Sets RUNTIME_HOOKS, arguments of mmdebstrap that install the libraries of the harness in dom0. Only the suite knows the
# names of their packages, which hold the version of the library: a package with headers depends on the package with the
# library in exactly its own version (Debian Policy 8.4).
choose_runtime() {
	local headers
	headers=$(sed -e '/^#/d' -e '/^$/d' -e 's/^?//' "$HERE/dom0/headers" | paste -s -d ' ')
	# shellcheck disable=SC2016
	RUNTIME_HOOKS=(--customize-hook='
		export APT_CONFIG=$MMDEBSTRAP_APT_CONFIG
		libraries=$(for package in '"$headers"'; do
			apt-cache show --no-all-versions "$package" 2>/dev/null | sed -n "s/^Depends: //p" | tr , "\n" |
				sed -n "s/^ *\([^ ]*\) (= [^)]*)\$/\1/p"
		done | grep -v -e "-dev\$" -e "-bin\$" | sort -u)
		unset APT_CONFIG
		[ "$libraries" ] || { echo "E: the suite has no library of the harness" >&2; exit 1; }
		chroot "$1" apt-get -q -y --no-install-recommends install $libraries </dev/null >&2')
}

# Makes the sysroot in directory $1 of the state directory; ci/lab/build sets suite_sources and packages_dir.
make_sysroot() {
	local to=$1 packages link
	packages=$(sed -e '/^#/d' -e '/^$/d' -e 's/^?\(.*\)/?exact-name(\1)/' "$HERE/dom0/headers" | paste -s -d ,)
	run_mmdebstrap "the sysroot of $SUITE" --mode=auto --variant=extract --format=tar --include="$packages" \
		--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr \
		"$SUITE" - "${suite_sources[@]}" >image.new/sysroot.tar
	mkdir -- "$to"
	tar -C "$to" --no-same-owner --exclude='./dev/*' --exclude='./usr/share/doc/*' -xf image.new/sysroot.tar
	rm image.new/sysroot.tar
	# From trixie on these links are in base-files, which nothing here needs, and mmdebstrap of trixie leaves them to it.
	for link in lib lib64; do
		[[ -e $to/$link || ! -d $to/usr/$link ]] || ln -s "usr/$link" "$to/$link"
	done
	if [[ $packages_dir ]]; then
		for link in "$packages_dir"/*.deb; do
			dpkg-deb --fsys-tarfile "$link" | tar -C "$to" --no-same-owner --keep-directory-symlink -x
		done
	fi
	# Seen from this machine an absolute link would lead out of the sysroot.
	while IFS= read -r -d '' link; do
		ln -sfnr -- "$to$(readlink -- "$link")" "$link"
	done < <(find "$to" -type l -lname '/*' -print0)
	add_own_libraries "$to"
	cat /proc/sys/kernel/random/uuid >"$to/identity"
	describe_sysroot "$to" "$LAB_DIR/sysroot" >"$to/meson.cross"
}

# A library of dom0/headers that the suite does not have is linked statically, from this machine's archive.
add_own_libraries() {
	local to=$1 package files file
	while IFS= read -r package; do
		files=$(dpkg-query -L "$package" 2>/dev/null) || lab_failed "neither $SUITE nor this machine has $package"
		file=$(grep -m 1 '^/usr/include/.*\.h$' <<<"$files")
		[[ ! -e $to$file ]] || continue
		while IFS= read -r file; do
			[[ $file == *.so || $file == /usr/share/* || ! -f $file ]] || install -D -m 644 -- "$file" "$to$file"
		done <<<"$files"
	done < <(sed -n 's/^?//p' "$HERE/dom0/headers")
}

# Prints the meson cross file of sysroot $1, which will be moved to $2.
describe_sysroot() {
	local root=$2 triplet=x86_64-linux-gnu
	cat <<-END
		[binaries]
		# Without -B the compiler would take this machine's libc instead of the sysroot's.
		c = ['gcc', '--sysroot=$root', '-B$root/usr/lib/$triplet']
		pkgconfig = 'pkg-config'
		strip = 'strip'
		exe_wrapper = ['$root/lib64/ld-linux-x86-64.so.2', '--library-path', '$root/usr/lib/$triplet']
		[properties]
		sys_root = '$root'
		pkg_config_libdir = ['$root/usr/lib/$triplet/pkgconfig', '$root/usr/share/pkgconfig']
		needs_exe_wrapper = true
		[host_machine]
		system = 'linux'
		cpu_family = 'x86_64'
		# Different from this machine's, or meson would run the programs that it built without the wrapper.
		cpu = 'x86_64 of $SUITE'
		endian = 'little'
	END
}
