# shellcheck shell=bash
# Talking to the lab's QEMU: its machine monitor (QMP) behind two named pipes, live/monitor.in and live/monitor.out.
# Pipes rather than a socket, because the shell can speak through them without another program.

make_monitor() {
	mkfifo -m 600 "$1/monitor.in" "$1/monitor.out"
}

# Sends the human monitor's command $1 and prints its answer; gives up after $2 seconds.
ask_monitor() {
	local command=$1 deadline=$((SECONDS + $2)) mark=$$-$RANDOM in out line status=1
	# Opened for both directions, a pipe never blocks, whether QEMU lives or not.
	exec {in}<>"$LAB_DIR/live/monitor.in" {out}<>"$LAB_DIR/live/monitor.out"
	# The monitor wants the first once; every later time it refuses it and goes on.
	printf '{"execute":"qmp_capabilities"}\n' >&"$in"
	printf '{"execute":"human-monitor-command","id":"%s","arguments":{"command-line":"%s"}}\n' \
		"$mark" "$command" >&"$in"
	while ((SECONDS < deadline)) && remembered_process "$LAB_DIR/live/process" >/dev/null; do
		read -r -t 1 -u "$out" line || continue
		[[ $line == *"\"$mark\""* ]] || continue
		[[ $line =~ \"return\":\ \"(.*)\",\ \"id\" ]] || break
		line=${BASH_REMATCH[1]//'\r\n'/$'\n'}
		printf '%s' "$line"
		[[ $line == Error* ]] || status=0
		break
	done
	exec {in}>&- {out}>&-
	return "$status"
}
