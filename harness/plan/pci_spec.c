#include "harness/plan/pci_spec.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEX_DIGITS "0123456789abcdefABCDEF"
#define SHOWN      "\"%.60s\""
#define OPTION_MAX 32 /* bytes of an option with its value */

const char *const pci_flag_names[PCI_FLAGS] = { [PCI_PERMISSIVE] = "permissive",
	[PCI_SEIZE] = "seize",
	[PCI_MSITRANSLATE] = "msitranslate",
	[PCI_POWER_MGMT] = "power_mgmt" };

const char *const pci_rdm_names[PCI_RDM_POLICIES] = {
	[PCI_RDM_STRICT] = "strict", [PCI_RDM_RELAXED] = "relaxed"
};

/* Says what is wrong with the address, the text before "@" or ",". */
static int refuse_address(const char *text, size_t length, struct problem *why)
{
	if (memchr(text, '*', length))
		return problem_set(why, -EINVAL,
			SHOWN " names every function of a device: write each function as an item "
			      "of its own, since the harness leases each function",
			text);
	return problem_set(why, -EINVAL,
		SHOWN " is not a PCI address: write an address as \"00:02.0\" or "
		      "\"0000:00:02.0\"",
		text);
}

static int read_address(const char *text, size_t length, struct bdf *host_r, struct problem *why)
{
	char address[BDF_TEXT_MAX];

	if (length >= sizeof(address))
		return refuse_address(text, length, why);
	memcpy(address, text, length);
	address[length] = '\0';
	if (bdf_parse(address, host_r) < 0)
		return refuse_address(text, length, why);
	if (host_r->domain > BDF_XEN_DOMAIN_MAX)
		return problem_set(why, -EINVAL,
			SHOWN " is in a PCI domain above ffff, as devices behind Intel VMD are, "
			      "and Xen cannot pass it through: switch VMD off in the firmware's "
			      "set-up",
			text);
	return 0;
}

/* "02" or "02.0", `length` bytes at `at`. */
static int read_slot(
	const char *text, const char *at, size_t length, struct pci_spec *spec, struct problem *why)
{
	unsigned long slot = strtoul(at, NULL, 16);
	bool has_function = length == 4 && at[2] == '.' && at[3] >= '0' && at[3] <= '7';

	if ((length != 2 && !has_function) || strspn(at, HEX_DIGITS) != 2 || slot > 31)
		return problem_set(why, -EINVAL,
			SHOWN " has no valid slot of the guest: write @ and two hexadecimal "
			      "digits from 00 to 1f, as @02, or with a function, as @02.0",
			text);
	spec->slot = (int)slot;
	spec->function = has_function ? at[3] - '0' : 0;
	/* libxl_pci.c, the loops over pfunc_mask: function 0, or where vfunc_mask has it. */
	if (spec->function == 0 || spec->function == spec->host.function)
		return 0;
	return problem_set(why, -EINVAL,
		SHOWN " asks for function %d of the guest's slot: libxl allows only "
		      "function 0 or the device's own function, %d",
		text, spec->function, spec->host.function);
}

static int read_rdm_policy(const char *value, enum pci_rdm_policy *policy)
{
	for (int i = PCI_RDM_STRICT; i < PCI_RDM_POLICIES; i++) {
		if (strcmp(value, pci_rdm_names[i]) == 0 && *policy == PCI_RDM_DEFAULT) {
			*policy = (enum pci_rdm_policy)i;
			return 0;
		}
	}
	return -EINVAL;
}

/* One option, "permissive=1"; each once. */
static int read_option(char *option, struct pci_spec *spec)
{
	char *value = strchr(option, '=');

	if (!value)
		return -EINVAL;
	*value++ = '\0';
	if (strcmp(option, "rdm_policy") == 0)
		return read_rdm_policy(value, &spec->rdm_policy);
	for (int i = 0; i < PCI_FLAGS; i++) {
		if (strcmp(option, pci_flag_names[i]) != 0 || spec->set[i] >= 0)
			continue;
		if ((value[0] != '0' && value[0] != '1') || value[1])
			return -EINVAL;
		spec->set[i] = (signed char)(value[0] - '0');
		return 0;
	}
	return -EINVAL;
}

static int read_options(
	const char *text, const char *at, struct pci_spec *spec, struct problem *why)
{
	while (*at == ',') {
		size_t length = strcspn(++at, ",");
		char option[OPTION_MAX];

		snprintf(option, sizeof(option), "%.*s", (int)length, at);
		if (length >= sizeof(option) || read_option(option, spec) < 0)
			return problem_set(why, -EINVAL,
				SHOWN
				" has \"%.*s\" as an option: the options are permissive, seize, "
				"msitranslate and power_mgmt with =0 or =1, and rdm_policy with "
				"=strict or =relaxed, each at most once",
				text, length < OPTION_MAX ? (int)length : OPTION_MAX, at);
		at += length;
	}
	return 0;
}

int pci_spec_parse(const char *text, struct pci_spec *spec_r, struct problem *why)
{
	struct pci_spec spec = { .slot = PCI_SPEC_SLOT_NONE, .set = { -1, -1, -1, -1 } };
	size_t length = strcspn(text, "@,");
	const char *at = text + length;
	int r = read_address(text, length, &spec.host, why);

	if (r == 0 && *at == '@') {
		length = strcspn(++at, ",");
		r = read_slot(text, at, length, &spec, why);
		at += length;
	}
	if (r == 0)
		r = read_options(text, at, &spec, why);
	if (r == 0)
		*spec_r = spec;
	return r;
}
