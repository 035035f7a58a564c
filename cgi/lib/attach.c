/* See attach.h. */
#include "attach.h"

#include <string.h>

#include "storage.h"

enum { PICTURE_FRESH_S = 7 * 24 * 3600 };

/* The file of an input, whose type was found; 0 and the error beside the input when it was not. */
static int64_t
keep(struct req *r, const char *input, const struct storage_type *type, const char *error,
    int64_t party, const char *owner, int64_t owner_id)
{
	static const struct sql add = { "attach.keep",
		"INSERT INTO attachment (token, party_id, owner_kind, owner_id, name, media_type,"
		" size, sha256, content, created_by)"
		" VALUES (LOWER(HEX(RANDOM_BYTES(16))), ?, ?, ?, ?, ?, ?, UNHEX(?), ?,"
		" @actor_id)" };
	const struct part *file = req_file(r, input);
	char hash[STORAGE_HASH_SIZE];

	if (type == NULL) {
		req_error(r, input, error, NULL);
		return 0;
	}
	storage_hash(file->value, file->n, hash);
	db_exec(r->db, &add, ARGS(party == 0 ? S(NULL) : I(party), S(owner), I(owner_id),
	    S(storage_name(r->pool, file->filename, type)), S(type->media), I((int64_t)file->n),
	    S(hash), B(file->value, file->n)));
	return req_last_id(r);
}

int64_t
attach_keep(struct req *r, const char *input, int64_t party, const char *owner, int64_t owner_id)
{
	const struct part *file = req_file(r, input);
	const struct storage_type *type;
	const char *error;

	if (file == NULL)
		return 0;
	type = storage_sniff(file->value, file->n, &error);
	return keep(r, input, type, error, party, owner, owner_id);
}

int64_t
attach_picture(struct req *r, const char *input, const char *owner, int64_t owner_id)
{
	const struct part *file = req_file(r, input);
	const struct storage_type *type;
	const char *error;

	if (file == NULL)
		return 0;
	type = storage_picture(file->value, file->n, &error);
	return keep(r, input, type, error, 0, owner, owner_id);
}

const char *
attach_token(struct req *r, size_t statement, const char *input)
{
	const struct part *file = req_file(r, input);
	const struct storage_type *type;
	const char *error;

	if (file == NULL)
		return "";
	type = storage_sniff(file->value, file->n, &error);
	if (type == NULL) {
		req_error(r, input, error, NULL);
		return "";
	}
	return req_value(r, req_query(r, statement, S(r->token),
	    S(storage_name(r->pool, file->filename, type)), S(type->media),
	    B(file->value, file->n)), "token");
}

int
attach_send(struct req *r, const struct rows *file)
{
	if (file->n == 0)
		return 404;
	return req_send(r, row_str(file, 0, "media_type"), row_str(file, 0, "name"),
	    row_str(file, 0, "content"), file->lengths[row_col(file, "content")]);
}

int
attach_show(struct req *r, const struct rows *picture)
{
	if (picture->n == 0 || strncmp(row_str(picture, 0, "media_type"), "image/", 6) != 0)
		return 404;
	r->fresh_s = PICTURE_FRESH_S;
	return attach_send(r, picture);
}
