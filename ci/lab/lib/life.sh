# shellcheck shell=bash
# Starting, awaiting and ending the one lab of a state directory.

# The lab is up when the QEMU that a finished `up` left is still the same process.
lab_process() {
	[[ -f $LAB_DIR/live/ready ]] && remembered_process "$LAB_DIR/live/process"
}

# Ends whatever QEMU is remembered here, finished `up` or not, and removes all that belonged to it.
end_lab() {
	local process=$LAB_DIR/live/process
	if remembered_process "$process" >/dev/null; then
		# Its disk is thrown away, so there is nothing for dom0 to put in order first.
		ask_monitor quit 5 >/dev/null || true
		await_end "$process" 5 || end_process "$process" || return
	fi
	end_gpu || return
	rm -rf -- "$LAB_DIR/live" "$LAB_DIR/saved.new"
}

# Starts QEMU with accelerator $1 and the further arguments; live/ with its disk must have been made.
start_machine() {
	local MACHINE answer preload=()
	describe_machine "$1"
	# A guest that writes CR8 ends a QEMU without it (ci/lab/qemu/lock.c). It may not be built: ci/lab needs no build.
	[[ $1 != tcg || ! -r $QEMU_LOCK ]] || preload=(env "LD_PRELOAD=$QEMU_LOCK")
	shift
	make_monitor "$LAB_DIR/live"
	((!${#GPU[@]})) || start_gpu || return
	(
		cd -- "$LAB_DIR" || exit
		# The new process notes itself before it becomes QEMU: there is no moment at which a killed
		# command leaves a QEMU that nobody knows of. The lock must not live on in it.
		# shellcheck disable=SC2016
		exec setsid bash -c '. "$1"; shift; remember_process $$ live/process; exec "$@"' igd-lab \
			"$HERE/lib/process.sh" "${preload[@]}" "$QEMU" "${MACHINE[@]}" "$@" </dev/null >live/qemu.log 2>&1 {LOCK}>&-
	) &
	local deadline=$((SECONDS + 10))
	until [[ -s $LAB_DIR/live/process ]]; do
		((SECONDS < deadline)) || return 1
		sleep 0.02
	done
	# With -loadvm the answer comes after the loading.
	answer=$(ask_monitor "info usernet" 60) || return 1
	[[ $answer =~ HOST_FORWARD\][[:space:]]+[0-9]+[[:space:]]+127\.0\.0\.1[[:space:]]+([0-9]+) ]] || return 1
	printf '%s\n' "${BASH_REMATCH[1]}" >"$LAB_DIR/live/port"
}

# Waits up to $1 seconds for dom0's first process to have done its work; only the console can tell.
await_console() {
	local deadline=$((SECONDS + $1))
	until grep -aq IGD-LAB-READY "$LAB_DIR/live/console" 2>/dev/null; do
		((SECONDS < deadline)) && remembered_process "$LAB_DIR/live/process" >/dev/null || return 1
		sleep 0.2
	done
}

# Waits up to $1 seconds for ssh and libxl to answer, and gives dom0 what a saved machine has from then: the time, and a
# boot id, by which every life of the lab is another boot. Not one of its own, whose random numbers were saved too.
await_answer() {
	local deadline=$((SECONDS + $1)) id=/proc/sys/kernel/random/boot_id
	until ask_lab 20 "date -s @$EPOCHREALTIME >/dev/null && xl info >/dev/null && xl list Domain-0 >/dev/null &&
		echo $(</proc/sys/kernel/random/uuid) >/run/boot_id && mount --bind /run/boot_id $id"; do
		((SECONDS < deadline)) && remembered_process "$LAB_DIR/live/process" >/dev/null || return 1
		sleep 0.2
	done 2>"$LAB_DIR/live/ssh.log"
}

# Shows the end of what the lab and its QEMU said.
show_last_words() {
	local file
	for file in gpu.log qemu.log ssh.log console; do
		[[ -s $LAB_DIR/live/$file ]] || continue
		say "the end of $LAB_DIR/live/$file:"
		tail -n 40 "$LAB_DIR/live/$file" | tr -d '\r' >&2
	done
}
