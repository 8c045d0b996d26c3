# shellcheck shell=bash disable=SC2034
# The virtual Intel GPU of the lab's machine: igd-gpu, a process beside QEMU (docs/labs/virtual-gpu.md). It is started
# before QEMU, and ends when QEMU does. Files, in live/:
#
#	gpu		the words of --gpu: whoever boots the lab again (ci/lab/cut) has the same GPU
#	gpu-process, gpu.log, gpu-socket, gpu-control
#	gpu-rom, gpu-opregion	of its firmware
#	gpu-picture	a program whose output is the GPU's screen as PNG; dom0 reaches it at GPU_PICTURE
#
# Needs HERE, speak.sh, process.sh, reach.sh.

# Where dom0 gets the picture: a connection to this address is the output of live/gpu-picture. Port 9 discards by its name.
GPU_PICTURE=10.0.2.9:9
GPU_FORWARD="guestfwd=tcp:$GPU_PICTURE-cmd:live/gpu-picture"
GPU_SUITE=trixie-backports
IGD_GPU=$HERE/../../build/ci/lab/gpu/igd-gpu

# Sorts the words of GPU into GPU_DEVICE, which igd-gpu understands, and what the lab itself does.
sort_gpu_words() {
	local word words=("${GPU[@]:1}")
	GPU_DEVICE=(--generation "${GPU[0]}") GPU_SLOT=02 GPU_VBT=() GPU_NO_OPREGION='' GPU_HIDDEN='' GPU_FAULT=none
	set -- "${words[@]}"
	while (($#)); do
		case $1 in
		--slot)
			[[ ${2-} =~ ^(0[2-4]|0[89a-f]|1[0-9a-e])$ ]] || usage_error "--gpu: --slot needs a free slot of the machine, such as 03"
			GPU_SLOT=$2
			shift
			;;
		--fault)
			GPU_DEVICE+=("$1" "${2-}") GPU_FAULT=${2-}
			(($# < 2)) || shift
			;;
		--no-opregion) GPU_NO_OPREGION=yes ;;
		--no-vbt) GPU_VBT=(--no-vbt) ;;
		# Lines of `resource` in sysfs: 1 to 6 are the BARs, 7 is the ROM.
		--hide-rom) GPU_HIDDEN+=' 7' ;;
		--hide-bars) GPU_HIDDEN+=' 1 2 3 4 5 6' ;;
		--socket | --control | --once | --rom | --asls | --out) usage_error "--gpu: $1 is the lab's own" ;;
		*) GPU_DEVICE+=("$1") ;;
		esac
		shift
	done
}

