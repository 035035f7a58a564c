/* messages.c - notifications of a buyer.  See messages.h. */
#include "messages.h"

enum { OPEN, READ, CHOICES, CHOOSE, NSQL };

static const struct sql sql[NSQL] = {
	[OPEN] = { "messages.open", "CALL portal_messages_open(?, ?)" },
	[READ] = { "messages.read", "CALL portal_messages_read(?)" },
	[CHOICES] = { "messages.choices", "CALL portal_messages_choices(?)" },
	[CHOOSE] = { "messages.choose", "CALL portal_messages_choose(?, ?)" },
};

static const char *const kinds[] = { "order", "shipment", "invoice", "reconcile",
	"dispute", "letter", "rebate", "flow", "correction", "case", "recall", NULL };

static const struct filter filters[] = {
	{ { "state", TYPE_SELECT, .set = "message", .options = messages_states }, NULL },
	{ { "kind", TYPE_SELECT, .set = "message_kind", .options = kinds }, NULL },
	{ 0 }
};

static const struct list messages = {
	.name = "messages",
	.columns = messages_columns,
	.filters = filters,
	.views = messages_views,
	.action = "open",
	.action_href = "/messages/open?id={id}",
	.action_perm = PERM_SIGNED_IN,
	.sort = "-created_at",
	.call = "portal_messages_list",
	.count_call = "portal_messages_count",
};

static int
message_open(struct req *r)
{
	return messages_go(r, req_query(r, OPEN, S(r->token), I(req_int(r, "id", 0))));
}

static int
message_read(struct req *r)
{
	req_query(r, READ, S(r->token));
	return req_redirect(r, "/messages/");
}

static int
message_choices(struct req *r)
{
	return messages_choices(r, req_query(r, CHOICES, S(r->token)));
}

static int
message_choose(struct req *r)
{
	return messages_chose(r, req_query(r, CHOOSE, S(r->token), S(messages_chosen(r))));
}

static const struct route routes[] = {
	{ "/", GET, PERM_SIGNED_IN, messages_page, .list = &messages },
	{ "/open", POST, PERM_SIGNED_IN, message_open, messages_id, .flags = REPEATABLE },
	{ "/read", POST, PERM_SIGNED_IN, message_read, .flags = REPEATABLE },
	{ "/choices", GET, PERM_SIGNED_IN, message_choices },
	{ "/choices", POST, PERM_SIGNED_IN, message_choose, messages_choice_fields,
	    message_choices },
	{ 0 }
};

int
main(int argc, char **argv)
{
	static const struct app app = { "messages", routes, sql, LEN(sql) };

	return app_main(&app, argc, argv);
}
