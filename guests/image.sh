# shellcheck shell=bash disable=SC2154
# What the builds of all guest images share: Debian packages fetched once, the archive of an initramfs, and the
# finished image put in its place. They set `work`, `out` and `inputs`.

CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/igd-harness

say() {
	printf 'build: %s\n' "$1" >&2
}

fail() {
	say "$1"
	exit 3
}

# Options of every call of apt: none, or those of an apt of its own for another suite.
APT=()

# Has apt answer for Debian's suite $1 from here on, from the mirrors and components that this machine's apt uses:
# with lists of its own in the cache, at most a day old. Nothing of the machine's own apt changes.
use_suite() {
	local suite=$1 codename place lines
	codename=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME-}")
	[[ $suite != "$codename" ]] || return 0
	place=$CACHE/apt-$suite
	mkdir -p -- "$place"/lists/partial "$place"/archives/partial
	# shellcheck disable=SC2016 # the words of the format are apt's
	lines=$(apt-get indextargets --format 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(REPO_URI) $(RELEASE) $(COMPONENT)' \
		'Created-By: Packages' 'Origin: Debian' | sort -u)
	[[ $lines ]] || fail "apt has no Debian repository (apt-get update?)"
	{
		# shellcheck disable=SC2001
		sed "s/ $codename\(-[a-z]*\)\? / ${suite%-backports}\1 /" <<<"$lines"
		[[ $suite != *-backports ]] || sed -n "s/ $codename / $suite /p" <<<"$lines"
	} >"$place/sources.list"
	# sid has neither updates nor security updates.
	[[ $suite != sid && $suite != unstable ]] || sed -i "/ $suite-/d" "$place/sources.list"
	APT=(-o Dir::Etc::SourceList="$place/sources.list" -o Dir::Etc::SourceParts=/dev/null -o Dir::Etc::Preferences=/dev/null
		-o Dir::Etc::PreferencesParts=/dev/null -o Dir::State::Lists="$place/lists" -o Dir::State::Status=/dev/null
		-o Dir::Cache="$place" -o Dir::Cache::Archives="$place/archives" -o APT::Default-Release="$suite")
	[[ ! $(find "$place/updated" -mtime -1 2>/dev/null) ]] || return 0
	say "asking for the packages of $suite"
	apt-get -q "${APT[@]}" update >&2 || fail "this machine's mirrors have no suite '$suite'"
	touch -- "$place/updated"
}

# Does apt know package $1?
has_package() {
	[[ $(apt-cache "${APT[@]}" show --no-all-versions "$1" 2>/dev/null) ]]
}

# Prints the package that Debian's package $1 stands for now: a kernel's has its version in its name. In Debian from Linux 7.3 on
# linux-image-amd64 depends on linux-base-amd64 as well.
package_behind() {
	local package
	package=$(apt-cache "${APT[@]}" show --no-all-versions "$1" | sed -n 's/^Depends: //p' | tr -d ' ' | tr ',' '\n' |
		sed -n "s/^\(${1%-amd64}-[0-9][^(]*\).*/\1/p" | head -n 1)
	[[ $package ]] || fail "apt knows no $1 (apt-get update?)"
	printf '%s\n' "$package"
}

# Prints the path of the package $1, in the version that apt would install, fetched once.
fetch_package() {
	local package=$1 version architecture file fresh
	version=$(apt-cache "${APT[@]}" show --no-all-versions "$package" | sed -n 's/^Version: //p')
	architecture=$(apt-cache "${APT[@]}" show --no-all-versions "$package" | sed -n 's/^Architecture: //p')
	[[ $version ]] || fail "apt knows no $package (apt-get update?)"
	file=$CACHE/${package}_${version/:/%3a}_$architecture.deb
	if [[ ! -f $file ]]; then
		mkdir -p -- "$CACHE"
		say "fetching $package $version"
		# Elsewhere first: another build must never find a part of it.
		fresh=$(mktemp -d -- "$CACHE/fetching.XXXXXX")
		(cd -- "$fresh" && apt-get -q "${APT[@]}" download "$package=$version" >&2) || {
			rm -rf -- "$fresh"
			fail "cannot fetch $package"
		}
		mv -f -- "$fresh"/*.deb "$file"
		rmdir -- "$fresh"
	fi
	printf '%s\n' "$file"
}

# The newc format (Documentation/driver-api/early-userspace/buffer-format.rst in Linux): one header of
# hexadecimal numbers an entry. Written by hand because cpio(1) cannot make a device node without root.
entries=0
entry() { # NAME MODE [FILE | MAJOR MINOR]
	local name=$1 mode=$2 file='' size=0 major=0 minor=0 links=1
	if (($# == 4)); then
		major=$3 minor=$4
	elif (($# == 3)); then
		file=$3
		size=$(stat -c %s -- "$file")
	fi
	entries=$((entries + 1))
	printf '070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%s\0' \
		$entries "$mode" 0 0 $links 0 "$size" 0 0 "$major" "$minor" $((${#name} + 1)) 0 "$name"
	pad $((110 + ${#name} + 1))
	[[ -z $file ]] || cat -- "$file"
	pad "$size"
}

pad() {
	local zeros=$(((4 - $1 % 4) % 4))
	((!zeros)) || head -c $zeros /dev/zero
}

# Writes the archive of all files below the directory, and the console that init's output goes to.
archive() {
	local path
	cd -- "$1" || return
	while IFS= read -r path; do
		if [[ -d $path ]]; then
			entry "$path" 0040755
		else
			entry "$path" 0100755 "$path"
		fi
	done < <(find . -mindepth 1 -printf '%P\n' | sort)
	entry dev 0040755
	entry dev/console 0020600 5 1
	entry 'TRAILER!!!' 0
}

# Puts the image in $work/out where it belongs, with its manifest: kernel version $1, and the SHA-256 of all inputs
# and of what came out. Further files of the image follow.
publish() {
	local path sum version=$1 files=(vmlinuz initrd cmdline "${@:2}")
	{
		printf 'kernel %s\n' "$version"
		for path in "${inputs[@]}"; do
			sum=$(sha256sum <"$path")
			printf 'in %s %s\n' "${sum%% *}" "${path##*/}"
		done | sort -k 3
		for path in "${files[@]}"; do
			sum=$(sha256sum <"$work/out/$path")
			printf 'out %s %s\n' "${sum%% *}" "$path"
		done
	} >"$work/out/manifest"
	mkdir -p -- "$out"
	for path in "${files[@]}" manifest; do
		cp -- "$work/out/$path" "$out/$path.new"
		mv -f -- "$out/$path.new" "$out/$path"
	done
}
