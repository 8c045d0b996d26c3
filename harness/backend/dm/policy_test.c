/*
 * Policies on the arguments that libxl 4.17 really built, recorded in the bookworm lab
 * (results/recorded/lab-bookworm-seed-display/cells/NNN-.../qemu-args.txt), with shorter paths.
 * Those with igd-passthru=on are the same with what libxl_dm.c appends to -machine then. Expected
 * results: worked out by hand from the diffs of the patches that harness/backend/dm/policy.c names.
 */
#include "harness/backend/dm/policy.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/plan/settings.h"
#include "src/suite.h"

#define LINES_MAX 4096

/* What does not differ between the recorded cells, up to -kernel. */
#define HEAD                                                                                       \
	"/usr/libexec/xen-qemu-system-i386\n-xen-domid\n1\n-no-shutdown\n"                         \
	"-chardev\nsocket,id=libxl-cmd,path=/var/run/xen/qmp-libxl-1,server=on,wait=off\n"         \
	"-mon\nchardev=libxl-cmd,mode=control\n"                                                   \
	"-chardev\n"                                                                               \
	"socket,id=libxenstat-cmd,path=/var/run/xen/qmp-libxenstat-1,server=on,wait=off\n"         \
	"-mon\nchardev=libxenstat-cmd,mode=control\n"                                              \
	"-nodefaults\n-no-user-config\n-name\nigd-xenfv-own-std-linux-249\n-vnc\nnone\n"           \
	"-display\nnone\n"
#define BOOT                                                                                       \
	"-kernel\n/g/vmlinuz\n-initrd\n/g/initrd\n-append\nconsole=ttyS0 quiet panic=1 "           \
	"iomem=relaxed\n"
#define SERIAL "-serial\npty\n"
#define VGA    "-device\nVGA,vgamem_mb=16\n"
#define TAIL   "-boot\norder=cda\n-net\nnone\n"
#define MEMORY "-m\n496\n"

/* 001-xenfv-own-std-linux, 002-pc-none-std-linux, 003-pc-late-std-linux */
#define XENFV HEAD BOOT SERIAL VGA TAIL "-machine\nxenfv,suppress-vmdesc=on\n" MEMORY
#define PC    HEAD BOOT SERIAL VGA TAIL "-machine\npc,accel=xen,suppress-vmdesc=on\n" MEMORY
#define PC_LATE                                                                                    \
	HEAD BOOT SERIAL VGA TAIL                                                                  \
		"-machine\npc,accel=xen,suppress-vmdesc=on\n-device\nxen-platform\n" MEMORY
/* With gfx_passthru; vga stdvga and none. */
#define IGD_STD                                                                                    \
	HEAD BOOT SERIAL VGA TAIL "-machine\nxenfv,suppress-vmdesc=on,igd-passthru=on\n" MEMORY
#define IGD_NONE HEAD BOOT SERIAL TAIL "-machine\nxenfv,suppress-vmdesc=on,igd-passthru=on\n" MEMORY
#define IGD_PC                                                                                     \
	HEAD BOOT SERIAL VGA TAIL                                                                  \
		"-machine\npc,accel=xen,suppress-vmdesc=on,igd-passthru=on\n" MEMORY
/* libxl of Xen 4.20 hands the socket over as a file and has QEMU wait; two more lines, a NIC. */
#define NEWER                                                                                       \
	"/q\n-xen-domid\n7\n-no-shutdown\n-chardev\nsocket,id=libxl-cmd,fd=17,server=on,wait=off\n" \
	"-S\n-mon\nchardev=libxl-cmd,mode=control\n-nodefaults\n-no-user-config\n-name\nx\n"        \
	"-vnc\nnone\n-display\nnone\n-k\nde\n"
#define PROBE                                                                                      \
	"/q\n-S\n-no-user-config\n-nodefaults\n-nographic\n-machine\nnone,accel=xen\n"             \
	"-chardev\nsocket,id=libxl-cmd,fd=17,server=on,wait=off\n-mon\n"                           \
	"chardev=libxl-cmd,mode=control\n"

