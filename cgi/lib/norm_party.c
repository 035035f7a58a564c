/* See norm.h: names of parties. */
#include "norm.h"

#include <string.h>

#include "utf8.h"

/* What a bracket may say that is no part of the name. */
static const char *const notes[] = { "新", "旧", "老", "停用", "已停用", "停", "作废", "已作废", "注销",
	"已注销", "暂停", "禁用", "测试", "公立", "私立", "民营", "国营", "三甲", "三乙", "二甲", "二乙",
	"一甲", "三级甲等", "三级乙等", "二级甲等", "二级乙等", "一级甲等", "三级", "二级", "一级",
	"医保", "非医保", "现款", "现金", "月结", "直营", "加盟", "普通合伙", "有限合伙", "个体", "集团",
	"基药", "非基药", "终端", "医院", "药店", "公司", "总公司", "筹", "合并" };

static const char *const former[] = { "曾用名", "原名", "旧名", "又名", "别名", "又称", "简称", "原",
	"亦称", "第二名称", "现名", "现" };

/* Words of institutions: a bracket with one is a name of its own. */
static const char *const houses[] = { "医院", "卫生院", "卫生室", "卫生站", "服务中心", "服务站", "诊所",
	"保健院", "门诊部", "公司", "药房", "药店", "控制中心", "中心" };

/* ... unless it ends so: then it says which part of the house. */
static const char *const parts[] = { "院区", "分院", "店", "分部", "总院", "本部", "院部", "校区" };

static const char *const companies[] = { "股份有限公司", "有限责任公司", "有限公司", "股份公司",
	"集团公司", "集团" };

/* Short forms, and what they stand for unless one of the words follows. */
static const struct {
	const char *from;
	const char *to;
	const char *unless[9];
} expansions[] = {
	{ "中国人民解放军", "解放军", { NULL } },
	{ "中国人民武装警察部队", "武警", { NULL } },
	{ "中医医院", "中医院", { NULL } },
	{ "附院", "附属医院", { NULL } },
	{ "人医", "人民医院", { "院", "学", "疗", "药", "师", "生", NULL } },
	{ "医大", "医科大学", { "药", "街", "道", "夫", "学", NULL } },
	{ "妇幼院", "妇幼保健院", { NULL } },
	{ "妇保院", "妇幼保健院", { NULL } },
	{ "妇幼", "妇幼保健院", { "保健", "健康", "卫生", "医院", "计划", "专科", NULL } },
	{ "社区服务中心", "社区卫生服务中心", { NULL } },
	{ "社区卫生中心", "社区卫生服务中心", { NULL } },
	{ "社卫中心", "社区卫生服务中心", { NULL } },
	{ "社区中心", "社区卫生服务中心", { NULL } },
	{ "社区站", "社区卫生服务站", { NULL } },
	{ "社区服务站", "社区卫生服务站", { NULL } },
	{ "疾控中心", "疾病预防控制中心", { NULL } },
	{ "疾控", "疾病预防控制中心", { NULL } },
	{ "镇卫院", "镇卫生院", { NULL } },
	{ "乡卫院", "乡卫生院", { NULL } },
};

static bool
is_one_of(const char *s, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(s, words[i]) == 0)
			return true;
	return false;
}

static bool
follows(const char *at, const char *const *words)
{
	for (; *words != NULL; words++)
		if (norm_begins(at, *words))
			return true;
	return false;
}

static const char *
expand(struct pool *p, const char *s, const char *from, const char *to, const char *const *unless)
{
	const char *at = strstr(s, from);
	struct buf *b;

	if (at == NULL)
		return s;
	b = buf_new(p);
	for (; at != NULL; at = strstr(s, from)) {
		const char *next = at + strlen(from);

		buf_add(b, s, (size_t)(at - s));
		buf_str(b, follows(next, unless) ? from : to);
		s = next;
	}
	buf_str(b, s);
	return b->s;
}

/* 新桥社区 is written for its centre; 社区医院 and 社区卫生服务站 are other houses. */
static const char *
expand_end(struct pool *p, const char *s)
{
	if (norm_ends(s, "社区"))
		return pool_printf(p, "%s卫生服务中心", s);
	if (norm_ends(s, "省人民") || norm_ends(s, "市人民") || norm_ends(s, "县人民") ||
	    norm_ends(s, "区人民"))
		return pool_printf(p, "%s医院", s);
	return s;
}

