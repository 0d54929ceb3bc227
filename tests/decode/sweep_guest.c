/* sweep_guest.c - calls the generated decode.c and disas.c; see sweep.h */
#include "sweep.h"

#include "forms.h"

#include <string.h>

static struct decoded last;

int sweep_decode(uint64_t word, unsigned bytes, const struct sweep_order *order,
                 uint32_t context, unsigned *length)
{
    uint8_t p[8] = {0};
    unsigned unit = order->unit;
    for (unsigned i = 0; i < bytes; i++) { /* byte I of the number */
        unsigned n = order->first_low ? i / unit : bytes / unit - 1 - i / unit,
                 in = i % unit;
        p[n * unit + (order->big ? unit - 1 - in : in)] = (uint8_t)(word >> 8 * i);
    }
    memset(&last, 0, sizeof last);
    int form = guest_decode(p, bytes, context, &last);
    *length = last.bytes;
    return form;
}

void sweep_disas(uint64_t word, uint64_t pc, char *text, size_t size)
{
    last.word = word;
    guest_disas(&last, pc, text, size);
}

/* The forms that a CPU lacks: none here. */
unsigned char form_off[FORM_COUNT + 1];
