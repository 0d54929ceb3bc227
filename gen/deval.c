/* deval.c - decode-time expressions and predicates; see deval.h */
#include "deval.h"

#include <assert.h>

struct env {
    const struct model *m;
    const struct form *f;
    u128 place;
    uint64_t pc;
};

static u128 eval(const struct env *env, const struct sem_expr *e);

static u128 shift(enum sem_op op, u128 a, u128 n, unsigned width)
{
    bool all = n >= width;
    switch (op) {
    case SEM_SHL:
        return all ? 0 : a << n;
    case SEM_SHR_U:
        return all ? 0 : a >> n;
    case SEM_SHR_S:
        return (u128)(sign_extend(a, width) >> (all ? width - 1 : (unsigned)n));
    default:
        break;
    }
    unsigned by = (unsigned)(n % width);
    if (op == SEM_ROTR)
        by = by ? width - by : 0;
    return by ? a << by | a >> (width - by) : a;
}

static u128 divide(enum sem_op op, u128 a, u128 b, unsigned width)
{
    s128 x = sign_extend(a, width), y = sign_extend(b, width);
    bool overflow = y == -1;
    switch (op) {
    case SEM_DIV_U:
        return b ? a / b : ~(u128)0;
    case SEM_REM_U:
        return b ? a % b : a;
    case SEM_DIV_S:
        return !b ? ~(u128)0 : overflow ? -a : (u128)(x / y);
    default:
        return !b ? a : overflow ? 0 : (u128)(x % y);
    }
}

static u128 count(enum sem_op op, u128 a, unsigned width)
{
    unsigned n = 0;
    if (op == SEM_POPCOUNT) {
        for (unsigned i = 0; i < width; i++)
            n += a >> i & 1;
        return n;
    }
    while (n < width && !(a >> (op == SEM_CLZ ? width - 1 - n : n) & 1))
        n++;
    return n;
}

static u128 reverse(u128 a, unsigned width, unsigned unit)
{
    u128 r = 0;
    for (unsigned i = 0; i < width; i += unit)
        r |= low_bits(a >> i, unit) << (width - unit - i);
    return r;
}

static u128 carry(const struct env *env, const struct sem_expr *e)
{
    unsigned w = e->kid[0]->width;
    u128 a = eval(env, e->kid[0]), b = eval(env, e->kid[1]), c = eval(env, e->kid[2]);
    u128 sum = low_bits(a + b + c, w);
    if (e->op == SEM_CARRY)
        return sum < a || (c && sum == a);
    return (~(a ^ b) & (a ^ sum)) >> (w - 1) & 1;
}

static u128 binary(enum sem_op op, u128 a, u128 b, unsigned w)
{
    s128 x = sign_extend(a, w), y = sign_extend(b, w);
    switch (op) {
    case SEM_ADD:
        return a + b;
    case SEM_SUB:
        return a - b;
    case SEM_MUL:
        return a * b;
    case SEM_AND:
        return a & b;
    case SEM_OR:
        return a | b;
    case SEM_XOR:
        return a ^ b;
    case SEM_EQ:
        return a == b;
    case SEM_NE:
        return a != b;
    case SEM_LT_U:
        return a < b;
    case SEM_LE_U:
        return a <= b;
    case SEM_LT_S:
        return x < y;
    case SEM_LE_S:
        return x <= y;
    case SEM_MIN_S:
        return x < y ? a : b;
    case SEM_MAX_S:
        return x < y ? b : a;
    case SEM_MIN_U:
        return a < b ? a : b;
    case SEM_MAX_U:
        return a < b ? b : a;
    case SEM_DIV_U:
    case SEM_DIV_S:
    case SEM_REM_U:
    case SEM_REM_S:
        return divide(op, a, b, w);
    default:
        return shift(op, a, b, w);
    }
}

static u128 leaf(const struct env *env, const struct sem_expr *e)
{
    switch (e->op) {
    case SEM_CONST:
        return e->value;
    case SEM_FIELD:
        return field_get(&env->f->fields.at[e->index], (uint64_t)env->place);
    case SEM_PC:
        return env->pc;
    case SEM_NEXT:
        return env->pc + env->f->bits / 8;
    case SEM_LINK:
        return env->pc + env->f->bits / 8 * (1 + env->m->delay_slots);
    case SEM_UNKNOWN: /* mk_poison, after an error */
        return 0;
    case SEM_CONTEXT:
        return env->place >> (64 + context_shift(env->m, e->reg));
    default:
        assert(!"a run-time expression where one known at decode time was promised");
        return 0;
    }
}

static u128 unary(enum sem_op op, u128 a, unsigned from, const struct sem_expr *e)
{
    switch (op) {
    case SEM_NOT:
        return ~a;
    case SEM_NEG:
        return -a;
    case SEM_SEXT:
        return (u128)sign_extend(a, from);
    case SEM_ZEXT:
        return a;
    case SEM_SLICE:
        return a >> e->low;
    case SEM_BSWAP:
        return reverse(a, from, 8);
    case SEM_BITREV:
        return reverse(a, from, 1);
    default:
        return count(op, a, from);
    }
}

