/* A host under test is switched on and off, and waited for. */
#include <errno.h>
#include <string.h>

#include "harness/base/clock.h"
#include "harness/dut/private.h"

/* Between two questions to a host that does not answer yet. */
#define PAUSE_MS 1000

/* Times that a host is switched on before it is given up. */
#define TRIES 3

enum power { POWER_ON, POWER_OFF, POWER_UNKNOWN };

/* A line of the description, for the shell here. 0, -EIO if it failed, -ETIMEDOUT, -EINTR. */
static int run_line(struct dut_session *session, const char *line, struct problem *why)
{
	char *const argv[] = { (char *)"sh", (char *)"-c", (char *)line, NULL };

	return dut_local(session, argv, session->dut->folder, -1,
		session->dut->limits[DUT_POWER] * 1000ull, why);
}

static enum power ask_power(struct dut_session *session)
{
	const char *line = session->dut->power_status;
	struct problem why = { "" };

	if (!line)
		return POWER_UNKNOWN;
	switch (run_line(session, line, &why)) {
	case 0:
		return POWER_ON;
	case -EIO:
		/* What it says beside 0 and 1 is about the switch, not about the host. */
		return strstr(why.text, "(status 1)") ? POWER_OFF : POWER_UNKNOWN;
	default:
		return POWER_UNKNOWN;
	}
}

static int turn(
	struct dut_session *session, const char *line, const char *what, struct problem *why)
{
	struct problem inner = { "" };
	int r = dut_place_check(session, why);

	if (r < 0)
		return r;
	dut_say(session, "switching it %s (limit %u s)", what, session->dut->limits[DUT_POWER]);
	dut_console_note(session, what);
	r = run_line(session, line, &inner);
	if (r == 0 || r == -EINTR)
		return r;
	return problem_set(why, -EHOSTDOWN, "%s cannot be switched %s: %.300s", session->dut->name,
		what, inner.text);
}

/* Waits until it answers, for so many seconds. 0 and the boot id, -EHOSTDOWN or -EINTR. */
static int await(struct dut_session *session, unsigned int seconds,
	char boot_id[static BOOT_ID_MAX], struct problem *why)
{
	uint64_t until = clock_us() + seconds * 1000000ull;
	struct problem last = { "" };
	int r;

	for (;;) {
		last.text[0] = 0;
		r = dut_boot_id(session, boot_id, &last);
		if (r == 0 || r == -EINTR)
			return r;
		if (clock_us() + PAUSE_MS * 1000 >= until)
			break;
		r = dut_pause(session, PAUSE_MS);
		if (r < 0)
			return r;
	}
	return problem_set(why, -EHOSTDOWN, "%s does not answer within %u s: %.300s",
		session->dut->name, seconds, last.text);
}

/* The boot that is driven from now on. 1 if another one was before. */
static int drive(struct dut_session *session, const char *boot_id)
{
	int another = strcmp(session->boot_id, boot_id) != 0;

	memcpy(session->boot_id, boot_id, BOOT_ID_MAX);
	return another;
}

/* Off, unless it is, and on, until it answers: what died once may do so again while it boots. */
static int bring_up(struct dut_session *session, bool is_off, struct problem *why)
{
	const struct dut *dut = session->dut;
	struct problem inner = { "" };
	char boot_id[BOOT_ID_MAX];
	int r = -EHOSTDOWN;

	for (int i = 0; i < TRIES && r == -EHOSTDOWN; i++) {
		inner.text[0] = 0;
		r = is_off && i == 0 ? 0 : turn(session, dut->power_off, "off", &inner);
		if (r == 0)
			r = turn(session, dut->power_on, "on", &inner);
		if (r == 0)
			r = await(session, dut->limits[DUT_BOOT], boot_id, &inner);
		if (r == -EHOSTDOWN)
			dut_say(session, "%s", inner.text);
	}
	if (r == 0)
		return drive(session, boot_id);
	return problem_set(why, r, "%s", inner.text);
}

int dut_cycle(struct dut_session *session, struct problem *why)
{
	bool was_up = session->boot_id[0];
	int r = bring_up(session, false, why);

	if (r == 0 && was_up)
		return problem_set(why, -EHOSTDOWN,
			"%s was power cycled, but its boot id is unchanged: correct the "
			"power commands in its description",
			session->dut->name);
	return r;
}

int dut_revive(struct dut_session *session, struct problem *why)
{
	const struct dut *dut = session->dut;
	char boot_id[BOOT_ID_MAX];
	struct problem inner = { "" };
	/* Who took it away may well have switched it off. */
	int r = dut_place_check(session, why);

	if (r < 0)
		return r;
	if (dut->power_on && ask_power(session) == POWER_OFF)
		return bring_up(session, true, why);
	r = await(session, dut->limits[DUT_ANSWER], boot_id, &inner);
	if (r == -EHOSTDOWN && dut->power_on) {
		dut_say(session, "it does not answer");
		return dut_cycle(session, why);
	}
	/* It may be on its way by itself: a kernel that panics often reboots. */
	if (r == -EHOSTDOWN && session->boot_id[0]) {
		inner.text[0] = 0;
		r = await(session, dut->limits[DUT_BOOT], boot_id, &inner);
	}
	if (r == -EHOSTDOWN)
		return problem_set(why, r,
			"%.250s; its description has no power commands: switch the host on "
			"by hand",
			inner.text);
	return r == 0 ? drive(session, boot_id) : r;
}

int dut_wake(struct dut_session *session, struct problem *why)
{
	int r;

	session->was_off = session->dut->power_on && ask_power(session) == POWER_OFF;
	r = session->was_off ? bring_up(session, true, why) : dut_revive(session, why);
	return r < 0 ? r : 0;
}

void dut_leave(struct dut_session *session)
{
	struct problem why = { "" };

	/* Also when the user is in a hurry: nobody else will do it. */
	session->stop = false;
	if (session->was_off && !session->place.lost &&
		turn(session, session->dut->power_off, "off", &why) < 0)
		dut_say(session, "%s", why.text);
}
