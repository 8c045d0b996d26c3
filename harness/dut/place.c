/*
 * The lock of labgrid's on a host. labgrid knows who holds a place by HOST/USER and keeps it for
 * them until they give it back, also if they died. So each run is a user of its own:
 * labgrid.json (docs/schema/place.json)
 * is in the run directory from before the place is taken until it is given back.
 */
#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "harness/base/below/below.h"
#include "harness/base/clock.h"
#include "harness/base/fileio.h"
#include "harness/dut/driver.h"
#include "harness/dut/private.h"
#include "src/document.h"

/* Between two looks at a place that somebody else holds. */
#define PAUSE_MS 5000

/* Of `labgrid-client show`: who holds the place comes before its resources. */
#define HEARD_MAX (16u << 10)

struct heard {
	char out[HEARD_MAX + 1], last[DUT_LAST_MAX];
	size_t length, last_length;
	bool line_ended;
};

static void on_out(void *data, const char *bytes, size_t length)
{
	struct heard *heard = data;

	for (size_t i = 0; i < length && heard->length < HEARD_MAX; i++)
		heard->out[heard->length++] = bytes[i] >= ' ' && bytes[i] <= '~' ? bytes[i] : '\n';
	heard->out[heard->length] = 0;
}

/* The last line, which is where the client says what is wrong. */
static void on_err(void *data, const char *bytes, size_t length)
{
	struct heard *heard = data;

	for (size_t i = 0; i < length; i++) {
		if (bytes[i] == '\n') {
			heard->line_ended = true;
			continue;
		}
		/* Only now: the last line has one behind it too. */
		if (heard->line_ended)
			heard->last_length = 0;
		heard->line_ended = false;
		if (heard->last_length < DUT_LAST_MAX - 1)
			heard->last[heard->last_length++] =
				bytes[i] >= ' ' && bytes[i] <= '~' ? bytes[i] : '?';
		heard->last[heard->last_length] = 0;
	}
}

/* Runs labgrid's client. 0 if it could; -EIO with what it said; -EINTR. */
static int client(
	struct dut_session *session, const char *command, struct heard *heard, struct problem *why)
{
	const char *words[DUT_LABGRID_WORDS];
	size_t count = dut_labgrid_words(&session->dut->labgrid, false, words);
	const struct subprocess_spec order = { .argv = (char *const *)words,
		.folder = session->dut->folder,
		.in_fd = -1,
		.out = on_out,
		.err = on_err,
		.data = heard };
	const struct subprocess_limits limits = {
		.limit_ms = session->dut->limits[DUT_ANSWER] * 1000ull, .stop = &session->stop
	};
	struct problem inner = { "" };
	int status;

	words[count++] = command;
	words[count] = NULL;
	*heard = (struct heard){ 0 };
	status = subprocess_run(session->loop, &order, &limits, &inner);
	if (status == 0 || status == -EINTR)
		return status;
	if (status == -ETIMEDOUT)
		return problem_set(why, -EIO, "`labgrid-client %s` takes longer than %u s", command,
			session->dut->limits[DUT_ANSWER]);
	if (status > 0 && !heard->last[0])
		return problem_set(
			why, -EIO, "`labgrid-client %s` ended with status %d", command, status);
	return problem_set(why, -EIO, "%s", status < 0 ? inner.text : heard->last);
}

/*
 * Who holds the place: "HOST/USER", "" nobody. -ENOENT if there is no such place: the client takes
 * a name that is part of another's for that one.
 */
