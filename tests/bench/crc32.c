/* int-tight: CRC-32 by table and bit by bit, Adler-32 */
// scale: 950 63
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define SIZE 65536

static uint32_t table[256];
static uint8_t data[SIZE];

static void make_table(void)
{
    for (uint32_t n = 0; n < 256; n++) {
        uint32_t c = n;
        for (int k = 0; k < 8; k++)
            c = c & 1 ? c >> 1 ^ 0xedb88320 : c >> 1;
        table[n] = c;
    }
}

static uint32_t by_table(uint32_t crc)
{
    crc = ~crc;
    for (uint32_t i = 0; i < SIZE; i++)
        crc = table[(crc ^ data[i]) & 255] ^ crc >> 8;
    return ~crc;
}

static uint32_t by_bits(uint32_t crc)
{
    for (uint32_t i = 0; i < SIZE / 8; i++) {
        crc ^= data[i];
        for (int k = 0; k < 8; k++)
            crc = crc >> 1 ^ (0x82f63b78 & -(crc & 1));
    }
    return crc;
}

static uint32_t adler(void)
{
    uint32_t a = 1, b = 0;
    for (uint32_t i = 0; i < SIZE; i++) {
        a += data[i];
        b += a;
        if (i % 4096 == 4095) {
            a %= 65521;
            b %= 65521;
        }
    }
    return b % 65521 << 16 | a % 65521;
}

int main(int argc, char **argv)
{
    uint32_t scale = argc > 1 ? (uint32_t)atoi(argv[1]) : 1, sum = 0;
    make_table();
    for (uint32_t i = 0; i < SIZE; i++)
        data[i] = (uint8_t)(i * 2654435761u >> 13);
    for (uint32_t i = 0; i < scale; i++) {
        sum = by_table(sum) ^ by_bits(sum) ^ adler();
        data[i % SIZE] ^= (uint8_t)sum;
    }
    printf("%08x\n", (unsigned)sum);
    return 0;
}
