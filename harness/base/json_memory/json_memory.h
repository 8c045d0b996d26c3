/*
 * Memory of jansson's values by free lists in front of malloc(). A report is some two thousand
 * small blocks, and who judges ten thousand cells takes and gives back all of them for each: a list
 * for each size takes a tenth of malloc()'s instructions.
 */
#ifndef IGD_BASE_JSON_MEMORY_H
#define IGD_BASE_JSON_MEMORY_H

/*
 * Has jansson take its memory by such lists until the program ends, in one thread. To be called
 * before there is a value. What a list has is not given back to malloc(). A text of json_dumps() is
 * then not for free(): document_json() makes one that is.
 */
void json_memory_by_lists(void);

#endif
