#include "ci/lab/gpu/registers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ci/lab/gpu/gpu.h"

static uint32_t registers_in(const struct reg_rule *rule)
{
	return rule->count ? rule->count : 1;
}

static bool is_register(uint64_t at)
{
	return at % 4 == 0 && at < REG_SPACE;
}

static int compare_places(const void *left, const void *right)
{
	uint32_t a = ((const struct reg_place *)left)->at,
		 b = ((const struct reg_place *)right)->at;

	return (a > b) - (a < b);
}

/* Are all offsets of the rule's n-th register registers? */
static bool is_rule_sound(const struct reg_rule *rule, uint32_t moved)
{
	if (!is_register((uint64_t)rule->at + moved) ||
		!is_register((uint64_t)rule->mirror + moved))
		return false;
	for (size_t i = 0; i < REG_FOLLOWS; i++) {
		if (!is_register((uint64_t)rule->follow[i].at + moved))
			return false;
	}
	return true;
}

static int fill_places(struct registers *registers, const struct reg_rule *rules, size_t count)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		for (uint32_t k = 0; k < registers_in(&rules[i]); k++) {
			uint32_t moved = k * rules[i].stride;

			if (!is_rule_sound(&rules[i], moved))
				return -EINVAL;
			registers->places[n++] = (struct reg_place){
				.at = rules[i].at + moved, .moved = moved, .rule = &rules[i]
			};
		}
	}
	qsort(registers->places, n, sizeof(*registers->places), compare_places);
	for (size_t i = 1; i < n; i++) {
		if (registers->places[i].at == registers->places[i - 1].at)
			return -EINVAL;
	}
	registers->count = n;
	return 0;
}

int registers_init(struct registers *registers, const struct reg_rule *rules, size_t count)
{
	size_t all = 0;
	int r = -ENOMEM;

	memset(registers, 0, sizeof(*registers));
	for (size_t i = 0; i < count; i++)
		all += registers_in(&rules[i]);
	registers->words = calloc(REG_SPACE / 4, sizeof(*registers->words));
	registers->places = calloc(all ? all : 1, sizeof(*registers->places));
	if (registers->words && registers->places)
		r = fill_places(registers, rules, count);
	if (r < 0)
		registers_free(registers);
	else
		registers_reset(registers);
	return r;
}

void registers_free(struct registers *registers)
{
	free(registers->words);
	free(registers->places);
	memset(registers, 0, sizeof(*registers));
}

void registers_reset(struct registers *registers)
{
	memset(registers->words, 0, REG_SPACE);
	for (size_t i = 0; i < registers->count; i++)
		reg_set(registers, registers->places[i].at, registers->places[i].rule->reset);
}

uint32_t reg_get(const struct registers *registers, uint32_t at)
{
	return registers->words[at / 4];
}

void reg_set(struct registers *registers, uint32_t at, uint32_t value)
{
	registers->words[at / 4] = value;
}

void reg_change(struct registers *registers, uint32_t at, uint32_t mask, uint32_t value)
{
	reg_set(registers, at, (reg_get(registers, at) & ~mask) | (value & mask));
}

static const struct reg_place *place_of(const struct registers *registers, uint32_t at)
{
	struct reg_place wanted = { .at = at };

	return bsearch(
		&wanted, registers->places, registers->count, sizeof(wanted), compare_places);
}

const struct reg_rule *reg_rule_of(const struct registers *registers, uint32_t at)
{
	const struct reg_place *place = place_of(registers, at);

	return place ? place->rule : NULL;
}

uint32_t reg_read(struct gpu *gpu, uint32_t at)
{
	const struct reg_rule *rule;

	at &= ~3u;
	if (gpu->registers.dead)
		return ~0u;
	if (at >= REG_SPACE)
		return 0;
	rule = reg_rule_of(&gpu->registers, at);
	if (rule && rule->handler && rule->handler->read)
		return rule->handler->read(gpu, at);
	return reg_get(&gpu->registers, at);
}

/* What a write leaves in the register itself. */
static uint32_t stored(const struct registers *registers, const struct reg_rule *rule, uint32_t old,
	uint32_t value, uint32_t written)
{
	uint32_t changed = written & ~rule->read_only, next;

	if (rule->masked) {
		changed &= value >> 16;
		changed &= 0xffff;
	}
	changed &= ~rule->write_one_clears;
	next = (old & ~changed) | (value & changed);
	next &= ~(value & written & rule->write_one_clears);
	if (!(rule->group & registers->stuck))
		next &= ~rule->clears_itself;
	return next;
}

static void carry_on(
	struct registers *registers, const struct reg_rule *rule, uint32_t moved, uint32_t value)
{
	if (rule->mirror)
		reg_set(registers, rule->mirror + moved, value);
	for (size_t i = 0; i < REG_FOLLOWS && rule->follow[i].when; i++) {
		const struct reg_follow *follow = &rule->follow[i];
		bool on = (value & follow->when) == follow->when;

		reg_change(registers, follow->at + moved, follow->bits,
			on != follow->inverted ? follow->bits : 0);
	}
}

void reg_write(struct gpu *gpu, uint32_t at, uint32_t value, uint32_t written)
{
	struct registers *registers = &gpu->registers;
	const struct reg_place *place;
	const struct reg_rule *rule;
	uint32_t next;

	at &= ~3u;
	if (at >= REG_SPACE || registers->dead)
		return;
	place = place_of(registers, at);
	if (!place) {
		reg_change(registers, at, written, value);
		return;
	}
	rule = place->rule;
	next = stored(registers, rule, reg_get(registers, at), value, written);
	reg_set(registers, at, next);
	if (!(rule->group & registers->stuck))
		carry_on(registers, rule, place->moved, next);
	if (rule->handler && rule->handler->written)
		rule->handler->written(gpu, at, value & written);
}
