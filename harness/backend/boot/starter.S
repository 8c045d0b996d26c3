/*
 * A kernel for QEMU's -kernel that starts loader.S: its file goes on with the loader and its header
 * (boot_disk.c), which it moves to where firmware loads them from a CD.
 *
 * For guests on Xen. With -kernel QEMU has fw_cfg there, and without -kernel it has none: SeaBIOS
 * then waits 2.5 s for a key that opens its boot menu.
 *
 * The header is Linux's (Documentation/arch/x86/boot.rst), as far as QEMU reads it.
 */
#define LOADED 0x7c00
#define BYTES  (3 * 2048) /* of loader and header */
#define CD     0xe0 /* SeaBIOS's first CD, for int 13h */

	.section .rodata
	.globl	boot_starter
	.code16
boot_starter:
	.org	0x1f1
	.byte	(BYTES + 512) / 512 /* setup_sects: those after the first */
	.org	0x1fe
	.word	0xaa55
	jmp	start
	.ascii	"HdrS"
	.word	0x0202	/* version: the oldest that is loaded high */
	.org	0x211
	.byte	1	/* loadflags: LOADED_HIGH */
	.org	0x240

start:	cli	/* DS is the begin of all this */
	cld
	xor	%ax, %ax
	mov	%ax, %es
	mov	$1024, %si
	mov	$LOADED, %di
	mov	$(BYTES / 2), %cx
	rep movsw
	mov	$CD, %dl
	ljmp	$0, $LOADED
	.org	1024

	.section .note.GNU-stack, "", @progbits
