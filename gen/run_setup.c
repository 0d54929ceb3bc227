/* run_setup.c - see run_setup.h */
#include "run_setup.h"

#include "asm.h"
#include "diag.h"
#include "sem_int.h"

#include <string.h>

void setup_begin(struct setup *s, struct model *m, struct form *form, uint64_t word)
{
    *s = (struct setup){
        .m = m, .form = form, .word = word, .state = eval_new(m), .pc = DEFAULT_PC};
}

const char *element_name(const struct reg *r, unsigned i)
{
    return r->is_file ? r->names[i] : r->name;
}

bool same_meaning(const struct model *m, uint64_t a, uint64_t b)
{
    struct form *f = decode_word(m, a), *g = decode_word(m, b);
    return f && f == g && !((a ^ b) & ~(f->should_mask | f->ignored_mask));
}

/* --- values */

u128 setup_value(const struct setup *s, struct node *n, unsigned width)
{
    struct sem *t = sem_value(s->m, s->form, n, width);
    return eval_value(s->state, t, s->form, s->word, t->predicate).v & ones(width);
}

/* The number of the register called NAME in any file; -1 if there is none. */
static int register_number(const struct model *m, const char *name,
                           const struct reg **file)
{
    for (size_t i = 0; i < m->regs.len; i++) {
        const struct reg *r = m->regs.at[i];
        for (unsigned j = 0; r->is_file && j < r->count; j++)
            if (r->names[j] == name) {
                *file = r;
                return (int)j;
            }
    }
    return -1;
}

static struct node *index_node(const char *base, u128 i, struct loc loc)
{
    struct node *number_ = node_new(N_INT, loc, NULL, 0);
    number_->value = i;
    return node_new(N_INDEX, loc, NULL, 2, node_new(N_IDENT, loc, base, 0), number_);
}

/* LVALUE with the name of an element ("a0", an entry of a bank) as that element. */
static struct node *place(const struct setup *s, struct node *n)
{
    if (n->kind == N_SLICE || n->kind == N_INDEX || n->kind == N_MEMBER) {
        struct node *base = place(s, kid(n, 0));
        if (base == kid(n, 0))
            return n;
        struct node *copy = zalloc(sizeof *copy);
        *copy = *n;
        memset(&copy->kids, 0, sizeof copy->kids);
        for (size_t i = 0; i < n->kids.len; i++)
            vec_push(&copy->kids, i ? n->kids.at[i] : base);
        return copy;
    }
    if (n->kind != N_IDENT || (s->form && form_field(s->form, n->name) >= 0))
        return n;
    struct found found = model_name(s->m, n->name);
    if (found.reg || found.view || found.bank)
        return n;
    const struct reg *file;
    int i = register_number(s->m, n->name, &file);
    if (i >= 0)
        return index_node(file->name, (u128)i, n->loc);
    for (size_t j = 0; j < s->m->banks.len; j++)
        for (size_t k = 0; k < s->m->banks.at[j]->entries.len; k++)
            if (s->m->banks.at[j]->entries.at[k].name == n->name)
                return index_node(s->m->banks.at[j]->name,
                                  s->m->banks.at[j]->entries.at[k].number, n->loc);
    return n;
}

/* --- operands */

/* The name of the field that L names, "rd" or "op2.rm"; NULL if it is no such thing. */
static const char *field_name(const struct node *l)
{
    if (l->kind == N_IDENT)
        return l->name;
    if (l->kind == N_MEMBER && kid(l, 0)->kind == N_IDENT)
        return internf("%s.%s", kid(l, 0)->name, l->name);
    return NULL;
}

/* L without its #, if it has one: #rd, #op2.rm. */
static const char *hash_name(const struct node *l)
{
    if (l->kind == N_UNARY && l->name[0] == '#')
        return field_name(kid(l, 0));
    if (l->kind == N_MEMBER && kid(l, 0)->kind == N_UNARY && kid(l, 0)->name[0] == '#')
        return internf("%s.%s", kid(kid(l, 0), 0)->name, l->name);
    return NULL;
}

/* The field that setting N numbers, or -1: #rd=3, imm=4, op2.n=1; not rd=5, a register's
 * value. */
static int numbered(const struct form *f, const struct node *n)
{
    const struct node *l = kid(n, 0);
    if (!l || n->name[0] != '=')
        return -1;
    if (hash_name(l))
        return form_field(f, hash_name(l));
    int field = field_name(l) ? form_field(f, field_name(l)) : -1;
    if (field < 0)
        return -1;
    enum operand_kind kind = f->fields.at[field].type.kind;
    return kind == OP_REG || kind == OP_VIEW || kind == OP_BANK ? -1 : field;
}

/* Whether setting N names a field that F lacks, so that N can't be about F. */
static bool of_another_form(const struct model *m, const struct form *f,
                            const struct node *n)
{
    const struct node *l = kid(n, 0);
    if (!l || n->name[0] != '=')
        return false;
    if (hash_name(l))
        return form_field(f, hash_name(l)) < 0;
    return l->kind == N_MEMBER && kid(l, 0)->kind == N_IDENT &&
           !model_name(m, kid(l, 0)->name).reg && form_field(f, field_name(l)) < 0;
}