# Sets GPU to the words $1, and QEMU to one that can have the device.
choose_gpu() {
	local why
	read -ra GPU <<<"$1"
	((${#GPU[@]})) || usage_error "--gpu needs a generation, optionally with options, such as \"coffee-lake --port dp\""
	[[ -x $IGD_GPU ]] || lab_failed "the virtual GPU is not built; run ci/stage, or: ninja -C build ci/lab/gpu/igd-gpu"
	sort_gpu_words
	# igd-gpu knows its own words, and says which one is wrong.
	if ! why=$("$IGD_GPU" edid --out /dev/null "${GPU_DEVICE[@]}" 2>&1); then
		why=${why#igd-gpu: }
		usage_error "--gpu: ${why%; --help tells more}"
	fi
	fetch_vfio_user_qemu "$GPU_SUITE"
	QEMU=$VFIO_USER_QEMU
}

# The GPU of the lab that is up, or was until now.
choose_same_gpu() {
	[[ ! -f $LAB_DIR/live/gpu ]] || choose_gpu "$(<"$LAB_DIR/live/gpu")"
}

# Is the GPU of the lab that is up that of GPU, but for its fault?
has_gpu() {
	local but_for='s/ --fault [a-z-]+//g'
	[[ -f $LAB_DIR/live/gpu && $(sed -E "$but_for" "$LAB_DIR/live/gpu") == "$(sed -E "$but_for" <<<"${GPU[*]}")" ]]
}

# How the lab came up, for those who find it up.
name_origin() {
	echo "a cold boot${GPU[*]:+ with the VIRTUAL GPU ${GPU[*]}}" >"$LAB_DIR/live/origin"
}

# Gives the GPU of the lab that is up the fault of GPU, or takes its fault away.
give_fault() {
	[[ $(<"$LAB_DIR/live/gpu") != "${GPU[*]}" ]] || return 0
	"$IGD_GPU" ask "$LAB_DIR/live/gpu-control" fault "$GPU_FAULT" >/dev/null || return
	printf '%s\n' "${GPU[*]}" >"$LAB_DIR/live/gpu"
	name_origin
	ask_lab 60 "$(name_gpu)"
}

# Sets GPU_MACHINE to QEMU's arguments.
describe_gpu() {
	GPU_MACHINE=(
		-device "{\"driver\":\"vfio-user-pci\",\"id\":\"igd\",\"addr\":\"$GPU_SLOT.0\",\"socket\":{\"type\":\"unix\",\"path\":\"live/gpu-socket\"}}"
	)
	# SeaBIOS copies it into memory that it reserves, and writes the address to ASLS.
	[[ $GPU_NO_OPREGION ]] || GPU_MACHINE+=(-fw_cfg "name=etc/igd-opregion,file=live/gpu-opregion")
}

# Starts the device. live/ must have been made.
start_gpu() {
	local deadline=$((SECONDS + 10))
	(
		cd -- "$LAB_DIR" || exit
		printf '%s\n' "${GPU[*]}" >live/gpu
		"$IGD_GPU" rom --out live/gpu-rom "${GPU_DEVICE[@]}" "${GPU_VBT[@]}" || exit
		"$IGD_GPU" opregion --out live/gpu-opregion "${GPU_DEVICE[@]}" "${GPU_VBT[@]}" || exit
		# Both of its outputs go into the connection: the picture alone, or why there is none.
		# shellcheck disable=SC2016 # for the shell of that program
		printf '#!/bin/sh\nanswer=$(%q ask live/gpu-control picture live/gpu-screen.png 2>&1) &&
			exec cat live/gpu-screen.png\necho "$answer"\n' "$IGD_GPU" >live/gpu-picture
		chmod +x live/gpu-picture
	) || return
	(
		cd -- "$LAB_DIR" || exit
		# With --once it ends when QEMU does, whoever ends that.
		# shellcheck disable=SC2016
		exec setsid bash -c '. "$1"; shift; remember_process $$ live/gpu-process; exec "$@"' igd-lab \
			"$HERE/lib/process.sh" "$IGD_GPU" serve --once --socket live/gpu-socket --control live/gpu-control \
			--rom live/gpu-rom "${GPU_DEVICE[@]}" </dev/null >>live/gpu.log 2>&1 {LOCK}>&-
	) &
	until [[ -S $LAB_DIR/live/gpu-control ]]; do
		((SECONDS < deadline)) || return 1
		sleep 0.05
	done
}

end_gpu() {
	[[ ! -f $LAB_DIR/live/gpu-process ]] || end_process "$LAB_DIR/live/gpu-process"
}

# The command in dom0 that notes what its GPU is.
name_gpu() {
	printf '%s' "printf '{\"name\": \"%s\", \"options\": \"%s\", \"address\": \"%s\", \"picture\": \"%s\"}\n' \
		'${GPU[0]}' '${GPU[*]:1}' '0000:00:$GPU_SLOT.0' '$GPU_PICTURE' >/run/igd-gpu/active"
}

# Tells dom0 what its GPU is, and how to get a picture of it; and gives QEMU the option ROM. QEMU's xen_pt enables the ROM
# by a byte of value 1, which Linux 6.1 refuses (kstrtobool() in pci_write_rom()): no guest could have the GPU.
# --hide-rom also takes the ROM's line out of `resource': QEMU from 10.0 on registers that BAR twice, and aborts. With
# --hide-bars QEMU finds no BAR there, and gives the guest none.
introduce_gpu() {
	local device=/sys/bus/pci/devices/0000:00:$GPU_SLOT.0
	limited_reach 60 igd-lab "set -e; mkdir -p /run/igd-gpu; cat >/run/igd-gpu/rom
		mount --bind /run/igd-gpu/rom $device/rom
		[ -z '$GPU_HIDDEN' ] || {
			cat $device/resource >/run/igd-gpu/resource
			for line in $GPU_HIDDEN; do
				sed -i \"\${line}s/.*/0x0000000000000000 0x0000000000000000 0x0000000000000000/\" /run/igd-gpu/resource
			done
			mount --bind /run/igd-gpu/resource $device/resource
		}
		$(name_gpu)" \
		<"$LAB_DIR/live/gpu-rom"
}
