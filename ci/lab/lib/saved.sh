# shellcheck shell=bash
# The saved machine: a booted lab as a snapshot inside its own disk (saved/disk.qcow2), made once, and copied for
# every lab that wakes from it. A copy, because QEMU's -snapshot hides the machine state, and because a lab must
# never write where the next one wakes from; it is some 200 MB, and a fraction of a second.

# What a saved machine with accelerator $1 depends on.
saved_inputs() {
	local MACHINE
	describe_machine "$1"
	{
		cat "$LAB_DIR/image/identity"
		"$QEMU" --version
		printf '%s\n' "${MACHINE[@]}"
		# A guest under KVM sees the host's CPU.
		[[ $1 != kvm ]] || grep -m 1 '^flags' /proc/cpuinfo
	} | sha256sum
}

saved_fits() {
	[[ -f $LAB_DIR/saved/inputs && $(<"$LAB_DIR/saved/inputs") == "$(saved_inputs "$1")" ]]
}

# Boots the lab with accelerator $1, in at most $2 seconds.
boot_lab() {
	mkdir -p -- "$LAB_DIR/live" &&
		qemu-img create -q -f qcow2 -b ../image/disk.raw -F raw "$LAB_DIR/live/disk.qcow2" || return
	switch_on "$@"
}

# The same with the disk that is there.
switch_on() {
	local accelerator=$1 limit=$2 began
	began=$(now_in_microseconds)
	say "booting Xen and dom0 under $accelerator (half a minute or more; limit $limit s)"
	start_machine "$accelerator" && await_console "$limit" || return
	say "dom0 is ready after $(seconds_since "$began"); waiting for ssh and xl (limit 120 s)"
	await_answer 120 || return
	((!${#GPU[@]})) || introduce_gpu || return
	say "it answers after $(seconds_since "$began")"
}

# Makes the saved machine: boots, saves, ends.
save_lab() {
	local accelerator=$1 began
	rm -rf -- "$LAB_DIR/saved"
	boot_lab "$accelerator" 300 || { show_last_words; lab_failed "it did not boot"; }
	began=$(now_in_microseconds)
	say "saving the machine (seconds; limit 120 s)"
	# What dom0 has not written yet is in the machine's memory, and saved with it.
	ask_monitor "savevm ready" 120 || lab_failed "QEMU did not save the machine"
	cp -- "$LAB_DIR/live/console" "$LAB_DIR/live/console.saved"
	ask_monitor quit 5 >/dev/null || true
	await_end "$LAB_DIR/live/process" 30 || lab_failed "QEMU did not end after saving the machine"
	# Complete before it gets its name.
	rm -rf -- "$LAB_DIR/saved.new"
	mkdir -- "$LAB_DIR/saved.new"
	mv -- "$LAB_DIR/live/disk.qcow2" "$LAB_DIR/saved.new/disk.qcow2"
	mv -- "$LAB_DIR/live/console.saved" "$LAB_DIR/saved.new/console"
	saved_inputs "$accelerator" >"$LAB_DIR/saved.new/inputs"
	mv -- "$LAB_DIR/saved.new" "$LAB_DIR/saved"
	say "saved in $(seconds_since "$began")"
	end_lab
}

# Starts the lab from the saved machine.
wake_lab() {
	local accelerator=$1 began
	began=$(now_in_microseconds)
	say "waking the saved machine under $accelerator (seconds; limit 120 s)"
	# The console goes on where it stopped, so that it tells of the whole life of the machine.
	mkdir -p -- "$LAB_DIR/live" &&
		cp --reflink=auto -- "$LAB_DIR/saved/disk.qcow2" "$LAB_DIR/saved/console" "$LAB_DIR/live/" || return
	start_machine "$accelerator" -loadvm ready && await_answer 120 || return
	say "it answers after $(seconds_since "$began")"
}