static bool field_number(struct setup *s, const struct field *f, struct node *value,
                         uint64_t *out)
{
    const struct enum_ *e = f->type.enum_;
    const struct reg *file;
    if (value->kind == N_STRING && f->type.kind == OP_ENUM) {
        for (size_t i = 0; i < e->items.len; i++)
            if (e->items.at[i].text == value->text) {
                *out = (uint64_t)e->items.at[i].code;
                return true;
            }
        diag(CHECK_TEST_FAILED, value->loc, "'%s' has no code \"%s\"", e->name,
             value->text);
        diag_help("write a text that the enumeration lists");
        return false;
    }
    if (value->kind == N_IDENT && register_number(s->m, value->name, &file) >= 0) {
        *out = (uint64_t)register_number(s->m, value->name, &file);
        return true;
    }
    u128 v = setup_value(s, value, 64);
    *out = (uint64_t)v & (uint64_t)ones(f->type.width);
    s128 n = signed_value(v, 64);
    bool fits =
        v <= ones(f->type.width) || (n < 0 && n >= -((s128)1 << (f->type.width - 1)));
    if (fits && field_get(f, field_put(f, 0, *out)) == *out)
        return true;
    diag(CHECK_TEST_FAILED, value->loc, "operand '%s' can't be this number", f->name);
    diag_help("it is %u bits wide; bits that the format doesn't place are zero",
              f->type.width);
    return false;
}

/* --- numbers for operands that a test leaves open */

struct search {
    struct setup *s;
    struct form *f;
    uint64_t word, fixed; /* bits that are settled */
    VEC(unsigned) open;   /* fields */
    VEC(uint64_t) used;   /* registers: file index << 32 | number */
    unsigned tries;
};

static void const_elements(struct search *k, const struct sem_expr *e)
{
    if (!e)
        return;
    if (e->op == SEM_REG && e->kid[0] && is_const(e->kid[0]))
        vec_push(&k->used, (uint64_t)e->reg->index << 32 | (uint64_t)e->kid[0]->value);
    for (int i = 0; i < 4; i++)
        const_elements(k, e->kid[i]);
}

static void body_elements(struct search *k, const struct sem_block *b)
{
    for (size_t i = 0; b && i < b->stmts.len; i++) {
        const struct sem_stmt *s = b->stmts.at[i];
        const_elements(k, s->e);
        const_elements(k, s->address);
        if (s->kind == ST_WRITE && s->index && is_const(s->index))
            vec_push(&k->used, (uint64_t)s->reg->index << 32 | (uint64_t)s->index->value);
        body_elements(k, s->then_);
        body_elements(k, s->else_);
    }
}

/* The register that number I of type T is, for telling them apart. */
static bool register_of(const struct type *t, unsigned i, uint64_t *key)
{
    const struct reg *r = t->reg;
    unsigned n = i;
    if (t->kind == OP_VIEW) {
        r = t->view->names_of;
        n = i + t->view->names_from;
        if (!r) {
            *key = (uint64_t)(uintptr_t)t->view << 8 | i;
            return i < t->view->count;
        }
        if (i >= t->view->count)
            return false;
    }
    *key = (uint64_t)r->index << 32 | n;
    return n < r->count && !(r->has_at && r->has_at[n]);
}

static bool take(struct search *k, uint64_t key)
{
    for (size_t i = 0; i < k->used.len; i++)
        if (k->used.at[i] == key)
            return false;
    vec_push(&k->used, key);
    return true;
}

static bool fill(struct search *k, size_t n);

static bool try_number(struct search *k, size_t n, uint64_t number_)
{
    const struct field *f = &k->f->fields.at[k->open.at[n]];
    uint64_t mask = field_mask(f), put = field_put(f, 0, number_), old = k->word;
    if (field_get(f, put) != number_ || (put ^ k->word) & mask & k->fixed ||
        ++k->tries > 20000)
        return false;
    uint64_t fixed = k->fixed;
    k->word = (k->word & ~(mask & ~k->fixed)) | (put & ~k->fixed);
    k->fixed |= mask;
    if (fill(k, n + 1))
        return true;
    k->word = old;
    k->fixed = fixed;
    return false;
}

static bool fill_register(struct search *k, size_t n, const struct type *t)
{
    unsigned most = t->width < 6 ? 1u << t->width : 64;
    for (unsigned odd = 0; odd < 2; odd++)
        for (unsigned i = odd ? 1 : 2; i <= most; i += 2) {
            uint64_t key;
            unsigned number_ = i == most ? 0 : i; /* 0 is the last choice */
            size_t before = k->used.len;
            if (!register_of(t, number_, &key) || !take(k, key))
                continue;
            if (try_number(k, n, number_))
                return true;
            k->used.len = before;
        }
    return false;
}