/* Lines to a list, whose texts live in `copy`. */
static void split(const char *lines, char copy[static LINES_MAX], struct arguments *arguments_r)
{
	const char *items[128];
	char *rest = copy, *line;
	size_t count = 0;

	CU_ASSERT_FATAL(strlen(lines) < LINES_MAX);
	strcpy(copy, lines);
	while ((line = strsep(&rest, "\n")) && rest && count < 127)
		items[count++] = line;
	items[count] = NULL;
	CU_ASSERT_EQUAL_FATAL(arguments_take(items, arguments_r), 0);
}

static bool is_lines(const struct arguments *arguments, const char *lines)
{
	char copy[LINES_MAX];
	struct arguments want;
	bool same;

	split(lines, copy, &want);
	same = arguments->count == want.count && !arguments->items[arguments->count];
	for (size_t i = 0; same && i < want.count; i++)
		same = strcmp(arguments->items[i], want.items[i]) == 0;
	arguments_finish(&want);
	return same;
}

static int apply(
	const char *policy, const char *lines, struct arguments *arguments_r, struct problem *why)
{
	static char copy[LINES_MAX]; /* of the last list */
	const struct policy *found = policy_find(policy);

	CU_ASSERT_PTR_NOT_NULL_FATAL(found);
	why->text[0] = '\0';
	split(lines, copy, arguments_r);
	return found->apply(arguments_r, why);
}

static void becomes(const char *policy, const char *before, const char *after)
{
	struct arguments arguments;
	struct problem why;

	CU_ASSERT_EQUAL(apply(policy, before, &arguments, &why), 0);
	CU_ASSERT_STRING_EQUAL(why.text, "");
	CU_ASSERT_TRUE(is_lines(&arguments, after));
	arguments_finish(&arguments);
}

static void libxl_changes_nothing(void)
{
	becomes("libxl", XENFV, XENFV);
	becomes("libxl", PC_LATE, PC_LATE);
	becomes("libxl", "/q\nwhatever\n", "/q\nwhatever\n");
}

static void rfc_changes_two_places(void)
{
	/* First hunk of the diff: behind -append. Second: the machine. */
	becomes("rfc", XENFV,
		HEAD BOOT "-device\nxen-platform\n" SERIAL VGA TAIL
			  "-machine\npc,accel=xen,suppress-vmdesc=on\n" MEMORY);
	becomes("rfc", IGD_NONE,
		HEAD BOOT "-device\nxen-platform\n" SERIAL TAIL
			  "-machine\npc,accel=xen,suppress-vmdesc=on,igd-passthru=on\n" MEMORY);
	/* mmio_hole */
	becomes("rfc",
		HEAD BOOT SERIAL TAIL
		"-machine\nxenfv,suppress-vmdesc=on,max-ram-below-4g=2147483648\n" MEMORY,
		HEAD BOOT "-device\nxen-platform\n" SERIAL TAIL
			  "-machine\npc,accel=xen,suppress-vmdesc=on,"
			  "max-ram-below-4g=2147483648\n" MEMORY);
	/* Before a SCSI adapter; and a guest that boots from it: no -kernel. */
	becomes("rfc",
		NEWER "-device\nlsi53c895a\n" SERIAL TAIL
		      "-machine\nxenfv,suppress-vmdesc=on\n" MEMORY,
		NEWER "-device\nxen-platform\n-device\nlsi53c895a\n" SERIAL TAIL
		      "-machine\npc,accel=xen,suppress-vmdesc=on\n" MEMORY);
}

/* The patch looks at xen_platform_pci: if it is off there was and is no device. */
static void rfc_without_a_platform_device(void)
{
	becomes("rfc", PC, PC);
	becomes("rfc", PC_LATE, PC_LATE);
	becomes("rfc", IGD_PC, IGD_PC);
}

