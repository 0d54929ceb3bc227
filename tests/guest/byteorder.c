/* byte order: wire formats are the same on every guest, host order is as declared */
// bare: yes
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static uint32_t get_be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint32_t get_le32(const uint8_t *p)
{
    return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static void put_be64(uint8_t *p, uint64_t value)
{
    for (int i = 7; i >= 0; i--, value >>= 8)
        p[i] = (uint8_t)value;
}

static void put_le64(uint8_t *p, uint64_t value)
{
    for (int i = 0; i < 8; i++, value >>= 8)
        p[i] = (uint8_t)value;
}

/* Number the bytes of an object by significance: must agree with __BYTE_ORDER__. */
static int order_is_declared(void)
{
    union {
        uint64_t whole;
        uint32_t words[2];
        uint16_t halves[4];
        uint8_t bytes[8];
    } u = {0x0102030405060708};
    int big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
    for (int i = 0; i < 8; i++)
        if (u.bytes[i] != (big ? i + 1 : 8 - i))
            return 0;
    return u.words[big ? 0 : 1] == 0x01020304 && u.halves[big ? 1 : 2] == 0x0304;
}

static int double_order_is_declared(void)
{
    double one = -1.5;
    uint64_t image;
    memcpy(&image, &one, sizeof image);
    return image == 0xbff8000000000000u;
}

int main(void)
{
    uint8_t wire[24];
    for (int i = 0; i < 24; i++)
        wire[i] = (uint8_t)(17 * i + 3);
    for (int i = 0; i + 4 <= 24; i++)
        printf("%2d be %08" PRIx32 " le %08" PRIx32 "\n", i, get_be32(wire + i),
               get_le32(wire + i));
    put_be64(wire + 3, 0x1122334455667788);
    put_le64(wire + 12, 0x99aabbccddeeff00);
    for (int i = 0; i < 24; i++)
        printf("%02x%c", wire[i], i % 8 == 7 ? '\n' : ' ');
    printf("order %d double %d\n", order_is_declared(), double_order_is_declared());
    return 0;
}
