// The part of a C library that components have, natively under other names, against the system's own.
#include "../testing.c"

#define JAROS_TEST_LIBC
#define memcpy ours_memcpy
#define memmove ours_memmove
#define memset ours_memset
#define memcmp ours_memcmp
#define memchr ours_memchr
#define strlen ours_strlen
#define strcmp ours_strcmp
#define strncmp ours_strncmp
#define strchr ours_strchr
#define strrchr ours_strrchr
#define strstr ours_strstr
#define malloc ours_malloc
#define calloc ours_calloc
#define realloc ours_realloc
#define free ours_free
#define abort ours_abort
_Noreturn void ours_abort(void);
void *ours_memset(void *to, int byte, size_t len);
size_t ours_strlen(const char *text);

#include "../src/libc.c"

#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef memchr
#undef strlen
#undef strcmp
#undef strncmp
#undef strchr
#undef strrchr
#undef strstr

static int sign(int order) { return (order > 0) - (order < 0); }

static void texts(void) {
    JAROS_TEST("texts are found and compared as the standard says") {
        static const char *const words[] = { "", "a", "ab", "abc", "abd", "b", "aab", "\xFF", "abcabcabd" };
        for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
            const char *a = words[i];
            JAROS_EXPECT(ours_strlen(a) == strlen(a));
            for (int c = 0; c < 256; c += 1) {
                JAROS_EXPECT(ours_strchr(a, c) == strchr(a, c) && ours_strrchr(a, c) == strrchr(a, c));
                JAROS_EXPECT(ours_memchr(a, c, strlen(a)) == memchr(a, c, strlen(a)));
            }
            for (size_t j = 0; j < sizeof words / sizeof *words; j++) {
                const char *b = words[j];
                JAROS_EXPECT(sign(ours_strcmp(a, b)) == sign(strcmp(a, b)) && ours_strstr(a, b) == strstr(a, b));
                for (size_t len = 0; len < 4; len++) JAROS_EXPECT(sign(ours_strncmp(a, b, len)) == sign(strncmp(a, b, len)));
                size_t len = strlen(a) < strlen(b) ? strlen(a) : strlen(b);
                JAROS_EXPECT(sign(ours_memcmp(a, b, len)) == sign(memcmp(a, b, len)));
            }
        }
    }
    JAROS_TEST("bytes are moved, overlapping or not") {
        for (size_t from = 0; from < 8; from++)
            for (size_t to = 0; to < 8; to++) {
                char a[17] = "0123456789abcdef", b[17] = "0123456789abcdef";
                JAROS_EXPECT(ours_memmove(a + to, a + from, 8) == a + to);
                memmove(b + to, b + from, 8);
                JAROS_EXPECT_TEXT((const char *)a, (const char *)b);
            }
        char a[9] = "........", b[9] = "........";
        ours_memcpy(a + 1, "xyz", 3), memcpy(b + 1, "xyz", 3);
        ours_memset(a + 5, 'o', 2), memset(b + 5, 'o', 2);
        JAROS_EXPECT_TEXT((const char *)a, (const char *)b);
    }
}

// Fills a block with what belongs to its place, or checks that it is still there.
static bool marked(unsigned char *block, size_t len, unsigned place, bool check) {
    for (size_t i = 0; i < len; i++) {
        if (check && block[i] != (unsigned char)(place * 7 + i)) return false;
        block[i] = (unsigned char)(place * 7 + i);
    }
    return true;
}

static void blocks(void) {
    JAROS_TEST("blocks never overlap whatever the order, and freed ones serve again") {
        unsigned char *held[40] = { NULL };
        size_t lens[40] = { 0 };
        uint32_t state = 1;
        for (int round = 0; round < 20000; round++) {
            state = state * 1664525u + 1013904223u;
            unsigned place = state >> 8 & 31;
            size_t len = state >> 16 & 1023;
            if (held[place]) JAROS_EXPECT(marked(held[place], lens[place], place, true));
            if (held[place] && round % 3 == 0) {
                ours_free(held[place]);
                held[place] = NULL;
                continue;
            }
            size_t kept = lens[place] < len ? lens[place] : len;
            unsigned char *block = held[place] ? ours_realloc(held[place], len) : round % 2 ? ours_malloc(len) : ours_calloc(len, 1);
            JAROS_EXPECT((uintptr_t)block % 16 == 0);
            if (held[place]) JAROS_EXPECT(marked(block, kept, place, true));
            marked(block, len, place, false);
            held[place] = block;
            lens[place] = len;
        }
        void *block = ours_malloc(100);
        ours_free(block);
        JAROS_EXPECT(ours_malloc(90) == block);
        JAROS_EXPECT(ours_malloc(SIZE_MAX / 2) == NULL && ours_calloc(SIZE_MAX / 2, 4) == NULL);
        unsigned char *cleared = ours_calloc(3, 30);
        for (size_t i = 0; i < 90; i++) JAROS_EXPECT(cleared[i] == 0);
    }
}

int main(void) {
    texts();
    blocks();
    return jaros_test_end();
}
