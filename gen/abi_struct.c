/* abi_struct.c - structures and signal frames of ABIs. */
#include "abi_int.h"

#include "diag.h"

#include <stdlib.h>
#include <string.h>

/* ---- structures ---- */

/* A structure being laid out. */
struct layout {
    struct abi_model *a;
    struct abi_layout *to;
    bool packed;
};

struct extent {
    unsigned end, align; /* offset after the last member; strictest alignment */
};

/* A type's size; false if NAME is none. */
static bool type_of(const struct abi_model *a, const char *name, unsigned *bytes,
                    bool *sign)
{
    static const struct {
        const char *name;
        unsigned bytes; /* 0: a word */
        bool sign;
    } types[] = {{"u8", 1, false},    {"s8", 1, true},      {"u16", 2, false},
                 {"s16", 2, true},    {"u32", 4, false},    {"s32", 4, true},
                 {"u64", 8, false},   {"s64", 8, true},     {"long", 0, true},
                 {"ulong", 0, false}, {"pointer", 0, false}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (strcmp(types[i].name, name))
            continue;
        *bytes = types[i].bytes ? types[i].bytes : a->m->word / 8;
        *sign = types[i].sign;
        return true;
    }
    return false;
}

static void bad_type(const struct node *c)
{
    diag(CHECK_CLAUSE, c->loc, "member '%s' has no type", c->name ? c->name : "");
    diag_help("write: NAME T; or NAME T[n]; with T one of s8 u8 ... s64 u64 long ulong "
              "pointer");
}

static unsigned round_up(unsigned n, unsigned align)
{
    return (n + align - 1) / align * align;
}

/* Member C at offset AT or after it. */
static struct extent member(struct layout *l, const struct node *c, unsigned at)
{
    const struct node *type = abi_item(c, 0);
    int64_t count = 1;
    struct abi_member m = {.name = c->name};
    struct extent e = {at, 1};
    if (type && type->kind == N_INDEX) {
        if (!abi_is_number(kid(type, 1), &count) || count < 1 || count > 65535) {
            diag(CHECK_CLAUSE, type->loc, "an array has 1 to 65535 elements");
            count = 1;
        }
        type = kid(type, 0);
    }
    if (!c->name || !type || type->kind != N_IDENT || abi_items(c) != 1 ||
        !type_of(l->a, type->name, &m.bytes, &m.sign)) {
        bad_type(c);
        return e;
    }
    for (size_t i = 0; i < l->to->members.len; i++) {
        if (l->to->members.at[i].name == m.name) {
            diag(CHECK_DUPLICATE_NAME, c->loc, "member '%s' stands twice", m.name);
            return e;
        }
    }
    m.count = (unsigned)count;
    e.align = l->packed ? 1 : m.bytes;
    m.offset = round_up(at, e.align);
    e.end = m.offset + m.bytes * m.count;
    vec_push(&l->to->members, m);
    return e;
}

static unsigned align_of(const struct layout *l, const struct node *body);

/* The clauses of BODY from offset AT on; all at AT if OVERLAID. */
static struct extent members(struct layout *l, const struct node *body, unsigned at,
                             bool overlaid)
{
    struct extent all = {at, 1};
    for (size_t i = 0; body && i < body->kids.len; i++) {
        const struct node *c = body->kids.at[i];
        const struct node *inner = abi_body(c);
        unsigned from = overlaid ? at : all.end;
        struct extent e;
        if (inner && c->name && !strcmp(c->name, "union")) {
            e = members(l, inner, round_up(from, align_of(l, inner)), true);
        } else if (inner && c->name && !strcmp(c->name, "struct")) {
            e = members(l, inner, round_up(from, align_of(l, inner)), false);
            e.end = round_up(e.end, e.align);
        } else {
            e = member(l, c, from);
        }
        if (e.align > all.align)
            all.align = e.align;
        if (e.end > all.end)
            all.end = e.end;
    }
    return all;
}

