/* newlib's <regex.h>, which needs off_t and does not ask for it. */
#include <sys/types.h>

#include_next <regex.h>
