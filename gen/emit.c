/* emit.c - what the files that write C share; see emit.h */
#include "emit.h"

#include "deval.h"
#include "emit_c.h"

#include <ctype.h>
#include <string.h>

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

void emit_head(const struct model *m, struct text *out, const char *name,
               const char *what)
{
    text_addf(out,
              "/*\n * %s - %s\n *\n * Made by isac from '%s'%s%s; don't edit.\n */\n",
              name, what, m->name, m->config.target_name ? " for target " : "",
              m->config.target_name ? m->config.target_name : "");
}

const char *emit_id(const char *name)
{
    struct text t = {0};
    text_add(&t, "");
    for (; *name; name++) {
        if (isalnum((unsigned char)*name))
            text_addf(&t, "%c", *name);
        else if (*name == '_')
            text_add(&t, "__");
        else if (*name == '.')
            text_add(&t, "_");
        else
            text_addf(&t, "_x%02x", (unsigned char)*name);
    }
    return intern(t.at);
}

const char *form_id(const struct form *f)
{
    return internf("FORM_%s", emit_id(f->name));
}

const char *emit_place(struct loc loc)
{
    if (!loc.file)
        return "(built in)";
    return internf("%s:%u", base_name(source_at(loc.file)->path), loc.line);
}

void emit_pattern(struct text *out, uint64_t mask, uint64_t value, unsigned bits)
{
    for (unsigned i = bits; i-- > 0;)
        text_addf(out, "%c%s", mask >> i & 1 ? (value >> i & 1 ? '1' : '0') : '.',
                  i % 8 == 0 && i ? " " : "");
}

void emit_c_string(struct text *out, const char *s, bool percent)
{
    text_add(out, "\"");
    for (; *s; s++) {
        if (*s == '"' || *s == '\\')
            text_addf(out, "\\%c", *s);
        else if (*s == '\n')
            text_add(out, "\\n");
        else if (*s == '\t')
            text_add(out, "\\t");
        else if (*s == '%' && percent)
            text_add(out, "%%");
        else
            text_addf(out, "%c", *s);
    }
    text_add(out, "\"");
}

void emit_field(struct text *out, const struct field *field)
{
    bool several = field->parts.len > 1 || (field->parts.len && field->parts.at[0].low);
    text_add(out, several ? "(" : field->parts.len ? "" : "0");
    for (size_t i = 0; i < field->parts.len; i++) {
        const struct part *p = &field->parts.at[i];
        text_addf(out, "%sbits(w, %u, %u)", i ? " | " : "", p->at, p->bits);
        if (p->low)
            text_addf(out, " << %u", p->low);
    }
    text_add(out, several ? ")" : "");
}

/* Bits [high:low] of a field: from the word itself if they stand together there. */
static void field_slice(struct text *out, const struct field *field, unsigned high,
                        unsigned low)
{
    if (low == 0 && high + 1 >= field->type.width) {
        emit_field(out, field);
        return;
    }
    for (size_t i = 0; i < field->parts.len; i++) {
        const struct part *p = &field->parts.at[i];
        if (p->low <= low && high < p->low + p->bits) {
            text_addf(out, "bits(w, %u, %u)", p->at + low - p->low, high - low + 1);
            return;
        }
    }
    text_add(out, "bits(");
    emit_field(out, field);
    text_addf(out, ", %u, %u)", low, high - low + 1);
}

/* ---- expressions ---- */

struct ctx {
    const struct model *m;
    const struct form *f;
    struct text *out;
};

static void expr(struct ctx *c, const struct sem_expr *e);

static void infix(struct ctx *c, const struct sem_expr *e, const char *op)
{
    text_add(c->out, "(");
    expr(c, e->kid[0]);
    text_addf(c->out, " %s ", op);
    expr(c, e->kid[1]);
    text_add(c->out, ")");
}

/* A number as signed: "sx(x, 16)". */
static void as_signed(struct ctx *c, const struct sem_expr *e)
{
    text_add(c->out, "sx(");
    expr(c, e);
    text_addf(c->out, ", %u)", e->width);
}

static void infix_signed(struct ctx *c, const struct sem_expr *e, const char *op)
{
    text_add(c->out, "(");
    as_signed(c, e->kid[0]);
    text_addf(c->out, " %s ", op);
    as_signed(c, e->kid[1]);
    text_add(c->out, ")");
}

