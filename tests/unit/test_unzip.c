/* Archives that lie: about sizes, names, places and checksums. */
#include "bed.h"
#include "bookmake.h"
#include "unzip.h"

/* Two entries: a.txt "hello hello hello", b.txt of n zeros. */
static struct buf *
archive(size_t n)
{
	struct buf *out = buf_new(p);
	struct zipout *z = zipout_new(p, sink_buf(out));
	char *zeros = pool_alloc(p, n);

	zipout_entry(z, "a.txt");
	zipout_str(z, "hello hello hello");
	zipout_entry(z, "b.txt");
	zipout_write(z, zeros, n);
	zipout_end(z);
	return out;
}

/* The n-th central record from 0. */
static unsigned char *
central(const struct buf *b, int n)
{
	char *at = b->s;

	for (int i = 0; i <= n; i++) {
		at = memmem(at + (i > 0), (size_t)(b->s + b->n - at), "PK\1\2", 4);
		assert_non_null(at);
	}
	return (unsigned char *)at;
}

static void
set32(unsigned char *at, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		at[i] = (unsigned char)(v >> 8 * i);
}

static uint32_t
get32(const unsigned char *at)
{
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static bool
collect(void *arg, const char *s, size_t n)
{
	buf_add(arg, s, n);
	return true;
}

/* Opens and reads everything, from an exact-size block. */
static bool
read_all(const char *s, size_t n)
{
	struct zip zip;
	char *exact = malloc(n);
	bool good;

	memcpy(exact, s, n);
	good = zip_open(&zip, p, exact, n, &error);
	for (size_t i = 0; good && i < zip.n; i++)
		good = zip_read(&zip.entry[i], collect, buf_new(p), &error);
	free(exact);
	return good;
}

static void
assert_refused(const struct buf *b, const char *code)
{
	assert_false(read_all(b->s, b->n));
	assert_string_equal(error, code);
}

static void
good_archive(void **state)
{
	struct buf *b = archive(100);
	struct buf *content = buf_new(p);
	struct zip zip;

	(void)state;
	assert_true(zip_open(&zip, p, b->s, b->n, &error));
	assert_int_equal(zip.n, 2);
	assert_null(zip_find(&zip, "c.txt"));
	assert_true(zip_read(zip_find(&zip, "A.TXT"), collect, content, &error));
	assert_string_equal(content->s, "hello hello hello");
	assert_true(read_all(b->s, b->n));
}

static void
every_truncation_is_refused(void **state)
{
	struct buf *b = archive(100);

	(void)state;
	for (size_t n = 0; n < b->n; n++)
		assert_false(read_all(b->s, n));
}

/* Whatever byte is wrong, nothing crashes, and the content is either refused or whole. */
static void
every_flipped_byte_is_survived(void **state)
{
	struct buf *b = archive(100);

	(void)state;
	for (size_t i = 0; i < b->n; i++) {
		b->s[i] = (char)(b->s[i] ^ 0x55);
		read_all(b->s, b->n);
		b->s[i] = (char)(b->s[i] ^ 0x55);
	}
}

static void
bomb_by_ratio(void **state)
{
	(void)state;
	assert_refused(archive(4 << 20), "file.bomb");
	assert_true(read_all(archive(1 << 20)->s, archive(1 << 20)->n));
}

/* It says 100 bytes and holds 4 MiB: stopped at the first byte too many. */
static void
bomb_by_lying(void **state)
{
	struct buf *b = archive(4 << 20);

	(void)state;
	set32(central(b, 1) + 24, 100);
	assert_refused(b, "file.bomb");
	b = archive(100);
	set32(central(b, 1) + 24, 101);
	assert_refused(b, "file.broken");
}

static void
claims_beyond_the_limits(void **state)
{
	struct buf *b = archive(100);

	(void)state;
	set32(central(b, 1) + 24, (32 << 20) + 1);
	assert_refused(b, "file.bomb");
	set32(central(b, 1) + 24, 0xFFFFFFFF);
	assert_refused(b, "file.bomb");
	b = archive(100);
	set32(central(b, 1) + 20, 0xFFFFFFF0);
	assert_refused(b, "file.broken");
	b = archive(100);
	set32(central(b, 1) + 42, 0xFFFFFFF0);
	assert_refused(b, "file.broken");
}

static void
too_many_entries(void **state)
{
	struct buf *b = archive(100);
	unsigned char *end = (unsigned char *)b->s + b->n - 22;

	(void)state;
	end[8] = end[10] = 65;
	assert_refused(b, "file.bomb");
	end[8] = end[10] = 3;
	assert_refused(b, "file.broken");
	end[8] = end[10] = 1;
	assert_refused(b, "file.broken");
}

static void
overlapping_entries(void **state)
{
	struct buf *b = archive(100);
	unsigned char *two = central(b, 1);

	(void)state;
	/* The second record points at the first entry, with its name. */
	memcpy(two + 16, central(b, 0) + 16, 12);
	set32(two + 42, get32(central(b, 0) + 42));
	two[46] = 'a';
	assert_refused(b, "file.broken");
	two[46] = 'b';
	assert_refused(b, "file.broken");
	/* An entry whose bytes run into the next one. */
	b = archive(100);
	set32(central(b, 0) + 20, 60);
	assert_refused(b, "file.bomb");
}

static void
encrypted_and_odd_entries(void **state)
{
	struct buf *b = archive(100);

	(void)state;
	central(b, 0)[8] |= 1;
	assert_refused(b, "file.encrypted");
	b = archive(100);
	central(b, 0)[10] = 12; /* bzip2 */
	assert_refused(b, "file.broken");
	b = archive(100);
	central(b, 0)[5] = 3; /* a symbolic link made by unix */
	set32(central(b, 0) + 38, 0xA1FF0000);
	assert_refused(b, "file.broken");
	b = archive(100);
	central(b, 0)[16] ^= 1; /* checksum */
	assert_refused(b, "file.broken");
}

static void
names_that_climb(void **state)
{
	static const char *const names[] = { "/xx/y", "../xy", "x/..y", "x\\y.z", "C:xyz",
		"b.txt" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct buf *b = archive(100);

		memcpy(central(b, 0) + 46, names[i], 5);
		memcpy(b->s + 30, names[i], 5);
		assert_refused(b, "file.broken");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(good_archive),
		CASE(every_truncation_is_refused),
		CASE(every_flipped_byte_is_survived),
		CASE(bomb_by_ratio),
		CASE(bomb_by_lying),
		CASE(claims_beyond_the_limits),
		CASE(too_many_entries),
		CASE(overlapping_entries),
		CASE(encrypted_and_odd_entries),
		CASE(names_that_climb),
	};

	return cmocka_run_group_tests_name("unzip", tests, NULL, NULL);
}
