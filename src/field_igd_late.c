/* Parts of the "igd" section that the guest's driver did not tell in time. */
#include <string.h>

#include "src/document.h"
#include "src/field_private.h"

/* A driver that does not answer although the processors are idle waits for its device: by as much
 * it is not the guest that is slow. The share is a choice: idle for most of the time, and hardly
 * ever kept waiting by the hypervisor. */
#define IDLE_PERCENT   50
#define STOLEN_PERCENT 10

static bool was_idle(const json_t *late)
{
	const json_t *stolen = json_object_get(late, "stolen_percent");

	return json_integer_value(json_object_get(late, "idle_percent")) >= IDLE_PERCENT &&
	       stolen && json_integer_value(stolen) <= STOLEN_PERCENT;
}

/* The reason is the guest's slowness, its driver, or the agent's own: then the observer is the
 * agent. */
static bool is_late(const json_t *part)
{
	return json_object_get(part, "error") &&
	       strcmp(document_text(part, "observer"), "agent") == 0;
}

/*
 * Does the driver have to bring this part about? The others it only has to tell. The engine is
 * asked last, so one that follows frames without an answer was not asked.
 */
static bool is_proof(const json_t *igd, const char *name)
{
	if (strcmp(name, "engine") == 0)
		return !is_late(json_object_get(igd, "frames"));
	return strcmp(name, "mode") == 0 || strcmp(name, "frames") == 0 ||
	       strcmp(name, "interrupts") == 0 || strcmp(name, "picture") == 0;
}

bool field_igd_is_unanswered(const json_t *igd, const char *name)
{
	return is_late(json_object_get(igd, name)) &&
	       !(is_proof(igd, name) && was_idle(json_object_get(igd, "late")));
}
