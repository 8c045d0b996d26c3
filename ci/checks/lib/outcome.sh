# shellcheck shell=bash
# What became of a run, for comparing two. Sourced by checks that set `harness`.

# Names and verdicts of the run $1, and the folders of its cells: each once, none missing.
outcome() {
	"${harness:?}" judge "$1" --format json | python3 -c '
import json, sys
for cell in json.load(sys.stdin)["cells"]:
    print(cell["name"], cell["verdict"], cell["ending"], cell["cause"])'
	(cd "$1/cells" && printf '%s\n' * | grep -v '\.lost-')
}
