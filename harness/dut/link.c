/* Reaching a host under test: lines for its shell, by whatever program runs them there. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/dut/private.h"
#include "src/io.h"

/* "\n=255\n": the status of the line, behind all it printed. */
#define TRAILER_MAX 6

/* One line for the host's shell, and its output so far. */
struct ssh_exchange {
	const struct dut_order *order;
	struct dut_answer *answer;
	uint64_t bytes;
	char tail[TRAILER_MAX + 1]; /* last bytes of its stdout */
	char line[DUT_LAST_MAX];    /* current line of its stderr */
	size_t line_length;
	int error;
};

char *dut_quote(const char *text)
{
	char *quoted = malloc(4 * strlen(text) + 3), *to = quoted;

	if (!quoted)
		return NULL;
	*to++ = '\'';
	for (; *text; text++) {
		if (*text == '\'')
			to = stpcpy(to, "'\\''");
		else
			*to++ = *text;
	}
	strcpy(to, "'");
	return quoted;
}

static void say(const struct dut_session *session, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

static void say(const struct dut_session *session, const char *fmt, va_list ap)
{
	fprintf(stderr, "igd-harness: %s: ", session->dut->name);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
}

void dut_say(const struct dut_session *session, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(session, fmt, ap);
	va_end(ap);
}

void dut_progress(const struct dut_session *session, const char *fmt, ...)
{
	va_list ap;

	if (session->quiet)
		return;
	va_start(ap, fmt);
	say(session, fmt, ap);
	va_end(ap);
}

int dut_line(char line[static DUT_LINE_MAX], struct problem *why, const char *fmt, ...)
{
	va_list ap;
	int length;

	va_start(ap, fmt);
	length = vsnprintf(line, DUT_LINE_MAX, fmt, ap);
	va_end(ap);
	if (length >= 0 && length < DUT_LINE_MAX)
		return 0;
	line[0] = '\0';
	return problem_set(why, -E2BIG,
		"a line for the host's shell has more than %d bytes: shorten `tree` and `work` in "
		"the description of the host",
		DUT_LINE_MAX - 1);
}

static void keep_tail(struct ssh_exchange *exchange, const char *bytes, size_t length)
{
	size_t held = strlen(exchange->tail), drop;

	if (length > TRAILER_MAX) {
		bytes += length - TRAILER_MAX;
		length = TRAILER_MAX;
	}
	drop = held + length > TRAILER_MAX ? held + length - TRAILER_MAX : 0;
	memmove(exchange->tail, exchange->tail + drop, held - drop);
	for (size_t i = 0; i < length; i++) /* a 0 would end it */
		exchange->tail[held - drop + i] = bytes[i] ? bytes[i] : ' ';
	exchange->tail[held - drop + length] = 0;
}

static int keep_text(struct dut_answer *answer, const char *bytes, size_t length)
{
	char *text = realloc(answer->text, answer->length + length + 1);

	if (!text)
		return -ENOMEM;
	memcpy(text + answer->length, bytes, length);
	answer->text = text;
	answer->length += length;
	text[answer->length] = 0;
	return 0;
}

static void on_out(void *data, const char *bytes, size_t length)
{
	struct ssh_exchange *exchange = data;
	uint64_t max = exchange->order->out_max ? exchange->order->out_max : DUT_ANSWER_MAX;

	if (exchange->error < 0)
		return;
	exchange->bytes += length;
	keep_tail(exchange, bytes, length);
	if (exchange->bytes > max)
		exchange->error = -EFBIG;
	else if (exchange->order->out_fd >= 0)
		exchange->error = io_write_all(exchange->order->out_fd, bytes, length);
	else
		exchange->error = keep_text(exchange->answer, bytes, length);
}

/* A line at a time, and nothing in it that a terminal would obey. */
static void on_err(void *data, const char *bytes, size_t length)
{
	struct ssh_exchange *exchange = data;

	for (size_t i = 0; i < length; i++) {
		char c = bytes[i];

		if (c != '\n' && c != '\r' && exchange->line_length + 1 < sizeof(exchange->line)) {
			exchange->line[exchange->line_length++] = c >= ' ' && c <= '~' ? c : '?';
			continue;
		}
		if (exchange->line_length == 0)
			continue;
		exchange->line[exchange->line_length] = 0;
		exchange->line_length = 0;
		memcpy(exchange->answer->last, exchange->line, sizeof(exchange->line));
		if (exchange->order->loud)
			fprintf(stderr, "%s\n", exchange->line);
	}
}

/* The status behind what was printed; -1 if it is not there: the line did not come to its end. */
static int read_trailer(const struct ssh_exchange *exchange, size_t *length_r)
{
	const char *at = strrchr(exchange->tail, '=');
	int status = -1;
	char end;

	if (!at || at == exchange->tail || at[-1] != '\n' ||
		sscanf(at, "=%d%c", &status, &end) != 2 || end != '\n')
		return -1;
	*length_r = strlen(at) + 1;
	return status;
}

static int take_answer(struct ssh_exchange *exchange)
{
	struct dut_answer *answer = exchange->answer;
	size_t trailer = 0;

	answer->status = read_trailer(exchange, &trailer);
	if (answer->status < 0)
		return -ENOTCONN;
	if (exchange->order->out_fd >= 0)
		return ftruncate(exchange->order->out_fd, (off_t)(exchange->bytes - trailer)) < 0
			       ? -errno
			       : 0;
	answer->length -= trailer;
	answer->text[answer->length] = 0;
	return 0;
}

/* The words that reach the host, and the line behind them. The caller frees both. */
static char **words_for(const struct dut_session *session, const char *line, char **line_r)
{
	size_t count = 0;
	char **words;

	while (session->dut->reach[count])
		count++;
	words = calloc(count + 2, sizeof(*words));
	if (!words)
		return NULL;
	memcpy(words, session->dut->reach, count * sizeof(*words));
	/* A connection that breaks has a status too, and not one of its own: only this tells. */
	if (asprintf(line_r, "( %s\n); printf '\\n=%%d\\n' $?", line) < 0) {
		free(words);
		return NULL;
	}
	words[count] = *line_r;
	return words;
}

/* Is the host that said nothing for so long still at work on a cell? */
static bool is_at_work(struct dut_session *session)
{
	char line[DUT_LINE_MAX], boot_id[BOOT_ID_MAX];
	struct dut_answer answer = { 0 };
	const struct dut_order order = { .line = line, .in_fd = -1, .out_fd = -1 };
	struct problem why = { "" };
	bool busy;

	dut_say(session, "no output for %u s: checking whether the host is alive",
		session->dut->limits[DUT_SILENCE]);
	if (dut_boot_id(session, boot_id, &why) < 0 || strcmp(boot_id, session->boot_id) != 0)
		return false;
	busy = dut_line(line, &why, "flock -n %s/lock true", session->run) == 0 &&
	       dut_ask(session, &order, &answer, &why) == 0 && answer.status != 0;
	free(answer.text);
	return busy;
}

static int attend(
	struct dut_session *session, struct subprocess *child, const struct dut_order *order)
{
	const unsigned int *limits = session->dut->limits;
	uint64_t limit = order->limit_ms ? order->limit_ms : limits[DUT_ANSWER] * 1000ull;
	uint64_t until = clock_us() + limit * 1000;
	int r;

	for (;;) {
		uint64_t now = clock_us();
		const struct subprocess_limits left = {
			.limit_ms = now < until ? (until - now) / 1000 + 1 : 1,
			.silence_ms = order->runs_cell ? limits[DUT_SILENCE] * 1000ull : 0,
			.stop = &session->stop
		};

		r = subprocess_wait(child, &left);
		if (r != -EAGAIN || !is_at_work(session))
			break;
		subprocess_reset_silence(child);
	}
	return r == 0 || r == -EINTR ? r : -ENOTCONN;
}

int dut_ask(struct dut_session *session, const struct dut_order *order, struct dut_answer *answer_r,
	struct problem *why)
{
	struct ssh_exchange exchange = { .order = order, .answer = answer_r };
	struct subprocess_spec run = { .folder = session->dut->folder,
		.in_fd = order->in_fd,
		.out = on_out,
		.err = on_err,
		.data = &exchange };
	struct subprocess *child = NULL;
	char *line = NULL, **words;
	int r;

	*answer_r = (struct dut_answer){ 0 };
	words = words_for(session, order->line, &line);
	if (!words)
		return problem_set(why, -ENOMEM, "out of memory");
	run.argv = words;
	r = subprocess_start(session->loop, &run, &child, why);
	if (r == 0)
		r = attend(session, child, order);
	if (r == 0 && exchange.error < 0)
		r = problem_set(why, exchange.error, "the output of %s cannot be stored: %s",
			session->dut->name, strerror(-exchange.error));
	/* The last thing that a line does is to print its status: that does not fail. */
	if (r == 0)
		r = subprocess_status(child) == 0 ? take_answer(&exchange) : -ENOTCONN;
	if (r == -ENOTCONN)
		problem_set(why, r, "no connection to %s%s%s", session->dut->name,
			answer_r->last[0] ? ": " : "", answer_r->last);
	subprocess_free(child);
	free(line);
	free(words);
	if (r < 0) {
		free(answer_r->text);
		answer_r->text = NULL;
	}
	return r;
}

int dut_tell(struct dut_session *session, const struct dut_order *order,
	struct dut_answer *answer_r, struct problem *why)
{
	struct dut_answer own = { 0 };
	struct dut_answer *answer = answer_r ? answer_r : &own;
	int r = dut_ask(session, order, answer, why);

	if (r == 0 && answer->status != 0) {
		r = problem_set(why, -EREMOTEIO, "%s failed (status %d)%s%s", session->dut->name,
			answer->status, answer->last[0] ? ": " : "", answer->last);
		free(answer->text);
		answer->text = NULL;
	}
	free(own.text);
	return r;
}

int dut_boot_id(struct dut_session *session, char boot_id[static BOOT_ID_MAX], struct problem *why)
{
	const struct dut_order order = {
		.line = "cat /proc/sys/kernel/random/boot_id", .in_fd = -1, .out_fd = -1
	};
	struct dut_answer answer = { 0 };
	int r = dut_tell(session, &order, &answer, why);

	if (r == 0) {
		snprintf(boot_id, BOOT_ID_MAX, "%s", answer.text);
		boot_id[strcspn(boot_id, "\n")] = 0;
	}
	free(answer.text);
	return r == -EREMOTEIO ? -ENOTCONN : r;
}

int dut_pause(struct dut_session *session, uint64_t ms)
{
	uint64_t until = clock_us() + ms * 1000, now;

	while ((now = clock_us()) < until && !session->stop) {
		int r = sd_event_run(session->loop, until - now);

		if (r < 0)
			return r;
	}
	return session->stop ? -EINTR : 0;
}

/* What a program here says on stderr: kept if it fails. */
static void on_local_err(void *data, const char *bytes, size_t length)
{
	struct problem *said = data;
	size_t used = strlen(said->text);

	for (size_t i = 0; i < length && used + 1 < sizeof(said->text); i++)
		said->text[used++] = bytes[i] >= ' ' && bytes[i] <= '~' ? bytes[i] : ' ';
	said->text[used] = 0;
}

int dut_local(struct dut_session *session, char *const *argv, const char *folder, int in_fd,
	uint64_t limit_ms, struct problem *why)
{
	struct problem said = { "" };
	const struct subprocess_spec order = {
		.argv = argv, .folder = folder, .in_fd = in_fd, .err = on_local_err, .data = &said
	};
	const struct subprocess_limits limits = { .limit_ms = limit_ms, .stop = &session->stop };
	int status = subprocess_run(session->loop, &order, &limits, why);

	return status > 0 ? problem_set(why, -EIO, "%s failed (status %d): %.200s", argv[0], status,
				    said.text)
			  : status;
}
