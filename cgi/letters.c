/*
 * letters.c - confirmation letters (询证函) for auditors.
 *
 * The balance is that of the books on the day asked about; once sent a letter is
 * read-only.  The customer's answer is for the auditor: who may not read letters sees
 * that there is one, not what it says.
 */
#include <string.h>

#include "form.h"
#include "list.h"
#include "reconcile.h"
#include "scope.h"

enum { LETTER, ANSWER, PARTY, NEW, SEND, NSQL };

static const struct sql sql[NSQL] = {
	[LETTER] = { "letters.letter",
		"SELECT c.id, c.version, c.letter_no, c.party_id, c.as_of, c.kind, c.auditor,"
		" c.auditor_contact, c.balance, IF(c.status IN ('agreed', 'disagreed'), 'replied',"
		" c.status) AS status, c.due_on, c.sent_at, c.content_hash, c.replied_at,"
		" p.name AS customer, o.name AS company"
		" FROM confirmation_letter c JOIN party p ON p.id = c.party_id"
		" JOIN customer k ON k.party_id = c.party_id"
		" JOIN party_role us ON us.role = 'company' JOIN party o ON o.id = us.party_id"
		" WHERE c.id = ? AND " IN_SCOPE("k.rep_id", "k.org_unit_id") },
	[ANSWER] = { "letters.answer",
		"SELECT c.status, c.their_balance, c.their_balance - c.balance AS difference,"
		" c.reply, c.replied_at, u.name AS replied_by FROM confirmation_letter c"
		" JOIN app_user u ON u.id = c.replied_by WHERE c.id = ?" },
	[PARTY] = { "letters.party",
		"SELECT c.party_id FROM customer c JOIN party p ON p.id = c.party_id"
		" WHERE p.code = ? AND " IN_SCOPE("c.rep_id", "c.org_unit_id") },
	[NEW] = { "letters.new", "CALL letter_new(?, ?, ?, ?, ?, ?)" },
	[SEND] = { "letters.send", "CALL letter_send(?, ?)" },
};

/* ---- the list ---- */

static const char *const seen_statuses[] = { "draft", "sent", "replied", NULL };

static const struct column columns[] = {
	{ "letter_no", TYPE_CODE, .sort = "c.letter_no" },
	{ "customer", TYPE_TEXT },
	{ "as_of", TYPE_DATE, .sort = "c.as_of" },
	{ "kind", TYPE_STATUS, .set = "letter_kind" },
	{ "auditor", TYPE_TEXT },
	{ "balance", TYPE_MONEY, .emphasis = true },
	{ "status", TYPE_STATUS, .set = "letter" },
	{ "due_on", TYPE_DUE },
	{ "replied_at", TYPE_DATETIME },
	{ 0 }
};

static const struct filter filters[] = {
	{ { "q", TYPE_SEARCH },
	    "c.party_id IN (SELECT y.id FROM party y WHERE y.name LIKE ? OR y.pinyin LIKE ?)"
	    " OR c.auditor LIKE ?", 3, true, .number = "c.letter_no LIKE ?", .numbers = 1 },
	{ { "status", TYPE_SELECT, .set = "letter", .options = seen_statuses },
	    "IF(c.status IN ('agreed', 'disagreed'), 'replied', c.status) = ?" },
	{ 0 }
};

static const struct list letters = {
	.name = "letters",
	.columns = columns,
	.filters = filters,
	.row_href = "/letters/view?id={id}",
	.sort = "-as_of",
	.select = "c.id, c.letter_no, p.name AS customer, c.as_of, c.kind, c.auditor, c.balance,"
	    " IF(c.status IN ('agreed', 'disagreed'), 'replied', c.status) AS status,"
	    " IF(c.status = 'sent', c.due_on, NULL) AS due_on, c.replied_at",
	.from = "confirmation_letter c JOIN party p ON p.id = c.party_id"
	    " JOIN customer k ON k.party_id = c.party_id",
	.where = IN_SCOPE("k.rep_id", "k.org_unit_id"),
	.key = "c.id",
	.create = "create",
	.create_href = "/letters/new",
	.create_perm = PERM_RECONCILE_EDIT,
};

static int
letter_list(struct req *r)
{
	if (req_may(r, PERM_RECONCILE_EDIT))
		x_flag(x_action(r->heading, "create", "get", "/letters/new"), "primary", true);
	return list_page(r, &letters);
}

