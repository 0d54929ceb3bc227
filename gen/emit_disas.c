/* emit_disas.c - disas.c: assembly text by form, aliases first; see emit.h, text.h */
#include "emit.h"

#include "deval.h"
#include "text.h"

#include <string.h>

struct writer {
    const struct model *m;
    struct text *out;
    struct form *f;
    /* arguments of the put() being made */
    struct text format, args;
    /* which tables and functions the cases use */
    bool reg_used[256], enum_used[256], bank_used[256], list_used;
};

static unsigned reg_index(const struct writer *w, const struct reg *r)
{
    (void)w;
    return r->index & 255;
}

static unsigned enum_index(const struct writer *w, const struct enum_ *e)
{
    for (unsigned i = 0; i < w->m->enums.len; i++)
        if (w->m->enums.at[i] == e)
            return i & 255;
    return 0;
}

static unsigned bank_index(const struct writer *w, const struct bank *b)
{
    for (unsigned i = 0; i < w->m->banks.len; i++)
        if (w->m->banks.at[i] == b)
            return i & 255;
    return 0;
}

static void flush(struct writer *w, unsigned indent)
{
    if (!w->format.len)
        return;
    const char *literal = internf("\"%s\"", w->format.at);
    size_t len = strlen(literal);
    if (len > 3 && !strcmp(literal + len - 3, " \"\""))
        len -= 3; /* after a PRI macro at the end */
    text_addf(w->out, "%*sput(&o, %.*s%s);\n", indent, "", (int)len, literal,
              w->args.len ? w->args.at : "");
    w->format.len = w->args.len = 0;
}

/* The inside of a C literal for printf. */
static void add_format(struct writer *w, const char *s)
{
    struct text quoted = {0};
    emit_c_string(&quoted, s, true);
    text_addf(&w->format, "%.*s", (int)quoted.len - 2, quoted.at + 1);
}

static void add_arg(struct writer *w, const char *before, const char *value,
                    const char *after)
{
    if (!w->args.len)
        text_add(&w->args, "");
    text_addf(&w->args, ", %s%s%s", before, value, after);
}

static void put_number(struct writer *w, const char *value, unsigned width,
                       enum number_format format)
{
    if (format == NUMBER_HEX) {
        text_add(&w->format, "0x%\" PRIx64 \"");
        add_arg(w, "", value, "");
    } else if (format == NUMBER_SIGNED) {
        text_add(&w->format, "%\" PRId64 \"");
        add_arg(w, "sx(", value, internf(", %u)", width));
    } else {
        text_add(&w->format, "%\" PRIu64 \"");
        add_arg(w, "", value, "");
    }
}

static void put_view(struct writer *w, const struct view *v, const char *value)
{
    if (!v->names_of) {
        add_format(w, v->name);
        text_add(&w->format, "%\" PRIu64 \"");
        add_arg(w, "", value, "");
        return;
    }
    w->reg_used[reg_index(w, v->names_of)] = true;
    text_add(&w->format, "%s");
    const char *from = v->names_from ? internf("%u + ", v->names_from) : "";
    add_arg(w, internf("%s_names[%s", v->names_of->name, from), value, "]");
}

static void put_operand(struct writer *w, const struct piece *p, unsigned indent)
{
    const struct field *field = &w->f->fields.at[p->field];
    const struct type *type = &field->type;
    struct text value = {0};
    emit_field(&value, field);
    switch (type->kind) {
    case OP_REG:
        w->reg_used[reg_index(w, type->reg)] = true;
        text_add(&w->format, "%s");
        add_arg(w, internf("%s_names[", type->reg->name), value.at, "]");
        break;
    case OP_VIEW:
        put_view(w, type->view, value.at);
        break;
    case OP_ENUM:
        w->enum_used[enum_index(w, type->enum_)] = true;
        text_add(&w->format, "%s");
        if (type->enum_->code_width <= 6)
            add_arg(w, internf("%s_text[", type->enum_->name), value.at, "]");
        else
            add_arg(w, internf("%s_text(", type->enum_->name), value.at, ")");
        break;
    case OP_BANK:
        w->bank_used[bank_index(w, type->bank)] = true;
        flush(w, indent);
        text_addf(w->out, "%*sput_%s(&o, %s);\n", indent, "", type->bank->name, value.at);
        break;
    default:
        put_number(w, value.at, type->width, p->format);
    }
}

