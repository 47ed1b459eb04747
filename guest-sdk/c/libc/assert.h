// assert as a component has it: its last words stand on the record. NDEBUG, which some compilers set by themselves, doesn't turn it off.
#ifndef JAROS_LIBC_ASSERT_H
#define JAROS_LIBC_ASSERT_H
#define static_assert _Static_assert
_Noreturn void jaros_assert_failed(const char *condition, const char *file, int line);
#ifdef __FILE_NAME__
#define assert(condition) ((condition) ? (void)0 : jaros_assert_failed(#condition, __FILE_NAME__, __LINE__))
#else
#define assert(condition) ((condition) ? (void)0 : jaros_assert_failed(#condition, __FILE__, __LINE__))
#endif
#endif
