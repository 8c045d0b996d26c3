/*
 * Preloaded into the lab's QEMU under TCG: lets guests of the lab's Xen write CR8.
 *
 * A guest of SVM with virtual interrupts that writes CR8 reaches cpu_interrupt() without QEMU's big
 * lock, and QEMU aborts: `cpu_interrupt: assertion failed: (bql_locked())`, and with it the lab.
 * helper_write_crN() in target/i386/tcg/system/misc_helper.c; seen with QEMU 7.2.22 and 11.1.3.
 * Every interrupt handler of OVMF writes CR8, and so does Windows; Linux does not.
 *
 * QEMU exports its functions for its modules. The first bytes of cpu_interrupt() become a jump to
 * the function here, which does what QEMU's does under TCG, and takes the lock if the caller has
 * not. A QEMU that lacks one of the functions, such as one before 9.0, is left as it is.
 */
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* The declarations of QEMU 9.0 to 11.1, include/qemu/main-loop.h and accel/tcg/tcg-accel-ops.h. */
static void (*bql_lock_impl)(const char *file, int line);
static void (*bql_unlock)(void);
static bool (*bql_locked)(void);
static void (*tcg_handle_interrupt)(void *cpu, int mask);

static void interrupt_under_lock(void *cpu, int mask)
{
	bool take = !bql_locked();

	if (take)
		bql_lock_impl(__FILE__, __LINE__);
	tcg_handle_interrupt(cpu, mask);
	if (take)
		bql_unlock();
}

static bool find(void *function_r, const char *name)
{
	void *found = dlsym(RTLD_DEFAULT, name);

	memcpy(function_r, &found, sizeof(found));
	return found;
}

/* Writes `movabs $to, %rax; jmp *%rax` (Intel's manual, volume 2) at `from`. */
static bool redirect(void *from, void (*to)(void *cpu, int mask))
{
	unsigned char jump[12] = { 0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xe0 };
	uintptr_t page = (uintptr_t)from & ~((uintptr_t)sysconf(_SC_PAGESIZE) - 1);
	size_t length = (uintptr_t)from + sizeof(jump) - page;

	memcpy(jump + 2, &to, sizeof(to));
	if (mprotect((void *)page, length, PROT_READ | PROT_WRITE | PROT_EXEC) < 0)
		return false;
	memcpy(from, jump, sizeof(jump));
	return mprotect((void *)page, length, PROT_READ | PROT_EXEC) == 0;
}

__attribute__((constructor)) static void begin(void)
{
	void *cpu_interrupt;

	if (!find(&cpu_interrupt, "cpu_interrupt") || !find(&bql_lock_impl, "bql_lock_impl") ||
		!find(&bql_unlock, "bql_unlock") || !find(&bql_locked, "bql_locked") ||
		!find(&tcg_handle_interrupt, "tcg_handle_interrupt"))
		return;
	if (!redirect(cpu_interrupt, interrupt_under_lock))
		perror("ci/lab/qemu: cpu_interrupt() of QEMU stays as it is");
}
