/* See qr.h. */
#include "qr.h"

#include <qrencode.h>
#include <stdbool.h>

/* One rectangle for each horizontal run of dark modules. */
static void
add_line(struct buf *b, const unsigned char *modules, int width, int y)
{
	for (int x = 0; x < width;) {
		int run = 0;

		while (x + run < width && (modules[x + run] & 1) != 0)
			run++;
		if (run > 0)
			buf_printf(b, "M%d %dh%dv1h-%dz", x, y, run, run);
		x += run + 1;
	}
}

const char *
qr_path(struct pool *p, const char *text, int *size)
{
	QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
	struct buf *b;

	if (code == NULL)
		return NULL;
	b = buf_new(p);
	for (int y = 0; y < code->width; y++)
		add_line(b, code->data + y * code->width, code->width, y);
	*size = code->width;
	QRcode_free(code);
	return b->s;
}
