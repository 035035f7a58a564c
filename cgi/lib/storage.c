/* See storage.h. */
#include "storage.h"

#include <sodium.h>
#include <string.h>
#include <strings.h>

#include "utf8.h"

static const struct storage_type types[] = {
	{ "pdf", "application/pdf", ".pdf" },
	{ "png", "image/png", ".png" },
	{ "jpeg", "image/jpeg", ".jpg" },
	{ "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx" },
	{ "csv", "text/csv", ".csv" },
	{ "webp", "image/webp", ".webp" },
};

enum { PDF, PNG, JPEG, XLSX, CSV, WEBP, TYPES };

_Static_assert(sizeof(types) / sizeof(types[0]) == TYPES, "a name for each type");

static bool
starts_with(const char *s, size_t n, const char *magic, size_t magic_n)
{
	return n >= magic_n && memcmp(s, magic, magic_n) == 0;
}

/* The directory at the end of the archive names the workbook, and no macros. */
static bool
is_workbook(const char *s, size_t n)
{
	enum { DIRECTORY_MAX = 65536 };
	static const char part[] = "xl/workbook.xml";
	static const char macros[] = "vbaProject";
	size_t from = n > DIRECTORY_MAX ? n - DIRECTORY_MAX : 0;

	if (!starts_with(s, n, "PK\3\4", 4) || memmem(s + from, n - from, "PK\5\6", 4) == NULL)
		return false;
	return memmem(s + from, n - from, part, sizeof(part) - 1) != NULL &&
	    memmem(s, n, macros, sizeof(macros) - 1) == NULL;
}

/* Two- and four-byte characters of GB18030 beside ASCII. */
static bool
is_gb18030(const unsigned char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (s[i] < 0x80)
			continue;
		if (s[i] == 0x80 || s[i] == 0xFF || i + 1 >= n)
			return false;
		if (s[i + 1] >= 0x30 && s[i + 1] <= 0x39) {
			if (i + 3 >= n || s[i + 2] < 0x81 || s[i + 2] == 0xFF ||
			    s[i + 3] < 0x30 || s[i + 3] > 0x39)
				return false;
			i += 3;
		} else {
			if (s[i + 1] < 0x40 || s[i + 1] == 0x7F || s[i + 1] == 0xFF)
				return false;
			i++;
		}
	}
	return true;
}

/* Text in lines with a separator in the first; no markup, nothing that a shell or browser runs. */
static bool
is_csv(const char *s, size_t n)
{
	size_t line;

	if (starts_with(s, n, "\xEF\xBB\xBF", 3)) {
		s += 3;
		n -= 3;
	}
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c < 0x20 && c != '\t' && c != '\n' && c != '\r')
			return false;
	}
	if (!utf8_valid(s, n) && !is_gb18030((const unsigned char *)s, n))
		return false;
	for (line = 0; line < n && s[line] != '\n'; line++)
		continue;
	utf8_trim(&s, &line);
	return line > 0 && strchr("<%#{", *s) == NULL &&
	    (memchr(s, ',', line) != NULL || memchr(s, ';', line) != NULL ||
		memchr(s, '\t', line) != NULL);
}

const struct storage_type *
storage_sniff(const void *bytes, size_t n, const char **error)
{
	const char *s = bytes;

	*error = n == 0 ? "attachment.empty" : "attachment.too_big";
	if (n == 0 || n > STORAGE_MAX)
		return NULL;
	if (starts_with(s, n, "%PDF-", 5))
		return &types[PDF];
	if (starts_with(s, n, "\x89PNG\r\n\x1A\n", 8))
		return &types[PNG];
	if (starts_with(s, n, "\xFF\xD8\xFF", 3))
		return &types[JPEG];
	if (is_workbook(s, n))
		return &types[XLSX];
	if (is_csv(s, n))
		return &types[CSV];
	*error = "attachment.type";
	return NULL;
}

