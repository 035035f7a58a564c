/* See nameparts.h. */
#include "nameparts.h"

#include <stdlib.h>
#include <string.h>

#include "norm.h"

/* The first that the name contains decides; more particular ones stand first. */
static const struct {
	const char *word;
	enum house_kind kind;
} kinds[] = {
	{ "社区卫生服务中心", HOUSE_COMMUNITY },
	{ "社区卫生服务站", HOUSE_STATION }, { "卫生服务站", HOUSE_STATION },
	{ "卫生服务点", HOUSE_STATION },
	{ "中心卫生院", HOUSE_TOWNSHIP_CENTRAL },
	{ "卫生院", HOUSE_TOWNSHIP },
	{ "卫生室", HOUSE_ROOM }, { "卫生所", HOUSE_ROOM }, { "医务室", HOUSE_ROOM },
	{ "医务所", HOUSE_ROOM }, { "卫生站", HOUSE_ROOM }, { "保健室", HOUSE_ROOM },
	{ "疾病预防控制中心", HOUSE_CDC }, { "防疫站", HOUSE_CDC },
	{ "门诊部", HOUSE_OUTPATIENT }, { "门诊", HOUSE_OUTPATIENT },
	{ "诊所", HOUSE_CLINIC },
	{ "连锁", HOUSE_CHAIN },
	{ "大药房", HOUSE_STORE }, { "药房", HOUSE_STORE }, { "药店", HOUSE_STORE },
	{ "药铺", HOUSE_STORE }, { "大药店", HOUSE_STORE }, { "医药商店", HOUSE_STORE },
	{ "药品超市", HOUSE_STORE },
	{ "妇幼保健", HOUSE_MATERNAL }, { "妇女儿童", HOUSE_MATERNAL }, { "妇儿", HOUSE_MATERNAL },
	{ "妇幼", HOUSE_MATERNAL },
	{ "儿童医院", HOUSE_CHILD }, { "妇产", HOUSE_OBSTETRIC }, { "妇科", HOUSE_OBSTETRIC },
	{ "产科", HOUSE_OBSTETRIC },
	{ "中西医结合", HOUSE_INTEGRATED },
	{ "精神", HOUSE_MENTAL }, { "脑科", HOUSE_MENTAL }, { "心理", HOUSE_MENTAL },
	{ "口腔", HOUSE_DENTAL }, { "牙科", HOUSE_DENTAL }, { "牙病", HOUSE_DENTAL },
	{ "眼科", HOUSE_EYE }, { "肿瘤", HOUSE_TUMOUR },
	{ "骨科", HOUSE_BONE }, { "骨伤", HOUSE_BONE },
	{ "传染病", HOUSE_INFECTIOUS }, { "肝病", HOUSE_INFECTIOUS },
	{ "胸科", HOUSE_CHEST }, { "结核", HOUSE_CHEST },
	{ "皮肤", HOUSE_SKIN }, { "肛肠", HOUSE_BOWEL },
	{ "康复", HOUSE_REHAB }, { "老年", HOUSE_AGED }, { "职业病", HOUSE_OCCUPATIONAL },
	{ "整形", HOUSE_BEAUTY }, { "美容", HOUSE_BEAUTY },
	{ "中医院", HOUSE_TCM }, { "中医", HOUSE_TCM },
	{ "人民医院", HOUSE_PEOPLE }, { "中心医院", HOUSE_CENTRAL },
	{ "医院", HOUSE_HOSPITAL },
	{ "医药", HOUSE_COMPANY }, { "药业", HOUSE_COMPANY }, { "药品", HOUSE_COMPANY },
	{ "公司", HOUSE_COMPANY },
};

/* Words of a house that do not tell whose it is; longer ones first. */
static const char *const common[] = { "社区卫生服务中心", "社区卫生服务站", "卫生服务站", "疾病预防控制中心",
	"中西医结合医院", "妇幼保健院", "中心卫生院", "人民医院", "中心医院", "附属医院", "儿童医院", "妇产医院",
	"口腔医院", "眼科医院", "肿瘤医院", "精神病医院", "康复医院", "中医院", "卫生院", "卫生室", "卫生所",
	"医务室", "门诊部", "诊所", "口腔", "眼科", "中医", "康复",
	"大药房", "药房", "药店", "连锁", "医院", "医药", "零售", "药业", "附属" };

