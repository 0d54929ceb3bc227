/* emit_meta.c - meta.c: struct guest the_guest and the tables it points to; see emit.h */
#include "emit.h"

#include "deval.h"
#include "emit_c.h"

#include <string.h>

/* ---- registers ---- */

static bool in_state(const struct reg *r)
{
    return !r->is_context;
}

static void emit_regs(const struct model *m, struct text *out)
{
    for (size_t i = 0; i < m->regs.len; i++) {
        const struct reg *r = m->regs.at[i];
        if (!in_state(r) || !r->names)
            continue;
        text_addf(out, "\nstatic const char *const %s_names[] = {", c_name(r->name));
        for (unsigned n = 0; n < r->count; n++) {
            text_add(out, n % 8 ? " " : "\n    ");
            emit_c_string(out, r->names[n], false);
            text_add(out, ",");
        }
        text_add(out, "\n};\n");
    }
    text_add(out, "\nstatic const struct guest_reg regs[] = {\n");
    for (size_t i = 0; i < m->regs.len; i++) {
        const struct reg *r = m->regs.at[i];
        if (!in_state(r))
            continue;
        const char *names = r->names ? internf("%s_names", c_name(r->name)) : "NULL";
        text_addf(out, "    {\"%s\", PLACE(%s), %u, %u, %u, %s},\n", r->name,
                  c_name(r->name), r->width, state_bytes(r->width), r->count, names);
    }
    text_add(out, "    {0},\n};\n");
}

static unsigned reg_count(const struct model *m)
{
    unsigned n = 0;
    for (size_t i = 0; i < m->regs.len; i++)
        n += in_state(m->regs.at[i]);
    return n;
}

/* ---- reset ---- */

static const char *const round_names[] = {"FP_NEAREST", "FP_ZERO", "FP_UP",
                                          "FP_DOWN",    "FP_AWAY", "FP_NEAREST"};

static u128 initial_bits(const struct fenv_place *p)
{
    return p->reg ? low_bits(p->reg->initial >> p->low, p->high - p->low + 1) : 0;
}

static void emit_reset_fp(const struct model *m, struct text *out)
{
    unsigned code = (unsigned)initial_bits(&m->fenv.round) & 15, enables = 0;
    if (m->fenv.rounding[code] != ROUND_NEAREST)
        text_addf(out, "    fp_round_set(&cpu->fp, %s);\n",
                  round_names[m->fenv.rounding[code]]);
    for (unsigned i = 0; i < FLAG_BITS; i++)
        if (m->fenv.flag_bit[i] >= 0 &&
            initial_bits(&m->fenv.enable) >> m->fenv.flag_bit[i] & 1)
            enables |= 1u << i;
    if (enables)
        text_addf(out, "    fp_enables_set(&cpu->fp, 0x%x);\n", enables);
}

static void emit_reset(const struct model *m, struct text *out)
{
    text_add(out, "\nstatic void reset(struct cpu *cpu)\n{\n"
                  "    memset(STATE, 0, sizeof(struct state));\n");
    for (size_t i = 0; i < m->regs.len; i++) {
        const struct reg *r = m->regs.at[i];
        if (!in_state(r) || !r->initial)
            continue;
        if (r->is_file || r->count > 1)
            text_addf(out, "    for (unsigned i = 0; i < %u; i++)\n        STATE->%s[i]",
                      r->count, c_name(r->name));
        else
            text_addf(out, "    STATE->%s", c_name(r->name));
        if (r->width > 64)
            text_addf(
                out, " = (unsigned __int128)UINT64_C(0x%llx) << 64 | UINT64_C(0x%llx);\n",
                (unsigned long long)(r->initial >> 64), (unsigned long long)r->initial);
        else
            text_addf(out, " = UINT64_C(0x%llx);\n", (unsigned long long)r->initial);
    }
    text_addf(out, "    cpu->context = 0x%x;\n", context_initial(m));
    if (m->fenv.declared)
        emit_reset_fp(m, out);
    text_add(out, "}\n");
}

/* ---- traps, forms ---- */

static void emit_traps(const struct model *m, struct text *out)
{
    text_add(out, "\nstatic const struct guest_trap traps[] = {\n");
    for (size_t i = 0; i < m->traps.len; i++)
        text_addf(out, "    {\"%s\", %zu},\n", m->traps.at[i]->name,
                  m->traps.at[i]->params.len);
    text_add(out, "    {0},\n};\n");
}

