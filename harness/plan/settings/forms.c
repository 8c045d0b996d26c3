#include "harness/plan/settings/forms.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/plan/pci_spec.h"
#include "harness/plan/setting_values.h"
#include "harness/plan/settings.h"

#define SHOWN "\"%.60s\""

#define IOPORT_MAX 0xffff /* 16 bits on x86 */
/* A page's number: physical addresses have at most 52 bits on x86 (Intel SDM 3A, 4.1.4). */
#define PAGE_MAX ((UINT64_C(1) << 40) - 1)

int form_pci(const char *text, struct problem *why)
{
	struct pci_spec spec;

	return pci_spec_parse(text, &spec, why);
}

static bool same_place(const struct pci_spec *a, const struct pci_spec *b)
{
	return a->slot != PCI_SPEC_SLOT_NONE && a->slot == b->slot && a->function == b->function;
}

int form_pci_all(const json_t *texts, size_t *item_r, struct problem *why)
{
	struct pci_spec specs[PCI_SPECS_MAX];
	const json_t *text;
	size_t i;

	json_array_foreach(texts, i, text)
	{
		const char *shown = json_string_value(text);

		*item_r = i;
		if (i >= PCI_SPECS_MAX || pci_spec_parse(shown, &specs[i], why) < 0)
			return -EINVAL;
		if (specs[i].slot == 0)
			return problem_set(why, -EINVAL,
				SHOWN
				" asks for slot 00 of the guest, where the host bridge is: libxl "
				"reads 00 as \"no slot given\", so leave the slot out",
				shown);
		for (size_t j = 0; j < i; j++) {
			if (bdf_equal(specs[i].host, specs[j].host))
				return problem_set(why, -EINVAL,
					SHOWN " passes through the same device as " SHOWN
					      ": remove one of them",
					shown, json_string_value(json_array_get(texts, j)));
			if (same_place(&specs[i], &specs[j]))
				return problem_set(why, -EINVAL,
					SHOWN
					" asks for the same slot and function in the guest as " SHOWN
					": give one of them a different slot",
					shown, json_string_value(json_array_get(texts, j)));
		}
	}
	*item_r = SETTING_NO_ITEM;
	return 0;
}

/* Hexadecimal digits without sign, space or 0x, up to `max`; moves on. */
static int take_hex(const char **text, uint64_t max, uint64_t *value_r)
{
	char *end;
	unsigned long long value;

	if (!isxdigit((unsigned char)**text) || strspn(*text, "0123456789abcdefABCDEF") > 16)
		return -EINVAL;
	if ((*text)[0] == '0' && tolower((unsigned char)(*text)[1]) == 'x')
		return -EINVAL;
	value = strtoull(*text, &end, 16);
	if (value > max)
		return -EINVAL;
	*text = end;
	*value_r = value;
	return 0;
}

int ioports_parse(const char *text, uint32_t *first_r, uint32_t *last_r)
{
	uint64_t first = 0, last;

	if (take_hex(&text, IOPORT_MAX, &first) < 0)
		return -EINVAL;
	last = first;
	if (*text == '-') {
		text++;
		if (take_hex(&text, IOPORT_MAX, &last) < 0)
			return -EINVAL;
	}
	if (*text || last < first)
		return -EINVAL;
	*first_r = (uint32_t)first;
	*last_r = (uint32_t)last;
	return 0;
}

int form_ioports(const char *text, struct problem *why)
{
	uint32_t first, last;

	if (ioports_parse(text, &first, &last) == 0)
		return 0;
	return problem_set(why, -EINVAL,
		SHOWN " is not a range of I/O ports: write hexadecimal numbers from 0 to "
		      "ffff without 0x, as \"3b0\" or \"3b0-3bb\"",
		text);
}