/* The alignment of a group that has not been laid out yet. */
static unsigned align_of(const struct layout *l, const struct node *body)
{
    unsigned align = 1;
    for (size_t i = 0; !l->packed && i < body->kids.len; i++) {
        const struct node *c = body->kids.at[i], *inner = abi_body(c),
                          *type = abi_item(c, 0);
        unsigned bytes = 1;
        bool sign;
        if (type && type->kind == N_INDEX)
            type = kid(type, 0);
        if (inner)
            bytes = align_of(l, inner);
        else if (!type || type->kind != N_IDENT ||
                 !type_of(l->a, type->name, &bytes, &sign))
            continue;
        if (bytes > align)
            align = bytes;
    }
    return align;
}

const struct abi_layout *abi_struct_find(const struct abi_model *a, const char *name)
{
    for (size_t i = 0; i < a->structs.len; i++)
        if (!strcmp(a->structs.at[i]->name, name))
            return a->structs.at[i];
    return NULL;
}

void abi_struct_read(struct abi_model *a, const struct node *c)
{
    struct layout l = {a, zalloc(sizeof *l.to), abi_is_word(c, 1, "packed")};
    const struct node *body = abi_body(c);
    if (!body || !*abi_word(c, 0)) {
        diag(CHECK_CLAUSE, c->loc, "a structure has a name and members");
        diag_help("write: struct NAME { MEMBER TYPE; ... }");
        return;
    }
    l.to->name = abi_word(c, 0);
    l.to->loc = c->loc;
    struct extent e = members(&l, body, 0, false);
    l.to->align = e.align;
    l.to->bytes = round_up(e.end, e.align);
    for (size_t i = 0; i < a->structs.len; i++) {
        if (a->structs.at[i]->name != l.to->name)
            continue;
        if (a->structs.at[i]->loc.file == c->loc.file) {
            diag(CHECK_DUPLICATE_NAME, c->loc, "structure '%s' stands twice", l.to->name);
            diag_note(a->structs.at[i]->loc, "the first stands here");
        }
        a->structs.at[i] = l.to;
        return;
    }
    vec_push(&a->structs, l.to);
}

/* ---- signal frames ---- */

static const struct abi_member *member_find(const struct abi_layout *s, const char *name)
{
    for (size_t i = 0; i < s->members.len; i++)
        if (!strcmp(s->members.at[i].name, name))
            return &s->members.at[i];
    return NULL;
}

/* ITEM, "field" or "field[n]", as a member of the frame; *index gets n. */
static const struct abi_member *frame_member(const struct abi_frame_model *f,
                                             const struct node *c,
                                             const struct node *item, unsigned *index)
{
    int64_t n = 0;
    const struct node *name = item;
    if (item && item->kind == N_INDEX) {
        abi_is_number(kid(item, 1), &n);
        name = kid(item, 0);
    }
    const struct abi_member *m =
        name && name->kind == N_IDENT ? member_find(f->layout, name->name) : NULL;
    if (!m || n < 0 || n >= m->count) {
        diag(CHECK_CLAUSE, item ? item->loc : c->loc,
             "the frame's structure '%s' has no such member", f->layout->name);
        diag_note(f->layout->loc, "it stands here");
        return NULL;
    }
    *index = (unsigned)n;
    return m;
}

/* save PLACE [COUNT] => FIELD [bit N]; */
static void frame_save(struct abi_model *a, struct abi_frame_model *f,
                       const struct node *c)
{
    struct abi_saved s = {
        .place = abi_place(a, c, abi_item(c, 0)), .count = 1, .bit = -1};
    size_t i = 1;
    int64_t count;
    unsigned index = 0;
    if (abi_is_number(abi_item(c, i), &count)) {
        s.count = (unsigned)count;
        i++;
        if (s.place.reg && s.place.index + s.count > s.place.reg->count)
            diag(CHECK_CLAUSE, c->loc, "'%s' has no %u registers from %u on",
                 s.place.reg->name, s.count, s.place.index);
    }
    if (!abi_is_word(c, i, "=>")) {
        diag(CHECK_CLAUSE, c->loc, "where is it saved?");
        diag_help("write: save REGISTER [COUNT] => MEMBER;");
        return;
    }
    const struct abi_member *m = frame_member(f, c, abi_item(c, i + 1), &index);
    if (!m)
        return;
    if (s.count > m->count - index)
        diag(CHECK_CLAUSE, c->loc, "'%s' has only %u elements from %u on", m->name,
             m->count - index, index);
    if (abi_is_word(c, i + 2, "bit"))
        s.bit = (int)abi_number(c, i + 3);
    s.offset = m->offset + index * m->bytes;
    s.bytes = s.step = m->bytes;
    vec_push(&f->saves, s);
}