static void flag(struct text *out, bool on, const char *name)
{
    if (on)
        text_addf(out, "%s%s", out->len ? " | " : "", name);
}

static const char *form_flags(const struct model *m, const struct form *f)
{
    const struct sem *s = f->sem;
    struct text t = {0};
    if (!s)
        return "0";
    flag(&t, s->branches, "FORM_BRANCH");
    flag(&t, s->branches && m->delay_slots, "FORM_DELAYED");
    flag(&t, s->nullifies, "FORM_LIKELY");
    flag(&t, s->always_leaves || s->writes_context || s->icache, "FORM_ENDS_BLOCK");
    flag(&t, s->indirect, "FORM_INDIRECT");
    flag(&t, s->is_call, "FORM_CALL");
    flag(&t, s->is_return, "FORM_RETURN");
    flag(&t, s->traps || s->loads || s->stores, "FORM_MAY_TRAP");
    flag(&t, s->stores, "FORM_STORES");
    flag(&t, s->icache, "FORM_ICACHE");
    return t.len ? t.at : "0";
}

static void emit_forms(const struct model *m, struct text *out)
{
    text_add(out, "\nstatic const struct guest_form forms[] = {\n");
    for (size_t i = 0; i < m->forms.len; i++) {
        const struct form *f = m->forms.at[i];
        text_add(out, "    {");
        emit_c_string(out, f->name, false);
        text_addf(out, ", \"%s\", %s, 0x%x, 0x%x},\n", emit_place(f->insn->loc),
                  form_flags(m, f), (uint32_t)f->mask, (uint32_t)f->value);
    }
    text_add(out, "    {0},\n};\n");
}

/* ---- floating point ---- */

static void emit_fp_rules(const struct fenv *e, struct text *out)
{
    if (!e->declared)
        return;
    text_addf(
        out,
        "\nstatic const struct fp_rules fp_rules = {\n"
        "    .nan = %s,\n    .quiet_bit = %d,\n    .snan_default = %s,\n"
        "    .tiny_before = %s,\n    .minmax = FP_MINMAX_NUMBER,\n    .fma_nan = %s,\n"
        "    .fma_order = {0, 1, 2},\n"
        "    .default32 = 0x%08x,\n    .default64 = UINT64_C(0x%016llx),\n",
        e->canonical ? "FP_NAN_CANONICAL" : "FP_NAN_SNAN_FIRST", e->quiet_bit,
        e->quiet_bit ? "false" : "true", e->tiny_before ? "true" : "false",
        e->fma_never ? "FP_FMA_NAN_QUIET" : "FP_FMA_NAN_INVALID",
        (uint32_t)e->default_nan[0], (unsigned long long)e->default_nan[1]);
    if (e->to_int_fixed)
        text_add(out, "    .to_int = FP_TO_INT_FIXED(0x7fffffff, 0xffffffff, INT64_MAX,\n"
                      "                              UINT64_MAX),\n};\n");
    else
        text_add(out, "    .to_int = FP_TO_INT_SATURATE_NAN_MAX,\n};\n");
}

/* ---- CPUs ---- */

static void emit_cpus(const struct model *m, struct text *out)
{
    text_add(out, "\n/* Forms of extensions that the CPU doesn't have. */\n"
                  "unsigned char form_off[FORM_COUNT + 1] = {");
    for (size_t i = 0; i < m->forms.len; i++)
        if (m->forms.at[i]->insn->features & ~m->features_default)
            text_addf(out, "\n    [%s] = 1,", form_id(m->forms.at[i]));
    text_add(out,
             "\n    [FORM_COUNT] = 0,\n};\n\nstatic const char *const cpu_names[] = {");
    for (size_t i = 0; i < m->cpus.len; i++)
        text_addf(out, "\"%s\", ", m->cpus.at[i].name);
    text_add(out, "NULL};\n");
    if (!m->cpus.len) {
        text_add(out, "\nstatic bool cpu_select(const char *name)\n{\n    (void)name;\n"
                      "    return false;\n}\n");
        return;
    }
    text_add(out, "\n/* What each form needs and each CPU has. */\n"
                  "static const uint64_t needs[FORM_COUNT + 1] = {\n");
    for (size_t i = 0; i < m->forms.len; i++)
        if (m->forms.at[i]->insn->features)
            text_addf(out, "    [%s] = 0x%llx,\n", form_id(m->forms.at[i]),
                      (unsigned long long)m->forms.at[i]->insn->features);
    text_add(out, "    [FORM_COUNT] = 0,\n};\nstatic const uint64_t has[] = {");
    for (size_t i = 0; i < m->cpus.len; i++)
        text_addf(out, "0x%llx, ", (unsigned long long)m->cpus.at[i].features);
    text_add(out, "0};\n\nstatic bool cpu_select(const char *name)\n{\n"
                  "    for (unsigned i = 0; cpu_names[i]; i++) {\n"
                  "        if (strcmp(cpu_names[i], name))\n            continue;\n"
                  "        for (unsigned f = 0; f < FORM_COUNT; f++)\n"
                  "            form_off[f] = (needs[f] & ~has[i]) != 0;\n"
                  "        return true;\n    }\n    return false;\n}\n");
}