static void function(struct ctx *c, const char *name, const struct sem_expr *e,
                     unsigned kids)
{
    text_addf(c->out, "%s(", name);
    for (unsigned i = 0; i < kids; i++) {
        expr(c, e->kid[i]);
        text_add(c->out, ", ");
    }
    text_addf(c->out, "%u)", e->kid[0]->width);
}

static void choice(struct ctx *c, const struct sem_expr *e)
{
    text_add(c->out, "(");
    expr(c, e->kid[0]);
    text_add(c->out, " ? ");
    expr(c, e->kid[1]);
    text_add(c->out, " : ");
    expr(c, e->kid[2]);
    text_add(c->out, ")");
}

static void leaf(struct ctx *c, const struct sem_expr *e)
{
    unsigned bytes = c->f->bits / 8;
    switch (e->op) {
    case SEM_CONST:
        text_addf(c->out, e->value < 10 ? "%llu" : "0x%llx",
                  (unsigned long long)e->value);
        break;
    case SEM_FIELD:
        emit_field(c->out, &c->f->fields.at[e->index]);
        break;
    case SEM_PC:
        text_add(c->out, "pc");
        break;
    case SEM_NEXT:
        text_addf(c->out, "(pc + %u)", bytes);
        break;
    case SEM_LINK:
        text_addf(c->out, "(pc + %u)", bytes * (1 + c->m->delay_slots));
        break;
    case SEM_CONTEXT:
        text_addf(c->out, "bits(context, %u, %u)", context_shift(c->m, e->reg),
                  e->reg->width);
        break;
    default:
        text_add(c->out, "0 /* not known at decode time */");
    }
}

/* The operation without cutting off what is above its width; true if that is to be done.
 */
static bool operation(struct ctx *c, const struct sem_expr *e)
{
    switch (e->op) {
    case SEM_ADD:
        infix(c, e, "+");
        return true;
    case SEM_SUB:
        infix(c, e, "-");
        return true;
    case SEM_MUL:
        infix(c, e, "*");
        return true;
    case SEM_AND:
        infix(c, e, e->width == 1 ? "&&" : "&");
        return false;
    case SEM_OR:
        infix(c, e, e->width == 1 ? "||" : "|");
        return false;
    case SEM_XOR:
        infix(c, e, "^");
        return false;
    case SEM_EQ:
        infix(c, e, "==");
        return false;
    case SEM_NE:
        infix(c, e, "!=");
        return false;
    case SEM_LT_U:
        infix(c, e, "<");
        return false;
    case SEM_LE_U:
        infix(c, e, "<=");
        return false;
    case SEM_LT_S:
        infix_signed(c, e, "<");
        return false;
    case SEM_LE_S:
        infix_signed(c, e, "<=");
        return false;
    case SEM_NOT:
        text_add(c->out, e->width == 1 ? "!" : "~");
        expr(c, e->kid[0]);
        return e->width != 1;
    case SEM_NEG:
        text_add(c->out, "-");
        expr(c, e->kid[0]);
        return true;
    case SEM_COND:
        choice(c, e);
        return false;
    case SEM_SEXT:
        text_add(c->out, "(uint64_t)");
        as_signed(c, e->kid[0]);
        return true;
    case SEM_ZEXT:
        expr(c, e->kid[0]);
        return false;
    case SEM_SLICE:
        if (e->kid[0]->op == SEM_FIELD) {
            field_slice(c->out, &c->f->fields.at[e->kid[0]->index], e->low + e->width - 1,
                        e->low);
            return false;
        }
        text_add(c->out, "bits(");
        expr(c, e->kid[0]);
        text_addf(c->out, ", %u, %u)", e->low, e->width);
        return false;
    case SEM_CAT:
        text_add(c->out, e->kid[0]->width == 1 ? "((uint64_t)" : "(");
        expr(c, e->kid[0]);
        text_addf(c->out, " << %u | ", e->kid[1]->width);
        expr(c, e->kid[1]);
        text_add(c->out, ")");
        return false;
    case SEM_SHL:
        function(c, "shl", e, 2);
        return false;
    case SEM_SHR_U:
        function(c, "shr", e, 2);
        return false;
    case SEM_SHR_S:
        function(c, "sar", e, 2);
        return false;
    case SEM_ROTL:
        function(c, "rotl", e, 2);
        return false;
    case SEM_ROTR:
        function(c, "rotr", e, 2);
        return false;
    case SEM_POPCOUNT:
        function(c, "popcount", e, 1);
        return false;
    case SEM_CLZ:
        function(c, "clz", e, 1);
        return false;
    case SEM_CTZ:
        function(c, "ctz", e, 1);
        return false;
    default:
        leaf(c, e);
        return (e->op == SEM_PC || e->op == SEM_NEXT || e->op == SEM_LINK) &&
               e->width < 64;
    }
}