/* The patch does not see device_model_args_hvm. */
static void a_cells_own_arguments_stay(void)
{
	becomes("rfc",
		HEAD BOOT SERIAL TAIL "-machine\nxenfv,suppress-vmdesc=on\n-machine\nxenfv-4.2\n"
				      "-device\nVGA\n" MEMORY,
		HEAD BOOT "-device\nxen-platform\n" SERIAL TAIL
			  "-machine\npc,accel=xen,suppress-vmdesc=on\n-machine\nxenfv-4.2\n"
			  "-device\nVGA\n" MEMORY);
	becomes("igd-only",
		HEAD BOOT SERIAL TAIL "-machine\nxenfv,suppress-vmdesc=on,igd-passthru=on\n"
				      "-device\nVGA\n" MEMORY,
		HEAD BOOT "-device\nxen-platform,addr=0x3\n" SERIAL TAIL
			  "-machine\npc,accel=xen,suppress-vmdesc=on,igd-passthru=on\n"
			  "-device\nVGA\n" MEMORY);
	/* A command line that looks like options. */
	becomes("rfc",
		HEAD "-kernel\n-machine\n-append\n-device\n" SERIAL TAIL
		     "-machine\nxenfv,suppress-vmdesc=on\n" MEMORY,
		HEAD "-kernel\n-machine\n-append\n-device\n-device\nxen-platform\n" SERIAL TAIL
		     "-machine\npc,accel=xen,suppress-vmdesc=on\n" MEMORY);
}

static void igd_only_moves_everything_off_slot_2(void)
{
	becomes("igd-only", IGD_NONE,
		HEAD BOOT "-device\nxen-platform,addr=0x3\n" SERIAL TAIL
			  "-machine\npc,accel=xen,suppress-vmdesc=on,igd-passthru=on\n" MEMORY);
	becomes("igd-only", IGD_STD,
		HEAD BOOT "-device\nxen-platform,addr=0x3\n" SERIAL
			  "-device\nVGA,addr=0x4,vgamem_mb=16\n" TAIL
			  "-machine\npc,accel=xen,suppress-vmdesc=on,igd-passthru=on\n" MEMORY);
	/* The patches' condition is the IGD, not the platform device. */
	becomes("igd-only", IGD_PC,
		HEAD BOOT SERIAL
		"-device\nVGA,addr=0x3,vgamem_mb=16\n" TAIL
		"-machine\npc,accel=xen,suppress-vmdesc=on,igd-passthru=on\n" MEMORY);
	/* A NIC and an AHCI adapter, and what is on its bus and not on PCI. */
	becomes("igd-only",
		NEWER SERIAL "-device\nrtl8139,id=nic0,netdev=net0,mac=00:16:3e:00:00:01\n"
			     "-machine\nxenfv,suppress-vmdesc=on,igd-passthru=on\n" MEMORY
			     "-device\nahci,id=ahci0\n-device\nide-hd,bus=ahci0.0\n",
		NEWER "-device\nxen-platform,addr=0x3\n" SERIAL
		      "-device\nrtl8139,addr=0x4,id=nic0,netdev=net0,mac=00:16:3e:00:00:01\n"
		      "-machine\npc,accel=xen,suppress-vmdesc=on,igd-passthru=on\n" MEMORY
		      "-device\nahci,addr=0x5,id=ahci0\n-device\nide-hd,bus=ahci0.0\n");
}

static void igd_only_bare_changes_the_machine(void)
{
	becomes("igd-only-bare", IGD_STD, IGD_PC);
	becomes("igd-only-bare", IGD_PC, IGD_PC);
}

static void igd_only_leaves_other_guests_alone(void)
{
	static const char *const others[] = { XENFV, PC, PC_LATE };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		becomes("igd-only", others[i], others[i]);
		becomes("igd-only-bare", others[i], others[i]);
	}
	/* Switched off by hand, or something that is only called so. */
	becomes("igd-only", HEAD BOOT TAIL "-machine\nxenfv,igd-passthru=off\n" MEMORY,
		HEAD BOOT TAIL "-machine\nxenfv,igd-passthru=off\n" MEMORY);
	becomes("igd-only", HEAD BOOT TAIL "-machine\nxenfv,x-igd-passthru=on\n" MEMORY,
		HEAD BOOT TAIL "-machine\nxenfv,x-igd-passthru=on\n" MEMORY);
}

