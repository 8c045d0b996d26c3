#include "harness/report/screens.h"

#include <errno.h>
#include <nettle/base64.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report/cell_text.h"
#include "harness/report/ppm.h"
#include "src/document.h"
#include "src/verdict.h"

/* Is it what it should be? A browser is not to be handed anything else that QEMU's process wrote.
 */
static bool is_png(const char *bytes, size_t length)
{
	static const char signature[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
	const unsigned char *size = (const unsigned char *)bytes + sizeof(signature) - 1;

	/* Width and height, big-endian, at most 16,383. */
	return length > sizeof(signature) + 8 &&
	       memcmp(bytes, signature, sizeof(signature) - 1) == 0 && !size[0] && !size[1] &&
	       size[2] < 0x40 && !size[4] && !size[5] && size[6] < 0x40;
}

static json_t *data_url(const char *bytes, size_t length)
{
	static const char head[] = "data:image/png;base64,";
	size_t at = sizeof(head) - 1;
	char *text = malloc(at + BASE64_ENCODE_RAW_LENGTH(length));
	json_t *url;

	if (!text)
		return NULL;
	memcpy(text, head, at);
	base64_encode_raw(text + at, length, (const uint8_t *)bytes);
	url = json_stringn(text, at + BASE64_ENCODE_RAW_LENGTH(length));
	free(text);
	return url;
}

/* The screenshots of a cell. */
static const struct screen {
	const char *file, *key, *left_out; /* in the cell's folder, and in the page */
	bool by_qemu;                      /* a PPM where QEMU makes no PNG */
} kinds[] = {
	{ RENDER_IGD_SCREEN_FILE, "igd_screen", "igd_screen_left_out", false },
	{ RENDER_SCREEN_FILE, "screen", "screen_left_out", true },
};

/* A screenshot as a PNG, whichever form QEMU gave it; as record->read(), and -EINVAL for none. */
static int read_screen(const struct record *record, const char *cell, const struct screen *screen,
	char **bytes_r, size_t *length_r)
{
	char *ppm = NULL;
	size_t length = 0;
	int r = record->read(
		record->data, cell, screen->file, RENDER_SCREEN_MAX, bytes_r, length_r);

	if (r != -ENOENT || !screen->by_qemu)
		return r;
	/* QEMU that was built without libpng takes a PPM. */
	r = record->read(record->data, cell, "screen.ppm", PPM_BYTES_MAX, &ppm, &length);
	if (r == 0)
		r = ppm_to_png(ppm, length, bytes_r, length_r);
	free(ppm);
	return r;
}

/* The screenshot, or why it is not in the page. */
static void add_screen(struct screens *page, const struct record *record, const json_t *cell,
	const struct screen *screen, json_t *detail)
{
	enum verdict verdict = VERDICT_PASS;
	size_t length = 0, *left;
	unsigned int *count;
	char *bytes = NULL;
	int r;

	verdict_parse(document_text(cell, "verdict"), &verdict);
	left = &page->left[verdict >= VERDICT_FLAKY ? 0 : 1];
	count = &page->count[verdict >= VERDICT_FLAKY ? 0 : 1];
	if (*count >= RENDER_SCREENS_COUNT)
		return; /* of so many nobody looks at the next, and each costs its time */
	r = read_screen(record, render_record(cell), screen, &bytes, &length);
	if (r == -ENOENT)
		return;
	(*count)++;
	if (r < 0 || !is_png(bytes, length)) {
		json_object_set_new(detail, screen->left_out,
			json_string(r == -EFBIG ? "the picture is too large"
						: "the file is not a picture"));
	} else if (length > *left) {
		json_object_set_new(detail, screen->left_out,
			json_string("this page has reached its limit of pictures"));
	} else {
		*left -= length;
		json_object_set_new(detail, screen->key, data_url(bytes, length));
	}
	free(bytes);
}

void screens_add(
	struct screens *page, const struct record *record, const json_t *cell, json_t *detail)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		add_screen(page, record, cell, &kinds[i], detail);
}
