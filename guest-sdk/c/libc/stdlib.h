// The part of <stdlib.h> that a component has. What is taken with malloc may be freed and serves again; jaros_alloc needs no free.
#ifndef JAROS_LIBC_STDLIB_H
#define JAROS_LIBC_STDLIB_H
#include <stddef.h>
void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *block, size_t size);
void free(void *block);
_Noreturn void abort(void);
#endif
