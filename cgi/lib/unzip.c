/* See unzip.h. */
#include "unzip.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <zlib.h>

enum {
	ENTRIES_MAX = 64,
	NAME_MAX_BYTES = 200,
	RATIO_MAX = 200,
	MIB = 1 << 20,
	ENTRY_MAX = 32, /* MiB */
	ENTRY_MAX_LARGE = 1024,
	END_SIZE = 22,
	CENTRAL_SIZE = 46,
	LOCAL_SIZE = 30,
	COMMENT_MAX = 65535
};

enum { SIG_LOCAL = 0x04034B50, SIG_CENTRAL = 0x02014B50, SIG_END = 0x06054B50 };
enum { FLAG_ENCRYPTED = 1 << 0, FLAG_STRONG = 1 << 6, FLAG_MASKED = 1 << 13 };

/* Where an entry lies, to see that no two share bytes. */
struct extent {
	size_t from;
	size_t to;
};

struct archive {
	const unsigned char *s;
	size_t n;
	uint64_t entry_max;
	uint64_t all_max;
	size_t central; /* offset of the directory; entries lie before it */
	struct extent extent[ENTRIES_MAX];
};

static bool
refuse(const char **error, const char *code)
{
	*error = code;
	return false;
}

static uint32_t
u16(const unsigned char *s)
{
	return (uint32_t)s[0] | (uint32_t)s[1] << 8;
}

static uint32_t
u32(const unsigned char *s)
{
	return u16(s) | u16(s + 2) << 16;
}

/* The end record whose comment reaches exactly to the end of the file. */
static const unsigned char *
find_end(const unsigned char *s, size_t n)
{
	size_t lowest = n > END_SIZE + COMMENT_MAX ? n - END_SIZE - COMMENT_MAX : 0;

	if (n < END_SIZE)
		return NULL;
	for (size_t i = n - END_SIZE + 1; i-- > lowest;)
		if (u32(s + i) == SIG_END && u16(s + i + 20) == n - i - END_SIZE)
			return s + i;
	return NULL;
}

static bool
is_safe_name(const char *name, size_t n)
{
	if (n == 0 || n > NAME_MAX_BYTES || name[0] == '/' || strlen(name) != n)
		return false;
	return strpbrk(name, "\\:") == NULL && strstr(name, "..") == NULL;
}

static bool
check_sizes(const struct archive *a, const struct zip_entry *e, uint64_t *all, const char **error)
{
	*all += e->size;
	if (e->size > a->entry_max || *all > a->all_max)
		return refuse(error, "file.bomb");
	if (e->size > MIB && e->size / RATIO_MAX > e->packed)
		return refuse(error, "file.bomb");
	if (!e->deflated && e->size != e->packed)
		return refuse(error, "file.broken");
	return true;
}

/* The local header must agree with the directory about the name; it says where the bytes start. */
static bool
locate(const struct archive *a, struct zip_entry *e, size_t at, size_t name_n,
    struct extent *extent)
{
	size_t skip;

	if (at > a->central || a->central - at < LOCAL_SIZE || u32(a->s + at) != SIG_LOCAL)
		return false;
	skip = LOCAL_SIZE + u16(a->s + at + 26) + u16(a->s + at + 28);
	if (u16(a->s + at + 26) != name_n || a->central - at < skip ||
	    a->central - at - skip < e->packed)
		return false;
	if (memcmp(a->s + at + LOCAL_SIZE, e->name, name_n) != 0)
		return false;
	e->bytes = a->s + at + skip;
	extent->from = at;
	extent->to = at + skip + e->packed;
	return true;
}

static bool
is_link(const unsigned char *central)
{
	enum { MADE_BY_UNIX = 3 };

	return central[5] == MADE_BY_UNIX && S_ISLNK(u32(central + 38) >> 16);
}

/* Reads the directory record at s; n bytes are left.  Returns its length, 0 when it is refused. */
static size_t
read_central(struct archive *a, struct pool *p, struct zip *zip, const unsigned char *s, size_t n,
    const char **error)
{
	struct zip_entry *e = &zip->entry[zip->n];
	uint32_t flags;
	uint32_t method;
	size_t name_n;
	size_t length;

	if (n < CENTRAL_SIZE || u32(s) != SIG_CENTRAL)
		return refuse(error, "file.broken");
	flags = u16(s + 8);
	method = u16(s + 10);
	name_n = u16(s + 28);
	length = CENTRAL_SIZE + name_n + u16(s + 30) + u16(s + 32);
	if (length > n)
		return refuse(error, "file.broken");
	if ((flags & (FLAG_ENCRYPTED | FLAG_STRONG | FLAG_MASKED)) != 0)
		return refuse(error, "file.encrypted");
	e->name = pool_strndup(p, (const char *)s + CENTRAL_SIZE, name_n);
	e->crc = u32(s + 16);
	e->packed = u32(s + 20);
	e->size = u32(s + 24);
	e->deflated = method == 8;
	if ((method != 0 && method != 8) || !is_safe_name(e->name, name_n) || is_link(s) ||
	    zip_find(zip, e->name) != NULL ||
	    !locate(a, e, u32(s + 42), name_n, &a->extent[zip->n]))
		return refuse(error, "file.broken");
	return length;
}

