/*
 * Bundles against bundles that nobody should trust. What is well formed is made by bundle_write()
 * once; everything else by libarchive directly, entry by entry. The digests are of sha256sum(1).
 */
#include "harness/bundle/bundle.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/suite.h"

/* printf abc | sha256sum; printf '' | sha256sum */
#define OF_ABC   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define OF_EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

#define FIRST    "r/" BUNDLE_MANIFEST
#define ABC_LINE OF_ABC "  a\n"

struct given {
	const char *path, *text;
	unsigned int kind; /* 0: a plain file */
};

static int pack(const struct given *given)
{
	int fd = memfd_create("bundle", MFD_CLOEXEC);
	struct archive *archive = archive_write_new();

	archive_write_set_format_pax_restricted(archive);
	archive_write_add_filter_zstd(archive);
	archive_write_open_fd(archive, fd);
	for (; given->path; given++) {
		struct archive_entry *entry = archive_entry_new();

		archive_entry_set_pathname(entry, given->path);
		archive_entry_set_filetype(entry, given->kind ? given->kind : AE_IFREG);
		archive_entry_set_perm(entry, 0644);
		archive_entry_set_size(entry, given->kind ? 0 : (la_int64_t)strlen(given->text));
		if (given->kind == AE_IFLNK)
			archive_entry_set_symlink(entry, given->text);
		if (given->kind == AE_IFREG)
			archive_entry_set_hardlink(entry, given->text);
		CU_ASSERT_EQUAL(archive_write_header(archive, entry), ARCHIVE_OK);
		if (!given->kind)
			archive_write_data(archive, given->text, strlen(given->text));
		archive_entry_free(entry);
	}
	archive_write_close(archive);
	archive_write_free(archive);
	lseek(fd, 0, SEEK_SET);
	return fd;
}

#define PACK(...) pack((const struct given[]){ __VA_ARGS__, { NULL } })

static void is_refused(int fd, const char *with)
{
	struct bundle_contents contents = { 0 };
	struct problem why = { 0 };

	CU_ASSERT_EQUAL(bundle_check(fd, &contents, &why), -EINVAL);
	if (!strstr(why.text, with))
		printf("\nexpected \"%s\", got \"%s\"\n", with, why.text);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, with));
	CU_ASSERT_EQUAL(contents.files, 0);
	close(fd);
}

static void one_that_is_whole(void)
{
	int fd = PACK({ FIRST, ABC_LINE OF_EMPTY "  b/c\n" }, { "r/a", "abc" },
		{ "r/b", "", AE_IFDIR }, { "r/b/c", "" });
	struct bundle_contents contents;
	struct problem why = { 0 };

	CU_ASSERT_EQUAL(bundle_check(fd, &contents, &why), 0);
	CU_ASSERT_STRING_EQUAL(contents.top, "r");
	CU_ASSERT_EQUAL(contents.files, 2);
	CU_ASSERT_EQUAL(contents.bytes, 3);
	close(fd);
}

static void a_run_is_known_by_its_run_json(void)
{
	int with = PACK({ FIRST, OF_ABC "  run.json\n" }, { "r/run.json", "abc" });
	int without = PACK({ FIRST, ABC_LINE }, { "r/a", "abc" });
	struct bundle_contents contents;

	CU_ASSERT_EQUAL(bundle_check(with, &contents, NULL), 0);
	CU_ASSERT_STRING_EQUAL(contents.run_sha256, OF_ABC);
	CU_ASSERT_EQUAL(bundle_check(without, &contents, NULL), 0);
	CU_ASSERT_STRING_EQUAL(contents.run_sha256, "");
	close(with);
	close(without);
}

