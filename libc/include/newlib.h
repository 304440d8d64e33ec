/* What Parley's C library wants of newlib's sources: the answers that newlib's own configure would have written. */
#ifndef __NEWLIB_H__
#define __NEWLIB_H__ 1

#include <_newlib_version.h>

/* printf and scanf: %zu, %jd, %lld. Long double is printed as double; wide characters are bytes. */
#define _WANT_IO_C99_FORMATS 1
#define _WANT_IO_LONG_LONG 1
#define _HAVE_LONG_DOUBLE 1
#define _MB_LEN_MAX 1

/* Start and end of a program: constructor tables of the linker, atexit without a fixed limit, and an exit that
   flushes only what was written, so that a program without stdio links none of it. */
#define HAVE_INITFINI_ARRAY 1
#define _ATEXIT_DYNAMIC_ALLOC 1
#define _LITE_EXIT 1
#define _STDIO_BSD_SEMANTICS 1

/* Streams: copy whole runs, seek inside the buffer, and gather an unbuffered stream's printf into one write. */
#define _FVWRITE_IN_STREAMIO 1
#define _FSEEK_OPTIMIZATION 1
#define _UNBUF_STREAM_OPT 1
#define HAVE_FCNTL 1
#define HAVE_BLKSIZE 1
#define _READ_WRITE_RETURN_TYPE _ssize_t
#define _READ_WRITE_BUFSIZE_TYPE size_t

/* Threads: each has its own struct _reent, found by __getreent(); streams and exit handlers are the process's. */
#define __DYNAMIC_REENT__ 1
#define _REENT_GLOBAL_ATEXIT 1
#define _WANT_REENT_GLOBAL_STDIO_STREAMS 1
#define _RETARGETABLE_LOCKING 1

/* Mathematics: the newer, shorter exp, log, pow, sinf. */
#define __OBSOLETE_MATH 0

#endif
