/* Identifiers: the golden vectors, read with our own CSV reader, and what a normaliser makes of
 * them. */
#include <stdio.h>

#include "bed.h"
#include "tabular.h"
#include "uscc.h"

static struct table
read_vectors(void)
{
	const char *folder = getenv("srcdir");
	const char *path = pool_printf(p, "%s/tests/unit/vectors/identifiers.csv",
	    folder != NULL ? folder : ".");
	FILE *f = fopen(path, "rb");
	char *bytes = pool_alloc(p, 65536);
	struct table t;
	size_t n;

	assert_non_null(f);
	n = fread(bytes, 1, 65536, f);
	fclose(f);
	assert_true(tabular_read(&t, p, bytes, n, &error));
	return t;
}

static bool
check(const char *kind, const char *value)
{
	static const struct {
		const char *kind;
		bool (*valid)(const char *);
	} checks[] = {
		{ "uscc", uscc_valid },
		{ "ean13", gtin_valid },
		{ "gtin14", gtin_valid },
		{ "drug_standard_code", drug_code_valid },
		{ "approval_no", approval_valid },
		{ "trace_code", trace_code_valid },
	};

	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		if (strcmp(checks[i].kind, kind) == 0)
			return checks[i].valid(value);
	fail_msg("no check for %s", kind);
	return false;
}

static void
golden_vectors(void **state)
{
	struct table t = read_vectors();

	(void)state;
	assert_true(t.n > 30);
	for (size_t i = 1; i < t.n; i++) {
		const char *kind = table_cell(&t.row[i], 0)->text;
		const struct table_cell *value = table_cell(&t.row[i], 1);
		bool valid = table_cell(&t.row[i], 2)->text[0] == '1';
		const char *inner = table_cell(&t.row[i], 3)->text;
		const char *note = table_cell(&t.row[i], 4)->text;

		if (check(kind, value->text) != valid)
			fail_msg("line %u: %s %s", t.row[i].line, kind, value->text);
		if (strcmp(kind, "uscc") == 0 && *inner != '\0')
			assert_int_equal(uscc_inner_valid(value->text), *inner == '1');
		assert_int_equal(strstr(note, "spreadsheet damage") != NULL,
		    identifier_is_damaged(value->text));
		assert_int_equal((value->flags & CELL_DAMAGED) != 0,
		    identifier_is_damaged(value->text));
	}
}

static void
any_single_error_in_a_uscc_is_found(void **state)
{
	static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
	char code[] = "91350100M000100Y43";

	(void)state;
	for (size_t i = 0; i < 18; i++) {
		char right = code[i];

		for (const char *c = alphabet; *c != '\0'; c++) {
			code[i] = *c;
			assert_int_equal(uscc_valid(code), *c == right);
		}
		code[i] = right;
	}
	assert_false(uscc_valid(""));
	assert_false(uscc_valid("91350100M000100Y433"));
	assert_false(uscc_valid("91350100m000100y43"));
}

static void
cleaning(void **state)
{
	(void)state;
	assert_string_equal(identifier_clean(p, " ９１３５０１００ｍ0001-00y43\t"), "91350100M000100Y43");
	assert_string_equal(identifier_clean(p, "国药准字 h20133197　"), "国药准字H20133197");
	assert_string_equal(identifier_clean(p, ""), "");
	assert_string_equal(identifier_clean(p, "A\xFF" "B"), "A");
}

static void
assert_approval(const char *s, enum approval_kind kind, const char *number, const char *import_no,
    bool restored)
{
	struct approval a = approval_read(p, s);

	assert_int_equal(a.kind, kind);
	assert_string_equal(a.number, number);
	assert_string_equal(a.import_no, import_no);
	assert_int_equal(a.restored, restored);
}

static void
approval_numbers(void **state)
{
	(void)state;
	assert_approval("国药准字Ｈ２０１３３１９７", APPROVAL_DOMESTIC, "国药准字H20133197", "", false);
	assert_approval("国药准字J20150056（H20150032）", APPROVAL_DOMESTIC, "国药准字J20150056",
	    "H20150032", false);
	assert_approval("进口药品注册证号H20090982", APPROVAL_IMPORT_CERT, "H20090982", "", false);
	assert_approval("进口药品注册证号：H20090982", APPROVAL_IMPORT_CERT, "H20090982", "", false);
	assert_approval("医药产品注册证HC20120411", APPROVAL_IMPORT_CERT, "HC20120411", "", false);
	assert_approval("BH20090982", APPROVAL_IMPORT_CERT, "BH20090982", "", false);
	assert_approval("j20110003", APPROVAL_DOMESTIC, "国药准字J20110003", "", true);
	assert_approval("国药准字H2009026", APPROVAL_NONE, "", "", false);
	assert_approval("国药准字X20000263", APPROVAL_NONE, "", "", false);
	assert_approval("国药准字HH20000263", APPROVAL_NONE, "", "", false);
	assert_approval("B20200001", APPROVAL_NONE, "", "", false);
	assert_approval("国药准字J20150056(", APPROVAL_NONE, "", "", false);
	assert_approval("国药准字J20150056(x)", APPROVAL_NONE, "", "", false);
	assert_approval("国药准字J20150056(H20150032)x", APPROVAL_NONE, "", "", false);
	assert_approval("", APPROVAL_NONE, "", "", false);
}

static void
other_codes(void **state)
{
	(void)state;
	assert_true(e_invoice_valid("25442000000012345678"));
	assert_false(e_invoice_valid("2544200000001234567"));
	assert_true(insurance_site_valid("H33010600123"));
	assert_false(insurance_site_valid("X33010600123"));
	assert_false(insurance_site_valid(""));
	assert_true(gtin_valid("96385074"));
	assert_true(gtin_valid("614141000036"));
	assert_false(gtin_valid("614141000037"));
	assert_false(gtin_valid(""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(golden_vectors),
		CASE(any_single_error_in_a_uscc_is_found),
		CASE(cleaning),
		CASE(approval_numbers),
		CASE(other_codes),
	};

	return cmocka_run_group_tests_name("uscc", tests, NULL, NULL);
}
