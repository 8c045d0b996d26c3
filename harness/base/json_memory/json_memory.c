#include "harness/base/json_memory/json_memory.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define STEP        16u  /* bytes between the blocks of two lists */
#define SMALL_MAX   512u /* bytes of a block that is on a list when it is free */
#define LISTS       (SMALL_MAX / STEP + 1)
#define CHUNK_BYTES (64u << 10) /* that are asked of malloc() at a time */

/* What is in front of a value. jansson's values need the alignment of a pointer. */
struct block {
	size_t list;        /* its bytes by STEP; 0: it is malloc()'s own */
	struct block *next; /* of a free one: where the value was */
};

#define HEAD offsetof(struct block, next)

static struct block *lists[LISTS];

/* Of the chunk that is being cut into blocks. */
static char *rest;
static size_t rest_bytes;

/* What is left of a chunk, less than one block, is lost. */
static struct block *cut(size_t bytes)
{
	void *block;

	if (rest_bytes < bytes) {
		rest = malloc(CHUNK_BYTES);
		rest_bytes = rest ? CHUNK_BYTES : 0;
	}
	if (!rest)
		return NULL;
	block = rest;
	rest += bytes;
	rest_bytes -= bytes;
	return block;
}

static void *give(size_t size)
{
	struct block *block;
	size_t list = 0;

	if (size > SIZE_MAX - HEAD)
		return NULL;
	if (size > SMALL_MAX - HEAD) {
		block = malloc(HEAD + size);
	} else {
		list = (HEAD + size + STEP - 1) / STEP;
		block = lists[list];
		if (block)
			lists[list] = block->next;
		else
			block = cut(list * STEP);
	}
	if (!block)
		return NULL;
	block->list = list;
	return (char *)block + HEAD;
}

static void take(void *value)
{
	struct block *block;

	if (!value)
		return;
	block = (struct block *)((char *)value - HEAD);
	if (block->list == 0) {
		free(block);
		return;
	}
	block->next = lists[block->list];
	lists[block->list] = block;
}

void json_memory_by_lists(void)
{
	json_set_alloc_funcs(give, take);
}