static void put_list(struct writer *w, const struct piece *p, unsigned indent)
{
    struct text value = {0};
    emit_field(&value, &w->f->fields.at[p->field]);
    w->reg_used[reg_index(w, p->regs)] = w->list_used = true;
    flush(w, indent);
    text_addf(w->out, "%*sput_list(&o, %s_names, %s);\n", indent, "", p->regs->name,
              value.at);
}

static void put_pieces(struct writer *w, const struct piece *p, size_t count,
                       unsigned indent)
{
    for (const struct piece *end = p + count; p < end; p++) {
        struct text value = {0};
        switch (p->kind) {
        case PIECE_LITERAL:
            add_format(w, p->literal);
            break;
        case PIECE_OPERAND:
            put_operand(w, p, indent);
            break;
        case PIECE_LIST:
            put_list(w, p, indent);
            break;
        case PIECE_EXPR:
            emit_dexpr(w->m, w->f, p->expr, &value);
            put_number(w, value.at, p->expr->width, p->format);
            break;
        case PIECE_IF:
            emit_dexpr(w->m, w->f, p->expr, &value);
            flush(w, indent);
            text_addf(w->out, value.at[0] == '(' ? "%*sif %s {\n" : "%*sif (%s) {\n",
                      indent, "", value.at);
            put_pieces(w, p->then.at, p->then.len, indent + 4);
            flush(w, indent + 4);
            text_addf(w->out, "%*s}\n", indent, "");
            break;
        }
    }
}

static void emit_alias(struct writer *w, const struct alias *a)
{
    struct text condition = {0};
    alias_condition(w->m, a, w->f, &condition);
    text_addf(w->out, "        if (%s) {\n", condition.len ? condition.at : "true");
    const piece_vec *pieces = alias_pieces(w->m, a, w->f);
    put_pieces(w, pieces->at, pieces->len, 12);
    flush(w, 12);
    text_add(w->out, "            break;\n        }\n");
}

static void emit_case(struct writer *w)
{
    text_addf(w->out, "    case %s: /* %s */\n", form_id(w->f),
              emit_place(w->f->insn->loc));
    for (size_t i = 0; i < w->m->aliases.len; i++)
        if (w->m->aliases.at[i]->insn == w->f->insn)
            emit_alias(w, w->m->aliases.at[i]);
    const piece_vec *pieces = text_pieces(w->m, w->f);
    put_pieces(w, pieces->at, pieces->len, 8);
    flush(w, 8);
    text_add(w->out, "        break;\n");
}

/* ---- names ---- */

static void emit_reg(struct text *out, const struct reg *r)
{
    text_addf(out, "\nstatic const char *const %s_names[] = {", r->name);
    for (unsigned i = 0; i < r->count; i++) {
        text_add(out, i % 8 ? " " : "\n    ");
        emit_c_string(out, r->names[i], false);
        text_add(out, ",");
    }
    text_add(out, "\n};\n");
}

/* By code: all of them, or those few that a wide field has. */
static void emit_enum(struct text *out, const struct enum_ *e)
{
    bool table = e->code_width <= 6;
    text_addf(
        out,
        table ? "\nstatic const char *const %s_text[] = {\n"
              : "\nstatic const char *%s_text(uint64_t code)\n{\n    switch (code) {\n",
        e->name);
    for (size_t i = 0; i < e->items.len; i++) {
        text_addf(out, table ? "    [%llu] = " : "    case %llu:\n        return ",
                  (unsigned long long)e->items.at[i].code);
        emit_c_string(out, e->items.at[i].text, false);
        text_add(out, table ? ",\n" : ";\n");
    }
    text_add(out, table ? "};\n" : "    default:\n        return \"?\";\n    }\n}\n");
}