static bool fill_enum(struct search *k, size_t n, const struct field *f)
{
    const struct enum_ *e = f->type.enum_;
    bool predicate = k->f->predicate && !strcmp(k->f->predicate, f->name);
    for (int pass = predicate ? 0 : 1; pass < 2; pass++)
        for (size_t i = 0; i < e->items.len; i++) {
            const struct node *v = e->items.at[i].value;
            bool always = v && v->kind == N_INT && v->value;
            if ((pass || always) && try_number(k, n, (uint64_t)e->items.at[i].code))
                return true;
        }
    return false;
}

static bool fill(struct search *k, size_t n)
{
    if (n == k->open.len) {
        struct form *f = decode_word(k->s->m, k->word);
        return f == k->f && form_matches(k->s->m, f, k->word);
    }
    const struct field *f = &k->f->fields.at[k->open.at[n]];
    if (f->type.kind == OP_REG || f->type.kind == OP_VIEW)
        return fill_register(k, n, &f->type);
    if (f->type.kind == OP_ENUM)
        return fill_enum(k, n, f);
    for (uint64_t v = 0; v <= 64 && v <= ones(f->type.width); v++)
        if (try_number(k, n, v))
            return true;
    return false;
}

/* Fills in a word of form F; false if it isn't possible. */
static bool word_of(struct setup *s, struct form *f, const struct node *settings)
{
    struct search k = {.s = s,
                       .f = f,
                       .word = f->value | f->should_value,
                       .fixed = f->mask | f->should_mask | f->ignored_mask};
    s->form = f;
    bool *set = zalloc(f->fields.len + 1);
    body_elements(&k, f->sem->body);
    for (size_t i = 0; i < settings->kids.len; i++) {
        struct node *n = settings->kids.at[i];
        int field = numbered(f, n);
        uint64_t number_, mask;
        if (of_another_form(s->m, f, n))
            return false;
        if (field < 0)
            continue;
        if (!field_number(s, &f->fields.at[field], kid(n, 1), &number_))
            return false;
        mask = field_mask(&f->fields.at[field]);
        uint64_t put = field_put(&f->fields.at[field], 0, number_);
        if ((put ^ k.word) & mask & k.fixed)
            return false;
        k.word = (k.word & ~(mask & ~k.fixed)) | (put & ~k.fixed);
        k.fixed |= mask;
        set[field] = true;
        uint64_t key;
        const struct type *t = &f->fields.at[field].type;
        if ((t->kind == OP_REG || t->kind == OP_VIEW) &&
            register_of(t, (unsigned)number_, &key))
            vec_push(&k.used, key);
    }
    for (unsigned i = 0; i < f->fields.len; i++)
        if (!set[i] && !(strchr(f->fields.at[i].name, '.') && !f->fields.at[i].alt) &&
            field_mask(&f->fields.at[i]) & ~k.fixed)
            vec_push(&k.open, i);
    if (!fill(&k, 0))
        return false;
    s->word = k.word;
    return true;
}

bool setup_word(struct setup *s, struct insn *insn, const struct node *n)
{
    unsigned errors = diag_errors();
    for (size_t i = 0; i < insn->forms.len; i++) {
        if (word_of(s, insn->forms.at[i], kid(n, 0)))
            return true;
        if (diag_errors() > errors)
            return false;
    }
    diag(CHECK_TEST_FAILED, n->loc, "no word of '%s' has these operands", insn->name);
    diag_help("operands' numbers are set by #rd=3, imm=4, op2.n=1; they must meet the "
              "constraints");
    return false;
}

/* --- state */

void setup_pc(struct setup *s, const struct node *settings)
{
    for (size_t i = 0; settings && i < settings->kids.len; i++)
        if (!strcmp(settings->kids.at[i]->name, "at")) {
            s->pc = (uint64_t)setup_value(s, kid(settings->kids.at[i], 1), s->m->word);
            s->pc_set = true;
        }
    s->state->pc = s->pc;
}

static void setting(struct setup *s, struct node *n)
{
    struct node *l = kid(n, 0);
    if (!strcmp(n->name, "at"))
        return;
    if (!strcmp(n->name, "unmapped")) {
        struct eval_range r = {(uint64_t)setup_value(s, l, s->m->word), 0};
        r.last = kid(n, 1) ? (uint64_t)setup_value(s, kid(n, 1), s->m->word) : r.first;
        vec_push(&s->state->unmapped, r);
        return;
    }
    if (l->kind == N_IDENT && !strcmp(l->name, "pc")) {
        s->pc = (uint64_t)setup_value(s, kid(n, 1), s->m->word);
        s->pc_set = true;
        return;
    }
    if (s->form && numbered(s->form, n) >= 0)
        return;
    struct sem *t = sem_assign(s->m, s->form, place(s, l), kid(n, 1));
    struct eval_trap trap_ = eval_block(s->state, t, s->form, s->word);
    if (trap_.kind) {
        diag(CHECK_TEST_FAILED, n->loc, "this can't be set: it traps");
        diag_help("set what lies under it");
    }
}

void setup_state(struct setup *s, const struct node *settings)
{
    s->state->pc = s->pc;
    for (size_t i = 0; settings && i < settings->kids.len; i++)
        setting(s, settings->kids.at[i]);
}
