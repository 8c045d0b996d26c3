#include "harness/history/cache.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/history/cache_functions.h"

/* "IGDH", chosen; https://www.sqlite.org/fileformat2.html#application_id. */
#define APPLICATION 0x49474448
#define VERSION     1

#define TABLE "CREATE TABLE kept (key TEXT PRIMARY KEY, stamp TEXT NOT NULL, text TEXT NOT NULL)"

struct history_cache {
	sqlite3 *db;
	sqlite3_stmt *get, *put;
};

static int refuse(const char *path, const char *what, struct problem *why)
{
	return problem_set(why, -EINVAL,
		"%.200s is not used as a cache: %.200s; name a different file, or remove it", path,
		what);
}

/* A file that is there is ours, and nobody else writes in it. */
static int check_owner(const char *path, struct problem *why)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	int r = 0;

	if (fd < 0)
		return errno == ENOENT ? 0 : refuse(path, strerror(errno), why);
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		r = refuse(path, "it is not a plain file", why);
	else if (st.st_uid != geteuid() || (st.st_mode & (S_IWGRP | S_IWOTH)))
		r = refuse(path, "others can write in it", why);
	close(fd);
	return r;
}

static bool run_sql(struct history_cache *cache, const char *sql)
{
	return sqlite3_exec(cache->db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

/* The number that a statement without arguments gives; -1 if there is none. */
static sqlite3_int64 ask(struct history_cache *cache, const char *sql)
{
	sqlite3_stmt *statement = NULL;
	sqlite3_int64 number = -1;

	if (sqlite3_prepare_v2(cache->db, sql, -1, &statement, NULL) == SQLITE_OK &&
		sqlite3_step(statement) == SQLITE_ROW)
		number = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return number;
}

/* Nothing in the file is executed, and nothing is believed of its schema before it was looked at.
 */
static void limit(sqlite3 *db)
{
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	sqlite3_limit(db, SQLITE_LIMIT_LENGTH, 2 * HISTORY_CACHE_TEXT_MAX);
	sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_busy_timeout(db, 5000);
}

#define NUMBER_(n) #n
#define NUMBER(n)  NUMBER_(n)

static int prepare(struct history_cache *cache, const char *path, struct problem *why)
{
	sqlite3_int64 things = ask(cache, "SELECT count(*) FROM sqlite_schema"), ours;

	/* To find out what is in the file, it is read; of no file of SQLite it cannot be. */
	if (things < 0)
		return refuse(path, sqlite3_errmsg(cache->db), why);
	if (things > 0) {
		if (ask(cache, "PRAGMA application_id") != APPLICATION)
			return refuse(path, "it is the database of a different program", why);
		ours = ask(cache, "SELECT count(*) FROM sqlite_schema WHERE sql = '" TABLE "'");
		if (things != 2 || ours != 1 || /* the table, and the index of its key */
			ask(cache, "SELECT count(*) FROM sqlite_schema WHERE type = 'table'") != 1)
			return refuse(path, "it has other things than a cache in it", why);
	}
	if (things > 0 && ask(cache, "PRAGMA user_version") != VERSION &&
		!run_sql(cache, "DELETE FROM kept"))
		return refuse(path, sqlite3_errmsg(cache->db), why);
	/* It can be thrown away, so it need not survive a power cut; BEGIN makes one write of it.
	 */
	if (!run_sql(cache, "PRAGMA synchronous = OFF") ||
		(things == 0 && !run_sql(cache, TABLE)) ||
		!run_sql(cache, "PRAGMA application_id = " NUMBER(APPLICATION)) ||
		!run_sql(cache, "PRAGMA user_version = " NUMBER(VERSION)) ||
		!run_sql(cache, "BEGIN"))
		return refuse(path, sqlite3_errmsg(cache->db), why);
	if (sqlite3_prepare_v2(cache->db, "SELECT text FROM kept WHERE key = ? AND stamp = ?", -1,
		    &cache->get, NULL) != SQLITE_OK ||
		sqlite3_prepare_v2(cache->db, "INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", -1,
			&cache->put, NULL) != SQLITE_OK)
		return refuse(path, sqlite3_errmsg(cache->db), why);
	return 0;
}

int history_cache_open(const char *path, struct history_cache **cache_r, struct problem *why)
{
	struct history_cache *cache = calloc(1, sizeof(*cache));
	mode_t before;
	int r;

	if (!cache)
		return problem_set(why, -ENOMEM, "out of memory");
	r = check_owner(path, why);
	if (r == 0) {
		before = umask(077);
		if (sqlite3_open_v2(path, &cache->db,
			    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW,
			    NULL) != SQLITE_OK)
			r = refuse(path, sqlite3_errmsg(cache->db), why);
		umask(before);
	}
	if (r == 0) {
		limit(cache->db);
		r = prepare(cache, path, why);
	}
	if (r == 0)
		*cache_r = cache;
	else
		history_cache_close(cache);
	return r;
}

char *history_cache_get(struct history_cache *cache, const char *key, const char *stamp)
{
	char *text = NULL;

	sqlite3_bind_text(cache->get, 1, key, -1, SQLITE_STATIC);
	sqlite3_bind_text(cache->get, 2, stamp, -1, SQLITE_STATIC);
	if (sqlite3_step(cache->get) == SQLITE_ROW) {
		const unsigned char *bytes = sqlite3_column_text(cache->get, 0);

		if (bytes && sqlite3_column_bytes(cache->get, 0) <= (int)HISTORY_CACHE_TEXT_MAX)
			text = strdup((const char *)bytes);
	}
	sqlite3_reset(cache->get);
	return text;
}

void history_cache_put(
	struct history_cache *cache, const char *key, const char *stamp, const char *text)
{
	if (strlen(text) > HISTORY_CACHE_TEXT_MAX)
		return;
	sqlite3_bind_text(cache->put, 1, key, -1, SQLITE_STATIC);
	sqlite3_bind_text(cache->put, 2, stamp, -1, SQLITE_STATIC);
	sqlite3_bind_text(cache->put, 3, text, -1, SQLITE_STATIC);
	sqlite3_step(cache->put);
	sqlite3_reset(cache->put);
}

void history_cache_close(struct history_cache *cache)
{
	if (!cache)
		return;
	sqlite3_finalize(cache->get);
	sqlite3_finalize(cache->put);
	if (cache->db)
		run_sql(cache, "COMMIT");
	sqlite3_close(cache->db);
	free(cache);
}