static u128 eval(const struct env *env, const struct sem_expr *e)
{
    u128 v;
    switch (e->op) {
    case SEM_COND:
        v = eval(env, e->kid[eval(env, e->kid[0]) ? 1 : 2]);
        break;
    case SEM_CAT:
        v = eval(env, e->kid[0]) << e->kid[1]->width | eval(env, e->kid[1]);
        break;
    case SEM_CARRY:
    case SEM_OVERFLOW:
        v = carry(env, e);
        break;
    case SEM_NOT:
    case SEM_NEG:
    case SEM_SEXT:
    case SEM_ZEXT:
    case SEM_SLICE:
    case SEM_CLZ:
    case SEM_CTZ:
    case SEM_POPCOUNT:
    case SEM_BSWAP:
    case SEM_BITREV:
        v = unary(e->op, eval(env, e->kid[0]), e->kid[0]->width, e);
        break;
    default:
        v = e->kid[0] ? binary(e->op, eval(env, e->kid[0]), eval(env, e->kid[1]),
                               e->kid[0]->width)
                      : leaf(env, e);
    }
    return low_bits(v, e->width);
}

unsigned context_shift(const struct model *m, const struct reg *reg)
{
    unsigned shift = 0;
    for (size_t i = 0; i < m->regs.len && m->regs.at[i] != reg; i++)
        if (m->regs.at[i]->is_context)
            shift += m->regs.at[i]->width;
    return shift;
}

uint32_t context_initial(const struct model *m)
{
    uint32_t all = 0;
    for (size_t i = 0; i < m->regs.len; i++)
        if (m->regs.at[i]->is_context)
            all |= (uint32_t)m->regs.at[i]->initial << context_shift(m, m->regs.at[i]);
    return all;
}

u128 place_of(const struct model *m, uint64_t word)
{
    return (u128)context_initial(m) << 64 | word;
}

u128 deval(const struct model *m, const struct form *f, const struct sem_expr *e,
           u128 place, uint64_t pc)
{
    struct env env = {.m = m, .f = f, .place = place, .pc = pc};
    return eval(&env, e);
}

u128 deval_bits(const struct model *m, const struct form *f, const struct sem_expr *e)
{
    u128 bits = 0;
    if (e->op == SEM_FIELD)
        bits = field_mask(&f->fields.at[e->index]);
    if (e->op == SEM_CONTEXT)
        bits = low_bits(~(u128)0, e->reg->width) << (64 + context_shift(m, e->reg));
    for (unsigned i = 0; i < 4; i++)
        if (e->kid[i])
            bits |= deval_bits(m, f, e->kid[i]);
    return bits;
}

bool deval_known(const struct sem_expr *e)
{
    switch (e->op) {
    case SEM_VAR:
    case SEM_REG:
    case SEM_UNKNOWN:
    case SEM_LOAD:
    case SEM_RESERVE:
    case SEM_STORE_COND:
    case SEM_AMO:
    case SEM_CAS:
    case SEM_FP:
    case SEM_CLOCK:
    case SEM_EXTERN:
        return false;
    default:
        break;
    }
    for (unsigned i = 0; i < 4; i++)
        if (e->kid[i] && !deval_known(e->kid[i]))
            return false;
    return true;
}

static uint64_t pred_field(const struct form *f, const struct pred *p, unsigned field,
                           uint64_t word)
{
    uint64_t bits = field_get(&f->fields.at[field], word) >> p->low;
    return (uint64_t)low_bits(bits, p->high - p->low + 1);
}

static bool has_code(const struct enum_ *e, uint64_t code)
{
    for (size_t i = 0; i < e->items.len; i++)
        if (e->items.at[i].code == code)
            return true;
    return false;
}

bool pred_holds(const struct model *m, const struct form *f, const struct pred *p,
                u128 place)
{
    uint64_t word = (uint64_t)place;
    switch (p->kind) {
    case PRED_NE_CONST:
        return pred_field(f, p, p->field, word) != p->value;
    case PRED_LT_CONST:
        return field_get(&f->fields.at[p->field], word) < p->value;
    case PRED_EQ_FIELD:
        return pred_field(f, p, p->field, word) == pred_field(f, p, p->other, word);
    case PRED_NE_FIELD:
        return pred_field(f, p, p->field, word) != pred_field(f, p, p->other, word);
    case PRED_CODES:
        return has_code(p->codes, field_get(&f->fields.at[p->field], word));
    case PRED_NOT_RESERVED:
        return !p->expr || !deval(m, f, p->expr, place, 0);
    }
    return true;
}

/* Word bits of bits HIGH..LOW of FIELD. */
static uint64_t slice_bits(const struct field *field, unsigned high, unsigned low)
{
    return field_put(field, 0, (uint64_t)low_bits(~(u128)0 << low, high + 1));
}

u128 pred_bits(const struct model *m, const struct form *f, const struct pred *p)
{
    const struct field *field = &f->fields.at[p->field];
    switch (p->kind) {
    case PRED_NE_CONST:
        return slice_bits(field, p->high, p->low);
    case PRED_EQ_FIELD:
    case PRED_NE_FIELD:
        return slice_bits(field, p->high, p->low) |
               slice_bits(&f->fields.at[p->other], p->high, p->low);
    case PRED_LT_CONST:
    case PRED_CODES:
        return field_mask(field);
    case PRED_NOT_RESERVED:
        return p->expr ? deval_bits(m, f, p->expr) : 0;
    }
    return 0;
}

bool place_matches(const struct model *m, const struct form *f, u128 place)
{
    if (((uint64_t)place & f->mask) != f->value)
        return false;
    for (size_t i = 0; i < f->preds.len; i++)
        if (!pred_holds(m, f, &f->preds.at[i], place))
            return false;
    return true;
}