static int look(struct dut_session *session, char holder[static DUT_OWNER_MAX], struct problem *why)
{
	static const char place[] = "Place '", acquired[] = "  acquired: ";
	const char *wanted = session->dut->labgrid.place;
	struct heard heard;
	char *rest = NULL;
	int r = client(session, "show", &heard, why);
	bool known = false;

	if (r < 0)
		return r;
	for (char *line = strtok_r(heard.out, "\n", &rest); line;
		line = strtok_r(NULL, "\n", &rest)) {
		if (strncmp(line, place, strlen(place)) == 0) {
			line += strlen(place);
			line[strcspn(line, "'")] = 0;
			if (strcmp(line, wanted) != 0)
				return problem_set(why, -ENOENT,
					"the coordinator has no place %s, only one named %.60s",
					wanted, line);
			known = true;
		} else if (known && strncmp(line, acquired, strlen(acquired)) == 0) {
			line += strlen(acquired);
			snprintf(
				holder, DUT_OWNER_MAX, "%s", strcmp(line, "None") == 0 ? "" : line);
			return 0;
		}
	}
	return problem_set(
		why, -EIO, "the output of `labgrid-client show` has no holder of the place");
}

/* "  tags: board=nuc, gpu=coffee-lake" as an array of "board=nuc" and so on. */
static json_t *tags_of(char *shown, const char *wanted)
{
	static const char place[] = "Place '", tags[] = "  tags: ";
	json_t *list = json_array();
	char *rest = NULL, *more = NULL;
	bool known = false;

	for (char *line = strtok_r(shown, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		if (strncmp(line, place, strlen(place)) == 0) {
			line += strlen(place);
			line[strcspn(line, "'")] = 0;
			known = strcmp(line, wanted) == 0;
		} else if (known && strncmp(line, tags, strlen(tags)) == 0) {
			for (char *tag = strtok_r(line + strlen(tags), ", ", &more); tag;
				tag = strtok_r(NULL, ", ", &more))
				json_array_append_new(list, json_string(tag));
		}
	}
	return list;
}

int dut_tags(const struct dut *dut, json_t **tags_r, struct problem *why)
{
	struct dut_session session = { .dut = dut };
	struct heard heard;
	int r = dut->labgrid.place ? sd_event_new(&session.loop) : 0;

	if (dut->labgrid.place && r >= 0)
		r = client(&session, "show", &heard, why);
	else if (r < 0)
		problem_set(why, r, "cannot make an event loop: %s", strerror(-r));
	if (r >= 0) {
		*tags_r =
			dut->labgrid.place ? tags_of(heard.out, dut->labgrid.place) : json_array();
		r = *tags_r ? 0 : problem_set(why, -ENOMEM, "out of memory");
	}
	sd_event_unref(session.loop);
	return r;
}

static bool is_ours(const struct dut_session *session, const char *holder)
{
	return strcmp(holder, session->place.owner) == 0;
}

/* From here on every labgrid-client that this program starts, by whatever line, is this user. */
static int be(struct dut_session *session, const char *host, const char *user)
{
	int length = snprintf(session->place.owner, DUT_OWNER_MAX, "%s/%s", host, user);

	if (length < 0 || length >= DUT_OWNER_MAX)
		return -ENAMETOOLONG;
	return setenv("LG_HOSTNAME", host, 1) < 0 || setenv("LG_USERNAME", user, 1) < 0 ? -errno
											: 0;
}

static void name_host(char *host, size_t size)
{
	const char *given = getenv("LG_HOSTNAME");

	if (given)
		snprintf(host, size, "%s", given);
	else if (gethostname(host, size) < 0)
		snprintf(host, size, "localhost");
	host[size - 1] = 0;
	host[strcspn(host, "/")] = 0;
}

static void name_user(char *user, size_t size)
{
	const struct passwd *self = getpwuid(getuid());
	const char *given = getenv("LG_USERNAME");
	unsigned int number = 0;

	if (!given)
		given = self ? self->pw_name : "nobody";
	if (getrandom(&number, sizeof(number), 0) < 0)
		number = (unsigned int)getpid();
	snprintf(user, size, "%.60s.igd-%08x", given, number);
	user[strcspn(user, "/")] = 0;
}

static int note(struct dut_session *session, struct problem *why)
{
	const struct dut_labgrid *labgrid = &session->dut->labgrid;
	char host[64], user[96];
	json_t *document = document_new(DOCUMENT_PLACE, DOCUMENT_VERSION);
	int r = -ENOMEM;

	name_host(host, sizeof(host));
	name_user(user, sizeof(user));
	if (document && json_object_set_new(document, "place", json_string(labgrid->place)) == 0 &&
		json_object_set_new(document, "coordinator",
			labgrid->coordinator ? json_string(labgrid->coordinator) : json_null()) ==
			0 &&
		json_object_set_new(document, "host", json_string(host)) == 0 &&
		json_object_set_new(document, "user", json_string(user)) == 0)
		r = fileio_write_json(session->store->dir_fd, DUT_PLACE_FILE, document, why);
	json_decref(document);
	return r < 0 ? problem_set(why, r, "cannot record the place: %s", strerror(-r))
		     : be(session, host, user);
}

/* What the run holds by its note: 0, -ENOENT if nothing. New reference. */
static int read_note(int dir_fd, json_t **note_r, struct problem *why)
{
	static const char *const texts[] = { "place", "host", "user" };
	int r = fileio_read_json(dir_fd, DUT_PLACE_FILE, DOCUMENT_PLACE, note_r, why);

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]) && r == 0; i++) {
		const char *text = document_text(*note_r, texts[i]);

		/* It is to be an argument, and no option. */
		if (!text[0] || text[0] == '-')
			r = problem_set(why, -EINVAL, DUT_PLACE_FILE " has no \"%s\"", texts[i]);
	}
	if (r < 0) {
		json_decref(*note_r);
		*note_r = NULL;
	}
	return r;
}