static void files_are_picked_of_a_bundle(void)
{
	int fd = PACK({ FIRST, ABC_LINE OF_EMPTY "  b\n" }, { "r/a", "abc" }, { "r/b", "" });
	int wrong = PACK({ FIRST, ABC_LINE OF_ABC "  b\n" }, { "r/a", "abc" }, { "r/b", "abd" });
	struct bundle_pick picks[] = { { "b" }, { "c" }, { "a" } };
	struct problem why = { 0 };

	CU_ASSERT_EQUAL(bundle_pick(fd, picks, 3, &why), 0);
	CU_ASSERT_EQUAL(picks[0].length, 0);
	CU_ASSERT_STRING_EQUAL(picks[0].text, "");
	CU_ASSERT_PTR_NULL(picks[1].text);
	CU_ASSERT_EQUAL(picks[2].length, 3);
	CU_ASSERT_STRING_EQUAL(picks[2].text, "abc");
	free(picks[0].text);
	free(picks[2].text);
	/* None of a bundle that is not whole. */
	CU_ASSERT_EQUAL(bundle_pick(wrong, picks, 3, &why), -EINVAL);
	CU_ASSERT_PTR_NULL(picks[2].text);
	close(fd);
	close(wrong);
}

/* 65 MiB of zeros, which zstd makes 2 KiB of. */
static void a_picked_file_has_a_bound(void)
{
	const size_t size = 65u << 20;
	char *zeros = malloc(size + 1);
	struct bundle_pick picks[] = { { "a" } };
	struct problem why = { 0 };
	int fd;

	CU_ASSERT_PTR_NOT_NULL_FATAL(zeros);
	memset(zeros, '0', size);
	zeros[size] = 0;
	fd = PACK({ FIRST, ABC_LINE }, { "r/a", zeros });
	CU_ASSERT_EQUAL(bundle_pick(fd, picks, 1, &why), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "a has more than 67108864 bytes"));
	CU_ASSERT_PTR_NULL(picks[0].text);
	free(zeros);
	close(fd);
}

static void what_is_not_as_the_manifest_says(void)
{
	is_refused(PACK({ FIRST, ABC_LINE }, { "r/a", "abd" }), "a differs from the manifest");
	is_refused(PACK({ FIRST, ABC_LINE }), "a is in the manifest but not in the bundle");
	is_refused(PACK({ FIRST, ABC_LINE OF_EMPTY "  b\n" }, { "r/b", "" }),
		"a is in the manifest but not in the bundle");
	is_refused(PACK({ FIRST, ABC_LINE }, { "r/a", "abc" }, { "r/a", "abc" }), "or twice");
	is_refused(PACK({ FIRST, "" }, { "r/a", "abc" }), "a is in the bundle but not in the");
	is_refused(PACK({ FIRST, ABC_LINE }, { "r/A", "abc" }), "A is in the bundle but not in");
}

static void manifests_that_are_none(void)
{
	is_refused(PACK({ "r/a", "abc" }, { FIRST, ABC_LINE }), "does not begin with");
	is_refused(PACK({ FIRST, "", AE_IFDIR }), "does not begin with");
	is_refused(PACK({ FIRST, OF_ABC "  a" }), "not a list");
	is_refused(PACK({ FIRST, OF_ABC " a\n" }), ":1:");
	is_refused(PACK({ FIRST, "xyz\n" }), ":1:");
	is_refused(PACK({ FIRST, ABC_LINE "\n" }), ":2:");
	is_refused(PACK({ FIRST, ABC_LINE ABC_LINE }), ":2:");
	is_refused(PACK({ FIRST, OF_ABC "  ../a\n" }), ":1:");
	is_refused(PACK({ FIRST, OF_ABC "  /a\n" }), ":1:");
}

static void names_that_lead_elsewhere(void)
{
	is_refused(PACK({ FIRST, ABC_LINE }, { "r/../a", "abc" }), "r/../a");
	is_refused(PACK({ FIRST, ABC_LINE }, { "/r/a", "abc" }), "/r/a");
	is_refused(PACK({ FIRST, ABC_LINE }, { "s/a", "abc" }), "s/a is not below r");
	is_refused(PACK({ FIRST, ABC_LINE }, { "r", "abc" }), "not below");
	is_refused(PACK({ "../" BUNDLE_MANIFEST, ABC_LINE }), "..");
	is_refused(PACK({ BUNDLE_MANIFEST, ABC_LINE }), "not below");
	is_refused(PACK({ FIRST, ABC_LINE }, { "r/\x1b[2J", "abc" }), "r/?[2J");
}

