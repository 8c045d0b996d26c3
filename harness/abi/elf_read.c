#include <ar.h>
#include <elf.h>
#include <errno.h>
#include <gelf.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/abi/elf_imports.h"
#include "src/tree.h"

/* Of an index of a version; the bit above says that the symbol is hidden (LSB). */
#define VERSION_MASK 0x7fff

enum part_kind { DYNAMIC, SYMBOLS, VERSIONS_OF_SYMBOLS, NEEDS, PARTS };

/* Sections that matter; each is there once or not at all, and some name the section of their texts.
 */
static const struct {
	uint32_t type;
	const char *what;
	bool has_texts;
} parts[PARTS] = {
	[DYNAMIC] = { SHT_DYNAMIC, "dynamic section", true },
	[SYMBOLS] = { SHT_DYNSYM, "table of dynamic symbols", true },
	[VERSIONS_OF_SYMBOLS] = { SHT_GNU_versym, "table of the symbols' versions", false },
	[NEEDS] = { SHT_GNU_verneed, "table of needed versions", true },
};

struct part {
	Elf_Data *data, *texts; /* NULL: it is not there */
};

struct object {
	int fd;
	Elf *elf;
	struct part parts[PARTS];
	/* What the version records say of an index; NULL: nothing. Owned. */
	struct {
		json_t *library, *name;
	} versions[VERSION_MASK + 1];
	json_t *needed, *imports, *opened;
	bool dynamic, bind_now;
};

/* What was wrong; NULL: libelf knows. */
static int damaged(struct problem *why, const char *what)
{
	return problem_set(
		why, -EINVAL, "this ELF file is damaged: %s", what ? what : elf_errmsg(-1));
}

static int section_data(Elf_Scn *section, const GElf_Shdr *header, const char *what,
	Elf_Data **data_r, struct problem *why)
{
	if (header->sh_size > IMPORTS_SECTION_MAX)
		return problem_set(why, -EINVAL,
			"this ELF file is damaged: its %s has %llu bytes, more than any program's",
			what, (unsigned long long)header->sh_size);
	*data_r = section ? elf_getdata(section, NULL) : NULL;
	return *data_r ? 0 : damaged(why, NULL);
}

static int load_part(struct object *object, enum part_kind kind, Elf_Scn *section,
	const GElf_Shdr *header, struct problem *why)
{
	struct part *part = &object->parts[kind];
	GElf_Shdr texts_header;
	Elf_Scn *texts;
	int r;

	if (part->data)
		return problem_set(why, -EINVAL,
			"this ELF file is damaged: it has more than one %s", parts[kind].what);
	r = section_data(section, header, parts[kind].what, &part->data, why);
	if (r < 0 || !parts[kind].has_texts)
		return r;
	texts = elf_getscn(object->elf, header->sh_link);
	if (!texts || !gelf_getshdr(texts, &texts_header) || texts_header.sh_type != SHT_STRTAB)
		return problem_set(why, -EINVAL,
			"this ELF file is damaged: its %s has no string "
			"table",
			parts[kind].what);
	return section_data(texts, &texts_header, "string table", &part->texts, why);
}

/* Constants are where nothing is executed or written. */
static bool has_constants(const GElf_Shdr *header)
{
	return header->sh_type == SHT_PROGBITS &&
	       (header->sh_flags & (SHF_ALLOC | SHF_WRITE | SHF_EXECINSTR | SHF_COMPRESSED)) ==
		       SHF_ALLOC;
}

static int read_sections(struct object *object, struct problem *why)
{
	uint64_t scanned = 0;
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	int r = 0;

	while (r == 0 && (section = elf_nextscn(object->elf, section))) {
		if (!gelf_getshdr(section, &header))
			return damaged(why, NULL);
		for (int kind = 0; kind < PARTS && r == 0; kind++) {
			if (header.sh_type == parts[kind].type)
				r = load_part(object, (enum part_kind)kind, section, &header, why);
		}
		if (r == 0 && has_constants(&header) && scanned < IMPORTS_OPENED_SCAN) {
			uint64_t size = header.sh_size;

			if (size > IMPORTS_OPENED_SCAN - scanned)
				size = IMPORTS_OPENED_SCAN - scanned;
			scanned += size;
			if (header.sh_offset > INT64_MAX - size)
				return damaged(why, "a section is outside of the file");
			r = imports_opened(object->fd, header.sh_offset, size, object->opened);
			if (r < 0)
				problem_set(why, r, "it cannot be read: %s", strerror(-r));
		}
	}
	return r;
}

/* Does the loader find a dynamic section, whatever the section headers say? */
static int read_segments(struct object *object, struct problem *why)
{
	GElf_Phdr header;
	size_t count = 0;

	if (elf_getphdrnum(object->elf, &count) < 0)
		return damaged(why, NULL);
	for (size_t i = 0; i < count && i <= UINT16_MAX && !object->dynamic; i++) {
		if (!gelf_getphdr(object->elf, (int)i, &header))
			return damaged(why, NULL);
		object->dynamic = header.p_type == PT_DYNAMIC;
	}
	if (object->dynamic && (!object->parts[DYNAMIC].data || !object->parts[SYMBOLS].data)) {
		problem_set(why, -EINVAL,
			"its section headers do not show its libraries: they were stripped, or "
			"the file has only debugging information; name the linked program");
		return -EINVAL;
	}
	return 0;
}

