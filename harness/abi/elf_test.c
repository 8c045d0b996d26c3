/*
 * Programs in harness/abi/corpus/elf, made by gcc and ld (ci/checks/parts/abi/make); what they
 * import is what nm -D and readelf -d say of them. The damage is done to their tables, as <elf.h>
 * has them.
 */
#include "harness/abi/elf_imports.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "src/suite.h"

#define FILE_ROOM (8u << 20)

/* A program in memory; it can grow up to FILE_ROOM. */
struct file {
	unsigned char *bytes;
	size_t size;
};

static struct file load(const char *name)
{
	struct file file = { .bytes = calloc(1, FILE_ROOM) };
	char path[512];
	FILE *stream;

	snprintf(path, sizeof(path), "%s/harness/abi/corpus/elf/%s", getenv("SOURCE_ROOT"), name);
	stream = fopen(path, "re");
	CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
	file.size = fread(file.bytes, 1, FILE_ROOM, stream);
	fclose(stream);
	return file;
}

static int read_file(const struct file *file, json_t **imports_r, struct problem *why)
{
	int fd = memfd_create("program", MFD_CLOEXEC), r;

	CU_ASSERT_FATAL(fd >= 0 && write(fd, file->bytes, file->size) == (ssize_t)file->size);
	r = imports_read(fd, imports_r, why);
	close(fd);
	return r;
}

/* The section of that type; there must be one. */
static Elf64_Shdr *section(struct file *file, uint32_t type)
{
	Elf64_Ehdr *header = (Elf64_Ehdr *)file->bytes;
	Elf64_Shdr *sections = (Elf64_Shdr *)(file->bytes + header->e_shoff);

	for (int i = 0; i < header->e_shnum; i++) {
		if (sections[i].sh_type == type)
			return &sections[i];
	}
	CU_FAIL_FATAL("no such section");
	return NULL;
}

static void *contents(struct file *file, uint32_t type)
{
	return file->bytes + section(file, type)->sh_offset;
}

/* Puts a table of `size` bytes, which are 0, behind the file and says that the section is there. */
static void *move_section(struct file *file, uint32_t type, size_t size)
{
	Elf64_Shdr *moved = section(file, type);

	file->size = (file->size + 15) & ~15ul;
	CU_ASSERT_FATAL(file->size + size <= FILE_ROOM);
	moved->sh_offset = file->size;
	moved->sh_size = size;
	file->size += size;
	return file->bytes + moved->sh_offset;
}

struct expected {
	const char *name, *text;
};

static void programs(void)
{
	/* In the order of readelf --dyn-syms. */
#define CALLS                                                                                      \
	"{'dynamic': true, 'bind_now': false,"                                                     \
	" 'needed': ['libxenctrl.so.4.17', 'libxendevicemodel.so.1'],"                             \
	" 'imports': ["                                                                            \
	"{'name': 'xendevicemodel_open', 'library': 'libxendevicemodel.so.1',"                     \
	" 'version': 'VERS_1.0', 'weak': false},"                                                  \
	"{'name': 'xc_interface_open', 'library': 'libxenctrl.so.4.17',"                           \
	" 'version': 'VERS_4.17.0', 'weak': false},"                                               \
	"{'name': 'xc_domain_shutdown', 'library': 'libxenctrl.so.4.17',"                          \
	" 'version': 'VERS_4.17.0', 'weak': false},"                                               \
	"{'name': 'xc_nobody_knows', 'library': 'libxenctrl.so.4.17',"                             \
	" 'version': 'VERS_4.17.0', 'weak': true}], 'opened': []}"
	static const struct expected table[] = {
		{ "vers-4.17", CALLS },
		{ "i386", CALLS },
		{ "lib-4.20", "{'dynamic': true, 'bind_now': true,"
			      " 'needed': ['libxenctrl.so.4.20', 'libxenstore.so.4'],"
			      " 'imports': ["
			      "{'name': 'xc_pcidev_get_gsi', 'library': 'libxenctrl.so.4.20',"
			      " 'version': 'libxenctrl_4.20.0', 'weak': false},"
			      "{'name': 'xc_interface_open', 'library': 'libxenctrl.so.4.20',"
			      " 'version': 'libxenctrl_4.20.0', 'weak': false}], 'opened': []}" },
		{ "unversioned",
			"{'dynamic': true, 'bind_now': true,"
			" 'needed': ['libxenctrl.so.4.17', 'libxenguest.so.4.17'],"
			" 'imports': ["
			"{'name': 'xc_interface_open', 'library': null, 'version': null,"
			" 'weak': false},"
			"{'name': 'xc_dom_allocate', 'library': null, 'version': null,"
			" 'weak': false},"
			"{'name': 'xl_other', 'library': null, 'version': null, 'weak': false}],"
			" 'opened': []}" },
		{ "opens", "{'dynamic': true, 'bind_now': true, 'needed': [], 'imports': [],"
			   " 'opened': ['libxlutil.so', 'libxenlight.so.4.17', 'libother.so.3']}" },
		{ "static", "{'dynamic': false, 'bind_now': false, 'needed': [], 'imports': [],"
			    " 'opened': []}" },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct file file = load(table[i].name);
		struct problem why = { "" };
		json_t *imports = NULL, *expected;
		char text[2048];

		snprintf(text, sizeof(text), "%s", table[i].text);
		for (char *c = text; *c; c++)
			*c = *c == '\'' ? '"' : *c;
		expected = json_loads(text, 0, NULL);
		CU_ASSERT_PTR_NOT_NULL(expected);
		CU_ASSERT_EQUAL(read_file(&file, &imports, &why), 0);
		CU_ASSERT(json_equal(imports, expected));
		if (!json_equal(imports, expected)) {
			printf("\n  %s: %s\n  ", table[i].name, why.text);
			json_dumpf(imports, stdout, JSON_COMPACT);
		}
		json_decref(expected);
		json_decref(imports);
		free(file.bytes);
	}
}

