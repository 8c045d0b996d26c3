# shellcheck shell=bash
# Where the packages of a suite are: on the mirrors that this machine's apt uses, or that --mirror names. Which
# suites they have, and who signed them, only they can tell: no suite is known here by its name.

# Repositories that are asked before those of apt.
MIRRORS=()

# Debian's keys, then those it has retired, for suites that nobody signs any more.
KEYRINGS=(/usr/share/keyrings/debian-archive-keyring.gpg /usr/share/keyrings/debian-archive-removed-keys.gpg)

repositories() {
	((!${#MIRRORS[@]})) || printf '%s\n' "${MIRRORS[@]%/}"
	# shellcheck disable=SC2016 # the words of the format are apt's
	apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | sed 's|/$||' | sort -u
}

# Prints the sources.list line of distribution $2 at repository $1, if it is Debian's and there is one; $3 is a
# folder to work in.
source_line() {
	local repository=$1 distribution=$2 release=$3/InRelease keyring keys='' options until
	# apt's own program: it knows of proxies, mirror lists and whatever else this machine's apt needs.
	rm -f -- "$release"
	/usr/lib/apt/apt-helper download-file "$repository/dists/$distribution/InRelease" "$release" >/dev/null 2>&1 ||
		return 0
	grep -q '^Origin: Debian' "$release" || return 0
	for keyring in "${KEYRINGS[@]}"; do
		[[ -r $keyring ]] || continue
		# As with apt one good signature is enough, whoever else signed.
		! gpgv --status-fd 1 --keyring "$keyring" "$release" 2>/dev/null | grep -q '] GOODSIG ' || keys=$keyring
		[[ ! $keys ]] || break
	done
	[[ $keys ]] || lab_failed "no key of this machine is that of '$distribution': is debian-archive-keyring the newest?"
	options="signed-by=$keys"
	until=$(sed -n 's/^Valid-Until: //p' "$release" | head -n 1)
	if [[ $until ]] && (($(date -d "$until" +%s) < $(date +%s))); then
		say "'$distribution' is not kept up any more (valid until $until)"
		options+=" check-valid-until=no"
	fi
	printf 'deb [%s] %s %s main\n' "$options" "$repository" "$distribution"
}

# Sets SOURCES to the sources.list lines of suite $1, one from each place that is asked for it: itself, its updates,
# and its security updates by their name of today and of old.
find_sources() {
	local suite=$1 distribution repository work line
	SOURCES=()
	work=$(mktemp -d)
	for distribution in "$suite" "$suite-updates" "$suite-security" "$suite/updates"; do
		while IFS= read -r repository; do
			line=$(source_line "$repository" "$distribution" "$work") || { rm -rf -- "$work"; exit "$LAB_STATUS"; }
			[[ ! $line ]] || { SOURCES+=("$line"); break; }
		done < <(repositories)
		# Without the suite itself there is nothing to be updated.
		((${#SOURCES[@]})) || break
	done
	rm -rf -- "$work"
	((${#SOURCES[@]})) ||
		lab_failed "no Debian mirror of this machine's apt has the suite '$suite'; --mirror names another"
}
