/*
 * attach.h - attachments of the back office: kept with what they belong to,
 * sent as downloads.  What is accepted is storage.h's to say.
 */
#ifndef XIAOAO_ATTACH_H
#define XIAOAO_ATTACH_H

#include "req.h"

/*
 * Keeps the file of an input and returns its id; 0 when none was chosen, or when
 * it is nothing we keep: then there is an error beside the input.  party (0: none)
 * is the company that may read it in the portal; owner is the table it belongs to.
 */
int64_t attach_keep(struct req *r, const char *input, int64_t party, const char *owner,
    int64_t owner_id);

/* The same of a picture that everybody may see who sees its owner. */
int64_t attach_picture(struct req *r, const char *input, const char *owner, int64_t owner_id);

/*
 * The same of the portal: keeps the file by a statement of the program's, which takes the session,
 * name, type and content, and returns its token; "" when none was chosen.
 */
const char *attach_token(struct req *r, size_t statement, const char *input);

/* Sends the first row (name, media_type, content) as a download; 404 when there is none. */
int attach_send(struct req *r, const struct rows *file);

/* The same for an <img>: a picture only, which the browser may keep; its token shows no other. */
int attach_show(struct req *r, const struct rows *picture);

#endif