/* ---- a new one ---- */

static const struct field new_fields[] = {
	{ "party", TYPE_LOOKUP, REQUIRED, .href = "/suggest/parties" },
	{ "as_of", TYPE_DATE, REQUIRED },
	{ "kind", TYPE_RADIO, REQUIRED, .set = "letter_kind", .options = letter_kinds },
	{ "auditor", TYPE_TEXT, REQUIRED, .max = 120 },
	{ "auditor_contact", TYPE_TEXT, REQUIRED, .max = 200 },
	{ "due_on", TYPE_DATE, REQUIRED },
	{ 0 }
};

static int
letter_form(struct req *r)
{
	req_page(r, "new");
	req_trail(r, "letters", "/letters/");
	form_action(x_form(r, "letter", "/letters/new", new_fields, NULL), "save");
	return 200;
}

static int
letter_new(struct req *r)
{
	const struct rows *party = req_query(r, PARTY, S(req_str(r, "party")));
	const struct rows *made;

	if (party->n == 0) {
		req_error(r, "party", "party.unknown", "given", req_str(r, "party"), NULL);
		return 422;
	}
	made = req_query(r, NEW, I(row_int(party, 0, "party_id")), D(req_str(r, "as_of")),
	    S(req_str(r, "kind")), S(req_str(r, "auditor")), S(req_str(r, "auditor_contact")),
	    D(req_str(r, "due_on")));
	return req_done(r, made, "saved", "/letters/view?id=%lld",
	    made->n == 0 ? 0LL : (long long)row_int(made, 0, "id"));
}

/* ---- one letter ---- */

static const struct column answer_facts[] = {
	{ "status", TYPE_STATUS, .set = "letter" },
	{ "their_balance", TYPE_MONEY, .emphasis = true },
	{ "difference", TYPE_MONEY },
	{ "reply", TYPE_TEXT },
	{ "replied_at", TYPE_DATETIME, .sub = "replied_by" },
	{ 0 }
};

static const struct field id_field[] = { { "id", TYPE_HIDDEN, REQUIRED }, { 0 } };

static const struct field send_fields[] = {
	{ "id", TYPE_INT, REQUIRED },
	{ "version", TYPE_INT, REQUIRED },
	{ 0 }
};

static const struct rows *
letter_asked(struct req *r)
{
	return req_query(r, LETTER, I(req_int(r, "id", 0)));
}

static int
letter_view(struct req *r)
{
	const struct rows *letter = letter_asked(r);

	if (!req_record(r, "view", letter, "letter_no", "letter", "status"))
		return 404;
	x_action(r->heading, "print", "get", "#print");
	if (strcmp(row_str(letter, 0, "status"), "draft") == 0 && req_may(r, PERM_RECONCILE_EDIT))
		x_flag(x_action(r->heading, "send", "post", x_href(r->pool,
		    "/letters/send?id={id}&version={version}", letter, 0)), "primary", true);
	if (strcmp(row_str(letter, 0, "status"), "replied") == 0 && !req_may(r, PERM_LETTER_READ))
		x_notice(r->page, "info", "letter.sealed");
	letter_show(r, letter);
	if (strcmp(row_str(letter, 0, "status"), "replied") == 0 && req_may(r, PERM_LETTER_READ))
		x_record(r->page, "letter-answer", req_query(r, ANSWER, I(req_int(r, "id", 0))),
		    answer_facts);
	return 200;
}

static int
letter_send(struct req *r)
{
	if (letter_asked(r)->n == 0)
		return 404;
	return req_done(r, req_query(r, SEND, I(req_int(r, "id", 0)), I(req_int(r, "version", 0))),
	    "letter.sent", "/letters/view?id=%lld", (long long)req_int(r, "id", 0));
}

static const struct route routes[] = {
	{ "/", GET, PERM_RECONCILE_VIEW, letter_list, .list = &letters },
	{ "/new", GET, PERM_RECONCILE_EDIT, letter_form },
	{ "/new", POST, PERM_RECONCILE_EDIT, letter_new, new_fields, letter_form },
	{ "/view", GET, PERM_RECONCILE_VIEW, letter_view, id_field },
	{ "/send", POST, PERM_RECONCILE_EDIT, letter_send, send_fields, letter_view },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "letters", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
