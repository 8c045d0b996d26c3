#include "harness/logs/subject.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define DOMID_FIRST_RESERVED 0x7ff0 /* xen/include/public/xen.h */

/* How programs name a domain; the number follows. */
static const struct {
	const char *prefix;
	bool xen_only; /* %pd and %pv of Xen's printf(), the prefix of a guest's lines: "d3v0",
			  "(d3)" */
} domain_forms[] = {
	{ "Domain " },
	{ "domain " },
	{ "domid " },
	{ "domid=" },
	{ "Dom" },
	{ "dom" },
	{ "/domain/" },
	{ "HVM", true },
	{ "d", true },
};

static bool begins_word(const char *line, const char *at)
{
	return at == line || !(isalnum((unsigned char)at[-1]) || at[-1] == '_');
}

/* Reads the number of a domain that is named at `at`. Returns what follows, or NULL. */
static const char *read_domid(enum pattern_log log, const char *at, unsigned int *domid_r)
{
	for (size_t i = 0; i < sizeof(domain_forms) / sizeof(domain_forms[0]); i++) {
		size_t length = strlen(domain_forms[i].prefix);
		unsigned long number;
		char *end;

		if (strncmp(at, domain_forms[i].prefix, length) != 0 ||
			!isdigit((unsigned char)at[length]) ||
			(domain_forms[i].xen_only && log != PATTERN_XEN))
			continue;
		number = strtoul(at + length, &end, 10);
		if (*end == 'v' && isdigit((unsigned char)end[1])) /* a vCPU of it */
			strtoul(end + 1, &end, 10);
		if (isalnum((unsigned char)*end) || *end == '_' || number > UINT16_MAX)
			continue;
		*domid_r = (unsigned int)number;
		return end;
	}
	return NULL;
}

static bool is_guest(unsigned int domid)
{
	return domid > 0 && domid < DOMID_FIRST_RESERVED;
}

/* An address with a domain of up to 32 bits, as VMD has them. */
struct address {
	unsigned long domain;
	struct bdf bdf; /* without its domain */
	bool has_domain;
	bool in_sysfs; /* as a folder of /sys/bus/pci/devices */
};

static bool read_hex(const char **at, size_t digits_max, unsigned long *value_r)
{
	char text[9] = "";
	size_t digits = 0;

	while (digits <= digits_max && isxdigit((unsigned char)(*at)[digits]))
		digits++;
	if (digits == 0 || digits > digits_max)
		return false;
	memcpy(text, *at, digits);
	*value_r = strtoul(text, NULL, 16);
	*at += digits;
	return true;
}

/* Reads "0000:00:02.0", "00:02.0" or, as libxl writes them, "0:0:2.0". What follows, or NULL. */
static const char *read_address(const char *at, struct address *address_r)
{
	unsigned long part[3];
	size_t parts = 0;

	while (parts < 3 && read_hex(&at, parts == 0 ? 8 : 2, &part[parts])) {
		parts++;
		if (*at != ':')
			break;
		at++;
	}
	if (parts < 2 || *at != '.' || at[1] < '0' || at[1] > '7' || isalnum((unsigned char)at[2]))
		return NULL;
	if (part[parts - 1] > 31 || part[parts - 2] > 0xff)
		return NULL;
	*address_r = (struct address){
		.domain = parts == 3 ? part[0] : 0,
		.bdf = { .bus = (uint8_t)part[parts - 2],
			.slot = (uint8_t)part[parts - 1],
			.function = (uint8_t)(at[1] - '0') },
		.has_domain = parts == 3,
	};
	return at + 2;
}

static bool is_among(const struct address *address, const struct bdf *list, size_t count)
{
	struct bdf bdf = address->bdf;

	bdf.domain = (uint16_t)address->domain;
	for (size_t i = 0; i < count && address->domain <= UINT16_MAX; i++) {
		if (bdf_equal(bdf, list[i]))
			return true;
	}
	return false;
}

/* QEMU reads these of the host for an IGD, whichever device is passed: xen_pt_graphics.c. */
static bool is_bridge(const struct address *address)
{
	const struct bdf *bdf = &address->bdf;

	return address->domain == 0 && bdf->bus == 0 && bdf->function == 0 &&
	       (bdf->slot == 0 || bdf->slot == 0x1f);
}

/* Can an address in this log be compared with what is known? Then *own_r says whether it is own. */
static bool compare_address(const struct log_subject *subject, enum pattern_log log,
	const struct address *address, bool *own_r)
{
	bool host = is_among(address, subject->host, subject->host_count);
	bool guest = is_among(address, subject->guest, subject->guest_count);

	switch (log) {
	case PATTERN_CONSOLE:
		*own_r = guest;
		return subject->guest_count > 0;
	case PATTERN_QEMU:
		*own_r = host || guest || is_bridge(address);
		/* The long form also names emulated devices in the guest, in a saved state. */
		return address->has_domain ? subject->host_known && address->in_sysfs
					   : subject->guest_count > 0;
	default:
		*own_r = host;
		return subject->host_known;
	}
}

bool log_subject_is_elsewhere(
	const struct log_subject *subject, enum pattern_log log, const char *line)
{
	bool other_domain = false, other_device = false, own_device = false;

	if (!subject)
		return false;
	for (const char *at = line, *next; *at; at = next ? next : at + 1) {
		struct address address;
		unsigned int domid;

		next = NULL;
		if (*at != '/' && !begins_word(line, at))
			continue;
		next = read_domid(log, at, &domid);
		if (next && is_guest(domid) && subject->domid_count > 0) {
			for (size_t i = 0; i < subject->domid_count; i++) {
				if (subject->domids[i] == domid)
					return false;
			}
			other_domain = true;
		}
		if (next)
			continue;
		next = read_address(at, &address);
		if (next) {
			bool own = false;

			address.in_sysfs = at > line && at[-1] == '/';
			if (compare_address(subject, log, &address, &own)) {
				own_device = own_device || own;
				other_device = other_device || !own;
			}
		}
	}
	return other_domain || (other_device && !own_device);
}

int log_subject_first_domid(const char *log, size_t length, unsigned int *domid_r)
{
	static const char form[] = "Domain ";

	for (const char *at = log;
		(at = memmem(at, length - (size_t)(at - log), form, strlen(form))); at++) {
		const char *end = log + length;
		unsigned int domid = 0;
		const char *digit = at + strlen(form);

		for (; digit < end && isdigit((unsigned char)*digit) && domid <= UINT16_MAX;
			digit++)
			domid = domid * 10 + (unsigned int)(*digit - '0');
		if (digit < end && *digit == ':' && is_guest(domid)) {
			*domid_r = domid;
			return 0;
		}
	}
	return -ENODATA;
}
