#include "harness/backend/libxl/config_host.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/backend/libxl/libxl_compat.h"
#include "harness/plan/setting_values.h"

int config_apply_ioports(struct filling *f, const char *name, const json_t *value)
{
	size_t count = json_array_size(value);
	libxl_ioport_range *ranges = calloc(count + 1, sizeof(*ranges));
	uint32_t first, last;

	if (!ranges)
		return config_no_memory(f);
	f->config->b_info.ioports = ranges;
	for (size_t i = 0; i < count; i++) {
		libxl_ioport_range_init(&ranges[i]);
		f->config->b_info.num_ioports = (int)i + 1;
		if (ioports_parse(json_string_value(json_array_get(value, i)), &first, &last) < 0)
			return config_wrong(f, name, "a list of ranges");
		ranges[i].first = first;
		ranges[i].number = last - first + 1;
	}
	return 0;
}

int config_apply_iomem(struct filling *f, const char *name, const json_t *value)
{
	size_t count = json_array_size(value);
	libxl_iomem_range *ranges = calloc(count + 1, sizeof(*ranges));
	struct iomem_range range;

	if (!ranges)
		return config_no_memory(f);
	f->config->b_info.iomem = ranges;
	for (size_t i = 0; i < count; i++) {
		libxl_iomem_range_init(&ranges[i]);
		f->config->b_info.num_iomem = (int)i + 1;
		if (iomem_parse(json_string_value(json_array_get(value, i)), &range) < 0)
			return config_wrong(f, name, "a list of ranges");
		ranges[i].start = range.start;
		ranges[i].number = range.number;
		/* libxl_iomem_range_init() has put LIBXL_INVALID_GFN there: as in the host. */
		if (range.gfn != IOMEM_SAME_GFN)
			ranges[i].gfn = range.gfn;
	}
	return 0;
}

int config_apply_irqs(struct filling *f, const char *name, const json_t *value)
{
	size_t count = json_array_size(value);
	uint32_t *irqs = calloc(count + 1, sizeof(*irqs));

	if (!irqs)
		return config_no_memory(f);
	f->config->b_info.irqs = irqs;
	f->config->b_info.num_irqs = (int)count;
	for (size_t i = 0; i < count; i++)
		irqs[i] = (uint32_t)json_integer_value(json_array_get(value, i));
	return 0;
}

int config_apply_rdm(struct filling *f, const char *name, const json_t *value)
{
	libxl_rdm_reserve *rdm = &f->config->b_info.u.hvm.rdm;
	struct rdm_words words;

	if (rdm_parse(json_string_value(value), &words) < 0)
		return config_wrong(f, name, "strategy=host, policy=strict or policy=relaxed");
	if (words.strategy &&
		libxl_rdm_reserve_strategy_from_string(words.strategy, &rdm->strategy))
		return config_wrong(f, name, "a strategy of this libxl");
	if (words.policy && libxl_rdm_reserve_policy_from_string(words.policy, &rdm->policy))
		return config_wrong(f, name, "a policy of this libxl");
	/* As xl_parse.c: a device without a policy of its own has that of `rdm`. */
	for (int i = 0; i < f->config->num_pcidevs; i++) {
		if (f->config->pcidevs[i].rdm_policy == LIBXL_RDM_RESERVE_POLICY_INVALID)
			f->config->pcidevs[i].rdm_policy = rdm->policy;
	}
	return 0;
}

int config_apply_passthrough(struct filling *f, const char *name, const json_t *value)
{
	if (libxl_passthrough_from_string(json_string_value(value), &f->config->c_info.passthrough))
		return config_wrong(f, name, "a mode of this libxl");
	return 0;
}

int config_apply_bios(struct filling *f, const char *name, const json_t *value)
{
	if (libxl_bios_type_from_string(json_string_value(value), &f->config->b_info.u.hvm.bios))
		return config_wrong(f, name, "a firmware of this libxl");
	return 0;
}