/* set PLACE WHAT; */
void abi_assign_read(struct abi_model *a, const struct node *c, struct abi_assign *set)
{
    static const char *const whats[] = {"signo", "info",   "context",
                                        "frame", "return", "handler"};
    int64_t number;
    memset(set, 0, sizeof *set);
    set->place = abi_place(a, c, abi_item(c, 0));
    if (abi_is_number(abi_item(c, 1), &number)) {
        set->number = (uint64_t)number;
        return;
    }
    for (size_t i = 0; i < sizeof whats / sizeof *whats; i++)
        if (abi_is_word(c, 1, whats[i]))
            set->what = whats[i];
    if (!set->what) {
        diag(CHECK_CLAUSE, c->loc, "what is the register set to?");
        diag_help("there are signo, info, context, frame, return, handler and numbers");
    }
}

static void frame_clause(struct abi_model *a, struct abi_frame_model *f,
                         const struct node *c)
{
    static const char *const known[] = {"align", "info", "context", "stack",     "mask",
                                        "save",  "word", "set",     "trampoline"};
    const char *name = c->name ? c->name : "";
    unsigned index = 0;
    const struct abi_member *m = NULL;
    if (!strcmp(name, "info") || !strcmp(name, "context") || !strcmp(name, "stack") ||
        !strcmp(name, "mask") || !strcmp(name, "word")) {
        m = frame_member(f, c, abi_item(c, 0), &index);
        if (!m)
            return;
    }
    if (!strcmp(name, "align"))
        f->align = (unsigned)abi_number(c, 0);
    else if (!strcmp(name, "trampoline"))
        f->trampoline = (unsigned)abi_number(c, 0);
    else if (!strcmp(name, "info"))
        f->info = (int)m->offset;
    else if (!strcmp(name, "context"))
        f->context = (int)m->offset;
    else if (!strcmp(name, "stack"))
        f->stack = (int)m->offset;
    else if (!strcmp(name, "mask")) {
        f->mask = (int)m->offset;
        f->mask_bytes = m->bytes * m->count;
    } else if (!strcmp(name, "word")) {
        struct abi_constant k = {m->offset, m->bytes, abi_number(c, 1)};
        vec_push(&f->constants, k);
    } else if (!strcmp(name, "save"))
        frame_save(a, f, c);
    else if (!strcmp(name, "set")) {
        struct abi_assign set;
        abi_assign_read(a, c, &set);
        vec_push(&f->sets, set);
    } else
        abi_unknown(c, "a frame", known, sizeof known / sizeof *known);
}

void abi_frame_read(struct abi_model *a, const struct node *c)
{
    bool plain = abi_is_word(c, 0, "plain");
    struct abi_frame_model *f = plain ? &a->plain : &a->info;
    const struct node *body = abi_body(c);
    if ((!plain && !abi_is_word(c, 0, "info")) || !body) {
        diag(CHECK_CLAUSE, c->loc, "a frame is 'plain' or 'info' and has a structure");
        diag_help("write: frame info STRUCTURE { ... }");
        return;
    }
    memset(f, 0, sizeof *f);
    f->info = f->context = f->stack = f->mask = -1;
    f->align = 8;
    f->layout = abi_struct_find(a, abi_word(c, 1));
    if (!f->layout) {
        diag(CHECK_UNKNOWN_NAME, c->loc, "no structure '%s' stands before this frame",
             abi_word(c, 1));
        return;
    }
    for (size_t i = 0; i < body->kids.len; i++)
        frame_clause(a, f, body->kids.at[i]);
}

/* The numbers of C from item FROM on. */
void abi_words_read(const struct node *c, size_t from, struct abi_words *w)
{
    memset(&w->words, 0, sizeof w->words);
    for (size_t i = from; i < abi_items(c); i++)
        vec_push(&w->words, (uint32_t)abi_number(c, i));
}