static void emit_bank(struct text *out, const struct bank *b)
{
    text_addf(out,
              "\nstatic void put_%s(struct out *o, uint64_t number)\n{\n    switch "
              "(number) {\n",
              b->name);
    for (size_t i = 0; i < b->entries.len; i++) {
        if (!b->entries.at[i].name)
            continue;
        text_addf(out, "    case 0x%llx:\n        put(o, ",
                  (unsigned long long)b->entries.at[i].number);
        emit_c_string(out, b->entries.at[i].name, true);
        text_add(out, ");\n        break;\n");
    }
    text_add(out, "    default:\n        put(o, \"0x%\" PRIx64, number);\n    }\n}\n");
}

static const char prelude[] =
    "#include \"forms.h\"\n"
    "\n"
    "#include <inttypes.h>\n"
    "#include <stdarg.h>\n"
    "#include <stdio.h>\n"
    "\n"
    "struct out {\n"
    "    char *text;\n"
    "    size_t size, len;\n"
    "};\n"
    "\n"
    "__attribute__((format(printf, 2, 3))) static void put(struct out *o, const char "
    "*format, ...)\n"
    "{\n"
    "    va_list ap;\n"
    "    va_start(ap, format);\n"
    "    size_t left = o->len < o->size ? o->size - o->len : 0;\n"
    "    int n = vsnprintf(left ? o->text + o->len : NULL, left, format, ap);\n"
    "    va_end(ap);\n"
    "    o->len += n > 0 ? (size_t)n : 0;\n"
    "}\n";

static const char put_list_text[] =
    "\n"
    "/* The registers whose bits are set. */\n"
    "static void put_list(struct out *o, const char *const *names, uint64_t mask)\n"
    "{\n"
    "    const char *comma = \"\";\n"
    "    for (; mask; mask &= mask - 1) {\n"
    "        put(o, \"%s%s\", comma, names[__builtin_ctzll(mask)]);\n"
    "        comma = \", \";\n"
    "    }\n"
    "}\n";

void emit_disas(const struct model *m, struct text *out)
{
    struct text cases = {0};
    struct writer w = {.m = m, .out = &cases};
    text_add(&cases, "");
    for (size_t i = 0; i < m->forms.len; i++) {
        w.f = m->forms.at[i];
        emit_case(&w);
    }
    emit_head(m, out, "disas.c", "instructions as assembly text");
    text_add(out, prelude);
    for (size_t i = 0; i < m->regs.len; i++)
        if (w.reg_used[i & 255] && m->regs.at[i]->names)
            emit_reg(out, m->regs.at[i]);
    for (size_t i = 0; i < m->enums.len; i++)
        if (w.enum_used[i & 255])
            emit_enum(out, m->enums.at[i]);
    for (size_t i = 0; i < m->banks.len; i++)
        if (w.bank_used[i & 255])
            emit_bank(out, m->banks.at[i]);
    if (w.list_used)
        text_add(out, put_list_text);
    text_addf(
        out,
        "\nint guest_disas(const struct decoded *d, uint64_t pc, char *text, size_t "
        "size)\n"
        "{\n    struct out o = {text, size, 0};\n    const uint64_t w = d->word;\n"
        "    const uint32_t context = 0x%x; /* as at start */\n"
        "    (void)pc, (void)context, (void)w;\n    if (size)\n        text[0] = 0;\n"
        "    switch (d->form) {\n%s    default:\n        put(&o, \"?\");\n    }\n"
        "    return (int)o.len;\n}\n",
        context_initial(m), cases.at);
}
