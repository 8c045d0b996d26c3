# shellcheck shell=bash
# Finds the packages of a suite: on the mirrors that this machine's apt uses, or that --mirror names. The mirrors
# decide which suites exist and who signed them: this file has no list of suites.

# Repositories that are tried before those of apt.
MIRRORS=()

# Debian's keys, then its retired keys, for suites that are no longer signed by a current one.
KEYRINGS=(/usr/share/keyrings/debian-archive-keyring.gpg /usr/share/keyrings/debian-archive-removed-keys.gpg)

repositories() {
	((!${#MIRRORS[@]})) || printf '%s\n' "${MIRRORS[@]%/}"
	# shellcheck disable=SC2016 # apt expands the format, not the shell
	apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | sed 's|/$||' | sort -u
}

# Prints the sources.list line of distribution $2 at repository $1, or nothing if the repository does not have it or it
# is not Debian's; $3 is a folder for temporary files.
source_line() {
	local repository=$1 distribution=$2 release=$3/InRelease keyring keys='' options until
	# apt's own program, since it handles this machine's proxies and mirror lists.
	rm -f -- "$release"
	/usr/lib/apt/apt-helper download-file "$repository/dists/$distribution/InRelease" "$release" >/dev/null 2>&1 ||
		return 0
	grep -q '^Origin: Debian' "$release" || return 0
	for keyring in "${KEYRINGS[@]}"; do
		[[ -r $keyring ]] || continue
		# As for apt, one good signature is enough.
		! gpgv --status-fd 1 --keyring "$keyring" "$release" 2>/dev/null | grep -q '] GOODSIG ' || keys=$keyring
		[[ ! $keys ]] || break
	done
	[[ $keys ]] || lab_failed "'$distribution' is signed by no key of this machine: update debian-archive-keyring"
	options="signed-by=$keys"
	until=$(sed -n 's/^Valid-Until: //p' "$release" | head -n 1)
	if [[ $until ]] && (($(date -d "$until" +%s) < $(date +%s))); then
		say "'$distribution' is no longer updated (its Release file was valid until $until)"
		options+=" check-valid-until=no"
	fi
	printf 'deb [%s] %s %s main\n' "$options" "$repository" "$distribution"
}

# Sets SOURCES to the sources.list lines of suite $1: the suite, its updates, and its security updates under their
# present and their former name.
find_sources() {
	local suite=$1 distribution repository work line
	SOURCES=()
	work=$(mktemp -d)
	for distribution in "$suite" "$suite-updates" "$suite-security" "$suite/updates"; do
		while IFS= read -r repository; do
			line=$(source_line "$repository" "$distribution" "$work") || { rm -rf -- "$work"; exit "$LAB_STATUS"; }
			[[ ! $line ]] || { SOURCES+=("$line"); break; }
		done < <(repositories)
		# Without the suite itself its updates are of no use.
		((${#SOURCES[@]})) || break
	done
	rm -rf -- "$work"
	((${#SOURCES[@]})) ||
		lab_failed "no Debian mirror of this machine's apt has the suite '$suite'; name a mirror with --mirror"
}

# Sets SOURCES to the lines of suite $1, and if the suite $2 is another one to its lines as well; PREFER then has mmdebstrap
# take packages of the latter.
find_both_sources() {
	local lines
	PREFER=()
	find_sources "$1"
	[[ $2 != "$1" ]] || return 0
	lines=("${SOURCES[@]}")
	find_sources "$2"
	SOURCES=("${lines[@]}" "${SOURCES[@]}")
	# shellcheck disable=SC2034 # of who sources this
	PREFER=(--aptopt="APT::Default-Release \"$2\"")
}

# Runs mmdebstrap with the arguments after $1, a name for what it makes. If it fails, prints the reasons that apt and dpkg
# gave, which mmdebstrap --quiet would hide.
run_mmdebstrap() {
	local what=$1 log=$LAB_DIR/mmdebstrap.log
	shift
	mmdebstrap "$@" </dev/null 2>"$log" && return
	grep -E '^(E|Err|W):|^(dpkg|tar|gpgv?): | : Depends: | but it is |has no installation candidate' "$log" |
		tail -n 20 >&2
	! grep -q 'unable to pick chroot mode' "$log" ||
		lab_failed "mmdebstrap cannot make $what as an ordinary user: it needs the package uidmap (ci/setup lab), a line" \
			"for the user in /etc/subuid and /etc/subgid, and user namespaces; or run this command as root"
	lab_failed "mmdebstrap could not make $what; all it said is in $log"
}