static void expr(struct ctx *c, const struct sem_expr *e)
{
    struct text body = {0};
    struct ctx inner = {c->m, c->f, &body};
    text_add(&body, "");
    bool cut = operation(&inner, e) && e->width < 64;
    if (cut)
        text_addf(c->out, "bits(%s, 0, %u)", body.at, e->width);
    else
        text_add(c->out, body.at);
}

void emit_dexpr(const struct model *m, const struct form *f, const struct sem_expr *e,
                struct text *out)
{
    struct ctx c = {m, f, out};
    expr(&c, e);
}

/* ---- predicates ---- */

static void code_set(struct text *out, const struct field *field,
                     const struct enum_ *codes)
{
    for (size_t i = 0; i < codes->items.len; i++) {
        text_add(out, i ? " || " : "");
        emit_field(out, field);
        text_addf(out, " == %llu", (unsigned long long)codes->items.at[i].code);
    }
}

/* Codes of up to six bits: one test in a 64-bit set. */
static void code_mask(struct text *out, const struct field *field,
                      const struct enum_ *codes)
{
    uint64_t set = 0;
    for (size_t i = 0; i < codes->items.len; i++)
        set |= UINT64_C(1) << codes->items.at[i].code;
    text_addf(out, "UINT64_C(0x%llx) >> ", (unsigned long long)set);
    emit_field(out, field);
    text_add(out, " & 1");
}

/* "(w & MASK) != VALUE": all parts of the field in one test. */
static void different(struct text *out, const struct field *field, const struct pred *p)
{
    uint64_t ones = (uint64_t)low_bits(~(u128)0, p->high - p->low + 1) << p->low;
    uint64_t value = field_put(field, 0, (uint64_t)p->value << p->low);
    if (field_get(field, value) != (uint64_t)p->value << p->low)
        text_add(out, "true"); /* bits that the field doesn't have */
    else
        text_addf(out, value < 10 ? "(w & 0x%llx) != %llu" : "(w & 0x%llx) != 0x%llx",
                  (unsigned long long)field_put(field, 0, ones),
                  (unsigned long long)value);
}

void emit_pred(const struct model *m, const struct form *f, const struct pred *p,
               struct text *out)
{
    const struct field *field = &f->fields.at[p->field];
    switch (p->kind) {
    case PRED_NE_CONST:
        different(out, field, p);
        break;
    case PRED_LT_CONST:
        emit_field(out, field);
        text_addf(out, " < %llu", (unsigned long long)p->value);
        break;
    case PRED_EQ_FIELD:
    case PRED_NE_FIELD:
        field_slice(out, field, p->high, p->low);
        text_add(out, p->kind == PRED_EQ_FIELD ? " == " : " != ");
        field_slice(out, &f->fields.at[p->other], p->high, p->low);
        break;
    case PRED_CODES:
        (p->codes->code_width <= 6 ? code_mask : code_set)(out, field, p->codes);
        break;
    case PRED_NOT_RESERVED:
        text_add(out, "!");
        emit_dexpr(m, f, p->expr, out);
        break;
    }
}

/* ---- files that all others include ---- */

