/*
 * The register file: words of memory, and a table of rules for the few that do more than remember.
 * A rule says in data what follows a write; a handler is only for what has state of its own.
 */
#ifndef IGD_GPU_REGISTERS_H
#define IGD_GPU_REGISTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REG_SPACE   (8u << 20) /* bytes of registers in BAR 0; the GGTT's entries are above */
#define REG_FOLLOWS 2

struct gpu;

/* Rules of a group stop having consequences by a fault, which may stop several. */
enum reg_group {
	REG_GROUP_NONE = 0,
	REG_GROUP_FORCEWAKE = 1 << 0,
	REG_GROUP_RESET = 1 << 1,
	REG_GROUP_POWER = 1 << 2,
	REG_GROUP_PLL = 1 << 3,
	REG_GROUP_PIPE = 1 << 4,
};

/* While all bits of `when` are set (or, inverted, not set), `bits` at `at` are set, or else
 * cleared. */
struct reg_follow {
	uint32_t when;
	uint32_t at;
	uint32_t bits;
	bool inverted;
};

/* What no table can say. Each function gets the register's own offset, also in a row of several. */
struct reg_handler {
	/* Returns what a read gives, in place of the stored word; NULL: the stored word. */
	uint32_t (*read)(struct gpu *gpu, uint32_t at);
	/* Called when a write has been stored; `value` is what was written. May be NULL. */
	void (*written)(struct gpu *gpu, uint32_t at, uint32_t value);
};

/*
 * One register, or `count` of them `stride` bytes apart: the offsets in `mirror` and `follow` move
 * along. A write is applied in the order of the members below.
 */
struct reg_rule {
	uint32_t at;
	uint32_t count; /* 0 is 1 */
	uint32_t stride;
	const char *name; /* as the driver's headers call the first of them */
	const char *why;  /* why the driver asks for it */
	enum reg_group group;
	uint32_t reset;            /* value after a reset */
	bool masked;               /* bits 31:16 of what is written say which of 15:0 change */
	uint32_t write_one_clears; /* bits */
	uint32_t read_only;        /* bits; the handler and other rules may still change them */
	uint32_t clears_itself;    /* bits that read 0 at once after they were written */
	uint32_t mirror;           /* a register that takes the same value; 0: none */
	struct reg_follow follow[REG_FOLLOWS];
	const struct reg_handler *handler;
};

/* Where a rule applies: made from the table, in the order of the offsets. */
struct reg_place {
	uint32_t at;
	uint32_t moved; /* from the rule's first register */
	const struct reg_rule *rule;
};

struct registers {
	uint32_t *words;
	struct reg_place *places;
	size_t count;
	unsigned int stuck; /* rules of these groups have no consequences: a fault on purpose */
	bool dead;          /* every read gives ones, every write is lost: the same */
};

/*
 * Makes the register file by a table. Returns 0; -EINVAL if two rows name the same register or one
 * names a register that there cannot be; -ENOMEM.
 */
int registers_init(struct registers *registers, const struct reg_rule *rules, size_t count);

void registers_free(struct registers *registers);

/* All words as after a reset. */
void registers_reset(struct registers *registers);

/* The stored word of a register, as it is: no rule applies. `at` is a multiple of 4 below
 * REG_SPACE. */
uint32_t reg_get(const struct registers *registers, uint32_t at);
void reg_set(struct registers *registers, uint32_t at, uint32_t value);

/* Sets those bits of `mask` that are in `value`, and clears its others. */
void reg_change(struct registers *registers, uint32_t at, uint32_t mask, uint32_t value);

/* The rule of a register, or NULL: then it is a word of memory. */
const struct reg_rule *reg_rule_of(const struct registers *registers, uint32_t at);

/*
 * An access of the driver's to one register; `written` has the bits that a write of fewer than four
 * bytes covers, and the others keep their value. Offsets outside of the register file read as 0,
 * and writes there are dropped.
 */
uint32_t reg_read(struct gpu *gpu, uint32_t at);
void reg_write(struct gpu *gpu, uint32_t at, uint32_t value, uint32_t written);

#endif