/* Changes a program into one that is refused. */
struct damage {
	void (*change)(struct file *file);
	const char *what; /* in the sentence */
};

static void no_elf(struct file *file)
{
	file->bytes[0] = '#';
}

static void archive(struct file *file)
{
	memcpy(file->bytes, "!<arch>\n", 8);
}

static void nothing(struct file *file)
{
	file->size = 0;
}

static void big_endian(struct file *file)
{
	file->bytes[EI_DATA] = ELFDATA2MSB;
}

static void object_file(struct file *file)
{
	((Elf64_Ehdr *)file->bytes)->e_type = ET_REL;
}

static void stripped_headers(struct file *file)
{
	Elf64_Ehdr *header = (Elf64_Ehdr *)file->bytes;

	header->e_shoff = 0;
	header->e_shnum = 0;
	header->e_shstrndx = 0;
}

/* gABI: e_shnum 0 says that the number is in the first section's sh_size. */
static void countless_sections(struct file *file)
{
	Elf64_Ehdr *header = (Elf64_Ehdr *)file->bytes;

	((Elf64_Shdr *)(file->bytes + header->e_shoff))->sh_size = 0xffffffff;
	header->e_shnum = 0;
}

static void debugging_information(struct file *file)
{
	/* As objcopy --only-keep-debug leaves them. */
	section(file, SHT_DYNSYM)->sh_type = SHT_NOBITS;
	section(file, SHT_DYNAMIC)->sh_type = SHT_NOBITS;
}

static void two_tables(struct file *file)
{
	Elf64_Shdr *hash = section(file, SHT_HASH);

	*hash = *section(file, SHT_DYNSYM);
}

static void huge_table(struct file *file)
{
	section(file, SHT_DYNSYM)->sh_size = 1ull << 40;
}

static void table_outside(struct file *file)
{
	section(file, SHT_GNU_verneed)->sh_offset = file->size - 1;
}

/* Constants at an offset that is negative for pread(). */
static void constants_outside(struct file *file)
{
	Elf64_Shdr *hash = section(file, SHT_HASH);

	hash->sh_type = SHT_PROGBITS;
	hash->sh_offset = 1ull << 63;
}

static void no_texts(struct file *file)
{
	section(file, SHT_DYNSYM)->sh_link = 0;
}

static void other_texts(struct file *file)
{
	section(file, SHT_GNU_verneed)->sh_link = 0xffff;
}

