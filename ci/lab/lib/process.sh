# shellcheck shell=bash
# Knowing a process again: its id, its start time and the boot of this host, so that a recycled id is never killed.

# The start time of process $1, in clock ticks since boot; fails when it is gone or only waits to be reaped. Its first thread may
# wait for that while others still have its files open.
start_time() {
	local line fields
	{ line=$(<"/proc/$1/stat"); } 2>/dev/null || return 1
	# The name, the second field, may hold anything: what counts begins after its last parenthesis.
	read -r -a fields <<<"${line##*) }"
	[[ ${fields[0]} != [ZX] || ${fields[17]} -gt 1 ]] && printf '%s' "${fields[19]}"
}

# Writes down process $1 in file $2. The program may still be replaced by exec: id and start time stay.
remember_process() {
	printf '%s %s %s\n' "$1" "$(start_time "$1")" "$(</proc/sys/kernel/random/boot_id)" >"$2"
}

# Prints the id of the process remembered in file $1, if it still is that process.
remembered_process() {
	local pid start boot
	{ read -r pid start boot <"$1"; } 2>/dev/null || return 1
	[[ $boot == "$(</proc/sys/kernel/random/boot_id)" && $(start_time "$pid") == "$start" ]] || return 1
	printf '%s' "$pid"
}

# Waits up to $2 seconds for the process remembered in file $1 to be gone.
await_end() {
	local deadline=$((SECONDS + $2))
	while remembered_process "$1" >/dev/null; do
		((SECONDS < deadline)) || return 1
		sleep 0.05
	done
}

# Ends the process remembered in file $1: asks first, then does not ask.
end_process() {
	local signal pid
	for signal in TERM KILL; do
		pid=$(remembered_process "$1") || return 0
		kill "-$signal" "$pid" 2>/dev/null || true
		await_end "$1" 10 && return
	done
	return 1
}