static const char helpers[] =
    "\n"
    "/* Bits [at + n - 1 : at] of w. */\n"
    "static inline uint64_t bits(uint64_t w, unsigned at, unsigned n)\n"
    "{\n"
    "    return w >> at & (~UINT64_C(0) >> (64 - n));\n"
    "}\n"
    "\n"
    "/* The low n bits of v as a signed number. */\n"
    "static inline int64_t sx(uint64_t v, unsigned n)\n"
    "{\n"
    "    return (int64_t)(v << (64 - n)) >> (64 - n);\n"
    "}\n"
    "\n"
    "/* Shifts, rotations and counts of n-bit numbers; by n or more gives 0 or the sign. "
    "*/\n"
    "static inline uint64_t shl(uint64_t v, uint64_t by, unsigned n)\n"
    "{\n"
    "    return by >= n ? 0 : bits(v << by, 0, n);\n"
    "}\n"
    "\n"
    "static inline uint64_t shr(uint64_t v, uint64_t by, unsigned n)\n"
    "{\n"
    "    return by >= n ? 0 : v >> by;\n"
    "}\n"
    "\n"
    "static inline uint64_t sar(uint64_t v, uint64_t by, unsigned n)\n"
    "{\n"
    "    return bits((uint64_t)(sx(v, n) >> (by >= n ? n - 1 : by)), 0, n);\n"
    "}\n"
    "\n"
    "static inline uint64_t rotl(uint64_t v, uint64_t by, unsigned n)\n"
    "{\n"
    "    return shl(v, by % n, n) | shr(v, n - by % n, n);\n"
    "}\n"
    "\n"
    "static inline uint64_t rotr(uint64_t v, uint64_t by, unsigned n)\n"
    "{\n"
    "    return rotl(v, n - by % n, n);\n"
    "}\n"
    "\n"
    "static inline uint64_t popcount(uint64_t v, unsigned n)\n"
    "{\n"
    "    return (uint64_t)__builtin_popcountll(bits(v, 0, n));\n"
    "}\n"
    "\n"
    "static inline uint64_t clz(uint64_t v, unsigned n)\n"
    "{\n"
    "    return v ? (uint64_t)__builtin_clzll(v) - (64 - n) : n;\n"
    "}\n"
    "\n"
    "static inline uint64_t ctz(uint64_t v, unsigned n)\n"
    "{\n"
    "    return v ? (uint64_t)__builtin_ctzll(v) : n;\n"
    "}\n";

void emit_forms_h(const struct model *m, struct text *out)
{
    emit_head(m, out, "forms.h", "numbers of the instruction forms, bits of words");
    text_add(out,
             "#ifndef FORMS_H\n#define FORMS_H\n\n#include \"guest.h\"\n\nenum form {\n");
    for (size_t i = 0; i < m->forms.len; i++) {
        const struct form *f = m->forms.at[i];
        text_addf(out, "    %s = %zu, /* %s */\n", form_id(f), i,
                  emit_place(f->insn->loc));
    }
    text_addf(out, "    FORM_COUNT = %zu\n};\n\n", m->forms.len);
    text_add(out,
             "/* Forms that the chosen CPU doesn't have are set; see meta.c. */\n"
             "extern unsigned char form_off[FORM_COUNT + 1];\n\n"
             "/* See struct guest. */\n"
             "int guest_decode(const uint8_t *bytes, unsigned avail, uint32_t context,\n"
             "                 struct decoded *out);\n"
             "int guest_disas(const struct decoded *d, uint64_t pc, char *text, size_t "
             "size);\n");
    text_add(out, helpers);
    text_add(out, "\n#endif\n");
}

const char *state_type(unsigned width)
{
    return width <= 8    ? "uint8_t"
           : width <= 16 ? "uint16_t"
           : width <= 32 ? "uint32_t"
           : width <= 64 ? "uint64_t"
                         : "unsigned __int128";
}

unsigned state_bytes(unsigned width)
{
    return width <= 8 ? 1 : width <= 16 ? 2 : width <= 32 ? 4 : width <= 64 ? 8 : 16;
}

void emit_state_h(const struct model *m, struct text *out)
{
    emit_head(m, out, "state.h", "layout of the guest's registers in struct cpu");
    text_add(
        out,
        "#ifndef STATE_H\n#define STATE_H\n\n#include \"guest.h\"\n\n"
        "/* At cpu->state. Contexts stand packed in cpu->context. */\nstruct state {\n");
    for (size_t i = 0; i < m->regs.len; i++) {
        const struct reg *r = m->regs.at[i];
        if (r->is_context)
            continue;
        text_addf(out, "    %s %s", state_type(r->width), c_name(r->name));
        if (r->is_file || r->count > 1)
            text_addf(out, "[%u]", r->count);
        text_addf(out, "; /* %u bits, %s */\n", r->width, emit_place(r->loc));
    }
    text_add(
        out,
        "};\n\n/* The registers of `cpu`, and where in struct cpu one stands. */\n"
        "#define STATE ((struct state *)(void *)cpu->state)\n"
        "#define PLACE(reg) \\\n"
        "    ((unsigned)(offsetof(struct cpu, state) + offsetof(struct state, reg)))\n\n"
        "#endif\n");
}
