# shellcheck shell=bash disable=SC2034
# A key of gpg's to sign with, for checks of signed bundles. Sourced.

# make_key DIR: a new key in a new folder, which is GNUPGHOME from here on; `key` is its fingerprint.
make_key() {
	mkdir -m 700 "$1" || return
	export GNUPGHOME=$1
	gpg --batch --quiet --passphrase '' --quick-gen-key 'Lab <lab@example.org>' ed25519 sign never || return
	key=$(gpg --batch --with-colons --list-keys | awk -F: '$1 == "fpr" { print $10; exit }')
}
