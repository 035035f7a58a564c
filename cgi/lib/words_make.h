/*
 * words_make.h - catalogues of one language into the file words.h reads.
 *
 * A language is the folder <dir>/i18n/<lang> of catalogues, merged; beside its words go the tones
 * of states and the icons of relations (<dir>/lib/vocab), the same in every language.  The build
 * does this once (conf/words.c), so that no program reads XML for a word.
 */
#ifndef XIAOAO_WORDS_MAKE_H
#define XIAOAO_WORDS_MAKE_H

#include <stdbool.h>

/*
 * Writes the file at once or not at all.  False, and why on the log, when a catalogue is missing
 * or not well formed, a key is empty or has two homes, or the file cannot be written.
 */
bool words_make(const char *dir, const char *lang, const char *file);

#endif