/* ---- the guest ---- */

static unsigned insn_bytes(const struct model *m, bool max)
{
    unsigned bits = 0;
    for (size_t i = 0; i < m->forms.len; i++) {
        unsigned b = m->forms.at[i]->bits;
        if (!bits || (max ? b > bits : b < bits))
            bits = b;
    }
    return (bits ? bits : m->fetch_bits) / 8;
}

static void emit_guest(const struct model *m, struct text *out)
{
    unsigned min = insn_bytes(m, false), shift = 0;
    while (2u << shift <= min)
        shift++;
    bool aligned = m->unaligned[MEMORY_LOAD] || m->unaligned[MEMORY_STORE];
    text_addf(
        out,
        "\nconst struct guest the_guest = {\n"
        "    .name = \"%s\",\n    .isa = \"%s\",\n    .word_bits = %u,\n"
        "    .big_endian = %s,\n    .fetch_big_endian = %s,\n"
        "    .insn_bytes_min = %u,\n    .insn_bytes_max = %u,\n    .delay_slots = %u,\n"
        "    .cpu_bytes = sizeof(struct cpu) + sizeof(struct state),\n"
        "    .regs = regs,\n    .reg_count = %u,\n    .traps = traps,\n"
        "    .trap_count = %zu,\n    .forms = forms,\n    .form_count = FORM_COUNT,\n"
        "    .context_initial = 0x%x,\n    .unaligned_allowed = %s,\n    .fp_rules = "
        "%s,\n",
        m->config.target_name ? m->config.target_name : m->name, m->name, m->word,
        m->big ? "true" : "false", m->fetch_big ? "true" : "false", min,
        insn_bytes(m, true), m->delay_slots, reg_count(m), m->traps.len,
        context_initial(m), aligned ? "false" : "true",
        m->fenv.declared ? "&fp_rules" : "NULL");
    text_addf(
        out,
        "    .decode = guest_decode,\n    .disas = guest_disas,\n    .bind = "
        "guest_bind,\n    .lift = guest_lift,\n"
        "    .interp = {&interp_switch, &interp_threaded, &interp_predecoded,\n"
        "               &interp_direct},\n    .jump_shift = %u,\n    .reset = reset,\n",
        shift);
    if (m->abi)
        text_addf(
            out,
            "    .sp = &abi_sp,\n    .tls = &abi_tls,\n    .%s_abi = &guest_%s_abi,\n",
            m->abi->name, m->abi->name);
    if (m->fenv.declared)
        text_add(out, "    .enter = guest_enter,\n    .leave = guest_leave,\n");
    text_add(out, "    .cpu_names = cpu_names,\n    .cpu_select = cpu_select,\n};\n");
}

void emit_meta(const struct model *m, struct text *out)
{
    emit_head(m, out, "meta.c", "the guest: registers, traps, forms, rules");
    text_add(
        out,
        "#include \"forms.h\"\n#include \"state.h\"\n\n#include \"interp/rec.h\"\n\n"
        "#include <string.h>\n\nvoid guest_bind(struct bind *b);\n"
        "void guest_lift(struct lift *l);\nvoid guest_enter(struct cpu *cpu);\nvoid "
        "guest_leave(struct cpu *cpu);\n"
        "extern const struct interp interp_switch, interp_threaded, interp_predecoded,\n"
        "    interp_direct;\n");
    if (m->abi)
        text_addf(out,
                  "extern const struct guest_place abi_sp, abi_tls;\n"
                  "extern const struct %s_abi guest_%s_abi;\n",
                  m->abi->name, m->abi->name);
    emit_regs(m, out);
    emit_reset(m, out);
    emit_traps(m, out);
    emit_forms(m, out);
    emit_fp_rules(&m->fenv, out);
    emit_cpus(m, out);
    emit_guest(m, out);
}
