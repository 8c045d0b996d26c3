# shellcheck shell=bash
# labgrid for the checks: fetched from a suite that has its coordinator, and unpacked, never installed. What it imports
# is of this machine's own suite (ci/packages).

LABGRID=${XDG_CACHE_HOME:-$HOME/.cache}/igd-harness/labgrid
LABGRID_SUITE=trixie-backports

# Says on stderr why it cannot be had.
fetch_labgrid() {
	local new status=0
	[[ -d $LABGRID ]] && return
	new=$(mktemp -d)
	chmod 755 "$new"
	unpack_labgrid "$new" && mkdir -p "${LABGRID%/*}" && mv -T "$new/root" "$LABGRID" || status=$?
	rm -rf "$new"
	return $status
}

# Into FOLDER/root. The lists of that suite alone, for this command alone.
unpack_labgrid() { # FOLDER
	local new=$1 package
	mkdir -p "$new/state/lists/partial" "$new/cache/archives/partial"
	(
		say() { :; }
		lab_failed() { echo "$1" >&2 && exit 1; }
		LAB_STATUS=1
		. ci/lab/lib/mirror.sh
		find_sources "$LABGRID_SUITE"
		printf '%s\n' "${SOURCES[@]}"
	) >"$new/sources.list" || return
	cat >"$new/apt.conf" <<-END
		Dir::State "$new/state";
		Dir::Cache "$new/cache";
		Dir::Etc::sourcelist "$new/sources.list";
		Dir::Etc::sourceparts "-";
	END
	(cd "$new" && export APT_CONFIG=$new/apt.conf && timeout 120 apt-get -q update &&
		timeout 120 apt-get -q download python3-labgrid labgrid-client labgrid-coordinator labgrid-exporter) >&2 ||
		return
	for package in "$new"/*.deb; do
		dpkg -x "$package" "$new/root" || return
	done
	without_reflection "$new/root/usr/lib/python3/dist-packages/grpc_reflection"
}

# That lets a person ask the coordinator what it can do, and is in no older suite; labgrid does without.
without_reflection() { # FOLDER
	mkdir -p "$1/v1alpha" && touch "$1/__init__.py" "$1/v1alpha/__init__.py" &&
		printf '%s\n' 'SERVICE_NAME = ""' 'def enable_server_reflection(names, server):' '    pass' \
			>"$1/v1alpha/reflection.py"
}

# Makes labgrid's programs in a folder for PATH, with Debian's Python, whatever else is in it.
labgrid_programs() { # FOLDER
	local program
	mkdir -p "$1"
	for program in client coordinator exporter; do
		cat >"$1/labgrid-$program" <<-END
			#!/bin/sh
			PYTHONPATH=$LABGRID/usr/lib/python3/dist-packages exec /usr/bin/python3 $LABGRID/usr/bin/labgrid-$program "\$@"
		END
		chmod +x "$1/labgrid-$program"
	done
}
