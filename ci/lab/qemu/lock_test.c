/* The functions of QEMU that lock.c knows, which it finds in this program as in QEMU's. */
#include <stdbool.h>
#include <stdlib.h>

#include "src/suite.h"

void bql_lock_impl(const char *file, int line);
void bql_unlock(void);
bool bql_locked(void);
void tcg_handle_interrupt(void *cpu, int mask);
void cpu_interrupt(void *cpu, int mask);

static bool locked;
static int locks, seen;

void bql_lock_impl(const char *file, int line)
{
	(void)file;
	(void)line;
	CU_ASSERT(!locked);
	locked = true;
	locks++;
}

void bql_unlock(void)
{
	CU_ASSERT(locked);
	locked = false;
}

bool bql_locked(void)
{
	return locked;
}

void tcg_handle_interrupt(void *cpu, int mask)
{
	/* QEMU's asserts the same. */
	CU_ASSERT(locked);
	*(int *)cpu |= mask;
	seen++;
}

/* gcc may call a copy of its own. */
#if __has_attribute(noclone)
#define WHOLE __attribute__((noinline, noclone))
#else
#define WHOLE __attribute__((noinline))
#endif

/* QEMU's, which is never to run again. Long enough for a jump, and called as from another file. */
WHOLE void cpu_interrupt(void *cpu, int mask)
{
	if (!locked || *(volatile int *)cpu == mask)
		abort();
	tcg_handle_interrupt(cpu, mask);
}

static void (*volatile interrupt)(void *cpu, int mask) = cpu_interrupt;

static void test_a_caller_without_the_lock_gets_it(void)
{
	int cpu = 0;

	locks = seen = 0;
	interrupt(&cpu, 0x0100);
	CU_ASSERT_EQUAL(cpu, 0x0100);
	CU_ASSERT_EQUAL(seen, 1);
	CU_ASSERT_EQUAL(locks, 1);
	CU_ASSERT_FALSE(locked);
}

static void test_a_caller_with_the_lock_keeps_it(void)
{
	int cpu = 2;

	locks = seen = 0;
	locked = true;
	interrupt(&cpu, 2);
	CU_ASSERT_EQUAL(seen, 1);
	CU_ASSERT_EQUAL(locks, 0);
	CU_ASSERT_TRUE(locked);
	locked = false;
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "a caller without the lock gets it", test_a_caller_without_the_lock_gets_it },
		{ "a caller with the lock keeps it", test_a_caller_with_the_lock_keeps_it },
		CU_TEST_INFO_NULL,
	};

	return suite_main("lab qemu lock", tests);
}
