/*
 * The boot loader of a guest's boot disk (boot_disk.c), which firmware loads from the CD to 0x7c00
 * in real mode. It reads kernel and initramfs by bus-master DMA of the PC's own IDE controller (SFF
 * 8038i; INF-8020 for the packets), which writes above 1 MiB too, so the loader needs no protected
 * mode. If that fails, on a machine with another controller or none, it reads with int 13h. Then it
 * starts the kernel by the 16-bit boot protocol of Linux (Documentation/arch/x86/boot.rst).
 *
 * What firmware told the guest about the machine stays as it was: the command register of the
 * controller is restored.
 *
 * Memory:   0x7c00 the loader, below it the stack    0x8400 struct boot_header, the command line
 *           0xa000 PRD table, at most 4 KiB          0x10000 the kernel's setup, its heap and stack
 *           0x20000 blocks of int 13h; the command line          0x100000 the kernel
 */
#define LOADED     0x7c00
#define AT(label)  (label - boot_loader + LOADED)
#define HEADER     0x8400
#define E820_ENTRY 0x9400
#define PRDT       0xa000
#define SETUP_SEG  0x1000
#define BLOCK_SEG  0x2000

/* struct boot_header of boot_disk.c */
#define SETUP          (HEADER + 8) /* first sector, sectors, address */
#define KERNEL         (HEADER + 20)
#define INITRD         (HEADER + 32)
#define INITRD_SECTORS (INITRD + 4)
#define INITRD_ADDRESS (INITRD + 8)
#define INITRD_BYTES   (HEADER + 44)
#define INITRD_LIMIT   (HEADER + 48)
#define LOWEST         (HEADER + 52)
#define CMDLINE        (HEADER + 64)
#define CMDLINE_BYTES  2048

#define SECTOR_SHIFT 11
#define DMA_SECTORS  8192 /* 16 MiB: 256 entries of a PRD table */
#define BIOS_SECTORS 16   /* 32 KiB */
#define TICKS        0x46c /* of the BIOS, 18.2 a second */
#define LIMIT_TICKS  182   /* 10 s */

/* Fields of the kernel's setup header, boot.rst */
#define HDR_MAGIC         0x202
#define HDR_RAMDISK_IMAGE 0x218
#define HDR_RAMDISK_SIZE  0x21c

	.section .rodata
	.globl	boot_loader
	.code16
boot_loader:
	cli
	xor	%ax, %ax
	mov	%ax, %ds
	mov	%ax, %es
	mov	%ax, %ss
	mov	$LOADED, %sp
	ljmp	$0, $AT(start)
start:	sti
	cld
	mov	%dl, AT(drive)

	call	place_initrd
	mov	$AT(no_room), %si
	jc	fail
	call	load_by_dma
	jnc	enter
	call	load_by_bios
	mov	$AT(no_disk), %si
	jc	fail

/* The kernel's setup gets its segment, as boot.rst has it. */
enter:	mov	$BLOCK_SEG, %ax
	mov	%ax, %es
	mov	$CMDLINE, %si
	xor	%di, %di
	mov	$CMDLINE_BYTES, %cx
	rep movsb
	mov	$SETUP_SEG, %ax
	mov	%ax, %es
	mov	INITRD_ADDRESS, %eax
	mov	%eax, %es:HDR_RAMDISK_IMAGE
	mov	INITRD_BYTES, %eax
	mov	%eax, %es:HDR_RAMDISK_SIZE
	cli
	mov	%es, %ax
	mov	%ax, %ds
	mov	%ax, %fs
	mov	%ax, %gs
	mov	%ax, %ss
	mov	$0xfff0, %sp
	ljmp	$(SETUP_SEG + 0x20), $0

/* Says on the first serial line what went wrong; the texts end with 0. */
fail:	push	%si
	mov	$AT(prefix), %si
	call	say
	pop	%si
	call	say
stop:	cli
	hlt
	jmp	stop

say:	lodsb
	test	%al, %al
	jz	9f
	mov	%al, %ah
	mov	$0x3fd, %dx
1:	in	%dx, %al
	test	$0x20, %al
	jz	1b
	mov	$0x3f8, %dx
	mov	%ah, %al
	out	%al, %dx
	jmp	say
