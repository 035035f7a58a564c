/* See place.h. */
#include "place.h"

#include <stdlib.h>
#include <string.h>

#include "heap.h"
#include "keymap.h"
#include "norm.h"

enum { FULL, BARE, FORMER, WAYS = 4, NAME_MAX_BYTES = 45 };

/* Values of the dictionary: code * WAYS + how it is named. */
struct places {
	struct keymap *names;
};

static const char *const tails[] = { "自治区", "自治州", "自治县", "自治旗", "特别行政区", "地区", "新区",
	"林区", "特区", "矿区", "省", "市", "区", "县", "旗", "盟", "州" };

static const char *const peoples[] = { "维吾尔", "壮族", "回族", "藏族", "苗族", "彝族", "侗族", "瑶族",
	"白族", "傣族", "黎族", "畲族", "羌族", "水族", "满族", "蒙古族", "蒙古", "土家族", "布依族",
	"朝鲜族", "哈尼族", "景颇族", "傈僳族", "哈萨克", "哈萨克族", "柯尔克孜", "仡佬族", "拉祜族", "佤族",
	"纳西族", "怒族", "独龙族", "普米族", "布朗族", "毛南族", "仫佬族", "东乡族", "土族", "撒拉族",
	"保安族", "裕固族", "塔吉克", "锡伯", "各族", "达斡尔族", "鄂温克族" };

struct places *
places_new(void)
{
	struct places *pl = heap_more(NULL, sizeof(*pl));

	pl->names = keymap_new();
	return pl;
}

void
places_free(struct places *pl)
{
	if (pl == NULL)
		return;
	keymap_free(pl->names);
	free(pl);
}

uint32_t
place_code(const char *s)
{
	size_t n = strspn(s, "0123456789");
	uint32_t code = 0;

	if (n < 2 || s[n] != '\0')
		return 0;
	for (size_t i = 0; i < 6; i++)
		code = code * 10 + (i < n ? (uint32_t)(s[i] - '0') : 0);
	return code;
}

int
place_level(uint32_t code)
{
	if (code == 0)
		return 0;
	if (code % 100 != 0)
		return 6;
	return code % 10000 != 0 ? 4 : 2;
}

uint32_t
place_province(uint32_t code)
{
	return code / 10000 * 10000;
}

/* Counties of a municipality have no city that anybody names: its province stands for it. */
uint32_t
place_city(uint32_t code)
{
	uint32_t province = code / 10000;

	if (province == 11 || province == 12 || province == 31 || province == 50)
		return province * 10000;
	return code / 100 * 100;
}

bool
place_within(uint32_t one, uint32_t other)
{
	if (one == other || one == 0 || other == 0)
		return true;
	if (place_level(one) < place_level(other))
		return place_within(other, one);
	if (place_level(other) == 2)
		return place_province(one) == other;
	return place_level(other) == 4 && one / 100 * 100 == other;
}

/* The name without 省 市 区 县 and the peoples of an autonomous division. */
static const char *
bare_name(struct pool *p, const char *name)
{
	const char *s = name;
	bool cut = true;

	for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		if (norm_ends(s, tails[i])) {
			s = pool_strndup(p, s, strlen(s) - strlen(tails[i]));
			break;
		}
	}
	while (cut) {
		cut = false;
		for (size_t i = 0; i < sizeof(peoples) / sizeof(peoples[0]); i++) {
			if (norm_ends(s, peoples[i]) && strlen(s) >= strlen(peoples[i]) + 6) {
				s = pool_strndup(p, s, strlen(s) - strlen(peoples[i]));
				cut = true;
			}
		}
	}
	return s;
}

void
places_add(struct places *pl, struct pool *scratch, const char *code, const char *name)
{
	uint32_t n = place_code(code);
	const char *full = norm_fold(scratch, name);
	const char *bare = bare_name(scratch, full);

	if (n == 0 || strlen(code) > 6 || strcmp(full, "市辖区") == 0 || strcmp(full, "县") == 0 ||
	    strstr(full, "直辖") != NULL)
		return;
	keymap_add(pl->names, full, n * WAYS + FULL);
	if (strcmp(bare, full) == 0 || norm_length(bare) < 2)
		return;
	keymap_add(pl->names, bare, n * WAYS + BARE);
	/* 恩施州 for 恩施土家族苗族自治州 */
	if (norm_ends(full, "自治州"))
		keymap_add(pl->names, pool_printf(scratch, "%s州", bare), n * WAYS + FULL);
	if (norm_ends(full, "自治县"))
		keymap_add(pl->names, pool_printf(scratch, "%s县", bare), n * WAYS + FULL);
	/* A county that became a city or district keeps its old word in names for years. */
	if (place_level(n) == 6 && (norm_ends(full, "市") || norm_ends(full, "区")))
		keymap_add(pl->names, pool_printf(scratch, "%s县", bare), n * WAYS + FORMER);
	if (place_level(n) == 6 && norm_ends(full, "区"))
		keymap_add(pl->names, pool_printf(scratch, "%s市", bare), n * WAYS + FORMER);
}