/*
 * The text at `offset`, printable. Returns 1, 0 if it is longer than any name we look for, or
 * -EINVAL. Not elf_strptr(), which looks for the end of the text as far as the section goes.
 */
static int text_at(const struct part *part, uint64_t offset, char text[static IMPORTS_NAME_MAX + 1],
	struct problem *why)
{
	const char *start = part->texts->d_buf;
	size_t left, length;

	if (!start || offset >= part->texts->d_size)
		return damaged(why, "a name is outside of its string table");
	left = part->texts->d_size - offset;
	length = strnlen(start + offset, left < IMPORTS_NAME_MAX + 1 ? left : IMPORTS_NAME_MAX + 1);
	if (length == left)
		return damaged(why, "a name in its string table is not terminated");
	if (length > IMPORTS_NAME_MAX)
		return 0;
	memcpy(text, start + offset, length);
	text[length] = 0;
	tree_clean(text);
	return 1;
}

static int read_dynamic(struct object *object, struct problem *why)
{
	const struct part *part = &object->parts[DYNAMIC];
	size_t count = part->data->d_size / gelf_fsize(object->elf, ELF_T_DYN, 1, EV_CURRENT);
	char text[IMPORTS_NAME_MAX + 1];
	GElf_Dyn entry;
	int r;

	for (size_t i = 0; i < count; i++) {
		if (!gelf_getdyn(part->data, (int)i, &entry))
			return damaged(why, NULL);
		if (entry.d_tag == DT_NULL)
			break;
		object->bind_now |= entry.d_tag == DT_BIND_NOW ||
				    (entry.d_tag == DT_FLAGS && entry.d_un.d_val & DF_BIND_NOW) ||
				    (entry.d_tag == DT_FLAGS_1 && entry.d_un.d_val & DF_1_NOW);
		if (entry.d_tag != DT_NEEDED)
			continue;
		r = text_at(part, entry.d_un.d_val, text, why);
		if (r < 0)
			return r;
		if (json_array_size(object->needed) >= IMPORTS_NEEDED_MAX)
			return problem_set(why, -EINVAL,
				"this ELF file is damaged: it needs more than %d libraries",
				IMPORTS_NEEDED_MAX);
		if (r && json_array_append_new(object->needed, json_string(text)) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* The records of one library, from `offset` on; *left is how many more the table has room for. */
static int read_need(struct object *object, const GElf_Verneed *need, uint64_t offset, size_t *left,
	struct problem *why)
{
	const struct part *part = &object->parts[NEEDS];
	char text[IMPORTS_NAME_MAX + 1] = "";
	int r = text_at(part, need->vn_file, text, why);
	json_t *library;
	GElf_Vernaux record;

	if (r < 0)
		return r;
	library = json_string(text);
	r = library ? 0 : -ENOMEM;
	offset += need->vn_aux;
	for (unsigned int i = 0; i < need->vn_cnt && r == 0; i++, offset += record.vna_next) {
		unsigned int index;

		if (!*left || offset >= part->data->d_size ||
			!gelf_getvernaux(part->data, (int)offset, &record)) {
			r = damaged(
				why, "its needed versions overlap or are outside of their table");
			break;
		}
		--*left;
		index = record.vna_other & VERSION_MASK;
		if (index <= VER_NDX_GLOBAL || object->versions[index].library) {
			r = problem_set(why, -EINVAL,
				"this ELF file is damaged: two needed versions have the same "
				"number, %u",
				index);
			break;
		}
		r = text_at(part, record.vna_name, text, why);
		if (r < 0)
			break;
		object->versions[index].library = json_incref(library);
		object->versions[index].name = json_string(r ? text : "");
		r = object->versions[index].name ? 0 : -ENOMEM;
	}
	json_decref(library);
	return r;
}

/*
 * Each record says where the next is, always further on. In a sound table none overlap, so there
 * are no more of them than fit into it: that ends a chain whatever it says.
 */
static int read_needs(struct object *object, struct problem *why)
{
	Elf_Data *data = object->parts[NEEDS].data;
	size_t left = data ? data->d_size / sizeof(Elf64_Vernaux) : 0;
	uint64_t offset = 0;
	GElf_Verneed need;
	int r;

	if (!left)
		return 0;
	do {
		if (!left || offset >= data->d_size || !gelf_getverneed(data, (int)offset, &need))
			return damaged(
				why, "its needed versions overlap or are outside of their table");
		left--;
		r = read_need(object, &need, offset, &left, why);
		if (r < 0)
			return r;
		offset += need.vn_next;
	} while (need.vn_next);
	return 0;
}

static int add_import(
	struct object *object, const GElf_Sym *symbol, unsigned int index, struct problem *why)
{
	json_t *library = object->versions[index].library, *name = object->versions[index].name;
	char text[IMPORTS_NAME_MAX + 1];
	int r = text_at(&object->parts[SYMBOLS], symbol->st_name, text, why);

	if (r <= 0 || !text[0])
		return r < 0 ? r : 0;
	if (json_array_size(object->imports) >= IMPORTS_MAX)
		return problem_set(why, -EINVAL, "it imports more than %d symbols: no program does",
			IMPORTS_MAX);
	if (json_array_append_new(object->imports,
		    json_pack("{s:s, s:O?, s:O?, s:b}", "name", text, "library", library, "version",
			    name, "weak", GELF_ST_BIND(symbol->st_info) == STB_WEAK)) < 0)
		return -ENOMEM;
	return 0;
}

/* A symbol with a needed version is an import even if it is defined: a copy of the library's data.
 */
static int read_symbols(struct object *object, struct problem *why)
{
	Elf_Data *symbols = object->parts[SYMBOLS].data;
	Elf_Data *versions = object->parts[VERSIONS_OF_SYMBOLS].data;
	size_t count = symbols->d_size / gelf_fsize(object->elf, ELF_T_SYM, 1, EV_CURRENT);
	GElf_Versym version;
	GElf_Sym symbol;
	int r = 0;

	/* The first is none. */
	for (size_t i = 1; i < count && r == 0; i++) {
		version = VER_NDX_GLOBAL;
		if (!gelf_getsym(symbols, (int)i, &symbol) ||
			(versions && !gelf_getversym(versions, (int)i, &version)))
			return damaged(why, NULL);
		version &= VERSION_MASK;
		if (symbol.st_shndx == SHN_UNDEF || object->versions[version].library)
			r = add_import(object, &symbol, version, why);
	}
	return r;
}

/*
 * Is it a file we can read? libelf makes a table of all sections as soon as it opens one, so their
 * number is asked of the header alone: beyond 65,279 it stands in a section (gABI, "ELF Header").
 */
static int check_header(int fd, struct problem *why)
{
	char bytes[sizeof(Elf64_Ehdr)] = { 0 };
	ssize_t n = pread(fd, bytes, sizeof(bytes), 0);
	GElf_Ehdr header;
	Elf *elf;
	int r = 0;

	if (n < 0)
		return problem_set(why, -errno, "it cannot be read: %s", strerror(errno));
	if (n >= SARMAG && memcmp(bytes, ARMAG, SARMAG) == 0)
		return problem_set(why, -EINVAL, "it is an archive: name the linked program");
	if (n < SELFMAG || memcmp(bytes, ELFMAG, SELFMAG) != 0)
		return problem_set(why, -EINVAL, "it is not an ELF file");
	if (bytes[EI_DATA] != ELFDATA2LSB)
		return problem_set(
			why, -EINVAL, "it is for a big-endian machine; Xen runs on none");
	elf = elf_memory(bytes, (size_t)n);
	if (!elf || !gelf_getehdr(elf, &header))
		r = damaged(why, NULL);
	else if (header.e_type != ET_EXEC && header.e_type != ET_DYN)
		r = problem_set(why, -EINVAL,
			"it is neither a program nor a shared library: name the linked file");
	else if (header.e_shnum == 0 && header.e_shoff != 0)
		r = damaged(why, "it has more sections than any program");
	elf_end(elf);
	return r;
}

static int read_object(struct object *object, struct problem *why)
{
	int r;

	object->elf = elf_begin(object->fd, ELF_C_READ, NULL);
	if (!object->elf)
		return damaged(why, NULL);
	r = read_sections(object, why);
	if (r == 0)
		r = read_segments(object, why);
	if (r < 0 || !object->dynamic)
		return r;
	r = read_dynamic(object, why);
	if (r == 0)
		r = read_needs(object, why);
	return r < 0 ? r : read_symbols(object, why);
}

/* The keys of an object, as a list. */
static json_t *keys(json_t *object)
{
	json_t *list = json_array(), *value;
	const char *key;

	json_object_foreach(object, key, value) json_array_append_new(list, json_string(key));
	return list;
}

int imports_read(int fd, json_t **imports_r, struct problem *why)
{
	struct object *object = calloc(1, sizeof(*object));
	int r = -ENOMEM;

	if (!object)
		return r;
	elf_version(EV_CURRENT);
	object->fd = fd;
	object->needed = json_array();
	object->imports = json_array();
	object->opened = json_object();
	if (object->needed && object->imports && object->opened)
		r = check_header(fd, why);
	if (r == 0)
		r = read_object(object, why);
	if (r == 0) {
		*imports_r = json_pack("{s:b, s:b, s:O, s:O, s:o}", "dynamic", object->dynamic,
			"bind_now", object->bind_now, "needed", object->needed, "imports",
			object->imports, "opened", keys(object->opened));
		r = *imports_r ? 0 : -ENOMEM;
	}
	elf_end(object->elf);
	for (size_t i = 0; i <= VERSION_MASK; i++) {
		json_decref(object->versions[i].library);
		json_decref(object->versions[i].name);
	}
	json_decref(object->needed);
	json_decref(object->imports);
	json_decref(object->opened);
	free(object);
	return r;
}
