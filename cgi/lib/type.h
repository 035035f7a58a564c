/*
 * type.h - the types a value can have, on pages, in forms, lists and exports.
 *
 * The name of a type is the name of its XML element (value types) or the @type
 * of its field (input types).
 */
#ifndef XIAOAO_TYPE_H
#define XIAOAO_TYPE_H

#define TYPES(V) \
	V(TEXT, "text") \
	V(CODE, "code") \
	V(INT, "int") \
	V(QTY, "qty") \
	V(MONEY, "money") \
	V(PRICE, "price") \
	V(PERCENT, "percent") \
	V(GROWTH, "growth") \
	V(DATE, "date") \
	V(DATETIME, "datetime") \
	V(MONTH, "month") \
	V(DUE, "due") \
	V(AGO, "ago") \
	V(STATUS, "status") \
	V(PROGRESS, "progress") \
	V(BYTES, "bytes") \
	V(FLAG, "flag") \
	V(SEARCH, "search") \
	V(SELECT, "select") \
	V(RADIO, "radio") \
	V(CHECK, "check") \
	V(TEXTAREA, "textarea") \
	V(PASSWORD, "password") \
	V(FILE, "file") \
	V(HIDDEN, "hidden") \
	V(LOOKUP, "lookup") \
	V(CHECKS, "checks") \
	V(EMAIL, "email") \
	V(TEL, "tel")

enum type {
#define V(c, name) TYPE_##c,
	TYPES(V)
#undef V
	TYPE_COUNT
};

const char *type_name(enum type t);

#endif