/* Nothing is held, so nothing is to be given back. */
static void forget(struct dut_session *session)
{
	below_remove(session->store->dir_fd, DUT_PLACE_FILE, false);
	session->place = (struct dut_place){ .lost = session->place.lost };
}

void dut_place_give(struct dut_session *session)
{
	const char *place = session->dut->labgrid.place;
	char holder[DUT_OWNER_MAX];
	struct problem why = { "" }, ignored = { "" };
	struct heard heard;
	int r;

	if (!session->place.owner[0])
		return;
	/* Also when the user is in a hurry: nobody else will do it. */
	session->stop = false;
	r = session->place.asked ? client(session, "release", &heard, &why) : 0;
	if (r < 0) {
		/* Was it ours at all? */
		r = look(session, holder, &ignored);
		if (r == -ENOENT || (r == 0 && !is_ours(session, holder)))
			r = 0;
		else
			r = -EBUSY;
	}
	if (r == 0)
		forget(session);
	else
		dut_say(session,
			"the place %s may still be held by %s: %.200s; `igd-harness resume "
			"%.100s` releases it, or `labgrid-client -p %s release --kick`",
			place, session->place.owner, why.text, session->store->dir, place);
}

/* Gives back what a note says, whatever the description says now. */
static int give_noted(const struct store *store, sd_event *loop, const json_t *note)
{
	char *place = (char *)document_text(note, "place");
	char *coordinator = (char *)document_text(note, "coordinator");
	const struct dut dut = { .name = place,
		.labgrid = { .place = place, .coordinator = coordinator[0] ? coordinator : NULL },
		.limits = { [DUT_ANSWER] = 60 } };
	struct dut_session session = {
		.dut = &dut, .store = store, .loop = loop, .place.asked = true
	};
	int r = be(&session, document_text(note, "host"), document_text(note, "user"));

	if (r == 0)
		dut_place_give(&session);
	return r == 0 && session.place.owner[0] ? -EBUSY : r;
}

void dut_place_forsake(const struct store *store)
{
	struct problem why = { "" };
	json_t *noted = NULL;
	sd_event *loop = NULL;
	int r = read_note(store->dir_fd, &noted, &why);

	if (r == 0)
		r = sd_event_new(&loop);
	if (r >= 0 && give_noted(store, loop, noted) == 0)
		fprintf(stderr, "igd-harness: %s held the place %s; releasing it\n", store->dir,
			document_text(noted, "place"));
	sd_event_unref(loop);
	json_decref(noted);
}

