/* See xlsx_styles.h. */
#include "xlsx_styles.h"

#include <string.h>

/* Date and time letters outside quotes, brackets and escapes; [h] and [m] count elapsed time. */
static bool
shows_date(const char *code)
{
	for (const char *s = code; *s != '\0'; s++) {
		if (*s == '"') {
			s = strchr(s + 1, '"');
			if (s == NULL)
				return false;
		} else if (*s == '[') {
			if (strchr("hHmMsS", s[1]) != NULL && s[1] != '\0')
				return true;
			s = strchr(s, ']');
			if (s == NULL)
				return false;
		} else if (*s == '\\' || *s == '_' || *s == '*') {
			if (s[1] == '\0')
				return false;
			s++;
		} else if (strchr("yYmMdDhHsS", *s) != NULL) {
			return true;
		}
	}
	return false;
}

void
xlsx_styles_format(struct xlsx_styles *styles, uint32_t id, const char *code)
{
	if (styles->formats < XLSX_FORMATS_MAX && shows_date(code))
		styles->date_format[styles->formats++] = id;
}

/* 14-22 and 45-47 everywhere; 27-36 and 50-58 are the East Asian ones. */
static bool
is_builtin_date(uint32_t id)
{
	return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) ||
	    (id >= 50 && id <= 58);
}

void
xlsx_styles_cell(struct xlsx_styles *styles, uint32_t format)
{
	bool is_date = is_builtin_date(format);

	if (styles->cells == XLSX_CELLS_MAX)
		return;
	for (uint32_t i = 0; i < styles->formats; i++)
		is_date = is_date || styles->date_format[i] == format;
	styles->cell[styles->cells++] = is_date;
}

bool
xlsx_styles_is_date(const struct xlsx_styles *styles, uint32_t cell)
{
	return cell < styles->cells && styles->cell[cell];
}
