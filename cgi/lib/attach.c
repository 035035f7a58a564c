/* See attach.h. */
#include "attach.h"

#include "storage.h"

int64_t
attach_keep(struct req *r, const char *input, int64_t party, const char *owner, int64_t owner_id)
{
	static const struct sql keep = { "attach.keep",
		"INSERT INTO attachment (token, party_id, owner_kind, owner_id, name, media_type,"
		" size, sha256, content, created_by)"
		" VALUES (LOWER(HEX(RANDOM_BYTES(16))), ?, ?, ?, ?, ?, ?, UNHEX(?), ?,"
		" @actor_id)" };
	const struct part *file = req_file(r, input);
	const struct storage_type *type;
	char hash[STORAGE_HASH_SIZE];
	const char *error;

	if (file == NULL)
		return 0;
	type = storage_sniff(file->value, file->n, &error);
	if (type == NULL) {
		req_error(r, input, error, NULL);
		return 0;
	}
	storage_hash(file->value, file->n, hash);
	db_exec(r->db, &keep, ARGS(party == 0 ? S(NULL) : I(party), S(owner), I(owner_id),
	    S(storage_name(r->pool, file->filename, type)), S(type->media), I((int64_t)file->n),
	    S(hash), B(file->value, file->n)));
	return req_last_id(r);
}

int
attach_send(struct req *r, const struct rows *file)
{
	if (file->n == 0)
		return 404;
	return req_send(r, row_str(file, 0, "media_type"), row_str(file, 0, "name"),
	    row_str(file, 0, "content"), file->lengths[row_col(file, "content")]);
}
