#include "harness/store/ending.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

static const struct ending_entry endings[ENDING_COUNT] = {
	[ENDING_DONE] = { "done", VERDICT_PASS, NULL,
		"the guest reported, and powered off on request" },
	[ENDING_NOT_SUPPORTED] = { "not-supported", VERDICT_SKIP, NULL,
		"the back end or the host cannot do this cell" },
	[ENDING_BAD_CELL] = { "bad-cell", VERDICT_ERROR, "matrix",
		"the matrix has settings that cannot be applied" },
	[ENDING_CREATE_FAILED] = { "create-failed", VERDICT_FAIL, "libxl or QEMU",
		"the guest could not be created" },
	[ENDING_MODEL_DIED] = { "model-died", VERDICT_FAIL, "QEMU",
		"the device model exited while the guest ran" },
	[ENDING_GUEST_CRASHED] = { "guest-crashed", VERDICT_FAIL, "guest", "the guest crashed" },
	[ENDING_GUEST_REBOOTED] = { "guest-rebooted", VERDICT_FAIL, "guest", "the guest rebooted" },
	[ENDING_GUEST_OFF] = { "guest-off", VERDICT_FAIL, "guest",
		"the guest shut down before the harness requested it" },
	[ENDING_SILENT] = { "silent", VERDICT_FAIL, "firmware or guest kernel",
		"the guest wrote nothing to its console", .late = true },
	[ENDING_HOTPLUG_FAILED] = { "hotplug-failed", VERDICT_FAIL, "libxl or QEMU",
		"the devices of the running guest could not be changed" },
	[ENDING_HOTPLUG_HUNG] = { "hotplug-hung", VERDICT_FAIL, "libxl or QEMU",
		"the devices of the running guest were not changed within the limit",
		.late = true },
	[ENDING_SAVE_FAILED] = { "save-failed", VERDICT_FAIL, "libxl or QEMU",
		"the guest could not be saved" },
	[ENDING_SAVE_HUNG] = { "save-hung", VERDICT_FAIL, "libxl or QEMU",
		"the guest was not saved within the limit", .late = true },
	[ENDING_RESTORE_REFUSED] = { "restore-refused", VERDICT_FAIL, "libxl or QEMU",
		"the saved guest could not be restored" },
	[ENDING_RESTORE_HUNG] = { "restore-hung", VERDICT_FAIL, "libxl or QEMU",
		"the saved guest was not restored within the limit", .late = true },
	[ENDING_NOT_BACK] = { "not-back", VERDICT_FAIL, "QEMU or guest",
		"after the transition the agent did not respond", .late = true },
	[ENDING_STUCK_OFF] = { "stuck-off", VERDICT_FAIL, "guest kernel or QEMU",
		"the guest did not power off", .late = true },
	[ENDING_NO_AGENT] = { "no-agent", VERDICT_ERROR, "guest image",
		"the guest wrote to its console, but its agent sent no frame", .late = true },
	[ENDING_AGENT_DIED] = { "agent-died", VERDICT_ERROR, "agent",
		"the agent died in a running guest" },
	[ENDING_AGENT_SILENT] = { "agent-silent", VERDICT_ERROR, "agent",
		"the agent sent its hello, but no report", .late = true },
	[ENDING_HALF_FRAME] = { "half-frame", VERDICT_ERROR, "agent",
		"the agent sent only a part of a frame or report", .late = true },
	[ENDING_GARBAGE] = { "garbage", VERDICT_ERROR, "guest image",
		"the guest wrote more to its console than the limit" },
	[ENDING_BAD_REPORT] = { "bad-report", VERDICT_ERROR, "agent",
		"the agent sent an invalid report" },
	[ENDING_CREATE_LATE] = { "create-late", VERDICT_MISS, "host",
		"the guest was not created within the limit", .late = true },
	[ENDING_CONSOLE_LOST] = { "console-lost", VERDICT_MISS, "host",
		"the serial line broke while guest and device model were running" },
	[ENDING_HOST_FAILED] = { "host-failed", VERDICT_MISS, "host",
		"an operation of the host failed" },
	[ENDING_HOST_STALLED] = { "host-stalled", VERDICT_MISS, "host",
		"a limit expired while the harness was not scheduled", .late = true },
	[ENDING_NOT_RECORDED] = { "not-recorded", VERDICT_MISS, "host",
		"the record of the cell could not be written" },
	[ENDING_INTERRUPTED] = { "interrupted", VERDICT_MISS, "host", "the run was stopped" },
	[ENDING_KILLED_HOST] = { "killed-host", VERDICT_MISS, "host",
		"the host died while the cell ran" },
};

const struct ending_entry *ending_entry(enum ending ending)
{
	return &endings[ending];
}

bool ending_is_retried(enum ending ending)
{
	return ending == ENDING_NOT_RECORDED || ending == ENDING_INTERRUPTED;
}

int ending_parse(const char *name, enum ending *ending_r)
{
	for (int i = 0; i < ENDING_COUNT; i++) {
		if (strcmp(endings[i].name, name) == 0) {
			*ending_r = (enum ending)i;
			return 0;
		}
	}
	return -EINVAL;
}
