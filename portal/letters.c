/*
 * letters.c - confirmation letters (询证函): an auditor asks a company what stands in its
 * books.  The answer is given once and is the auditor's; our own finance does not read it.
 */
#include <string.h>

#include "form.h"
#include "list.h"
#include "reconcile.h"

enum { LIST, VIEW, REPLY, NSQL };

static const struct sql sql[NSQL] = {
	[LIST] = { "letters.list", "CALL portal_letters_list(?)" },
	[VIEW] = { "letters.view", "CALL portal_letters_view(?, ?)" },
	[REPLY] = { "letters.reply", "CALL portal_letters_reply(?, ?, ?, ?, ?)" },
};

static const struct column columns[] = {
	{ "letter_no", TYPE_CODE },
	{ "as_of", TYPE_DATE },
	{ "kind", TYPE_STATUS, .set = "letter_kind" },
	{ "auditor", TYPE_TEXT },
	{ "balance", TYPE_MONEY, .emphasis = true },
	{ "status", TYPE_STATUS, .set = "letter" },
	{ "due_on", TYPE_DUE },
	{ "replied_at", TYPE_DATETIME },
	{ 0 }
};

static int
letter_list(struct req *r)
{
	req_trail(r, "reconciliations", "/reconciliations/");
	list_rows(r, "letters", req_query(r, LIST, S(r->token)), columns, "/letters/view?id={id}");
	return 200;
}

static const struct column reply_facts[] = {
	{ "status", TYPE_STATUS, .set = "letter" },
	{ "their_balance", TYPE_MONEY },
	{ "reply", TYPE_TEXT },
	{ "replied_at", TYPE_DATETIME, .sub = "replied_by" },
	{ 0 }
};

static const char *const answers[] = { "agreed", "disagreed", NULL };

static const struct field reply_fields[] = {
	{ "id", TYPE_HIDDEN, REQUIRED },
	{ "answer", TYPE_RADIO, REQUIRED, .set = "letter", .options = answers },
	{ "their_balance", TYPE_MONEY },
	{ "reply", TYPE_TEXTAREA, .max = 1000 },
	{ 0 }
};

static const struct field id_field[] = { { "id", TYPE_HIDDEN, REQUIRED }, { 0 } };

static int
letter_view(struct req *r)
{
	const struct rows *letter = req_query(r, VIEW, S(r->token), I(req_int(r, "id", 0)));

	if (!req_record(r, "view", letter, "letter_no", "letter", "status"))
		return 404;
	x_action(r->heading, "print", "get", "#print");
	letter_show(r, letter);
	if (row_int(letter, 0, "may_reply") == 0)
		x_record(r->page, "letter-reply", letter, reply_facts);
	else if (req_may(r, PERM_RECONCILE_CONFIRM))
		form_action(x_form(r, "letter-reply", "/letters/reply", reply_fields, NULL),
		    "reply");
	return 200;
}

static int
letter_reply(struct req *r)
{
	const struct rows *letter = req_query(r, VIEW, S(r->token), I(req_int(r, "id", 0)));

	if (letter->n == 0)
		return 404;
	letter = req_query(r, REPLY, S(r->token), I(req_int(r, "id", 0)),
	    I(strcmp(req_str(r, "answer"), "agreed") == 0), M(req_str(r, "their_balance")),
	    T(req_str(r, "reply")));
	return req_done(r, letter, "letter.replied", "/letters/view?id=%lld",
	    (long long)req_int(r, "id", 0));
}

static const struct route routes[] = {
	{ "/", GET, PERM_RECONCILE_VIEW, letter_list },
	{ "/view", GET, PERM_RECONCILE_VIEW, letter_view, id_field },
	{ "/reply", POST, PERM_RECONCILE_CONFIRM, letter_reply, reply_fields, letter_view },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "letters", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