static void kinds_that_no_run_has(void)
{
	is_refused(PACK({ FIRST, ABC_LINE }, { "r/a", "/etc/passwd", AE_IFLNK }), "r/a is neither");
	is_refused(PACK({ FIRST, ABC_LINE }, { "r/a", "", AE_IFIFO }), "r/a is neither");
	is_refused(PACK({ FIRST, ABC_LINE }, { "r/a", FIRST, AE_IFREG }), "r/a is neither");
	is_refused(PACK({ "r", "elsewhere", AE_IFLNK }, { FIRST, ABC_LINE }), "r is neither");
}

/* A run of two files, as bundle_write() bundles it. */
static int write_one(const char *change_to)
{
	char place[] = "/tmp/igd-bundle-XXXXXX", remove[80];
	int dir_fd, file_fd, out_fd = memfd_create("bundle", MFD_CLOEXEC), r;
	struct bundle_contents contents;
	struct problem why = { 0 };
	struct files files;

	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(place));
	dir_fd = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	mkdirat(dir_fd, "empty", 0700);
	file_fd = openat(dir_fd, "a", O_WRONLY | O_CREAT, 0600);
	CU_ASSERT_EQUAL(write(file_fd, "abc", 3), 3);
	CU_ASSERT_EQUAL_FATAL(file_list_read(dir_fd, NULL, &files, &why), 0);
	CU_ASSERT_EQUAL(
		pwrite(file_fd, change_to, strlen(change_to), 0), (ssize_t)strlen(change_to));
	close(file_fd);
	r = bundle_write(dir_fd, &files, "r", 1000000000, out_fd, &contents, &why);
	if (r < 0) {
		CU_ASSERT_EQUAL(r, -EBUSY);
		CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "a changes while it is read"));
		close(out_fd);
		out_fd = -1;
	}
	file_list_free(&files);
	close(dir_fd);
	snprintf(remove, sizeof(remove), "rm -rf %s", place);
	CU_ASSERT_EQUAL(system(remove), 0);
	return out_fd;
}

static void the_same_run_gives_the_same_bytes(void)
{
	int first = write_one("abc"), second = write_one("abc");
	char one[4096], other[4096];
	ssize_t length = pread(first, one, sizeof(one), 0);
	struct bundle_contents contents;

	CU_ASSERT(length > 100);
	CU_ASSERT_EQUAL(pread(second, other, sizeof(other), 0), length);
	CU_ASSERT_EQUAL(memcmp(one, other, (size_t)length), 0);
	lseek(first, 0, SEEK_SET);
	CU_ASSERT_EQUAL(bundle_check(first, &contents, NULL), 0);
	CU_ASSERT_EQUAL(contents.files, 1);
	close(first);
	close(second);
}

static void a_file_that_grows_meanwhile(void)
{
	CU_ASSERT_EQUAL(write_one("abcd"), -1);
}

static void one_cut_anywhere_is_not_whole(void)
{
	int fd = write_one("abc");
	off_t whole = lseek(fd, 0, SEEK_END);
	struct bundle_contents contents;

	/* zstd has no word for the end that the tar does not have; the last of it is padding. */
	for (off_t length = whole - 1; length >= 0; length--) {
		struct problem why = { 0 };

		CU_ASSERT_EQUAL(ftruncate(fd, length), 0);
		lseek(fd, 0, SEEK_SET);
		CU_ASSERT_EQUAL(bundle_check(fd, &contents, &why), -EINVAL);
		CU_ASSERT_NOT_EQUAL(why.text[0], 0);
	}
	close(fd);
}

static void what_is_no_archive_at_all(void)
{
	int fd = memfd_create("bundle", MFD_CLOEXEC);

	CU_ASSERT_EQUAL(write(fd, "a bundle, honestly\n", 19), 19);
	lseek(fd, 0, SEEK_SET);
	is_refused(fd, "incomplete or damaged");
	is_refused(open("/dev/null", O_RDONLY | O_CLOEXEC), "bundle");
}