static void what_is_not_understood_is_refused(void)
{
	static const char *const cases[][2] = {
		{ "/q\n", "have no -machine" },
		{ HEAD BOOT SERIAL, "have no -machine" },
		{ HEAD BOOT "-machine\n", "-machine, has no value" },
		{ HEAD "stray\n" BOOT "-machine\nxenfv\n", "\"stray\"" },
		{ "/q\n-name\nx\n-machine\nxenfv\n", "have no -display" },
		{ "/q\n-kernel\nk\n-display\nnone\n-machine\nxenfv\n",
			"-kernel, does not follow -display" },
		{ HEAD SERIAL BOOT "-machine\nxenfv\n", "-kernel, does not follow -display" },
		{ HEAD BOOT "-machine\nxenfv-4.2\n", "\"xenfv-4.2\", neither" },
		{ HEAD BOOT "-machine\nq35,accel=xen\n", "\"q35,accel=xen\", neither" },
		{ HEAD BOOT "-machine\nnone,accel=xen\n", "neither" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (const struct policy *policy = policies + 1; policy->name; policy++) {
			struct arguments arguments;
			struct problem why;

			CU_ASSERT_EQUAL(
				apply(policy->name, cases[i][0], &arguments, &why), -EINVAL);
			CU_ASSERT_PTR_NOT_NULL(strstr(why.text, cases[i][1]));
			arguments_finish(&arguments);
		}
	}
}

static void too_many_devices(void)
{
	char lines[LINES_MAX] = NEWER SERIAL;
	struct arguments arguments;
	struct problem why;

	for (int i = 4; i < 33; i++)
		strcat(lines, VGA);
	strcat(lines, "-machine\nxenfv,igd-passthru=on\n" MEMORY);
	CU_ASSERT_EQUAL(apply("igd-only", lines, &arguments, &why), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "no slot is free for VGA"));
	arguments_finish(&arguments);
}

static void calls(void)
{
	static const struct {
		const char *lines;
		enum dm_call call;
	} cases[] = {
		{ XENFV, DM_CALL_GUEST },
		{ PROBE, DM_CALL_PROBE },
		{ "/q\n--version\n", DM_CALL_QUESTION },
		{ "/q\n-version\n", DM_CALL_QUESTION },
		{ "/q\n-help\n", DM_CALL_QUESTION },
		{ "/q\n--version\n-machine\nxenfv\n", DM_CALL_GUEST },
		{ "/q\n", DM_CALL_GUEST },
		/* Only a guest's name, and a guest's kernel's. */
		{ "/q\n-name\n-help\n", DM_CALL_GUEST },
		{ HEAD "-append\n-machine\n-k\nnone\n-machine\nxenfv\n", DM_CALL_GUEST },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char copy[LINES_MAX];
		struct arguments arguments;

		split(cases[i].lines, copy, &arguments);
		CU_ASSERT_EQUAL(dm_call(&arguments), cases[i].call);
		arguments_finish(&arguments);
	}
}

/* harness/plan/settings/table.c knows the words without this part. */
static void the_settings_words_are_the_policies(void)
{
	const struct setting *setting = setting_table;
	size_t i = 0;

	while (setting->name && strcmp(setting->name, "policy") != 0)
		setting++;
	CU_ASSERT_PTR_NOT_NULL_FATAL(setting->words);
	for (; policies[i].name; i++) {
		CU_ASSERT_PTR_NOT_NULL_FATAL(setting->words[i]);
		CU_ASSERT_STRING_EQUAL(setting->words[i], policies[i].name);
		CU_ASSERT_PTR_EQUAL(policy_find(policies[i].name), &policies[i]);
		CU_ASSERT_TRUE(strlen(policies[i].about) > 10 && strlen(policies[i].source) > 10);
	}
	CU_ASSERT_PTR_NULL(setting->words[i]);
	CU_ASSERT_PTR_NULL(policy_find("nosuch"));
	CU_ASSERT_PTR_NULL(policy_find(""));
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "libxl changes nothing", libxl_changes_nothing },
		{ "rfc changes the patch's two places", rfc_changes_two_places },
		{ "rfc without a platform device", rfc_without_a_platform_device },
		{ "a cell's own arguments stay", a_cells_own_arguments_stay },
		{ "igd-only moves everything off slot 2", igd_only_moves_everything_off_slot_2 },
		{ "igd-only-bare changes the machine", igd_only_bare_changes_the_machine },
		{ "igd-only leaves other guests alone", igd_only_leaves_other_guests_alone },
		{ "what is not understood is refused", what_is_not_understood_is_refused },
		{ "too many devices", too_many_devices },
		{ "a guest, a probe, a question", calls },
		{ "the setting's words are the policies", the_settings_words_are_the_policies },
		CU_TEST_INFO_NULL,
	};

	return suite_main("dm-policy", tests);
}
