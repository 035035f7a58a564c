/* Small readers of one text: names, identifiers, secrets, numbers; and the escapers behind them. */
#include "fuzz.h"

#include "storage.h"
#include "tabbuild.h"
#include "totp.h"
#include "uscc.h"
#include "utf8.h"

static void
check_name(struct pool *p, const char *text)
{
	const char *name = storage_name(p, text, storage_type("pdf"));
	const char *header = storage_disposition(p, name);

	fuzz_claim(utf8_clean(name, strlen(name)) && strlen(name) <= STORAGE_NAME_MAX);
	fuzz_claim(strpbrk(name, "/\\\r\n") == NULL);
	for (; *header != '\0'; header++)
		fuzz_claim(*header >= 0x20 && *header < 0x7F);
}

static void
fuzz_one(struct pool *p, const char *s, size_t n)
{
	const char *text = pool_strndup(p, s, n);
	char plain[NUMBER_SIZE];
	char hash[RECOVERY_HASH_SIZE];
	struct approval approval = approval_read(p, text);
	const char *error;
	uint32_t flags = 0;

	check_name(p, text);
	fuzz_claim(approval.kind == APPROVAL_NONE || *approval.number != '\0');
	if (uscc_valid(text))
		uscc_inner_valid(text);
	gtin_valid(text);
	drug_code_valid(text);
	identifier_is_damaged(text);
	number_plain(s, n, plain, &flags);
	recovery_hash(text, hash);
	totp_verify(text, "123456", 1234567890, 0);
	totp_uri(p, text, text, "A");
	storage_sniff(s, n, &error);
	utf8_valid(s, n);
}