void dut_forsake(const char *dir)
{
	struct problem why = { "" };
	struct store store = STORE_NONE;
	char note[PATH_MAX];

	/* Whatever else the folder is, it is left as it is. */
	snprintf(note, sizeof(note), "%s/%s", dir, DUT_PLACE_FILE);
	if (access(note, F_OK) < 0 || store_open_bare(dir, &store, &why) < 0)
		return;
	dut_place_forsake(&store);
	store_close(&store);
}

/* As who the run is to hold the place: as before, if it held it when it was killed. */
static int name_owner(struct dut_session *session, struct problem *why)
{
	const char *place = session->dut->labgrid.place;
	json_t *noted = NULL;
	int r = read_note(session->store->dir_fd, &noted, why);

	if (r == 0 && place && strcmp(document_text(noted, "place"), place) == 0) {
		session->place.asked = true;
		r = be(session, document_text(noted, "host"), document_text(noted, "user"));
	} else {
		if (r == 0 && give_noted(session->store, session->loop, noted) < 0)
			r = problem_set(why, -EBUSY,
				"the run holds the place %s, which its description no longer "
				"names",
				document_text(noted, "place"));
		if (r == 0 || r == -ENOENT)
			r = place ? note(session, why) : 0;
	}
	json_decref(noted);
	return r;
}

static int acquire(struct dut_session *session, struct problem *why)
{
	struct heard heard;

	session->place.asked = true;
	return client(session, "acquire", &heard, why);
}

/* 0 if the run holds it now; -EBUSY or -EIO with why not; -ENOENT; -EINTR. */
static int try_to_take(struct dut_session *session, struct problem *why)
{
	char holder[DUT_OWNER_MAX];
	int r = look(session, holder, why);

	if (r < 0 || is_ours(session, holder))
		return r;
	return holder[0] ? problem_set(why, -EBUSY, "%s holds it", holder) : acquire(session, why);
}

int dut_place_take(struct dut_session *session, struct problem *why)
{
	const uint64_t wait_us = session->dut->limits[DUT_PLACE] * 1000000ull;
	const char *place = session->dut->labgrid.place;
	uint64_t until = 0, now;
	int r = name_owner(session, why);

	while (place && r == 0) {
		struct problem inner = { "" };

		r = try_to_take(session, &inner);
		if (r == 0 || r == -EINTR)
			return r;
		now = clock_us();
		if (!until && r != -ENOENT && wait_us) {
			until = now + wait_us;
			dut_say(session, "the place %s: %s; waiting for it (limit %u s)", place,
				inner.text, session->dut->limits[DUT_PLACE]);
		}
		if (r == -ENOENT || now >= until)
			return problem_set(why, -EBUSY, "the place %s cannot be acquired: %.350s",
				place, inner.text);
		r = dut_pause(session,
			until - now < PAUSE_MS * 1000 ? (until - now) / 1000 + 1 : PAUSE_MS);
	}
	return r;
}

int dut_place_check(struct dut_session *session, struct problem *why)
{
	const char *place = session->dut->labgrid.place;
	char holder[DUT_OWNER_MAX];
	struct problem inner = { "" };
	int r;

	if (!place)
		return 0;
	r = look(session, holder, &inner);
	if (r == -EIO) {
		dut_say(session, "continuing without the coordinator: %s", inner.text);
		return 0;
	}
	if (r == 0 && !holder[0]) {
		dut_say(session, "the place %s was released; acquiring it again", place);
		r = acquire(session, &inner);
	} else if (r == 0 && !is_ours(session, holder)) {
		r = problem_set(&inner, -EBUSY, "%s holds it", holder);
	}
	if (r == 0 || r == -EINTR)
		return r;
	session->place.lost = true;
	return problem_set(why, -EBUSY, "the place %s was lost (%.200s): stopping all access to %s",
		place, inner.text, session->dut->name);
}
