/* What is in the texts of settings, for the back end that applies them. */
#ifndef IGD_PLAN_SETTING_VALUES_H
#define IGD_PLAN_SETTING_VALUES_H

#include <stdint.h>

/* Reads "3b0" or "3b0-3bb", I/O ports in hexadecimal. Returns 0 or -EINVAL. */
int ioports_parse(const char *text, uint32_t *first_r, uint32_t *last_r);

/* The range of `iomem`, in pages of 4 KiB. */
struct iomem_range {
	uint64_t start, number;
	uint64_t gfn; /* IOMEM_SAME_GFN: as in the host */
};

#define IOMEM_SAME_GFN UINT64_MAX

/* Reads "a0,20" or "a0,20@a0", in hexadecimal. Returns 0 or -EINVAL. */
int iomem_parse(const char *text, struct iomem_range *range_r);

/* What `rdm` says; its values are xl's words, or NULL if the text does not have the key. */
struct rdm_words {
	const char *strategy, *policy;
};

/* Reads "strategy=host,policy=relaxed", or one of the two. Returns 0 or -EINVAL. */
int rdm_parse(const char *text, struct rdm_words *words_r);

#endif