int iomem_parse(const char *text, struct iomem_range *range_r)
{
	struct iomem_range range = { .gfn = IOMEM_SAME_GFN };

	if (take_hex(&text, PAGE_MAX, &range.start) < 0 || *text++ != ',' ||
		take_hex(&text, PAGE_MAX, &range.number) < 0)
		return -EINVAL;
	if (*text == '@') {
		text++;
		if (take_hex(&text, PAGE_MAX, &range.gfn) < 0)
			return -EINVAL;
	}
	if (*text || range.number == 0 || range.start + range.number - 1 > PAGE_MAX)
		return -EINVAL;
	*range_r = range;
	return 0;
}

int form_iomem(const char *text, struct problem *why)
{
	struct iomem_range range;

	if (iomem_parse(text, &range) == 0)
		return 0;
	return problem_set(why, -EINVAL,
		SHOWN " is not a range of memory: write the first page and the number of "
		      "pages in hexadecimal without 0x, as \"a0,20\", or with the first "
		      "page in the guest, as \"a0,20@a0\"",
		text);
}

/* The one of the words that stands at `text` up to `length`; NULL if none does. */
static const char *word_at(const char *text, size_t length, const char *const *words)
{
	for (; *words; words++) {
		if (strlen(*words) == length && memcmp(*words, text, length) == 0)
			return *words;
	}
	return NULL;
}

int rdm_parse(const char *text, struct rdm_words *words_r)
{
	/* xlu_rdm_parse(), libxlu_pci.c */
	static const char *const strategies[] = { "host", NULL }, *const policies[] = { "strict",
		"relaxed", NULL };
	struct rdm_words words = { NULL, NULL };

	for (;;) {
		size_t length = strcspn(text, ","), key = strcspn(text, "=");
		const char **to = NULL;

		if (key == strlen("strategy") && strncmp(text, "strategy", key) == 0)
			to = &words.strategy;
		if (key == strlen("policy") && strncmp(text, "policy", key) == 0)
			to = &words.policy;
		if (!to || *to || key >= length)
			return -EINVAL;
		*to = word_at(text + key + 1, length - key - 1,
			to == &words.strategy ? strategies : policies);
		if (!*to)
			return -EINVAL;
		text += length;
		if (!*text)
			break;
		text++;
	}
	*words_r = words;
	return 0;
}

int form_rdm(const char *text, struct problem *why)
{
	struct rdm_words words;

	if (rdm_parse(text, &words) == 0)
		return 0;
	return problem_set(why, -EINVAL,
		SHOWN " is not a rule for reserved regions: write strategy=host, "
		      "policy=strict or policy=relaxed, or strategy and policy with a "
		      "comma between them",
		text);
}

int form_path(const char *text, struct problem *why)
{
	if (text[0] == '/' && text[1])
		return 0;
	return problem_set(why, -EINVAL,
		SHOWN " is not an absolute path: write the path from / on, as on the "
		      "host that runs the cell",
		text);
}

int form_romfile(const char *text, struct problem *why)
{
	/* It is part of one -global of QEMU's, in which a comma would begin the next option. */
	if (strchr(text, ','))
		return problem_set(why, -EINVAL,
			SHOWN " has a comma, at which QEMU ends the option: rename the file", text);
	return form_path(text, why);
}

int form_machine(const char *text, struct problem *why)
{
	static const char characters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					 "0123456789.,=_+-";

	if (text[0] != '-' && text[strspn(text, characters)] == '\0')
		return 0;
	return problem_set(why, -EINVAL,
		SHOWN " is not a machine type: write a value of QEMU's -machine, such as "
		      "\"pc-i440fx-7.2\"",
		text);
}

int form_model(const char *text, struct problem *why)
{
	if (text[strspn(text, SETTING_MODEL_CHARACTERS)] == '\0')
		return 0;
	return problem_set(why, -EINVAL,
		SHOWN " is not a NAME of `run --model NAME=PATH`: a NAME has only a-z, "
		      "0-9 and _",
		text);
}
