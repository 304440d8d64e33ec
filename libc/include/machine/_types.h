/* Types where newlib's defaults are too narrow: file ids of the file server have 64 bits, users and links 32. */
#ifndef PARLEY_MACHINE_TYPES_H
#define PARLEY_MACHINE_TYPES_H

#define __machine_ino_t_defined
#define __machine_dev_t_defined
#define __machine_uid_t_defined
#define __machine_gid_t_defined

typedef unsigned long __ino_t;
typedef unsigned int __dev_t;
typedef unsigned int __uid_t;
typedef unsigned int __gid_t;

#include_next <machine/_types.h>

#endif