/* 附属第一医院, 第一附属医院, 附一院 and 附属一院 are one. */
static const char *
order_affiliated(struct pool *p, const char *s)
{
	for (const char *at = strstr(s, "附"); at != NULL; at = strstr(at + 3, "附")) {
		const char *after = at + strlen("附");
		const char *end = after;
		size_t digits;

		if (norm_begins(after, "属医院") && at > s && at[-1] >= '0' && at[-1] <= '9') {
			const char *from = at;

			while (from > s && from[-1] >= '0' && from[-1] <= '9')
				from--;
			return pool_printf(p, "%.*s附属%.*s医院%s", (int)(from - s), s,
			    (int)(at - from), from, after + strlen("属医院"));
		}
		if (norm_begins(end, "属"))
			end += strlen("属");
		digits = strspn(end, "0123456789");
		if (digits > 0 && norm_begins(end + digits, "院"))
			return pool_printf(p, "%.*s附属%.*s医院%s", (int)(at - s), s, (int)digits, end,
			    end + digits + strlen("院"));
	}
	return s;
}

/* A code behind the name: not of one or two characters, not all there is, no number of a shop. */
static const char *
cut_code(struct pool *p, const char *s)
{
	size_t n = strlen(s);
	size_t tail = 0;
	size_t digits = 0;

	while (tail < n && (unsigned char)s[n - 1 - tail] < 0x80) {
		digits += s[n - 1 - tail] >= '0' && s[n - 1 - tail] <= '9';
		tail++;
	}
	return tail >= 3 && digits >= 2 && tail < n ? pool_strndup(p, s, n - tail) : s;
}

/* One name without brackets. */
static const char *
one_name(struct pool *p, const char *folded)
{
	const char *s = cut_code(p, norm_letters(p, folded));

	for (size_t i = 0; i < sizeof(companies) / sizeof(companies[0]); i++) {
		const char *short_form = norm_replace(p, s, companies[i], "");

		s = *short_form != '\0' ? short_form : s;
	}
	s = norm_numerals(p, s);
	for (size_t i = 0; i < sizeof(expansions) / sizeof(expansions[0]); i++)
		s = expand(p, s, expansions[i].from, expansions[i].to, expansions[i].unless);
	s = order_affiliated(p, expand_end(p, s));
	return pool_strndup(p, s, utf8_cut(s, strlen(s), NORM_MAX));
}

static bool
is_house(const char *s)
{
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (norm_ends(s, parts[i]))
			return false;
	for (size_t i = 0; i < sizeof(houses) / sizeof(houses[0]); i++)
		if (strstr(s, houses[i]) != NULL && norm_length(s) > 3)
			return true;
	return false;
}

static void
add_alias(struct pool *p, struct norm_name *to, const char *s)
{
	const char *name = one_name(p, s);

	if (to->n_alias < NORM_ALIASES && norm_length(name) >= 3)
		to->alias[to->n_alias++] = name;
}

/* What stands in a bracket: a former or second name, a note, or a part of the name. */
static void
read_bracket(struct pool *p, struct norm_name *to, struct buf *main, const char *inside)
{
	const char *s = norm_letters(p, inside);

	if (*s == '\0' || is_one_of(s, notes, sizeof(notes) / sizeof(notes[0])))
		return;
	for (size_t i = 0; i < sizeof(former) / sizeof(former[0]); i++) {
		if (norm_begins(s, former[i])) {
			s += strlen(former[i]);
			add_alias(p, to, norm_begins(s, "为") ? s + strlen("为") : s);
			return;
		}
	}
	if (strspn(s, "0123456789abcdefghijklmnopqrstuvwxyz") == strlen(s))
		return;
	if (is_house(s) && main->n > 0)
		add_alias(p, to, s);
	else
		buf_str(main, s);
}

struct norm_name
norm_party(struct pool *p, const char *name)
{
	const char *s = norm_fold(p, name);
	struct norm_name to = { "", 0, { NULL } };
	struct buf *main = buf_new(p);

	for (const char *open = strchr(s, '('); open != NULL; open = strchr(s, '(')) {
		size_t n = strcspn(open + 1, "()");
		bool closed = open[1 + n] == ')';

		buf_add(main, s, (size_t)(open - s));
		read_bracket(p, &to, main, pool_strndup(p, open + 1, n));
		s = open + 1 + n + closed;
	}
	buf_str(main, s);
	to.text = one_name(p, main->s);
	if (*to.text == '\0' && to.n_alias > 0)
		to.text = to.alias[0];
	return to;
}
