#include "harness/host/xen_messages.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/fileio.h"
#include "harness/host/xen_messages_text.h"
#include "harness/host/xen_wording.h"
#include "harness/yaml/yaml.h"

#define FILE_MAX     (256u << 10) /* bytes; ours has 8 KiB */
#define MESSAGES_MAX 256
#define TEXT_MAX     160
#define RELEASE_MAX  32

/* In the order of enum xen_fact; `says` of those that are yes or no. */
static const struct {
	const char *name;
	bool says;
} facts[XEN_FACTS] = {
	[XEN_VERSION] = { "version" },
	[XEN_CMDLINE] = { "cmdline" },
	[XEN_STD_LOGLEVEL] = { "std_loglevel" },
	[XEN_GUEST_LOGLEVEL] = { "guest_loglevel" },
	[XEN_HVM] = { "hvm", true },
	[XEN_HAP] = { "hap", true },
	[XEN_IOMMU] = { "iommu", true },
	[XEN_INTERRUPT_REMAPPING] = { "interrupt_remapping", true },
	[XEN_DOM0_MODE] = { "dom0_mode" },
	[XEN_X2APIC] = { "x2apic" },
	[XEN_VTD] = { "vtd", true },
	[XEN_IGD_OFF] = { "igd_off" },
	[XEN_RMRR_OUTSIDE] = { "rmrr_outside" },
	[XEN_FAULT] = { "fault" },
	[XEN_FAULT_REASON] = { "fault_reason" },
	[XEN_SUPPRESSED] = { "suppressed" },
};

struct message {
	enum xen_fact fact;
	bool says;
	char text[TEXT_MAX];
};

struct xen_messages {
	struct message *entries;
	size_t count;
	char first[RELEASE_MAX], last[RELEASE_MAX];
};

enum { FORMAT, VERSION, CHECKED, MESSAGES, HEAD_KEYS };
static const struct yaml_key head_keys[HEAD_KEYS + 1] = {
	[FORMAT] = { "format", YAML_A_SCALAR, true },
	[VERSION] = { "version", YAML_A_SCALAR, true },
	[CHECKED] = { "checked", YAML_A_MAP, true },
	[MESSAGES] = { "messages", YAML_A_LIST, true },
};

enum { FIRST, LAST, CHECKED_KEYS };
static const struct yaml_key checked_keys[CHECKED_KEYS + 1] = {
	[FIRST] = { "first", YAML_A_SCALAR, true },
	[LAST] = { "last", YAML_A_SCALAR, true },
};

enum { FACT, SAYS, TEXT, SOURCE, VERSIONS, COMMIT, UNTIL, MESSAGE_KEYS };
static const struct yaml_key message_keys[MESSAGE_KEYS + 1] = {
	[FACT] = { "fact", YAML_A_SCALAR, true },
	[SAYS] = { "says", YAML_A_SCALAR, false },
	[TEXT] = { "text", YAML_A_SCALAR, true },
	[SOURCE] = { "source", YAML_A_SCALAR, true },
	[VERSIONS] = { "versions", YAML_A_SCALAR, false },
	[COMMIT] = { "commit", YAML_A_SCALAR, true },
	[UNTIL] = { "until", YAML_A_SCALAR, false },
};

/* Returns the fact of that name, or XEN_FACTS. */
static enum xen_fact find_fact(const char *name)
{
	int fact = 0;

	while (fact < XEN_FACTS && strcmp(facts[fact].name, name) != 0)
		fact++;
	return (enum xen_fact)fact;
}

static int read_fact(const struct yaml_source *source, const struct yaml_node *const *found,
	struct message *message)
{
	message->fact = find_fact(found[FACT]->text);
	if (message->fact == XEN_FACTS)
		return yaml_wrong(source, found[FACT]->place, "the harness has no fact \"%.40s\"",
			found[FACT]->text);
	if (!found[SAYS])
		return facts[message->fact].says
			       ? yaml_wrong(source, found[FACT]->place,
					 "the fact \"%s\" is yes or no: add `says`",
					 found[FACT]->text)
			       : 0;
	message->says = strcmp(found[SAYS]->text, "yes") == 0;
	if (!message->says && strcmp(found[SAYS]->text, "no") != 0)
		return yaml_wrong(source, found[SAYS]->place, "`says` is yes or no");
	return 0;
}

static int check_commit(const struct yaml_source *source, const struct yaml_node *node)
{
	return node ? yaml_check_name(
			      source, node->place, "a commit", node->text, "0123456789abcdef", 40)
		    : 0;
}

static int read_message(const struct yaml_source *source, const struct yaml_node *entry,
	struct xen_messages *messages)
{
	struct message *message = &messages->entries[messages->count];
	const struct yaml_node *found[MESSAGE_KEYS] = { NULL };
	int r = yaml_keys(source, entry, "a message", message_keys, found);

