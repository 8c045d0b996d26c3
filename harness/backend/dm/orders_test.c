#include "harness/backend/dm/orders.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/suite.h"

static char folder[] = "/tmp/igd-orders-XXXXXX", path[64];

static void put(const char *text)
{
	FILE *file = fopen(path, "w");

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fputs(text, file);
	fclose(file);
}

static void what_is_written_is_read(void)
{
	struct orders orders = { strdup("/usr/bin/qemu \"i386\""), strdup("/run/\xc3\xa9"),
		policy_find("rfc") };
	struct orders again;
	struct problem why = { "" };

	unlink(path);
	CU_ASSERT_EQUAL(orders_write(path, &orders, &why), 0);
	CU_ASSERT_EQUAL_FATAL(orders_read(path, &again, &why), 0);
	CU_ASSERT_STRING_EQUAL(again.qemu, orders.qemu);
	CU_ASSERT_STRING_EQUAL(again.evidence, orders.evidence);
	CU_ASSERT_PTR_EQUAL(again.policy, orders.policy);
	/* Never over another's. */
	CU_ASSERT_EQUAL(orders_write(path, &orders, &why), -EEXIST);
	orders_finish(&orders);
	orders_finish(&again);
	orders_finish(&again);
}

static void what_is_wrong_is_said(void)
{
#define DM "{\"format\": \"igd-harness dm\", \"version\": 1"
	static const struct {
		const char *text;
		int error;
		const char *says;
	} cases[] = {
		{ "", -EINVAL, "not JSON" },
		{ "{}", -EINVAL, "igd-harness dm" },
		{ "{\"format\": \"igd-harness dm\", \"version\": 2}", -EPROTO, "version 2" },
		{ DM "}", -EINVAL, "\"qemu\" is not an absolute path" },
		{ DM ", \"qemu\": \"qemu\"}", -EINVAL, "\"qemu\" is not an absolute path" },
		{ DM ", \"qemu\": \"/q\"}", -EINVAL, "\"evidence\" is not" },
		{ DM ", \"qemu\": \"/q\", \"evidence\": \"e\"}", -EINVAL, "\"evidence\" is not" },
		{ DM ", \"qemu\": \"/q\", \"evidence\": \"/e\"}", -EINVAL,
			"no policy is named \"\"" },
		{ DM ", \"qemu\": \"/q\", \"evidence\": \"/e\", \"policy\": \"rfx\"}", -EINVAL,
			"no policy is named \"rfx\"" },
	};
	struct orders orders;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct problem why = { "" };

		put(cases[i].text);
		CU_ASSERT_EQUAL(orders_read(path, &orders, &why), cases[i].error);
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, cases[i].says));
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, path));
	}
}

static void what_is_not_there_is_said(void)
{
	struct problem why = { "" };
	struct orders orders;

	unlink(path);
	CU_ASSERT_EQUAL(orders_read(path, &orders, &why), -ENOENT);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, path));
	why.text[0] = '\0';
	CU_ASSERT_EQUAL(orders_read(folder, &orders, &why), -EISDIR);
	orders = (struct orders){ folder, folder, policies };
	CU_ASSERT_EQUAL(orders_write("/no/such/folder/x", &orders, &why), -ENOENT);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "what is written is read", what_is_written_is_read },
		{ "what is wrong is said", what_is_wrong_is_said },
		{ "what is not there is said", what_is_not_there_is_said },
		CU_TEST_INFO_NULL,
	};
	int status;

	if (!mkdtemp(folder))
		return 1;
	snprintf(path, sizeof(path), "%s/dm.json", folder);
	status = suite_main("dm-orders", tests);
	unlink(path);
	rmdir(folder);
	return status;
}
