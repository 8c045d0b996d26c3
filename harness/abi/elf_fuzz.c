/*
 * Any bytes as a program: what is read of it is bounded and printable, and so is the audit of it
 * for people. The symbols are those that are shipped.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/abi/abi.h"
#include "harness/abi/elf_imports.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

/* As harness/matrix/matrix_fuzz.c: libfyaml itself loses some. */
const char *__lsan_default_suppressions(void)
{
	return "leak:libfyaml.so\n";
}

static void check_text(const char *text)
{
	for (; *text; text++) {
		if (*text != '\n' && (*text < ' ' || *text > '~'))
			abort();
	}
}

static void check(const json_t *symbols, const json_t *imports)
{
	const json_t *list = json_object_get(imports, "imports"), *import;
	json_t *audit = abi_new(symbols, "4.20", "option");
	char *text = NULL;
	size_t length = 0, i;
	FILE *stream = open_memstream(&text, &length);

	if (!audit || !stream || json_array_size(list) > IMPORTS_MAX ||
		json_array_size(json_object_get(imports, "needed")) > IMPORTS_NEEDED_MAX)
		abort();
	json_array_foreach(list, i, import)
	{
		const char *name = json_string_value(json_object_get(import, "name"));

		if (!name[0] || strlen(name) > IMPORTS_NAME_MAX)
			abort();
		check_text(name);
	}
	if (abi_add(audit, symbols, "fuzz", "", imports, NULL) < 0 || abi_render(audit, stream) < 0)
		abort();
	fclose(stream);
	check_text(text);
	free(text);
	json_decref(audit);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static json_t *symbols;
	static int fd = -1;
	struct problem why = { "" };
	json_t *imports = NULL;
	int r;

	if (!symbols && abi_symbols_load(ABI_SYMBOLS_DATA, &symbols, NULL) < 0)
		abort();
	if (fd < 0)
		fd = memfd_create("program", MFD_CLOEXEC);
	if (ftruncate(fd, 0) < 0 || pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
	r = imports_read(fd, &imports, &why);
	check_text(why.text);
	if (r < 0 && (imports || !why.text[0]))
		abort();
	if (r == 0)
		check(symbols, imports);
	json_decref(imports);
	return 0;
}