9:	ret

/*
 * Puts the initramfs as high as it goes: into the last range of RAM (int 15h, e820) that holds it
 * below INITRD_LIMIT and above LOWEST. 64 KiB is what an entry of a PRD table may not cross. Carry
 * if there is no room.
 */
place_initrd:
	cmpl	$0, INITRD_SECTORS
	je	9f
	xor	%ebx, %ebx
1:	mov	$0xe820, %eax
	mov	$0x534d4150, %edx /* "SMAP" */
	mov	$20, %ecx
	mov	$E820_ENTRY, %di
	int	$0x15
	jc	7f
	cmp	$0x534d4150, %eax
	jne	7f
	cmpl	$1, E820_ENTRY + 16 /* RAM */
	jne	6f
	cmpl	$0, E820_ENTRY + 4
	jne	6f
	mov	INITRD_LIMIT, %esi
	mov	E820_ENTRY, %eax
	add	E820_ENTRY + 8, %eax
	jc	2f
	cmpl	$0, E820_ENTRY + 12
	jne	2f
	cmp	%esi, %eax
	jae	2f
	mov	%eax, %esi
2:	mov	INITRD_SECTORS, %eax
	shl	$SECTOR_SHIFT, %eax
	sub	%eax, %esi
	jb	6f
	and	$0xffff0000, %esi
	cmp	E820_ENTRY, %esi
	jb	6f
	cmp	LOWEST, %esi
	jb	6f
	cmp	INITRD_ADDRESS, %esi
	jbe	6f
	mov	%esi, INITRD_ADDRESS
6:	test	%ebx, %ebx
	jnz	1b
7:	cmpl	$1, INITRD_ADDRESS /* carry if it is 0 */
9:	ret

/* Reads the three parts by the function %bp. Carry if that fails, or the disk is not ours. */
load:	mov	$SETUP_SEG, %ax
	mov	%ax, %es
	movl	$0, %es:HDR_MAGIC
	mov	$SETUP, %si
	call	*%bp
	jc	9f
	cmpl	$0x53726448, %es:HDR_MAGIC /* "HdrS" */
	stc
	jne	9f
	mov	$KERNEL, %si
	call	*%bp
	jc	9f
	mov	$INITRD, %si
	call	*%bp
9:	ret

/* For a part at %si: its sector in %eax, its sectors in %ecx, its address in %edi. */
#define GET_PART mov (%si), %eax; mov 4(%si), %ecx; mov 8(%si), %edi

/* ---- int 13h -------------------------------------------------------------------------------- */

/* From the drive that firmware has named, and the next ones. */
load_by_bios:
	mov	$AT(bios_part), %bp
	mov	$4, %cx
1:	push	%cx
	call	load
	pop	%cx
	jnc	9f
	incb	AT(drive)
	loop	1b
	stc
9:	ret

/* Reads a part in blocks below 1 MiB, and has int 15h move them. */
bios_part:
	GET_PART
1:	test	%ecx, %ecx
	jz	9f
	mov	$BIOS_SECTORS, %edx
	cmp	%edx, %ecx
	jae	2f
	mov	%ecx, %edx
2:	mov	%dx, AT(packet) + 2
	mov	%eax, AT(packet) + 8
	mov	%edi, %ebx
	shr	$24, %ebx
	mov	%bl, AT(move_to) + 7
	mov	%edi, %ebx
	and	$0xffffff, %ebx
	or	$0x93000000, %ebx /* present, writable data */
	mov	%ebx, AT(move_to) + 2
	pushal
	mov	%dx, AT(words)
	shlw	$(SECTOR_SHIFT - 1), AT(words)
	mov	$AT(packet), %si
	mov	$0x42, %ah
	mov	AT(drive), %dl
	int	$0x13
	jc	3f
	push	%es
	push	%ds
	pop	%es
	mov	$AT(move), %si
	mov	AT(words), %cx
	mov	$0x87, %ah
	int	$0x15
	pop	%es
3:	popal
	jc	9f
	add	%edx, %eax
	sub	%edx, %ecx
	shl	$SECTOR_SHIFT, %edx
	add	%edx, %edi
	jmp	1b
