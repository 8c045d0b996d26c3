#include "harness/bisect/render.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/suite.h"

/* A bisection of git, as bisect_drive.h has it; a guest and a commit try to write to the terminal.
 */
static const char git[] =
	"{\"harness\": \"0.1.0\", \"outcome\": \"found\", \"why\": \"\", \"kind\": \"git\","
	" \"matrix\": {\"name\": \"display\"}, \"candidates\": 8, \"good\": [\"aaa first\"],"
	" \"bad\": \"ccc last\", \"signature\": [{\"cell\": \"pc\", \"field\": \"display/mode\","
	" \"seen\": \"640x480\\u001b[2J\"}], \"guilty\": [],"
	" \"first_bad\": [{\"point\": \"bbb vga: break it\\u001b[2J\", \"about\": {\"id\":"
	" \"bbbbbb\", \"author\": \"A <a@example.org>\", \"date\": \"2026\"}}],"
	" \"steps\": ["
	"  {\"phase\": \"ends\", \"point\": \"ccc last\", \"answer\": \"bad\", \"why\": \"w\","
	"   \"runs\": 1, \"built\": true},"
	"  {\"phase\": \"ends\", \"point\": \"aaa first\", \"answer\": \"good\", \"why\": \"w\","
	"   \"runs\": 0, \"built\": false},"
	"  {\"phase\": \"search\", \"point\": \"b\", \"answer\": \"bad\", \"why\": \"w\","
	"   \"runs\": 2, \"built\": true},"
	"  {\"phase\": \"search\", \"point\": \"d\", \"answer\": \"skip\", \"why\": \"w\","
	"   \"runs\": 0, \"built\": true}],"
	" \"last_good\": \"aaa first\", \"difference\": {\"a\": {}, \"b\": {}, \"identities\": [],"
	"  \"classes\": {}, \"cells\": [{\"name\": \"pc\", \"class\": \"regression\", \"a\":"
	"  \"PASS\", \"b\": \"FAIL\", \"cause\": \"mode\", \"changes\": [{\"what\":"
	"  \"display.mode\", \"a\": \"1280x800\", \"b\": \"640x480\"}], \"more\": 0}]},"
	" \"identities\": {\"backend\": \"qemu\", \"acts_as\": \"qemu\","
	"  \"versions\": {\"qemu\": \"7.2.22\"}}}";

static json_t *parse(const char *text)
{
	json_t *value = json_loads(text, 0, NULL);

	CU_ASSERT_PTR_NOT_NULL_FATAL(value);
	return value;
}

static char *rendered(const json_t *result, const char *name)
{
	size_t length = 0;
	char *text = NULL;
	FILE *stream = open_memstream(&text, &length);

	CU_ASSERT_EQUAL(bisect_renderer_find(name)->render(result, stream), 0);
	fclose(stream);
	return text;
}

static void has(const char *text, const char *wanted)
{
	if (!strstr(text, wanted))
		printf("\n\"%s\" is not in:\n%s\n", wanted, text);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, wanted));
}

static void a_mail_can_be_sent_as_it_is(void)
{
	json_t *result = parse(git);
	char *mail = rendered(result, "mail");

	CU_ASSERT_EQUAL(strncmp(mail,
				"Subject: [igd-harness bisect] bbb vga: break it\\x1b[2J is the "
				"first bad commit\n\n",
				80),
		0);
	has(mail, "commit       bbbbbb\n");
	has(mail, "A <a@example.org>");
	has(mail, "pc:display/mode=640x480\\x1b[2J\n");
	has(mail, "display.mode: 1280x800 -> 640x480\n");
	has(mail, "not hardware");
	CU_ASSERT_PTR_NULL(strchr(mail, '\033'));
	free(mail);
	json_decref(result);
}

static void the_work_is_counted(void)
{
	json_t *result = parse(git);
	char *text = rendered(result, "text");

	has(text, "candidates     8; at most 3 tests needed; 1 made, 1 skipped\n");
	has(text, "3 runs and 3 builds made now, 1 steps known from before\n");
	CU_ASSERT_PTR_NULL(strchr(text, '\033'));
	free(text);
	json_decref(result);
}

/* The first line, with these members in place of the document's. */
static void headline(const char *changes, const char *wanted)
{
	json_t *result = parse(git), *other = parse(changes);
	char *text;

	json_object_update(result, other);
	text = rendered(result, "text");
	has(text, wanted);
	CU_ASSERT_EQUAL(strncmp(text, wanted, strlen(wanted)), 0);
	free(text);
	json_decref(result);
	json_decref(other);
}

static void each_outcome_has_its_line(void)
{
	headline(
		"{\"kind\": \"packages\"}", "bbb vga: break it\\x1b[2J is the first bad version\n");
	headline("{\"outcome\": \"open\", \"first_bad\": [{\"point\": \"a\"}, {\"point\": \"b\"}]}",
		"the first bad commit is one of 2\n");
	headline("{\"outcome\": \"ends\", \"first_bad\": []}", "nothing to bisect\n");
	headline("{\"outcome\": \"stopped\", \"first_bad\": []}", "stopped without a result\n");
	headline(
		"{\"kind\": \"tuple\", \"first_bad\": [], \"guilty\": [{\"part\": \"qemu\", \"good\":"
		" \"7\", \"bad\": \"10\"}, {\"part\": \"libxl\", \"good\": \"4.17\", \"bad\":"
		" \"4.18\"}]}",
		"guilty: qemu (7 to 10), and libxl (4.17 to 4.18), together: none of them alone\n");
	headline(
		"{\"kind\": \"tuple\", \"first_bad\": [], \"guilty\": [{\"part\": \"qemu\", \"good\":"
		" \"7\", \"bad\": \"10\"}]}",
		"guilty: qemu (7 to 10), alone\n");
}

static void json_is_the_document(void)
{
	json_t *result = parse(git), *again;
	char *text = rendered(result, "json");

	again = json_loads(text, 0, NULL);
	CU_ASSERT(json_equal(result, again));
	json_decref(again);
	free(text);
	json_decref(result);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "a mail can be sent as it is", a_mail_can_be_sent_as_it_is },
		{ "the work is counted", the_work_is_counted },
		{ "each outcome has its line", each_outcome_has_its_line },
		{ "JSON is the document", json_is_the_document },
		CU_TEST_INFO_NULL,
	};

	return suite_main("bisect_render", tests);
}
