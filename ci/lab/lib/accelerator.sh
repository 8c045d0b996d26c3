# shellcheck shell=bash
# Which accelerator the lab runs under. Only a guest that ran is a proof: /dev/kvm opens, and CPUs show flags,
# on hosts where no guest can run.

# Makes file $1, a boot sector that writes K to the debug port and to COM1, then ends a QEMU that offers a way.
make_boot_sector() {
	local file=$1
	# mov al,'K'; out 0xe9,al; mov dx,0x3f8; out dx,al; mov al,0x10; out 0xf4,al; hlt; jmp back to the hlt
	printf '\xb0\x4b\xe6\xe9\xba\xf8\x03\xee\xb0\x10\xe6\xf4\xf4\xeb\xfd' >"$file"
	truncate -s 510 "$file"
	printf '\x55\xaa' >>"$file"
}

# Whether any guest runs under KVM here; prints why not.
try_kvm_guest() {
	[[ -e /dev/kvm ]] || { echo "there is no /dev/kvm"; return 1; }
	[[ -w /dev/kvm ]] || { echo "/dev/kvm cannot be written"; return 1; }
	local status=0
	mkdir -p -- "$LAB_DIR/live"
	make_boot_sector "$LAB_DIR/live/boot-sector"
	(
		cd -- "$LAB_DIR" || exit
		exec timeout -k 1 5 "$QEMU" -nodefaults -no-user-config -display none -machine pc -accel kvm -cpu host -m 64 \
			-device isa-debug-exit,iobase=0xf4,iosize=1 \
			-drive file=live/boot-sector,format=raw,if=floppy,snapshot=on </dev/null >/dev/null 2>&1
	) 2>/dev/null || status=$?
	# isa-debug-exit makes an odd status of the value written: 2 * 0x10 + 1.
	((status == 33)) && return
	((status == 124)) && echo "a boot sector did not run under KVM within 5 s" && return 1
	echo "a boot sector did not run under KVM (QEMU ended with status $status)"
	return 1
}

# Whether the lab, running now, can run an HVM guest: a boot sector must reach its serial port. Prints why not.
try_hvm_guest() {
	make_boot_sector "$LAB_DIR/live/boot-sector"
	reach igd-lab 'mkdir -p /tmp/trial && cat >/tmp/trial/disk' <"$LAB_DIR/live/boot-sector" || return
	# shellcheck disable=SC2016
	ask_lab "${1:-120}" '
		cd /tmp/trial
		xl info | grep -q "^virt_caps.*hvm" || { echo "Xen offers no HVM"; exit 1; }
		printf "%s\n" name=\"trial\" type=\"hvm\" memory=64 vga=\"none\" vnc=0 serial=\"file:/tmp/trial/serial\" \
			"disk=[\"format=raw,vdev=hda,access=rw,backendtype=qdisk,target=/tmp/trial/disk\"]" >trial.cfg
		xl create -q trial.cfg >create.log 2>&1 || { echo "xl create failed: $(tail -n 1 create.log)"; exit 1; }
		for ((try = 0; try < 600; try++)); do
			grep -aq K serial 2>/dev/null && break
			sleep 0.1
		done
		xl destroy trial
		grep -aq K serial || { echo "an HVM guest did not run"; exit 1; }
		cd / && rm -r /tmp/trial
	' || return
}

# Sets ACCELERATOR. What was found out is kept, with its reason, until the next build or another QEMU or host kernel.
choose_accelerator() {
	local host reason
	host="$("$QEMU" --version | head -n 1), Linux $(uname -r)"
	if [[ -f $LAB_DIR/accelerator ]]; then
		{
			read -r ACCELERATOR reason
			[[ $(cat) == "$host" ]] && say "accelerator: $ACCELERATOR ($reason; found out before)" && return
		} <"$LAB_DIR/accelerator"
	fi
	if ! reason=$(try_kvm_guest); then
		ACCELERATOR=tcg
	elif ! boot_lab kvm 120; then
		ACCELERATOR=tcg reason="the lab did not boot under KVM"
	elif ! reason=$(try_hvm_guest 60); then
		ACCELERATOR=tcg reason="nested under KVM, ${reason:-an HVM guest did not run within 60 s}"
	else
		ACCELERATOR=kvm reason="an HVM guest ran in the lab under KVM"
	fi
	end_lab || lab_failed "the QEMU of a trial could not be ended"
	printf '%s %s\n%s\n' "$ACCELERATOR" "$reason" "$host" >"$LAB_DIR/accelerator"
	say "accelerator: $ACCELERATOR ($reason)"
}