9:	ret

/* ---- bus-master IDE ------------------------------------------------------------------------- */

/* Tries each drive of the controller; the first that has our disk has all of it. */
load_by_dma:
	call	find_ide
	jc	9f
	mov	$AT(dma_part), %bp
1:	call	load
	jnc	2f
	addb	$1, AT(unit)
	cmpb	$4, AT(unit)
	jne	1b
	stc
2:	pushf
	mov	AT(ide), %eax
	mov	AT(command), %ebx
	call	pci_write
	popf
9:	ret

/* Register %eax (CONFIG_ADDRESS) of a PCI device: into %ebx, and from it. */
pci_read:
	mov	$0xcf8, %dx
	out	%eax, %dx
	xchg	%eax, %ebx
	mov	$0xcfc, %dx
	in	%dx, %eax
	xchg	%eax, %ebx
	ret
pci_write:
	mov	$0xcf8, %dx
	out	%eax, %dx
	xchg	%eax, %ebx
	mov	$0xcfc, %dx
	out	%eax, %dx
	xchg	%eax, %ebx
	ret

/* The first IDE controller of bus 0 that is a bus master (class 0x0101, bit 7): of a PC 00:01.1. */
find_ide:
	mov	$(0x80000000 + 8), %eax
1:	call	pci_read
	shr	$8, %ebx
	cmp	$0xffffff, %ebx
	je	2f
	shr	$7, %ebx
	cmp	$(0x010180 >> 7), %ebx
	je	3f
2:	mov	$0x08, %al
	add	$0x100, %eax
	cmp	$(0x80010000 + 8), %eax
	jne	1b
	stc
	ret
3:	mov	$0x20, %al
	call	pci_read
	test	$1, %bl /* an I/O port */
	jz	2b
	and	$0xfff0, %bx
	jz	2b
	mov	%bx, AT(bus_master)
	mov	$0x04, %al
	call	pci_read
	and	$0xffff, %ebx /* 1 to a bit of the status would clear it */
	mov	%eax, AT(ide)
	mov	%ebx, AT(command)
	or	$5, %bl /* I/O space, bus master */
	call	pci_write
	clc
	ret

dma_part:
	GET_PART
1:	test	%ecx, %ecx
	jz	9f
	mov	$DMA_SECTORS, %edx
	cmp	%edx, %ecx
	jae	2f
	mov	%ecx, %edx
2:	pushal
	mov	%edx, %ecx
	call	dma_read
	popal
	jc	9f
	add	%edx, %eax
	sub	%edx, %ecx
	shl	$SECTOR_SHIFT, %edx
	add	%edx, %edi
	jmp	1b
9:	ret

/* The PRD table for %ecx sectors at %edi, which is a multiple of 64 KiB. */
make_prdt:
	pushal
	shl	$SECTOR_SHIFT, %ecx
	mov	$PRDT, %si
1:	mov	%edi, (%si)
	mov	$0x10000, %edx
	cmp	%edx, %ecx
	jae	2f
	mov	%ecx, %edx
2:	movzwl	%dx, %eax /* 0 is 64 KiB */
	mov	%eax, 4(%si)
	add	%edx, %edi
	add	$8, %si
	sub	%edx, %ecx
	jnz	1b
	orb	$0x80, -1(%si) /* the last */
	popal
	ret

/* Waits until (port %dx & %ah) == %al, at most 10 s; carry if that passes. */
wait_for:
	push	%ebx
	push	%cx
	mov	%al, %cl
	mov	TICKS, %ebx
	add	$LIMIT_TICKS, %ebx
1:	in	%dx, %al
	and	%ah, %al
	cmp	%cl, %al
	je	9f
	cmp	TICKS, %ebx
	jae	1b
	stc
9:	pop	%cx
	pop	%ebx
	ret

#define ST_BUSY 0x80
#define ST_DRQ  0x08
#define ST_ERR  0x01

