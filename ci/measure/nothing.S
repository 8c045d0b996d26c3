/*
 * The floor of a guest: a kernel of 1 kB that says hello from real mode, as soon as firmware has
 * started it, and answers whatever it is asked that there is no report (src/wire.h). What a cell
 * with it takes is what libxl, hvmloader, SeaBIOS and the harness take.
 *
 * The header is Linux's boot protocol (Documentation/x86/boot.rst), as far as QEMU reads it; QEMU's
 * option ROM jumps to 0x200 of it with DS at its begin.
 */
	.code16
	.org	0x1f1
	.byte	1	/* setup_sects: one beside this sector */
	.org	0x1fe
	.word	0xaa55
	jmp	start
	.ascii	"HdrS"
	.word	0x0202	/* version: the oldest that is loaded high */
	.org	0x211
	.byte	1	/* loadflags: LOADED_HIGH */
	.org	0x240

start:
	cld
	mov	$hello, %si
	call	say
wait:	mov	$0x3fd, %dx
	in	%dx, %al
	test	$0x01, %al	/* is something received? */
	jz	wait
	mov	$trouble, %si
	call	say
stop:	hlt
	jmp	stop

say:	lodsb
	test	%al, %al
	jz	said
	mov	%al, %ah
	mov	$0x3fd, %dx
full:	in	%dx, %al
	test	$0x20, %al	/* is there room to send? */
	jz	full
	mov	$0x3f8, %dx
	mov	%ah, %al
	out	%al, %dx
	jmp	say
said:	ret

hello:	.asciz	"@IGD1 H 0001 0000/0001 0000000b b4898bb4 igd-nothing\n"
trouble:
	.asciz	"@IGD1 E 0002 0000/0001 00000013 b9ba24a7 a kernel of nothing\n"
	.org	0x410	/* the rest stands for the kernel proper */