	if (r == 0)
		r = read_fact(source, found, message);
	if (r == 0)
		r = yaml_check_words(source, found[TEXT], TEXT_MAX - 1);
	if (r == 0)
		r = yaml_check_words(source, found[SOURCE], TEXT_MAX - 1);
	if (r == 0 && found[VERSIONS])
		r = yaml_check_words(source, found[VERSIONS], TEXT_MAX - 1);
	if (r == 0)
		r = check_commit(source, found[COMMIT]);
	if (r == 0)
		r = check_commit(source, found[UNTIL]);
	if (r == 0 && !xen_wording_is_valid(found[TEXT]->text))
		r = yaml_wrong(source, found[TEXT]->place,
			"the text does not begin with a word, or has a place with an "
			"unknown name");
	if (r < 0)
		return r;
	snprintf(message->text, sizeof(message->text), "%s", found[TEXT]->text);
	messages->count++;
	return 0;
}

static int read_checked(const struct yaml_source *source, const struct yaml_node *map,
	struct xen_messages *messages)
{
	const struct yaml_node *found[CHECKED_KEYS] = { NULL };
	int r = yaml_keys(source, map, "`checked`", checked_keys, found);

	for (int i = 0; r == 0 && i < CHECKED_KEYS; i++)
		r = yaml_check_name(source, found[i]->place, "a release", found[i]->text,
			"0123456789.", RELEASE_MAX - 1);
	if (r < 0)
		return r;
	snprintf(messages->first, sizeof(messages->first), "%s", found[FIRST]->text);
	snprintf(messages->last, sizeof(messages->last), "%s", found[LAST]->text);
	return 0;
}

static int read_all(const struct yaml_source *source, const struct yaml_node *root,
	struct xen_messages *messages)
{
	const struct yaml_node *found[HEAD_KEYS] = { NULL }, *entry;
	int r = yaml_keys(source, root, "a file of messages", head_keys, found);

	if (r == 0)
		r = yaml_check_head(source, found[FORMAT], found[VERSION],
			&(struct yaml_head){ "igd-harness xen messages", "messages", 1 });
	if (r == 0)
		r = read_checked(source, found[CHECKED], messages);
	if (r == 0 && found[MESSAGES]->count > MESSAGES_MAX)
		r = yaml_wrong(source, found[MESSAGES]->place, "there are more than %d messages",
			MESSAGES_MAX);
	for (entry = r == 0 ? found[MESSAGES]->first : NULL; entry && r == 0; entry = entry->next)
		r = read_message(source, entry, messages);
	return r;
}

static int parse(const char *file, const char *text, size_t length,
	struct xen_messages **messages_r, struct problem *why)
{
	struct yaml_source source = {
		.file = file, .manual = "docs/labs/preflight.md", .why = why
	};
	struct xen_messages *messages = calloc(1, sizeof(*messages));
	struct yaml_node *root = NULL;
	int r = -ENOMEM;

	if (messages)
		messages->entries = calloc(MESSAGES_MAX, sizeof(*messages->entries));
	if (messages && messages->entries)
		r = yaml_parse(&source, text, length, &root);
	if (r == 0)
		r = read_all(&source, root, messages);
	yaml_free(root);
	if (r < 0) {
		xen_messages_free(messages);
		return problem_set(why, r, "%s: %s", file, strerror(-r));
	}
	*messages_r = messages;
	return 0;
}

int xen_messages_load(const char *file, struct xen_messages **messages_r, struct problem *why)
{
	char *text = NULL;
	size_t length = 0;
	bool more = false;
	int r;

	if (!file)
		return parse(XEN_MESSAGES_FILE, xen_messages_text.bytes, xen_messages_text.length,
			messages_r, why);
	r = fileio_read_head(AT_FDCWD, file, FILE_MAX, &text, &length, &more, why);
	if (r == 0 && more)
		r = problem_set(why, -EINVAL, "%s: more than %u bytes", file, FILE_MAX);
	if (r == 0)
		r = parse(file, text, length, messages_r, why);
	free(text);
	return r;
}

const struct xen_messages *xen_messages_builtin(void)
{
	static struct xen_messages *builtin;
	struct problem why;

	if (!builtin)
		xen_messages_load(NULL, &builtin, &why);
	return builtin;
}

void xen_messages_free(struct xen_messages *messages)
{
	if (!messages)
		return;
	free(messages->entries);
	free(messages);
}

bool xen_messages_match(const struct xen_messages *messages, enum xen_fact fact, const char *line,
	struct xen_match *match_r)
{
	for (size_t i = 0; messages && i < messages->count; i++) {
		const struct message *message = &messages->entries[i];

		if (message->fact != fact || !xen_wording_fits(message->text, line, match_r))
			continue;
		match_r->fact = fact;
		match_r->says = message->says;
		return true;
	}
	return false;
}

/* "4.17" as 4017; 0 for a text that does not begin so. */
static unsigned long release_number(const char *text)
{
	char *end;
	unsigned long major = strtoul(text, &end, 10);

	if (end == text || *end != '.')
		return 0;
	return major * 1000 + strtoul(end + 1, NULL, 10);
}

bool xen_messages_cover(const struct xen_messages *messages, const char *version)
{
	unsigned long number = release_number(version);

	return number == 0 || !messages ||
	       (number >= release_number(messages->first) &&
		       number <= release_number(messages->last));
}

void xen_messages_range(
	const struct xen_messages *messages, const char **first_r, const char **last_r)
{
	*first_r = messages ? messages->first : "";
	*last_r = messages ? messages->last : "";
}