static void endless_text(struct file *file)
{
	Elf64_Shdr *texts = section(file, SHT_STRTAB);

	file->bytes[texts->sh_offset + texts->sh_size - 1] = 'x';
	((Elf64_Sym *)contents(file, SHT_DYNSYM))[1].st_name = (uint32_t)texts->sh_size - 3;
}

static void name_outside(struct file *file)
{
	((Elf64_Sym *)contents(file, SHT_DYNSYM))[1].st_name = 0x7fffffff;
}

static void library_outside(struct file *file)
{
	((Elf64_Dyn *)contents(file, SHT_DYNAMIC))[0].d_un.d_val = ~0ull;
}

/* A list that comes back to where it is. */
static void same_record(struct file *file)
{
	Elf64_Verneed *need = contents(file, SHT_GNU_verneed);

	need->vn_cnt = 0xffff;
	((Elf64_Vernaux *)((char *)need + need->vn_aux))->vna_next = 0;
}

/* A list that goes back: its steps have no sign. */
static void back_to_first(struct file *file)
{
	Elf64_Verneed *need = contents(file, SHT_GNU_verneed);

	need->vn_next = (uint32_t)-16;
}

static void records_outside(struct file *file)
{
	((Elf64_Verneed *)contents(file, SHT_GNU_verneed))->vn_aux = 0xfffffff0;
}

/* Each begins in the middle of the one before: twice as many as the table has room for. */
static void overlapping_records(struct file *file)
{
	const uint32_t half[] = { 0, 8 }; /* no version, none of it, or: no records, 8 bytes on */
	size_t size = 1 << 20;
	char *table = move_section(file, SHT_GNU_verneed, size);

	for (size_t i = 0; i < size; i += sizeof(half))
		memcpy(table + i, half, sizeof(half));
}

static void local_version(struct file *file)
{
	Elf64_Verneed *need = contents(file, SHT_GNU_verneed);

	((Elf64_Vernaux *)((char *)need + need->vn_aux))->vna_other = VER_NDX_GLOBAL;
}

static void few_versions(struct file *file)
{
	section(file, SHT_GNU_versym)->sh_size = 4;
}

static void many_libraries(struct file *file)
{
	Elf64_Dyn *entries =
		move_section(file, SHT_DYNAMIC, (IMPORTS_NEEDED_MAX + 2) * sizeof(*entries));

	for (int i = 0; i <= IMPORTS_NEEDED_MAX; i++)
		entries[i] = (Elf64_Dyn){ DT_NEEDED, { 1 } };
}

static void many_symbols(struct file *file)
{
	Elf64_Sym *symbols = move_section(file, SHT_DYNSYM, (IMPORTS_MAX + 2) * sizeof(*symbols));

	move_section(file, SHT_GNU_versym, (IMPORTS_MAX + 2) * sizeof(Elf64_Versym));
	for (int i = 1; i < IMPORTS_MAX + 2; i++)
		symbols[i] = (Elf64_Sym){ .st_name = 1 };
}

static void damage_is_said(void)
{
	static const struct damage table[] = {
		{ nothing, "not an ELF file" },
		{ no_elf, "not an ELF file" },
		{ archive, "an archive" },
		{ big_endian, "big-endian" },
		{ object_file, "neither a program nor a shared library" },
		{ stripped_headers, "they were stripped" },
		{ countless_sections, "more sections than any program" },
		{ debugging_information, "the file has only debugging information" },
		{ two_tables, "more than one table of dynamic symbols" },
		{ huge_table, "1099511627776 bytes, more than any" },
		{ table_outside, "damaged" },
		{ constants_outside, "a section is outside of the file" },
		{ no_texts, "table of dynamic symbols has no string table" },
		{ other_texts, "table of needed versions has no string table" },
		{ endless_text, "is not terminated" },
		{ name_outside, "outside of its string table" },
		{ library_outside, "outside of its string table" },
		{ same_record, "two needed versions have the same number, " },
		{ back_to_first, "overlap or are outside" },
		{ records_outside, "overlap or are outside" },
		{ overlapping_records, "overlap or are outside" },
		{ local_version, "two needed versions have the same number, 1" },
		{ few_versions, "damaged" },
		{ many_libraries, "more than 256 libraries" },
		{ many_symbols, "more than 65536 symbols" },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct file file = load("vers-4.17");
		struct problem why = { "" };
		json_t *imports = NULL;

		table[i].change(&file);
		CU_ASSERT_EQUAL(read_file(&file, &imports, &why), -EINVAL);
		CU_ASSERT_PTR_NULL(imports);
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, table[i].what));
		if (!strstr(why.text, table[i].what))
			printf("\n  %zu: \"%s\" lacks \"%s\"\n", i, why.text, table[i].what);
		json_decref(imports);
		free(file.bytes);
	}
}