static int
by_offset(const void *a, const void *b)
{
	const struct extent *x = a;
	const struct extent *y = b;

	return x->from < y->from ? -1 : x->from > y->from;
}

static bool
overlap(struct archive *a, size_t n)
{
	qsort(a->extent, n, sizeof(a->extent[0]), by_offset);
	for (size_t i = 1; i < n; i++)
		if (a->extent[i].from < a->extent[i - 1].to)
			return true;
	return false;
}

static bool
read_directory(struct archive *a, struct zip *zip, struct pool *p, const unsigned char *end,
    const char **error)
{
	size_t left = (size_t)(end - a->s) - a->central;
	const unsigned char *s = a->s + a->central;
	uint32_t n = u16(end + 10);
	uint64_t all = 0;

	zip->entry = pool_alloc(p, n * sizeof(*zip->entry));
	while (zip->n < n) {
		size_t length = read_central(a, p, zip, s, left, error);

		if (length == 0 || !check_sizes(a, &zip->entry[zip->n], &all, error))
			return false;
		zip->n++;
		s += length;
		left -= length;
	}
	if (left != 0)
		return refuse(error, "file.broken");
	return overlap(a, zip->n) ? refuse(error, "file.bomb") : true;
}

static bool
open_archive(struct zip *zip, struct pool *p, struct archive a, const char **error)
{
	const unsigned char *end = find_end(a.s, a.n);
	size_t position;

	zip->n = 0;
	if (end == NULL)
		return refuse(error, "file.broken");
	position = (size_t)(end - a.s);
	a.central = u32(end + 16);
	/* One disk; a directory that ends where the end record starts: ZIP64 never does. */
	if (u32(end + 4) != 0 || u16(end + 8) != u16(end + 10) || a.central > position ||
	    position - a.central != u32(end + 12))
		return refuse(error, "file.broken");
	if (u16(end + 10) > ENTRIES_MAX)
		return refuse(error, "file.bomb");
	return read_directory(&a, zip, p, end, error);
}

bool
zip_open(struct zip *zip, struct pool *p, const void *bytes, size_t n, const char **error)
{
	struct archive a = { .s = bytes, .n = n, .entry_max = ENTRY_MAX * (uint64_t)MIB,
		.all_max = ENTRY_MAX * 2 * (uint64_t)MIB };

	return open_archive(zip, p, a, error);
}

bool
zip_open_large(struct zip *zip, struct pool *p, const void *bytes, size_t n, const char **error)
{
	struct archive a = { .s = bytes, .n = n, .entry_max = ENTRY_MAX_LARGE * (uint64_t)MIB,
		.all_max = ENTRY_MAX_LARGE * 3 / 2 * (uint64_t)MIB };

	return open_archive(zip, p, a, error);
}

const struct zip_entry *
zip_find(const struct zip *zip, const char *name)
{
	for (size_t i = 0; i < zip->n; i++)
		if (strcasecmp(zip->entry[i].name, name) == 0)
			return &zip->entry[i];
	return NULL;
}

/* What came out so far, and where it goes. */
struct output {
	bool (*sink)(void *arg, const char *s, size_t n);
	void *arg;
	uint32_t crc;
	uint32_t size;
	uint32_t promised;
};

static bool
put(struct output *out, const unsigned char *s, size_t n, const char **error)
{
	if (n > out->promised - out->size)
		return refuse(error, "file.bomb");
	out->size += (uint32_t)n;
	out->crc = (uint32_t)crc32(out->crc, s, (uInt)n);
	return n == 0 || out->sink(out->arg, (const char *)s, n);
}

static bool
inflate_all(z_stream *z, struct output *out, const char **error)
{
	unsigned char piece[16384];
	int rc;

	do {
		z->next_out = piece;
		z->avail_out = sizeof(piece);
		rc = inflate(z, Z_NO_FLUSH);
		if (rc != Z_OK && rc != Z_STREAM_END)
			return refuse(error, "file.broken");
		if (!put(out, piece, sizeof(piece) - z->avail_out, error))
			return false;
	} while (rc != Z_STREAM_END);
	return z->avail_in == 0 ? true : refuse(error, "file.broken");
}

bool
zip_read(const struct zip_entry *entry, bool (*sink)(void *arg, const char *s, size_t n), void *arg,
    const char **error)
{
	struct output out = { sink, arg, (uint32_t)crc32(0, NULL, 0), 0, entry->size };
	bool good;

	if (entry->deflated) {
		z_stream z = { .next_in = (unsigned char *)(uintptr_t)entry->bytes,
			.avail_in = entry->packed };

		if (inflateInit2(&z, -MAX_WBITS) != Z_OK)
			return refuse(error, "file.too_big");
		good = inflate_all(&z, &out, error);
		inflateEnd(&z);
	} else {
		good = put(&out, entry->bytes, entry->packed, error);
	}
	if (good && (out.size != entry->size || out.crc != entry->crc))
		return refuse(error, "file.broken");
	return good;
}
