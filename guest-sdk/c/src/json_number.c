// JSON numbers: digits to doubles and back, exactly.
//
// Invariant: what is read is the double nearest to the digits (ties to even), and what is written reads back as the same double, in as
// few digits as that takes.
// Doesn't know: locales, or speed beyond the common case; the common case needs no big integers.
// Start at: jaros_double_of, jaros_add_number.

// The largest integer that every reader of JSON keeps exactly: 2^53 − 1.
#define JAROS_SAFE 9007199254740991LL

// A natural number, lowest word first: 6,144 bits, enough for any double against any digits that are looked at.
enum { JAROS_WORDS = 192, JAROS_DIGITS = 800 };
typedef struct {
    uint32_t word[JAROS_WORDS];
    int used;
} jaros_big;

static void jaros_big_times(jaros_big *n, uint32_t factor, uint32_t plus) {
    uint64_t carry = plus;
    for (int i = 0; i < n->used; i++) {
        carry += (uint64_t)n->word[i] * factor;
        n->word[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry) {
        if (n->used == JAROS_WORDS) __builtin_trap();
        n->word[n->used++] = (uint32_t)carry;
    }
}

static void jaros_big_shift(jaros_big *n, int bits) {
    int words = bits / 32;
    if (n->used == 0) return;
    if (words) {
        if (n->used + words > JAROS_WORDS) __builtin_trap();
        for (int i = n->used - 1; i >= 0; i--) n->word[i + words] = n->word[i];
        for (int i = 0; i < words; i++) n->word[i] = 0;
        n->used += words;
    }
    if (bits % 32) jaros_big_times(n, (uint32_t)1 << (bits % 32), 0);
}

static void jaros_big_power_of_ten(jaros_big *n, int power) {
    for (; power >= 9; power -= 9) jaros_big_times(n, 1000000000, 0);
    for (; power > 0; power--) jaros_big_times(n, 10, 0);
}

static int jaros_big_compare(const jaros_big *a, const jaros_big *b) {
    if (a->used != b->used) return a->used < b->used ? -1 : 1;
    for (int i = a->used - 1; i >= 0; i--)
        if (a->word[i] != b->word[i]) return a->word[i] < b->word[i] ? -1 : 1;
    return 0;
}

// a −= b; a is not less than b.
static void jaros_big_minus(jaros_big *a, const jaros_big *b) {
    int64_t borrow = 0;
    for (int i = 0; i < a->used; i++) {
        int64_t word = (int64_t)a->word[i] - (i < b->used ? b->word[i] : 0) + borrow;
        a->word[i] = (uint32_t)word;
        borrow = word < 0 ? -1 : 0;
    }
    while (a->used && a->word[a->used - 1] == 0) a->used--;
}

static jaros_big jaros_big_of(uint64_t value) {
    jaros_big n = { .used = 0 };
    n.word[0] = (uint32_t)value;
    n.word[1] = (uint32_t)(value >> 32);
    n.used = n.word[1] ? 2 : n.word[0] ? 1 : 0;
    return n;
}

static double jaros_double_from_bits(uint64_t bits) {
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint64_t jaros_bits_of(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

// The sign of digits · 10^exponent − mantissa · 2^binary.
static int jaros_against(const jaros_big *digits, int exponent, uint64_t mantissa, int binary) {
    jaros_big left = *digits, right = jaros_big_of(mantissa);
    if (exponent >= 0) jaros_big_power_of_ten(&left, exponent);
    else jaros_big_power_of_ten(&right, -exponent);
    if (binary >= 0) jaros_big_shift(&right, binary);
    else jaros_big_shift(&left, -binary);
    return jaros_big_compare(&left, &right);
}

// The double nearest to digits · 10^exponent, by bisection over the doubles, which stand in the order of their bits. Infinite where it is
// beyond the largest.
static double jaros_nearest(const jaros_big *digits, int exponent) {
    uint64_t low = 0, high = 0x7FF0000000000000;
    while (high - low > 1) {
        uint64_t middle = low + (high - low) / 2;
        uint64_t mantissa = middle & 0xFFFFFFFFFFFFF;
        int binary = (int)(middle >> 52);
        if (binary) mantissa |= (uint64_t)1 << 52;
        else binary = 1;
        if (jaros_against(digits, exponent, mantissa, binary - 1075) >= 0) low = middle;
        else high = middle;
    }
    uint64_t mantissa = low & 0xFFFFFFFFFFFFF;
    int binary = (int)(low >> 52);
    if (binary) mantissa |= (uint64_t)1 << 52;
    else binary = 1;
    int order = jaros_against(digits, exponent, mantissa * 2 + 1, binary - 1076);
    return jaros_double_from_bits(order > 0 || (order == 0 && (low & 1)) ? low + 1 : low);
}

static double jaros_power_of_ten(int power) {
    double value = 1;
    for (double base = 10; power; power >>= 1, base *= base)
        if (power & 1) value *= base;
    return value;
}

// A number that the grammar of JSON allows, as a double; infinite where it is too large for one.
static double jaros_double_of(jaros_str text) {
    const char *at = text.ptr, *end = text.ptr + text.len;
    bool negative = *at == '-';
    if (negative) at++;
    jaros_big digits = { .used = 0 };
    uint64_t small = 0;
    int count = 0, exponent = 0;
    bool fraction = false, rest = false;
    for (; at < end && *at != 'e' && *at != 'E'; at++) {
        if (*at == '.') {
            fraction = true;
            continue;
        }
        if (count == 0 && *at == '0') {
            if (fraction) exponent--;
            continue;
        }
        // Digits beyond those that can matter only say whether there is something more.
        if (count >= JAROS_DIGITS) {
            rest |= *at != '0';
            if (!fraction && exponent < 100000) exponent++;
            continue;
        }
        if (count < 19) small = small * 10 + (uint64_t)(*at - '0');
        jaros_big_times(&digits, 10, (uint32_t)(*at - '0'));
        count++;
        if (fraction && exponent > -100000) exponent--;
    }
    if (at < end) {
        bool down = *++at == '-';
        if (*at == '-' || *at == '+') at++;
        int written = 0;
        for (; at < end; at++)
            if (written < 100000) written = written * 10 + (*at - '0');
        exponent += down ? -written : written;
    }
    double value;
    if (count == 0) value = 0;
    else if (count + exponent > 310) value = jaros_double_from_bits(0x7FF0000000000000);
    else if (count + exponent < -330) value = 0;
    // Both factors are exact, so that one operation rounds right.
    else if (count <= 19 && small <= (uint64_t)1 << 53 && exponent >= -22 && exponent <= 22)
        value =
            exponent < 0 ? (double)small / jaros_power_of_ten(-exponent) : (double)small * jaros_power_of_ten(exponent);
    else {
        if (rest) {
            jaros_big_times(&digits, 10, 1);
            exponent--;
        }
        value = jaros_nearest(&digits, exponent);
    }
    return negative ? -value : value;
}

// So many significant digits of a positive double, rounded, into `out`; returns the power of ten of the first.
static int jaros_digits_of(double value, int count, char *out) {
    uint64_t bits = jaros_bits_of(value), mantissa = bits & 0xFFFFFFFFFFFFF;
    int binary = (int)(bits >> 52);
    if (binary) mantissa |= (uint64_t)1 << 52;
    else binary = 1;
    binary -= 1075;
    jaros_big top = jaros_big_of(mantissa), bottom = jaros_big_of(1);
    if (binary >= 0) jaros_big_shift(&top, binary);
    else jaros_big_shift(&bottom, -binary);
    int power = 0;
    for (jaros_big ten = bottom; jaros_big_times(&ten, 10, 0), jaros_big_compare(&top, &ten) >= 0; power++)
        bottom = ten;
    while (jaros_big_compare(&top, &bottom) < 0) {
        jaros_big_times(&top, 10, 0);
        power--;
    }
    for (int i = 0; i < count; i++) {
        char digit = '0';
        for (; jaros_big_compare(&top, &bottom) >= 0; digit++) jaros_big_minus(&top, &bottom);
        out[i] = digit;
        jaros_big_times(&top, 10, 0);
    }
    jaros_big_times(&bottom, 5, 0);
    int order = jaros_big_compare(&top, &bottom);
    if (order < 0 || (order == 0 && (out[count - 1] - '0') % 2 == 0)) return power;
    int i = count - 1;
    for (; i >= 0 && out[i] == '9'; i--) out[i] = '0';
    if (i >= 0) out[i]++;
    else {
        out[0] = '1';
        power++;
    }
    return power;
}

static void jaros_add_int(jaros_builder *text, long long value) {
    if (value < 0) jaros_add_chars(text, "-");
    jaros_add_unsigned(text, value < 0 ? 0 - (unsigned long long)value : (unsigned long long)value);
}

// `1.5`, `-0.001`, `1e+300`: digits, and an exponent where there would be many zeros.
static void jaros_add_number(jaros_builder *text, double value) {
    if (value >= (double)-JAROS_SAFE && value <= (double)JAROS_SAFE && value == (double)(long long)value) {
        jaros_add_int(text, (long long)value);
        return;
    }
    if (value < 0) jaros_add_chars(text, "-"), value = -value;
    char digits[18];
    int count = 1, power;
    jaros_builder tried;
    do {
        power = jaros_digits_of(value, count, digits);
        tried = (jaros_builder){ 0 };
        int whole = power >= 0 && power < 21 ? power + 1 : power < 0 && power >= -7 ? 0 : 1;
        if (whole == 0) jaros_add_chars(&tried, "0.");
        for (int i = power; whole == 0 && i < -1; i++) jaros_add_chars(&tried, "0");
        for (int i = 0; i < count || i < whole; i++) {
            if (i == whole && whole) jaros_add_chars(&tried, ".");
            jaros_add(&tried, i < count ? &digits[i] : "0", 1);
        }
        if (power >= 21 || power < -7) {
            jaros_add_chars(&tried, power < 0 ? "e" : "e+");
            jaros_add_int(&tried, power);
        }
    } while (count++ < 17 && jaros_double_of(jaros_built(&tried)) != value);
    jaros_add(text, tried.ptr, tried.len);
}