/* Read or refused with a sentence: nothing else comes of any file. */
static void try_file(const struct file *file)
{
	struct problem why = { "" };
	json_t *imports = NULL;
	int r = read_file(file, &imports, &why);

	CU_ASSERT(r == 0 ? imports != NULL : r == -EINVAL && why.text[0]);
	json_decref(imports);
}

static void cut_anywhere(void)
{
	struct file file = load("vers-4.17");

	while (file.size-- > 0)
		try_file(&file);
	free(file.bytes);
}

/* Under the sanitizers, which take twenty times as long, each byte has one of the values. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define STEP 5
#endif
#endif
#if !defined(STEP)
#define STEP 1
#endif

static void changed_anywhere(void)
{
	static const unsigned char values[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };
	struct file file = load("vers-4.17");

	for (size_t i = 0; i < file.size; i++) {
		unsigned char was = file.bytes[i];

		for (size_t k = STEP > 1 ? i % STEP : 0; k < sizeof(values); k += STEP) {
			file.bytes[i] = values[k];
			try_file(&file);
		}
		file.bytes[i] = was;
	}
	free(file.bytes);
}

/* What is printable, and as long as names are; the rest of a longer constant is no name either. */
static void names_are_printable(void)
{
	struct file file = load("vers-4.17");
	Elf64_Shdr *texts = section(&file, SHT_STRTAB);
	char *name = memmem(file.bytes + texts->sh_offset, texts->sh_size, "xc_nobody_knows", 15);
	json_t *imports = NULL;
	const char *read;

	CU_ASSERT_PTR_NOT_NULL_FATAL(name);
	memcpy(name, "\x1b[2J\xff", 5);
	CU_ASSERT_EQUAL_FATAL(read_file(&file, &imports, NULL), 0);
	read = json_string_value(
		json_object_get(json_array_get(json_object_get(imports, "imports"), 3), "name"));
	CU_ASSERT_STRING_EQUAL(read, "?[2J?body_knows");
	json_decref(imports);
	free(file.bytes);
}

static void constants(void)
{
	static const char text[] = "libxenctrl.so.4.17\0no libxenctrl.so\0lib.so\0libx.sound\0"
				   "/a/libxl.so.1/b\0\xc3\xa4libxen.so\0liby.so";
	int fd = memfd_create("constants", MFD_CLOEXEC);
	char block[70000];
	json_t *names = json_object();

	memset(block, 'a', sizeof(block));
	CU_ASSERT_FATAL(pwrite(fd, text, sizeof(text), 0) == (ssize_t)sizeof(text));
	/* A long constant that ends as a name does, and a name across the reader's 64 KiB. */
	memcpy(block, "lib", 3);
	memcpy(block + 300, ".so", 4);
	memcpy(block + 65536 - sizeof(text) - 5, "\0liblast.so", 12);
	CU_ASSERT_FATAL(pwrite(fd, block, sizeof(block), sizeof(text)) == (ssize_t)sizeof(block));
	CU_ASSERT_EQUAL(imports_opened(fd, 0, UINT64_MAX, names), 0);
	CU_ASSERT_EQUAL(json_object_size(names), 3);
	CU_ASSERT_PTR_NOT_NULL(json_object_get(names, "libxenctrl.so.4.17"));
	CU_ASSERT_PTR_NOT_NULL(json_object_get(names, "liby.so"));
	CU_ASSERT_PTR_NOT_NULL(json_object_get(names, "liblast.so"));
	json_decref(names);
	close(fd);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "what programs import", programs },
		{ "what is wrong is said", damage_is_said },
		{ "cut anywhere", cut_anywhere },
		{ "changed anywhere", changed_anywhere },
		{ "names are printable", names_are_printable },
		{ "constants that are names of libraries", constants },
		CU_TEST_INFO_NULL,
	};

	return suite_main("imports", tests);
}
