/* The language of what is said to people. What goes into files is in none. */
#include "base.h"

#include <locale.h>
#include <unistd.h>

#ifdef EVANESCE_LOCALE
#include <libintl.h>

/* Numbers keep the point: LC_NUMERIC stays that of C. */
void sweep_language(void) {
    setlocale(LC_CTYPE, "");
    setlocale(LC_MESSAGES, "");
    bindtextdomain("evanesce",
                   access(EVANESCE_LOCALE, R_OK) == 0 ? EVANESCE_LOCALE : EVANESCE_INSTALLED_LOCALE);
    textdomain("evanesce");
}

const char *sweep_tr(const char *english) {
    return *english ? gettext(english) : english;
}
#else
void sweep_language(void) {
    setlocale(LC_CTYPE, "");
}

const char *sweep_tr(const char *english) {
    return english;
}
#endif