static const char *const parts[] = { "院区", "分院", "本部", "总院", "分部", "院部", "新院", "老院",
	"东院", "西院", "南院", "北院", "门诊楼", "分中心", "部院" };

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The first number that is no house number or shop is the ordinal; the one of a shop the branch. */
static void
read_numbers(struct nameparts *to, const char *s)
{
	for (const char *at = s; *at != '\0';) {
		char *end;
		unsigned long n;

		if (!is_digit(*at)) {
			at++;
			continue;
		}
		n = strtoul(at, &end, 10);
		n = n > 999999 ? 999999 : n;
		if (norm_begins(end, "店") || norm_begins(end, "分店") || norm_begins(end, "号店") ||
		    norm_begins(end, "门市"))
			to->branch = (uint32_t)n;
		else if (!norm_begins(end, "号") && !norm_begins(end, "路") &&
		    !norm_begins(end, "弄") && !norm_begins(end, "街") &&
		    !norm_begins(end, "分院") && !norm_begins(end, "院区") &&
		    !norm_begins(end, "门诊") && !norm_begins(end, "分部") && to->ordinal == 0)
			to->ordinal = (uint32_t)n;
		at = end;
	}
}

/* What stands behind the last 医院 or the like and names a part of it. */
static const char *
read_campus(struct pool *p, const char *s)
{
	static const char *const ends[] = { "医院", "保健院", "卫生院", "中心" };
	const char *last = NULL;

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		for (const char *at = strstr(s, ends[i]); at != NULL; at = strstr(at + 3, ends[i]))
			if (last == NULL || at + strlen(ends[i]) > last)
				last = at + strlen(ends[i]);
	}
	if (last == NULL || *last == '\0')
		return "";
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (norm_ends(last, parts[i]))
			return pool_strdup(p, last);
	return "";
}

static const char *
cut_ordinals(struct pool *p, const char *s)
{
	char *to = pool_alloc(p, strlen(s) + 1);
	size_t n = 0;

	for (; *s != '\0'; s++)
		if (!is_digit(*s))
			to[n++] = *s;
	to[n] = '\0';
	return to;
}

/* 南口镇 and 南口 are one place; 镇 alone is none. */
static const char *
cut_town(struct pool *p, const char *s)
{
	static const char *const towns[] = { "街道", "镇", "乡", "村" };

	for (size_t i = 0; i < sizeof(towns) / sizeof(towns[0]); i++)
		if (norm_ends(s, towns[i]) && strlen(s) >= strlen(towns[i]) + 6)
			return pool_strndup(p, s, strlen(s) - strlen(towns[i]));
	return s;
}

/* 文三路 of 文三路店, nothing of 第三分店. */
static const char *
cut_shop(struct pool *p, const char *s)
{
	static const char *const tails[] = { "店", "分", "号" };
	size_t n = strlen(s);

	for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++)
		if (n >= 3 && memcmp(s + n - 3, tails[i], 3) == 0)
			n -= 3;
	while (n > 0 && is_digit(s[n - 1]))
		n--;
	return pool_strndup(p, s, n);
}

static const char *
read_core(struct pool *p, const struct nameparts *n)
{
	const char *s = n->rest;

	if (*n->campus != '\0')
		s = pool_strndup(p, s, strlen(s) - strlen(n->campus));
	for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++)
		s = norm_replace(p, s, common[i], "");
	s = n->is_store ? s : cut_ordinals(p, s);
	if (n->is_store)
		s = cut_shop(p, s);
	return cut_town(p, s);
}

struct nameparts
nameparts_at(struct pool *p, const char *norm, struct place place)
{
	struct nameparts to = { .rest = norm + place.length, .place = place.code,
		.doubtful = place.doubtful, .campus = "", .kind = HOUSE_UNKNOWN };

	/* A name that is a place alone, or a place nobody can tell, stays whole. */
	if (*to.rest == '\0' || place.doubtful)
		to.rest = norm;
	to.is_store = norm_ends(to.rest, "店") && !norm_ends(to.rest, "药店");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strstr(to.rest, kinds[i].word) != NULL) {
			to.kind = kinds[i].kind;
			break;
		}
	}
	if (to.kind == HOUSE_UNKNOWN && to.is_store)
		to.kind = HOUSE_STORE;
	to.campus = read_campus(p, to.rest);
	read_numbers(&to, to.rest);
	to.core = read_core(p, &to);
	return to;
}

struct nameparts
nameparts_read(const struct places *pl, struct pool *p, const char *norm, uint32_t hint)
{
	return nameparts_at(p, norm, place_read(pl, p, norm, hint));
}

/* Head office and shop are told apart as such, not by their kind. */
static bool
sells(enum house_kind kind)
{
	return kind == HOUSE_CHAIN || kind == HOUSE_STORE || kind == HOUSE_COMPANY;
}

const char *
nameparts_veto(const struct nameparts *a, const struct nameparts *b)
{
	if (a->ordinal != b->ordinal)
		return "ordinal";
	if (a->branch != b->branch)
		return "branch";
	if (a->is_store != b->is_store && sells(a->kind) && sells(b->kind))
		return "store";
	if (a->kind != b->kind && a->kind != HOUSE_UNKNOWN && b->kind != HOUSE_UNKNOWN &&
	    !(a->is_store && b->is_store && sells(a->kind) && sells(b->kind)))
		return "kind";
	if (strcmp(a->campus, b->campus) != 0)
		return "campus";
	return NULL;
}
