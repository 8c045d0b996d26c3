# shellcheck shell=bash disable=SC2034,SC2054
# The machine that QEMU makes for the lab: a q35 with an emulated IOMMU and, under TCG, emulated SVM.

QEMU=qemu-system-x86_64
QEMU_LOCK=$(realpath -m -- "$HERE/../../build/ci/lab/qemu/lab-qemu-lock.so")
# On Xen's command line beside what a lab always has there.
XEN_OPTIONS=()
# The virtual Intel GPU that the machine has, ci/lab/lib/gpu.sh; empty: an emulated VGA, of which igd-phantom makes phantoms.
GPU=()

# Sets MACHINE to QEMU's arguments for accelerator $1; they name files relative to the state directory.
describe_machine() {
	local cpu memory=3072 iommu=1,verbose machine=q35,kernel-irqchip=split graphics=() forward=''
	case $1 in
	# The models with SMAP or MWAIT crash dom0 or Xen under TCG; this small one has what HVM guests need.
	tcg) cpu=qemu64,+svm,+npt,+nx ;;
	kvm) cpu=host ;;
	esac
	if ((${#GPU[@]})); then
		describe_gpu
		# All of it below 4 GiB (hw/i386/pc_q35.c puts less than 0xb0000000 bytes there): with memory above, SeaBIOS 1.17
		# places 64-bit BARs above 4 GiB, and hvmloader writes the lower half alone.
		memory=2800
		graphics=(-object memory-backend-memfd,id=ram,size="${memory}M",share=on "${GPU_MACHINE[@]}")
		machine+=,memory-backend=ram
		forward=,$GPU_FORWARD
		# Xen takes the page tables of a guest for the IOMMU's as well ("Shared EPT tables enabled"), although TCG's CPU is
		# an AMD. QEMU's VT-d then learns of no mapping, and the GPU reads the wrong memory.
		iommu+=,no-sharept
	else
		# The place of the integrated GPU: igd-phantom makes its phantoms of this device. The memory is for
		# their OpRegion; a machine that is not its master could not be saved.
		graphics=(
			-device VGA,addr=2,id=igd
			-object memory-backend-ram,id=opregion,size=1M -device ivshmem-plain,memdev=opregion,master=on,addr=7
		)
	fi
	local xen=(
		console=com1 com1=115200,8n1
		dom0_mem=1536M,max:1536M
		"iommu=$iommu" loglvl=all guest_loglvl=all
		"${XEN_OPTIONS[@]}"
	)
	# No comma may be in here: QEMU takes the list of boot modules apart at commas.
	local dom0=(
		root=/dev/sda rw init=/sbin/igd-lab-init
		console=hvc0 net.ifnames=0 panic=5 quiet
	)
	MACHINE=(
		-name igd-lab -nodefaults -no-user-config -display none -no-reboot
		-machine "$machine" -accel "$1" -cpu "$cpu" -m "$memory"
		# One CPU: measured on two cores that others used as well, an emulated guest with two took several
		# times as long.
		-smp 1
		-device intel-iommu,intremap=off,caching-mode=on
		-vga none "${graphics[@]}"
		-device ich9-ahci,id=sata,addr=5 -device ide-hd,drive=disk,bus=sata.0
		-drive file=live/disk.qcow2,format=qcow2,if=none,id=disk,cache=unsafe
		# Nothing outside can be reached from the lab, and only its ssh from here; QEMU finds the free port.
		-netdev "user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:0-:22$forward" -device e1000e,netdev=net,addr=6
		-chardev file,id=console,path=live/console,append=on -serial chardev:console
		-chardev pipe,id=monitor,path=live/monitor -mon chardev=monitor,mode=control
		-kernel image/xen -append "${xen[*]}" -initrd "image/vmlinuz ${dom0[*]},image/initrd"
	)
}