/* Words before which a county needs no 县. */
static bool
is_public(const char *s)
{
	static const char *const words[] = { "人民医院", "中医院", "妇幼保健", "中心医院", "疾病预防",
		"中西医结合医院", "精神病医院", "皮肤病", "结核病", "第" };

	if (*s >= '0' && *s <= '9')
		return true;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (norm_begins(s, words[i]))
			return true;
	return false;
}

/* 中山大学, 中山医院, 南京路: no places. */
static bool
is_owner(const char *s)
{
	return norm_begins(s, "大学") || norm_begins(s, "医院") || norm_begins(s, "路") ||
	    norm_begins(s, "街");
}

struct found {
	uint32_t code;
	bool several;
	unsigned n;
};

static void
consider(struct found *f, uint32_t code, uint32_t within)
{
	if (!place_within(code, within))
		return;
	if (f->n == 0)
		f->code = code;
	/* 吉林市 and 吉林省: the wider place comes first in names. */
	else if (place_level(code) < place_level(f->code))
		*f = (struct found){ code, false, 0 };
	else if (place_level(code) > place_level(f->code))
		return;
	else if (code != f->code)
		f->several = true;
	f->n++;
}

struct reading {
	uint32_t within;
	uint32_t hint;
	bool bold;
};

/* Whether a name without its 市 or 县 is a place here. */
static bool
bare_counts(uint32_t code, const char *rest, const struct reading *how)
{
	if (is_public(rest))
		return true;
	if (place_level(code) == 6)
		return how->bold && how->within != 0;
	/* 安康医院 is not in 安康 when it is known to be elsewhere. */
	return !is_owner(rest) && place_within(code, place_province(how->hint));
}

/* Who bears the name: below `within`, of a deeper level, and as it may be read here. */
static struct found
bearers(const struct places *pl, const char *name, const char *rest, const struct reading *how,
    uint32_t near, bool former)
{
	struct found f = { 0, false, 0 };
	uint32_t at = keymap_first(pl->names, name);

	for (; at != 0; at = keymap_next(pl->names, at)) {
		uint32_t v = keymap_value(pl->names, at);
		uint32_t code = v / WAYS;

		if (place_level(code) <= place_level(how->within) ||
		    !place_within(code, how->within))
			continue;
		if ((v % WAYS == FORMER) != former ||
		    (v % WAYS == BARE && !bare_counts(code, rest, how)))
			continue;
		consider(&f, code, near);
	}
	return f;
}

/* The longest place s begins with. */
static bool
read_one(const struct places *pl, struct pool *p, const char *s, const struct reading *how,
    struct place *to)
{
	size_t n = strlen(s);

	for (size_t k = n < NAME_MAX_BYTES ? n : NAME_MAX_BYTES; k >= 6; k--) {
		const char *name;
		const uint32_t nears[] = { how->hint, place_city(how->hint),
			place_province(how->hint), 0 };

		if (((unsigned char)s[k] & 0xC0) == 0x80)
			continue;
		name = pool_strndup(p, s, k);
		if (keymap_first(pl->names, name) == 0)
			continue;
		for (size_t i = 0; i < 4; i++) {
			struct found f = bearers(pl, name, s + k, how, nears[i], false);

			if (f.n == 0)
				f = bearers(pl, name, s + k, how, nears[i], true);
			if (f.n == 0)
				continue;
			to->length += k;
			to->doubtful = f.several;
			if (!f.several)
				to->code = f.code;
			return true;
		}
	}
	return false;
}

static struct place
read_all(const struct places *pl, struct pool *p, const char *text, struct reading how)
{
	struct place to = { 0, 0, false };

	for (int i = 0; i < 3 && !to.doubtful; i++) {
		how.within = to.code;
		if (!read_one(pl, p, text + to.length, &how, &to))
			break;
		/* 浙江省…: the word may be apart from a bare name (浙江 省人民医院). */
		if (place_level(to.code) == 2 && norm_begins(text + to.length, "省"))
			to.length += strlen("省");
	}
	return to;
}

struct place
place_read(const struct places *pl, struct pool *p, const char *text, uint32_t hint)
{
	return read_all(pl, p, text, (struct reading){ 0, hint, false });
}

struct place
place_read_bold(const struct places *pl, struct pool *p, const char *text, uint32_t hint)
{
	return read_all(pl, p, text, (struct reading){ 0, hint, true });
}
