# shellcheck shell=bash
# LAVA's dispatcher without a server, for the checks: fetched and unpacked, never installed, for it depends on half a lab.

LAVA=${XDG_CACHE_HOME:-$HOME/.cache}/igd-harness/lava-run

fetch_lava() {
	local new
	[[ -d $LAVA ]] && return
	new=$(mktemp -d)
	chmod 755 "$new"
	(cd "$new" && timeout 120 apt-get download -q lava-dispatcher lava-dispatcher-host lava-common) &&
		for package in "$new"/*.deb; do dpkg -x "$package" "$new/root"; done &&
		# Of guestfs the ssh device needs the name alone.
		touch "$new/root/usr/lib/python3/dist-packages/guestfs.py" &&
		mkdir -p "${LAVA%/*}" && mv -T "$new/root" "$LAVA"
}

# Debian's Python, whatever else is in PATH: the modules are Debian's.
lava_python() {
	PYTHONPATH=$LAVA/usr/lib/python3/dist-packages /usr/bin/python3 "$@"
}

lava_schema() { # job|device FILE
	lava_python "$LAVA/usr/share/lava-common/lava-schema.py" "$@"
}

# The description of an ssh device, as LAVA's server would make it of its template.
lava_device() { # HOST PORT USER KEY
	cat <<END
character_delays: {boot: 0, test: 0}
constants:
  boot_retry: 1
  failure_retry: 1
  spawn_maxread: '4092'
  kernel-start-message: 'Linux version [0-9]'
  default-shell-prompt: 'lava-test: # '
  posix: {lava_test_sh_cmd: /bin/sh, lava_test_results_dir: /lava-%s, lava_test_shell_file: '~/.bashrc'}
actions:
  deploy:
    connections: {serial: , ssh: , lxc: }
    methods:
      ssh:
        options: [-o, Compression=yes, -o, PasswordAuthentication=no, -o, LogLevel=FATAL]
        host: $1
        port: $2
        user: $3
        identity_file: $4
  boot:
    connections: {serial: , ssh: , lxc: }
    methods: {ssh: }
END
}

# Runs a job; the messages go to OUT/log, the results, a line of JSON each, to OUT/results.
lava_run() { # JOB DEVICE OUT
	local status=0
	mkdir -p "$3"
	lava_python "$LAVA/usr/bin/lava-run" --job-id 1 --output-dir "$3/output" --device "$2" "$1" >"$3/log" 2>&1 || status=$?
	lava_python - "$3/log" >"$3/results" <<'END'
import json, sys, yaml
# A line is YAML on its own, in which a text may be tagged as being one.
yaml.SafeLoader.add_constructor("!", lambda loader, node: node.value)
for line in open(sys.argv[1], errors="replace"):
    if '"lvl": "results"' not in line:
        continue
    message = yaml.safe_load(line)["msg"]
    if message["definition"] != "lava":
        print(json.dumps(message, default=str))
END
	tail -n 30 "$3/log"
	return $status
}

# Are the results of the job those of the findings of the run, name by name?
lava_same() { # RESULTS HARNESS RUN
	"$2" judge "$3" --format json --output "$3.json" || true
	ci/checks/parts/readers/want lava "$3.json" | sort >"$3.want"
	python3 -c '
import json, sys
for line in open(sys.argv[1]):
    result = json.loads(line)
    print(result["case"], result["result"], sep="\t")' "$1" | sort >"$3.got"
	diff "$3.want" "$3.got" && [[ -s $3.want ]]
}
