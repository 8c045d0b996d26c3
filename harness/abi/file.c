/* What an audit says of one file, for those who read audits. */
#include <string.h>

#include "harness/abi/abi.h"
#include "src/document.h"

const char *abi_file_name(const char *file)
{
	const char *slash = strrchr(file, '/');

	return slash ? slash + 1 : file;
}

json_t *abi_file_symbols(const json_t *entry)
{
	json_t *names = json_object();
	const json_t *symbol;
	size_t i;

	json_array_foreach(json_object_get(entry, "unstable"), i, symbol)
		json_object_set_new(names, document_text(symbol, "name"), json_true());
	return names;
}
