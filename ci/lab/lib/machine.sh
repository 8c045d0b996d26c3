# shellcheck shell=bash disable=SC2034,SC2054
# The machine that QEMU makes for the lab: a q35 with an emulated IOMMU and, under TCG, emulated SVM.

QEMU=qemu-system-x86_64
# On Xen's command line beside what a lab always has there.
XEN_OPTIONS=()

# Sets MACHINE to QEMU's arguments for accelerator $1; they name files relative to the state directory.
describe_machine() {
	local cpu
	case $1 in
	# The models with SMAP or MWAIT crash dom0 or Xen under TCG; this small one has what HVM guests need.
	tcg) cpu=qemu64,+svm,+npt,+nx ;;
	kvm) cpu=host ;;
	esac
	local xen=(
		console=com1 com1=115200,8n1
		dom0_mem=1536M,max:1536M
		iommu=1,verbose loglvl=all guest_loglvl=all
		"${XEN_OPTIONS[@]}"
	)
	# No comma may be in here: QEMU takes the list of boot modules apart at commas.
	local dom0=(
		root=/dev/sda rw init=/sbin/igd-lab-init
		console=hvc0 net.ifnames=0 panic=5 quiet
	)
	MACHINE=(
		-name igd-lab -nodefaults -no-user-config -display none -no-reboot
		-machine "q35,kernel-irqchip=split" -accel "$1" -cpu "$cpu" -m 3072
		# One CPU: measured on two cores that others used as well, an emulated guest with two took several
		# times as long.
		-smp 1
		-device intel-iommu,intremap=off,caching-mode=on
		# The place of the integrated GPU: igd-phantom makes its phantoms of this device. The memory is for
		# their OpRegion; a machine that is not its master could not be saved.
		-vga none -device VGA,addr=2,id=igd
		-object memory-backend-ram,id=opregion,size=1M -device ivshmem-plain,memdev=opregion,master=on,addr=7
		-device ich9-ahci,id=sata,addr=5 -device ide-hd,drive=disk,bus=sata.0
		-drive file=live/disk.qcow2,format=qcow2,if=none,id=disk,cache=unsafe
		# Nothing outside can be reached from the lab, and only its ssh from here; QEMU finds the free port.
		-netdev user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:0-:22 -device e1000e,netdev=net,addr=6
		-chardev file,id=console,path=live/console,append=on -serial chardev:console
		-chardev pipe,id=monitor,path=live/monitor -mon chardev=monitor,mode=control
		-kernel image/xen -append "${xen[*]}" -initrd "image/vmlinuz ${dom0[*]},image/initrd"
	)
}
