/* What the files of src/field.c share: each has a table of fields. */
#ifndef IGD_FIELD_PRIVATE_H
#define IGD_FIELD_PRIVATE_H

#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* Gives the value of one kind of field. `rest` is what follows the pattern's fixed part. */
typedef int (*field_reader)(const json_t *report, const char *rest, json_t **value_r);

struct field {
	const char *prefix;  /* fixed part; a pattern that goes on ends with "/" */
	const char *pattern; /* as people write it */
	const char *meaning;
	bool (*rest_ok)(const char *rest); /* NULL: nothing may follow the prefix */
	field_reader read;
};

/* The tables; each ends with a NULL prefix. */
extern const struct field field_function_table[], field_bars_table[], field_display_table[],
	field_igd_table[];

/* Gives a value that somebody else owns. Returns 0, or -ENODATA for NULL: nobody looked. */
int field_give(const json_t *value, json_t **value_r);

/* Gives a new value. Returns 0, or -ENOMEM for NULL. */
int field_give_new(json_t *value, json_t **value_r);

/* Gives {"width": 1024, "height": 768} as "1024x768"; null stays null. */
int field_give_size(const json_t *size, json_t **value_r);

/* The list of functions of the "pci" section (borrowed); NULL: nobody looked. */
const json_t *field_functions(const json_t *report);

/* Gives the BARs that have an address, without the ROM, as "0:memory+prefetchable:0x1000000
 * 4:io:0x40"; null if there is none. */
int field_give_bars(const json_t *function, json_t **value_r);

/* Gives the size of the option ROM that the kernel lists, as "0x20000"; null if it lists none.
 * -ENODATA if nobody looked. */
int field_give_rom(const json_t *function, json_t **value_r);

/* The number in a hexadecimal text of an object; 0 if there is none. */
uint64_t field_number(const json_t *object, const char *key);

/*
 * Borrows a part of the "igd" section. Returns 0, with NULL if there is no such part: no GPU,
 * nothing there, or not asked for because what comes before failed. -ENODATA if nobody looked, or
 * if the driver did not answer and it is not known whether the guest was only slow.
 */
int field_igd_part(const json_t *report, const char *name, const json_t **part_r);

/*
 * Is the value of that part of the section not known, because the driver did not answer? A driver
 * that hangs while the processors are idle answers by that for what it has to bring about, such as
 * frames: that part is known. What it only has to tell, such as its platform, is not.
 */
bool field_igd_is_unanswered(const json_t *igd, const char *name);

/* The same of a field of display: why a card that it is about did not answer the agent (borrowed);
 * NULL if all did. */
const char *field_display_unanswered(const json_t *report, const char *name);

/* Has the report an Intel GPU that nothing in the guest can drive? Then nobody looked at a driver.
 */
bool field_undriven(const json_t *report);

#endif
