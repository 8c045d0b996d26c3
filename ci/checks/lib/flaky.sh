# shellcheck shell=bash
# How each format shows a run with a flaky cell. Sourced, after say.sh.

# A device model that gives the display no EDID in every second guest that it starts, so that the mode is 1024x768 then and
# 1280x800 otherwise (results/matrices/seed-display.yaml has the commits of QEMU).
flaky_model() { # FILE COUNTER
	cat >"$1" <<-MODEL
		#!/bin/bash
		if [[ \$1 != --version && \$1 != -L ]]; then
			n=\$(cat "$2" 2>/dev/null || echo 0)
			echo \$((n + 1)) >"$2"
			! ((n % 2)) || set -- -global VGA.edid=off "\$@"
		fi
		exec qemu-system-x86_64 "\$@"
	MODEL
	chmod +x "$1"
}

# Looks at each format of the run: its exit status, FLAKY, the counts such as "2 of 5 FAIL, 3 PASS", and the cell.
flaky_in_every_format() { # HARNESS RUN COUNTS CELL
	local format
	for format in table json html md qualification-md qualification-html junit tap ktap mail kcidb; do
		exits 1 "$format" "$1" judge "$2" --format $format
		says "$3" "says how often"
		says FLAKY "and its word"
	done
	exits 1 "lava" "$1" judge "$2" --format lava
	says "TEST_CASE_ID=$4 RESULT=fail" "has a failure"
}
