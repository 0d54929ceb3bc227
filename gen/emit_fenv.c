/* emit_fenv.c - floating-point mode and flags in registers; see emit_fenv.h. */
#include "emit_fenv.h"

#include "emit_c.h"

void emit_fenv_modes(const struct model *m, struct text *t)
{
    if (!m->fenv.declared)
        return;
    static const char *const modes[] = {"FP_NEAREST", "FP_ZERO", "FP_UP",
                                        "FP_DOWN",    "FP_AWAY", "FP_NEAREST"};
    text_add(t, "\n/* Guest rounding codes; reserved ones have trapped before. */\n"
                "static const uint8_t fp_mode[16] __attribute__((unused)) = {");
    for (unsigned i = 0; i < 16; i++)
        text_addf(t, "%s%s", i ? ", " : "", modes[m->fenv.rounding[i]]);
    text_add(t, "};\n");
}

void emit_fenv(const struct model *m, struct text *t)
{
    if (!m->fenv.declared)
        return;
    emit_fenv_modes(m, t);
    static const char *const flags[FLAG_BITS] = {
        "FP_INEXACT", "FP_UNDERFLOW", "FP_OVERFLOW", "FP_DIVZERO", "FP_INVALID"};
    text_add(t,
             "\nstatic inline uint32_t guest_fp_flags(unsigned flags)\n{\n    return ");
    for (unsigned i = 0, n = 0; i < FLAG_BITS; i++)
        if (m->fenv.flag_bit[i] >= 0)
            text_addf(t, "%s(flags & %s ? 0x%xu : 0)", n++ ? " |\n           " : "",
                      flags[i], 1u << m->fenv.flag_bit[i]);
    text_add(
        t, ";\n}\n\nstatic inline unsigned host_fp_flags(uint32_t bits)\n{\n    return ");
    for (unsigned i = 0, n = 0; i < FLAG_BITS; i++)
        if (m->fenv.flag_bit[i] >= 0)
            text_addf(t, "%s(bits & 0x%xu ? %s : 0u)", n++ ? " |\n           " : "",
                      1u << m->fenv.flag_bit[i], flags[i]);
    text_add(t, ";\n}\n");
    const struct fenv *f = &m->fenv;
    text_add(
        t, "\n/* guest_fp_out - the environment's flags into the guest's registers. */\n"
           "static inline void guest_fp_out(struct cpu *cpu)\n{\n");
    const struct fenv_place *out[] = {&f->accrue, &f->cause};
    static const char *const gets[] = {"fp_flags_get", "fp_last_flags"};
    for (unsigned i = 0; i < 2; i++) {
        if (!out[i]->reg)
            continue;
        const char *name = c_name(out[i]->reg->name);
        unsigned mask = ((1u << (out[i]->high - out[i]->low + 1)) - 1) << out[i]->low;
        text_addf(t,
                  "    STATE->%s = (STATE->%s & ~0x%xu) |\n"
                  "        (guest_fp_flags(%s(&cpu->fp)) << %u & 0x%xu);\n",
                  name, name, mask, gets[i], out[i]->low, mask);
    }
    text_add(t, "}\n\n/* guest_fp_in - the guest's registers into the environment. */\n"
                "static inline void guest_fp_in(struct cpu *cpu)\n{\n");
#define FIELD(p) c_name((p)->reg->name), (p)->low, (1u << ((p)->high - (p)->low + 1)) - 1
    if (f->round.reg)
        text_addf(t,
                  "    fp_round_set(&cpu->fp, "
                  "(enum fp_round)fp_mode[STATE->%s >> %u & 0x%xu]);\n",
                  FIELD(&f->round));
    if (f->enable.reg)
        text_addf(
            t, "    fp_enables_set(&cpu->fp, host_fp_flags(STATE->%s >> %u & 0x%xu));\n",
            FIELD(&f->enable));
    if (f->flush.reg)
        text_addf(t,
                  "    fp_flush_set(&cpu->fp, STATE->%s >> %u & 0x%xu ? "
                  "FP_FLUSH_OUT%s : 0);\n",
                  FIELD(&f->flush), f->flush_silent ? " | FP_FLUSH_SILENT" : "");
    if (f->accrue.reg)
        text_addf(t,
                  "    fp_flags_set(&cpu->fp, host_fp_flags(STATE->%s >> %u & 0x%xu));\n",
                  FIELD(&f->accrue));
    if (f->cause.reg)
        text_addf(t,
                  "    fp_last_set(&cpu->fp, host_fp_flags(STATE->%s >> %u & 0x%xu));\n",
                  FIELD(&f->cause));
    text_add(t, "}\n");
    if (!f->enable.reg)
        return;
    text_add(t, "\n/* guest_fp_cause - an enabled flag was raised: note the cause; "
                "returns it. */\n"
                "static inline uint32_t guest_fp_cause(struct cpu *cpu)\n{\n"
                "    uint32_t cause = guest_fp_flags(cpu->fp.op_flags);\n");
    if (f->cause.reg) {
        unsigned mask = ((1u << (f->cause.high - f->cause.low + 1)) - 1) << f->cause.low;
        const char *name = c_name(f->cause.reg->name);
        text_add(t, "    fp_last_set(&cpu->fp, cpu->fp.op_flags);\n");
        text_addf(t, "    STATE->%s = (STATE->%s & ~0x%xu) | cause << %u;\n", name, name,
                  mask, f->cause.low);
    }
    text_add(t, "    return cause;\n}\n");
    text_addf(
        t,
        "\n/* guest_fp_trap - the trap of an enabled flag. */\n"
        "static __attribute__((noinline, cold, unused)) const struct rec *\n"
        "guest_fp_trap(const struct rec *ip, struct cpu *cpu)\n{\n"
        "    return interp_trap(ip, cpu, %u /* %s */, guest_fp_cause(cpu), 0, 0);\n}\n",
        f->enable_trap ? f->enable_trap->index : 0,
        f->enable_trap ? f->enable_trap->name : "none");
}

void emit_fenv_hooks(const struct model *m, struct text *t)
{
    const char *in = m->fenv.declared ? "guest_fp_in(cpu);" : "(void)cpu;";
    const char *out = m->fenv.declared ? "guest_fp_out(cpu);" : "(void)cpu;";
    text_addf(t,
              "\n/* Called by the manager before and after generated code runs. */\n"
              "void guest_enter(struct cpu *cpu);\nvoid guest_enter(struct cpu *cpu)\n{\n"
              "    %s\n}\n\nvoid guest_leave(struct cpu *cpu);\n"
              "void guest_leave(struct cpu *cpu)\n{\n    %s\n}\n",
              in, out);
}
