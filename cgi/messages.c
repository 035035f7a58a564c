/* messages.c - notifications of the office.  See messages.h. */
#include "messages.h"

enum { WHERE, OPEN, READ, CHOICES, CHOOSE, NSQL };

static const struct sql sql[NSQL] = {
	[WHERE] = { "messages.where",
		"SELECT COALESCE(href, '') AS href FROM notification"
		" WHERE id = ? AND user_id = @actor_id" },
	[OPEN] = { "messages.open",
		"UPDATE notification SET read_at = UTC_TIMESTAMP(6)"
		" WHERE id = ? AND user_id = @actor_id AND read_at IS NULL" },
	[READ] = { "messages.read",
		"UPDATE notification SET read_at = UTC_TIMESTAMP(6)"
		" WHERE user_id = @actor_id AND read_at IS NULL" },
	[CHOICES] = { "messages.choices", "CALL notice_choices('office', @actor_id)" },
	[CHOOSE] = { "messages.choose", "CALL notice_choose('office', @actor_id, ?)" },
};

static const char *const kinds[] = { "approval", "order", "invoice", "reconcile",
	"dispute", "flow", "period", "case", NULL };

static const struct filter filters[] = {
	{ { "state", TYPE_SELECT, .set = "message", .options = messages_states },
	    "(? = 'unread') = (m.flag IS NOT NULL)" },
	{ { "kind", TYPE_SELECT, .set = "message_kind", .options = kinds },
	    "m.kind LIKE CONCAT(?, '.%')" },
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
	.select = "m.*",
	.from = "message m",
	.where = "m.user_id = @actor_id",
	.key = "m.id",
};

static int
message_open(struct req *r)
{
	int64_t id = req_int(r, "id", 0);

	req_exec(r, OPEN, I(id));
	return messages_go(r, req_query(r, WHERE, I(id)));
}

static int
message_read(struct req *r)
{
	req_exec(r, READ);
	return req_redirect(r, "/messages/");
}

static int
message_choices(struct req *r)
{
	return messages_choices(r, req_query(r, CHOICES));
}

static int
message_choose(struct req *r)
{
	return messages_chose(r, req_query(r, CHOOSE, S(messages_chosen(r))));
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
