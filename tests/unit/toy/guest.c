/* guest.c - the toy guest's description for the runtime. */
#include "guest.h"
#include "routines.h"

#include <stdio.h>
#include <string.h>

extern const struct interp interp_switch, interp_threaded, interp_predecoded,
    interp_direct;

static unsigned field(const struct decoded *d, unsigned shift)
{
    return (unsigned)(d->word >> shift) & 0xff;
}

static int decode(const uint8_t *bytes, unsigned avail, uint32_t context,
                  struct decoded *out)
{
    (void)context;
    if (avail < 4)
        return DECODE_SHORT;
    uint32_t word;
    memcpy(&word, bytes, 4);
    out->word = word;
    out->bytes = 4;
    out->form = (uint16_t)(word >> 24);
    return out->form <= 8 ? (int)out->form : DECODE_NONE;
}

static int disas(const struct decoded *d, uint64_t pc, char *text, size_t size)
{
    (void)pc;
    return snprintf(text, size, "op%u %u, %u, %u", d->form, field(d, 16), field(d, 8),
                    field(d, 0));
}

static unsigned reg(unsigned n)
{
    return (unsigned)offsetof(struct cpu, state) + 4 * (n & 7);
}

static uint16_t reads(struct bind *b, unsigned n)
{
    regset_add(&b->use, (n & 7) == 0 ? 0 : reg(n), 4);
    return (uint16_t)((n & 7) == 0 ? offsetof(struct cpu, zero) : reg(n));
}

static uint16_t writes(struct bind *b, unsigned n)
{
    regset_add(&b->def, (n & 7) == 0 ? 0 : reg(n), 4);
    return (uint16_t)((n & 7) == 0 ? offsetof(struct cpu, sink) : reg(n));
}

static void bind_branch(struct bind *b, unsigned routine, unsigned delayed)
{
    const struct decoded *d = b->d;
    struct rec_branch *r = bind_append(b, routine, sizeof *r);
    r->a = reads(b, field(d, 16));
    r->b = reads(b, field(d, 8));
    r->chain.target = (uint32_t)(b->pc + 4 + 4 * (uint64_t)(int8_t)field(d, 0));
    b->chain = offsetof(struct rec_branch, chain);
    b->delayed = (uint16_t)delayed;
    b->flags = FORM_BRANCH | FORM_DELAYED;
}

static void bind_alu(struct bind *b, unsigned routine)
{
    const struct decoded *d = b->d;
    struct rec_alu *r = bind_append(b, routine, sizeof *r);
    r->a = routine == ROUTINE_sw ? reads(b, field(d, 16)) : writes(b, field(d, 16));
    r->b = reads(b, field(d, 8));
    r->imm = (uint32_t)(int8_t)field(d, 0);
    b->flags = routine == ROUTINE_addi ? 0
               : routine == ROUTINE_sw ? FORM_MAY_TRAP | FORM_STORES
                                       : FORM_MAY_TRAP;
    if (routine == ROUTINE_addi && (field(d, 16) & 7) == 0)
        b->flags |= FORM_NOP;
}

static void bind(struct bind *b)
{
    const struct decoded *d = b->d;
    switch (d->form) {
    case 1:
        bind_alu(b, ROUTINE_addi);
        break;
    case 2:
        bind_alu(b, ROUTINE_lw);
        break;
    case 3:
        bind_alu(b, ROUTINE_sw);
        break;
    case 4:
        bind_branch(b, ROUTINE_bne, ROUTINE_bne_delayed);
        break;
    case 8:
        bind_branch(b, ROUTINE_bnel, ROUTINE_bnel_delayed);
        b->flags |= FORM_LIKELY;
        break;
    case 5: {
        struct rec_jalr *r = bind_append(b, ROUTINE_jalr, sizeof *r);
        r->a = writes(b, field(d, 16));
        r->b = reads(b, field(d, 8));
        r->link = (uint32_t)b->pc + 8;
        b->delayed = ROUTINE_jalr_delayed;
        b->flags = FORM_BRANCH | FORM_DELAYED | FORM_INDIRECT | FORM_ALWAYS;
        break;
    }
    case 7:
        bind_append(b, ROUTINE_sync, sizeof(struct rec_sync));
        b->flags = FORM_ICACHE | FORM_ENDS_BLOCK;
        break;
    default: {
        struct rec_sys *r = bind_append(b, ROUTINE_sys, sizeof *r);
        r->code = field(d, 0);
        b->flags = FORM_MAY_TRAP | FORM_ENDS_BLOCK;
    }
    }
}

static const struct guest_reg regs[] = {{.name = "r",
                                         .offset = offsetof(struct cpu, state),
                                         .bits = 32,
                                         .bytes = 4,
                                         .count = 8}};
static const struct guest_trap traps[] = {{"Sys", 1}};

const struct guest the_guest = {
    .name = "toy",
    .isa = "toy",
    .word_bits = 32,
    .insn_bytes_min = 4,
    .insn_bytes_max = 4,
    .delay_slots = 1,
    .cpu_bytes = sizeof(struct cpu) + sizeof(struct toy_state),
    .regs = regs,
    .reg_count = 1,
    .traps = traps,
    .trap_count = 1,
    .jump_shift = GUEST_JUMP_SHIFT,
    .unaligned_allowed = true,
    .decode = decode,
    .disas = disas,
    .bind = bind,
    .interp = {&interp_switch, &interp_threaded, &interp_predecoded, &interp_direct},
};