/* A text that one of libarchive's filters packed; returns its bytes. */
static size_t pack_text(
	int (*filter)(struct archive *), const char *text, char *packed, size_t size)
{
	struct archive *archive = archive_write_new();
	struct archive_entry *entry = archive_entry_new();
	size_t used = 0;

	CU_ASSERT_EQUAL_FATAL(filter(archive), ARCHIVE_OK);
	archive_write_set_format_raw(archive);
	archive_write_set_bytes_in_last_block(archive, 1);
	CU_ASSERT_EQUAL_FATAL(archive_write_open_memory(archive, packed, size, &used), ARCHIVE_OK);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_write_header(archive, entry);
	archive_write_data(archive, text, strlen(text));
	archive_entry_free(entry);
	archive_write_free(archive);
	return used;
}

static void a_packed_text_is_decompressed(void)
{
	static int (*const filters[])(struct archive *) = { archive_write_add_filter_gzip,
		archive_write_add_filter_bzip2, archive_write_add_filter_xz,
		archive_write_add_filter_zstd };
	char packed[4096];

	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
		size_t length = pack_text(filters[i], "(XEN) Xen version", packed, sizeof(packed)),
		       got;
		struct problem why = { 0 };
		char *text = NULL;
		bool cut = true;

		CU_ASSERT_EQUAL_FATAL(
			bundle_decompress(packed, length, 17, &text, &got, &cut, &why), 0);
		CU_ASSERT_STRING_EQUAL(text, "(XEN) Xen version");
		CU_ASSERT_EQUAL(got, 17);
		CU_ASSERT_FALSE(cut);
		free(text);
		CU_ASSERT_EQUAL_FATAL(
			bundle_decompress(packed, length, 5, &text, &got, &cut, &why), 0);
		CU_ASSERT_STRING_EQUAL(text, "(XEN)");
		CU_ASSERT(cut);
		free(text);
		/* Cut in its middle. */
		CU_ASSERT_EQUAL(bundle_decompress(packed, length / 2, 17, &text, &got, &cut, &why),
			-EINVAL);
		CU_ASSERT(why.text[0] != '\0');
	}
}

/* A tar that a host sent, of one entry; `size` bytes of "x". Returns its descriptor. */
static int send(const char *path, unsigned int kind, unsigned int mode, size_t size)
{
	int fd = memfd_create("sent", MFD_CLOEXEC);
	struct archive *archive = archive_write_new();
	struct archive_entry *entry = archive_entry_new();

	archive_write_set_format_gnutar(archive);
	archive_write_open_fd(archive, fd);
	archive_entry_set_pathname(entry, path);
	archive_entry_set_filetype(entry, kind);
	archive_entry_set_perm(entry, (mode_t)mode);
	archive_entry_set_uid(entry, 1000);
	archive_entry_set_size(entry, (la_int64_t)size);
	if (kind == AE_IFLNK)
		archive_entry_set_symlink(entry, "/etc/passwd");
	if (kind == AE_IFBLK || kind == AE_IFCHR)
		archive_entry_set_rdev(entry, 0x0100);
	CU_ASSERT_EQUAL(archive_write_header(archive, entry), ARCHIVE_OK);
	for (size_t i = 0; i < size; i++)
		archive_write_data(archive, "x", 1);
	archive_entry_free(entry);
	archive_write_close(archive);
	archive_write_free(archive);
	lseek(fd, 0, SEEK_SET);
	return fd;
}

static char sent_to[] = "/tmp/igd-unpack-XXXXXX";

static int unpack(int fd, int dir_fd, uint64_t max, const char *with)
{
	struct problem why = { 0 };
	int r = bundle_unpack(fd, dir_fd, max, &why);

	if (with && !strstr(why.text, with))
		printf("\nexpected \"%s\", got \"%s\"\n", with, why.text);
	CU_ASSERT_TRUE(!with || strstr(why.text, with) != NULL);
	close(fd);
	return r;
}