/* %ecx sectors from sector %eax to %edi, by drive AT(unit). Carry if that fails. */
dma_read:
	call	make_prdt
	bswap	%eax
	mov	%eax, AT(read12) + 2
	bswap	%ecx
	mov	%ecx, AT(read12) + 6
	mov	$0x1f0, %bx /* its registers: of the first channel, or the second */
	mov	AT(bus_master), %di
	mov	AT(unit), %cl
	test	$2, %cl
	jz	1f
	mov	$0x170, %bx
	add	$8, %di
1:	lea	6(%bx), %dx
	mov	%cl, %al
	and	$1, %al
	shl	$4, %al
	or	$0xa0, %al
	out	%al, %dx
	lea	0x206(%bx), %dx
	mov	$0x0a, %al /* no interrupt */
	out	%al, %dx
	in	%dx, %al /* 400 ns */
	in	%dx, %al
	in	%dx, %al
	in	%dx, %al
	cmp	$0xff, %al
	je	8f
	mov	$(ST_BUSY << 8), %ax
	call	wait_for
	jc	8f

	lea	4(%di), %dx
	mov	$PRDT, %eax
	out	%eax, %dx
	lea	2(%di), %dx
	in	%dx, %al
	or	$0x06, %al /* clears error and interrupt */
	out	%al, %dx
	mov	%di, %dx
	mov	$0x08, %al /* into memory */
	out	%al, %dx

	lea	1(%bx), %dx
	mov	$1, %al /* by DMA */
	out	%al, %dx
	lea	7(%bx), %dx
	mov	$0xa0, %al /* PACKET; an ATA disk has no such command */
	out	%al, %dx
	mov	$((ST_BUSY | ST_DRQ | ST_ERR) << 8 | ST_DRQ), %ax
	call	wait_for_packet
	jc	8f
	mov	%bx, %dx
	mov	$AT(read12), %si
	mov	$6, %cx
	rep outsw
	mov	%di, %dx
	mov	$0x09, %al /* begin */
	out	%al, %dx
	lea	0x206(%bx), %dx
	mov	$((ST_BUSY | ST_DRQ) << 8), %ax
	call	wait_for
	pushf
	lea	2(%di), %dx
	in	%dx, %al
	mov	%al, %cl
	mov	%di, %dx
	xor	%al, %al
	out	%al, %dx /* end */
	popf
	jc	8f
	test	$0x03, %cl /* an error, or still active: the table was not all used */
	jnz	8f
	lea	7(%bx), %dx
	in	%dx, %al
	test	$ST_ERR, %al
	jz	9f
8:	stc
9:	pushf
	lea	0x206(%bx), %dx
	mov	$0x08, %al
	out	%al, %dx
	popf
	ret

/* The same for a drive that may be absent or refuse: not busy, and then what was asked for. */
wait_for_packet:
	push	%ax
	mov	$(ST_BUSY << 8), %ax
	call	wait_for
	pop	%ax
	jc	9f
	push	%cx
	mov	%al, %cl
	in	%dx, %al
	and	%ah, %al
	cmp	%cl, %al
	pop	%cx
	je	9f
	stc
9:	ret

/* ---- data ----------------------------------------------------------------------------------- */

drive:	.byte	0
unit:	.byte	0 /* of the controller: channel in bit 1 */
	.balign	4
ide:	.long	0 /* CONFIG_ADDRESS of its command register, and what that was */
command:
	.long	0
bus_master:
	.word	0
words:	.word	0 /* of a block of int 13h */
/* READ(12), MMC */
read12:	.byte	0xa8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
	.balign	4
/* Of int 13h, AH=42h: bytes, sectors, address, first sector */
packet:	.word	16, 0, 0, BLOCK_SEG
	.quad	0
/* Of int 15h, AH=87h: six descriptors */
move:	.quad	0, 0
	.word	0xffff, 0
	.byte	BLOCK_SEG >> 12, 0x93, 0, 0
move_to:
	.word	0xffff, 0
	.byte	0, 0x93, 0, 0
	.quad	0, 0
prefix:	.asciz	"igd-boot: "
no_room:
	.asciz	"the guest has too little memory for its initramfs\r\n"
no_disk:
	.asciz	"cannot read the boot disk, neither by DMA nor by int 13h\r\n"
	.org	2048 /* one sector of a CD, and not more */

	.section .note.GNU-stack, "", @progbits