const struct storage_type *
storage_picture(const void *bytes, size_t n, const char **error)
{
	const char *s = bytes;

	*error = n == 0 ? "attachment.empty" : "picture.too_big";
	if (n == 0 || n > STORAGE_PICTURE_MAX)
		return NULL;
	if (starts_with(s, n, "\x89PNG\r\n\x1A\n", 8))
		return &types[PNG];
	if (starts_with(s, n, "\xFF\xD8\xFF", 3))
		return &types[JPEG];
	if (n >= 12 && starts_with(s, n, "RIFF", 4) && memcmp(s + 8, "WEBP", 4) == 0)
		return &types[WEBP];
	*error = "picture.type";
	return NULL;
}

const struct storage_type *
storage_type(const char *name)
{
	for (size_t i = 0; i < TYPES; i++)
		if (strcmp(types[i].name, name) == 0)
			return &types[i];
	return NULL;
}

void
storage_hash(const void *bytes, size_t n, char hash[static STORAGE_HASH_SIZE])
{
	unsigned char digest[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(digest, bytes, n);
	sodium_bin2hex(hash, STORAGE_HASH_SIZE, digest, sizeof(digest));
}

/* Marks that reorder text around them can make one extension look like another. */
static bool
is_name_char(uint32_t code)
{
	if (code < 0x20 || code == 0x7F || (code >= 0x80 && code <= 0x9F))
		return false;
	if (code < 0x80)
		return strchr("\"*/:<>?\\|;%", (int)code) == NULL;
	return !(code >= 0x200B && code <= 0x200F) && !(code >= 0x2028 && code <= 0x202E) &&
	    !(code >= 0x2060 && code <= 0x206F) && code != 0x061C && code != 0xFEFF &&
	    code < 0xE0000;
}

/* Without what is before the last separator and after the last dot. */
static const char *
stem_of(const char *sent, size_t *n)
{
	const char *dot;

	for (const char *s = sent; *s != '\0'; s++)
		if (*s == '/' || *s == '\\')
			sent = s + 1;
	dot = strrchr(sent, '.');
	*n = dot != NULL && dot != sent ? (size_t)(dot - sent) : strlen(sent);
	return sent;
}

const char *
storage_name(struct pool *p, const char *sent, const struct storage_type *type)
{
	size_t n;
	const char *s = stem_of(sent, &n);
	size_t room = STORAGE_NAME_MAX - strlen(type->extension);
	char *clean = pool_alloc(p, n + 1);
	const char *name = clean;
	size_t out = 0;

	for (size_t i = 0; i < n;) {
		uint32_t code;
		int length = utf8_next(s + i, n - i, &code);

		if (length == UTF8_BAD)
			break;
		if (is_name_char(code) && utf8_clean(s + i, (size_t)length) &&
		    !(code == '.' && out == 0)) {
			memcpy(clean + out, s + i, (size_t)length);
			out += (size_t)length;
		}
		i += (size_t)length;
	}
	out = utf8_cut(clean, out, room);
	utf8_trim(&name, &out);
	if (out == 0)
		return pool_printf(p, "file%s", type->extension);
	return pool_printf(p, "%.*s%s", (int)out, name, type->extension);
}

const char *
storage_disposition(struct pool *p, const char *name)
{
	static const char attribute[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789!#$&+-.^_`|~";
	struct buf *b = buf_new(p);

	buf_str(b, "attachment; filename=\"");
	for (const char *s = name; *s != '\0'; s++) {
		if (((unsigned char)*s & 0xC0) == 0x80)
			continue;
		buf_char(b, strchr(attribute, *s) != NULL || *s == ' ' ? *s : '_');
	}
	buf_str(b, "\"; filename*=UTF-8''");
	for (const char *s = name; *s != '\0'; s++) {
		if (strchr(attribute, *s) != NULL)
			buf_char(b, *s);
		else
			buf_printf(b, "%%%02X", (unsigned char)*s);
	}
	return b->s;
}
