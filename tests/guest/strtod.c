/* strtod, strtof: correct rounding, halfway cases, overflow, denormals, hex, inf, nan */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t image(double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    return bits;
}

static uint32_t image_single(float v)
{
    uint32_t bits;
    memcpy(&bits, &v, sizeof bits);
    return bits;
}

static void convert(const char *text)
{
    char *end;
    errno = 0;
    double v = strtod(text, &end);
    int error = errno;
    float f = strtof(text, NULL);
    if (isnan(v)) { /* the quiet bit's sense differs between guests */
        printf("%s: nan rest \"%s\"\n", text, end);
        return;
    }
    printf("%s: %016" PRIx64 " %08" PRIx32 " rest \"%s\"%s\n", text, image(v),
           image_single(f), end, error == ERANGE ? " range" : "");
}

int main(void)
{
    static const char *const texts[] = {
        "0",
        "-0",
        "1",
        "+1.5",
        ".5",
        "5.",
        "1e0",
        "1e",
        "1e+",
        "0x",
        "0x1p3",
        "0x1.8p-1",
        "0x1.fffffffffffff8p0",
        "0x1.fffffffffffff7p0",
        "0x.8p1",
        "0x1p-1074",
        "0x1p-1075",
        "0x1.8p-1075",
        "0x1p1024",
        "inf",
        "-INFINITY",
        "nan",
        "NaN(123)",
        "infi",
        "1.7e308",
        "1.8e308",
        "-1e400",
        "1e-400",
        "4.9406564584124654e-324",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "2.2250738585072014e-308",
        "2.2250738585072011e-308",
        "9007199254740993",
        "9007199254740992.99999999999999999999999999999999999999",
        "9007199254740993.00000000000000000000000000000000000001",
        "9007199254740995",
        "0.1",
        "0.3",
        "3.14159265358979323846",
        "123456789012345678901234567890",
        "1.00000005960464477539062500000000000001",
        "1.000000059604644775390625",
        "1.0000001788139343",
        "16777217",
        "16777219",
        "3.4028235e38",
        "3.4028236e38",
        "1.4e-45",
        "7e-46",
        "7.1e-46",
        "  12",
        "abc",
        "",
        "--1",
        "1,5",
        "6.6312368714697582767e-316",
        "3.2378839133029012895883524125015321748630e-319"};
    for (unsigned i = 0; i < sizeof texts / sizeof texts[0]; i++)
        convert(texts[i]);
    uint64_t hash = 0, state = 1;
    char text[40];
    for (int i = 0; i < 2000; i++) { /* round trips */
        state = state * 6364136223846793005 + 1442695040888963407;
        double v, back;
        memcpy(&v, &state, sizeof v);
        if (!isfinite(v))
            continue;
        snprintf(text, sizeof text, "%.17g", v);
        back = strtod(text, NULL);
        hash = hash * 31 + (image(back) == state) + (uint64_t)strlen(text);
    }
    printf("round trips %016" PRIx64 "\n", hash);
    return 0;
}