static void what_a_host_sent_is_unpacked_without_its_modes(void)
{
	int dir_fd = open(sent_to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	CU_ASSERT_EQUAL(unpack(send("c", AE_IFDIR, 07777, 0), dir_fd, 100, NULL), 0);
	CU_ASSERT_EQUAL(unpack(send("c/suid", AE_IFREG, 06777, 3), dir_fd, 3, NULL), 0);
	CU_ASSERT_EQUAL(fstatat(dir_fd, "c", &st, AT_SYMLINK_NOFOLLOW), 0);
	CU_ASSERT_EQUAL(st.st_mode & 07022, 0);
	CU_ASSERT_EQUAL(fstatat(dir_fd, "c/suid", &st, AT_SYMLINK_NOFOLLOW), 0);
	CU_ASSERT_EQUAL(st.st_mode & 07133, 0);
	CU_ASSERT_EQUAL(st.st_uid, geteuid());
	CU_ASSERT_EQUAL(st.st_size, 3);
	CU_ASSERT_EQUAL(unpack(send("c/suid", AE_IFREG, 0644, 1), dir_fd, 100, "twice"), -EINVAL);
	CU_ASSERT_EQUAL(
		unpack(send("c/much", AE_IFREG, 0644, 4), dir_fd, 3, "more than 3 bytes"), -EFBIG);
	close(dir_fd);
}

static void of_what_a_host_sent_only_files_are_unpacked(void)
{
	int dir_fd = open(sent_to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	static const unsigned int kinds[] = { AE_IFLNK, AE_IFBLK, AE_IFCHR, AE_IFIFO };
	static const char *const names[] = { "../a", "/tmp/igd-unpacked", "c/../../a", "." };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		CU_ASSERT_EQUAL(
			unpack(send("odd", kinds[i], 0666, 0), dir_fd, 100, "neither"), -EINVAL);
		CU_ASSERT_EQUAL(faccessat(dir_fd, "odd", F_OK, AT_SYMLINK_NOFOLLOW), -1);
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		CU_ASSERT_EQUAL(unpack(send(names[i], AE_IFREG, 0644, 1), dir_fd, 100, "leads out"),
			-EINVAL);
	CU_ASSERT_EQUAL(access("/tmp/igd-unpacked", F_OK), -1);
	/* A link that is there already is not gone through. */
	CU_ASSERT_EQUAL(symlinkat("/tmp", dir_fd, "away"), 0);
	CU_ASSERT_EQUAL(
		unpack(send("away/igd-unpacked", AE_IFREG, 0644, 1), dir_fd, 100, "link"), -ELOOP);
	CU_ASSERT_EQUAL(access("/tmp/igd-unpacked", F_OK), -1);
	close(dir_fd);
}

static CU_TestInfo tests[] = {
	{ "one that is whole", one_that_is_whole },
	{ "a run is known by its run.json", a_run_is_known_by_its_run_json },
	{ "files are picked of a bundle", files_are_picked_of_a_bundle },
	{ "a picked file has a bound", a_picked_file_has_a_bound },
	{ "what is not as the manifest says", what_is_not_as_the_manifest_says },
	{ "manifests that are none", manifests_that_are_none },
	{ "names that lead elsewhere", names_that_lead_elsewhere },
	{ "kinds that no run has", kinds_that_no_run_has },
	{ "the same run gives the same bytes", the_same_run_gives_the_same_bytes },
	{ "a file that grows meanwhile", a_file_that_grows_meanwhile },
	{ "one cut anywhere is not whole", one_cut_anywhere_is_not_whole },
	{ "what is no archive at all", what_is_no_archive_at_all },
	{ "a packed text is decompressed", a_packed_text_is_decompressed },
	{ "what a host sent is unpacked without its modes",
		what_a_host_sent_is_unpacked_without_its_modes },
	{ "of what a host sent only files are unpacked",
		of_what_a_host_sent_only_files_are_unpacked },
	CU_TEST_INFO_NULL,
};

int main(void)
{
	if (!mkdtemp(sent_to))
		return 1;
	return suite_remove(sent_to, suite_main("bundle", tests));
}
