/*
 * exits.c - ways out of the code: homes are brought up to date, then the exit's kind goes
 * to the leave stub. And the side tables, which say the same for faults.
 */
#include "host/x86_64/emit.h"
#include "host/x86_64/frame.h"

#define CPU(field) emit_cpu((uint32_t)offsetof(struct cpu, field))

/* -- a snapshot's values into their homes -------------------------------------------*/

/* The entry says what the home holds anyway. */
static bool stands(struct emit *e, const struct ir_entry *entry)
{
    const struct ir_node *n = ir_at(e->ir, entry->value);

    return n->op == IR_GET && n->aux == entry->place;
}

static void store(struct emit *e, struct asm_mem m, const struct operand *v)
{
    unsigned bytes = emit_bytes(v->type);

    if (v->kind == OPERAND_CONST && bytes <= 8)
        emit_set(e, m, bytes, v->value);
    else if (emit_is_vector(v->type))
        emit_vstore(e, v->type, m, emit_vreg(e, v, XMM15));
    else
        asm_mov_mr(&e->a, bytes, m, emit_reg(e, v, RAX));
}

/* Whether R, which is fused, is computed from the home of one of the places that S
 * changes, other than PLACE. */
static bool reads_changed(struct emit *e, const struct ir_snap *s, ir_ref r,
                          uint32_t place)
{
    const struct ir_node *n = ir_at(e->ir, r);

    if (n->op == IR_GET && e->alloc.at[r].kind == ALLOC_HOME && n->aux != place)
        for (uint32_t i = 0; i < s->count; i++)
            if (e->ir->entries[s->first + i].place == n->aux)
                return true;
    if (!e->hints[r].fused)
        return false;
    for (unsigned i = 0; i < ir_op_args[n->op]; i++)
        if (reads_changed(e, s, n->arg[i], place))
            return true;
    return false;
}

/* The value of ENTRY, computed if need be. */
static struct operand entry_operand(struct emit *e, const struct ir_entry *entry)
{
    if (emit_stands(e, entry->value))
        return emit_operand(e, entry->value);
    emit_fused(e, entry->value);
    return emit_held(e, entry->value);
}

/*
 * The homes of S. No value stands in another place's home, as the allocator gives such
 * a GET a location; but some are computed from one that is changed here. These wait in
 * the frame, behind the slots, until all others are stored.
 */
static void store_fused(struct emit *e, const struct ir_snap *s)
{
    uint32_t waiting = 0;

    for (unsigned pass = 0; pass < 3; pass++) {
        uint32_t slot = e->alloc.slots;

        for (uint32_t i = 0; i < s->count && (pass < 2 || waiting > 0); i++) {
            const struct ir_entry *entry = &e->ir->entries[s->first + i];
            uint32_t offset = e->ir->places[entry->place].offset;
            bool waits = e->hints[entry->value].fused &&
                         reads_changed(e, s, entry->value, entry->place);
            struct operand v = {.kind = OPERAND_MEM, .bytes = 8, .clean = true};

            if (stands(e, entry) || waits != (pass != 1))
                continue;
            if (pass < 2)
                v = entry_operand(e, entry);
            else
                v.mem = emit_slot(slot++), v.type = ir_at(e->ir, entry->value)->type;
            if (pass == 0)
                store(e, emit_slot(e->alloc.slots + waiting++), &v);
            else
                store(e, emit_cpu(offset), &v);
        }
    }
    if (e->alloc.slots + waiting > HOST_FRAME_BYTES / 8)
        e->failed = true;
}

/* The homes of SNAP; most often all values stand somewhere. */
static void emit_stores(struct emit *e, uint32_t snap)
{
    const struct ir_snap *s = &e->ir->snaps[snap];
    const struct ir_entry *entries = &e->ir->entries[s->first];
    bool fused = false;

    for (uint32_t i = 0; i < s->count; i++)
        fused |= e->hints[entries[i].value].fused;
    if (fused) {
        store_fused(e, s);
        return;
    }
    for (uint32_t i = 0; i < s->count; i++) {
        struct operand v;

        if (stands(e, &entries[i]))
            continue;
        v = emit_operand(e, entries[i].value);
        store(e, emit_cpu(e->ir->places[entries[i].place].offset), &v);
    }
}

/* -- leaving ------------------------------------------------------------------------*/

static void leave(struct emit *e, enum host_exit_kind kind)
{
    asm_mov_ri(&e->a, RAX, kind);
    asm_jmp_m(&e->a, CPU(host.leave));
}

static void leave_at(struct emit *e, uint32_t snap, enum host_exit_kind kind)
{
    emit_stores(e, snap);
    emit_set(e, CPU(pc), 8, e->ir->snaps[snap].pc);
    leave(e, kind);
}

static void count(struct emit *e, enum host_count what)
{
    uint32_t at = (uint32_t)offsetof(struct cpu, host.counts) + 8 * (uint32_t)what;

    if (e->options->statistics)
        asm_alu_mi(&e->a, ASM_ADD, 8, emit_cpu(at), 1);
}

/* A linkable exit to PC by SITE, asm_jmp_site or asm_call_site; its stub comes at the
 * end. */
static void link_by(struct emit *e, uint64_t pc,
                    uint32_t (*site)(struct asm_code *, uint32_t))
{
    uint32_t stub, jump;

    stub = asm_label(&e->a);
    jump = site(&e->a, stub);
    e->exits = emit_grow(e->exits, e->exit_count, &e->exit_capacity, sizeof *e->exits);
    e->exits[e->exit_count++] = (struct host_exit){.jump = jump, .stub = stub, .pc = pc};
}

static uint32_t je_site(struct asm_code *a, uint32_t label)
{
    return asm_jcc_site(a, CC_E, label);
}

static uint32_t constant(struct emit *e, uint64_t value)
{
    uint32_t label = asm_label(&e->a);

    e->data = emit_grow(e->data, e->data_count, &e->data_capacity, sizeof *e->data);
    e->data[e->data_count++] = (struct emit_data){label, value};
    return label;
}

/* What follows a call: the guest has returned to rax, which should be PC (frame.h). */
static void continuation(struct emit *e, uint64_t pc)
{
    if (e->missed == SELECT_MANY)
        e->missed = asm_label(&e->a);
    asm_cmp_label(&e->a, RAX, constant(e, pc)); /* comes first: others read it */
    if (e->options->statistics) {
        asm_jcc(&e->a, CC_NE, e->missed);
        count(e, HOST_COUNT_LINK);
        link_by(e, pc, asm_jmp_site);
        return;
    }
    link_by(e, pc, je_site);
    asm_jmp(&e->a, e->missed);
}

/* Whether node R is a call that comes back to *PC by the return stack. One that only
 * finds out where it stands doesn't. */
static bool comes_back(const struct emit *e, ir_ref r, uint64_t *pc)
{
    const struct ir_node *n = ir_at(e->ir, r);
    const struct ir_snap *s = &e->ir->snaps[n->snap];

    *pc = s->ret;
    return e->options->returns && (n->flags & IR_IS_CALL) && s->ret != 0 &&
           s->ret != s->pc;
}

/*
 * The calls that the region took in and that exit SNAP leaves unfinished, the outermost
 * first: their returns will be by the return stack. Each is a call of what follows here.
 */
static void open_frames(struct emit *e, uint32_t frame)
{
    uint32_t on;

    if (frame == 0 || !e->options->returns)
        return;
    open_frames(e, e->ir->frames[frame].up);
    on = asm_label(&e->a);
    asm_call_site(&e->a, on);
    continuation(e, e->ir->frames[frame].ret);
    asm_place(&e->a, on);
}

static void emit_data(struct emit *e)
{
    if (e->missed != SELECT_MANY) {
        asm_place(&e->a, e->missed);
        count(e, HOST_COUNT_ASTRAY);
        asm_jmp_m(&e->a, CPU(host.missed));
    }
    for (uint32_t i = 0; i < e->data_count; i++) {
        uint32_t at = asm_data(&e->a, e->data[i].label, e->data[i].value);

        if (i == 0)
            e->data_at = at;
    }
}

void emit_exit_stubs(struct emit *e)
{
    for (uint32_t i = 0; i < e->exit_count; i++) {
        struct host_exit *x = &e->exits[i];

        asm_place(&e->a, x->stub);
        x->stub = e->a.size;
        emit_set(e, CPU(pc), 8, x->pc);
        x->id = asm_mov_ri64(&e->a, RCX, 0);
        leave(e, HOST_EXIT_LINK);
    }
    emit_data(e);
}

void emit_exit(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    uint64_t back;

    emit_stores(e, n->snap);
    if (n->flags & IR_GUESSED) {
        count(e, HOST_COUNT_SITE);
        count(e, HOST_COUNT_HIT);
    }
    open_frames(e, e->ir->snaps[n->snap].frame);
    if (comes_back(e, r, &back)) {
        count(e, HOST_COUNT_LINK);
        link_by(e, e->ir->snaps[n->snap].pc, asm_call_site);
        continuation(e, back);
    } else {
        count(e, HOST_COUNT_LINK);
        link_by(e, e->ir->snaps[n->snap].pc, asm_jmp_site);
    }
}

static void cold_lookup(struct emit *e, const struct emit_cold *c)
{
    asm_jmp_m(&e->a, CPU(host.lookup));
    (void)c;
}

static void cold_note(struct emit *e, const struct emit_cold *c)
{
    asm_mov_mr(&e->a, 8, (struct asm_mem){RCX, ASM_NO_REG, 1, 0}, RAX);
    asm_alu_mi(&e->a, ASM_ADD, 4,
               (struct asm_mem){RCX, ASM_NO_REG, 1, offsetof(struct host_site, changes)},
               1);
    asm_jmp(&e->a, c->back);
}

/* Note the jump to rax. */
static void note_jump(struct emit *e)
{
    uint32_t back = asm_label(&e->a);

    asm_mov_ri(&e->a, RCX, (uint64_t)(uintptr_t)e->options->site);
    asm_alu_mi(&e->a, ASM_ADD, 4,
               (struct asm_mem){RCX, ASM_NO_REG, 1, offsetof(struct host_site, count)},
               1);
    asm_alu_rm(&e->a, ASM_CMP, 8, RAX, (struct asm_mem){RCX, ASM_NO_REG, 1, 0});
    asm_jcc(&e->a, CC_NE, emit_cold(e, cold_note, 0, back, 0));
    asm_place(&e->a, back);
}

/* Go on where the table of jumps says for guest address rax. No empty entry has a pc that
 * belongs there, so finding the pc is enough; what is found looks at cpu->attention
 * itself. */
static void look_up(struct emit *e, ir_ref r)
{
    if (e->options->site != NULL && !(ir_at(e->ir, r)->flags & IR_IS_RETURN))
        note_jump(e);
    if (ir_at(e->ir, r)->flags & IR_GUESSED)
        count(e, HOST_COUNT_SITE);
    count(e, HOST_COUNT_LOOKUP);
    if (!e->options->poll) {
        asm_jmp_m(&e->a, CPU(host.lookup));
        return;
    }
    asm_mov_rr(&e->a, 4, RCX, RAX);
    asm_shift_ri(&e->a, ASM_SHL, 4, RCX, 4 - e->options->jump_shift);
    asm_alu_ri(&e->a, ASM_AND, 4, RCX, (HOST_JUMPS - 1) << 4);
    asm_alu_rm(&e->a, ASM_ADD, 8, RCX, CPU(host.jumps));
    asm_alu_rm(&e->a, ASM_CMP, 8, RAX, (struct asm_mem){RCX, ASM_NO_REG, 1, 0});
    asm_jcc(&e->a, CC_NE, emit_cold(e, cold_lookup, r, 0, 0));
    asm_jmp_m(&e->a, (struct asm_mem){RCX, ASM_NO_REG, 1, 8});
}

static void cold_call(struct emit *e, const struct emit_cold *c)
{
    look_up(e, c->node);
}

/* The target is read after the stores, which take rcx: but not from a home. */
void emit_exit_to(struct emit *e, ir_ref r)
{
    const struct ir_node *n = ir_at(e->ir, r);
    struct operand to = emit_operand(e, n->arg[0]);
    uint64_t back;

    if (to.kind == OPERAND_MEM && to.mem.base == RBP) {
        emit_load(e, RAX, &to);
        to = (struct operand){OPERAND_MEM, to.type, 8, true, 0, 0, CPU(pc)};
        asm_mov_mr(&e->a, 8, to.mem, RAX);
    }
    emit_stores(e, n->snap);
    emit_load(e, RAX, &to);
    if (e->options->returns && (n->flags & IR_IS_RETURN)) {
        count(e, HOST_COUNT_RETURN);
        asm_ret(&e->a);
        return;
    }
    open_frames(e, e->ir->snaps[n->snap].frame);
    if (comes_back(e, r, &back)) {
        asm_call_site(&e->a, emit_cold(e, cold_call, r, 0, 0));
        continuation(e, back);
    } else {
        look_up(e, r);
    }
}

void emit_exit_interp(struct emit *e, ir_ref r)
{
    leave_at(e, ir_at(e->ir, r)->snap, HOST_EXIT_INTERP);
}

static void cold_exit(struct emit *e, const struct emit_cold *c)
{
    emit_exit(e, c->node);
}

static void cold_interp(struct emit *e, const struct emit_cold *c)
{
    emit_exit_interp(e, c->node);
}

static void cold_poll(struct emit *e, const struct emit_cold *c)
{
    leave_at(e, ir_at(e->ir, c->node)->snap, HOST_EXIT_POLL);
}

static void cold_count(struct emit *e, const struct emit_cold *c)
{
    const struct ir_block *b = &e->ir->blocks[0];

    emit_set(e, CPU(pc), 8, b->pc != 0 ? b->pc : e->ir->blocks[b->succ[0]].pc);
    leave(e, HOST_EXIT_INDIRECT);
    (void)c;
}

/* Go to cold code by FUNCTION if the condition of R holds. */
static void exit_if(struct emit *e, ir_ref r,
                    void (*function)(struct emit *, const struct emit_cold *))
{
    enum asm_cc cc = emit_condition(e, ir_at(e->ir, r)->arg[0]);

    asm_jcc(&e->a, cc, emit_cold(e, function, r, 0, 0));
}

void emit_guard(struct emit *e, ir_ref r)
{
    exit_if(e, r, cold_interp);
}

void emit_exit_if(struct emit *e, ir_ref r)
{
    exit_if(e, r, cold_exit);
}

void emit_poll(struct emit *e, ir_ref r)
{
    if (!e->options->poll)
        return;
    if (e->options->unchain) {
        e->polls =
            emit_grow(e->polls, e->poll_count, &e->poll_capacity, sizeof *e->polls);
        e->polls[e->poll_count++] = e->a.size;
        asm_nojump(&e->a, emit_cold(e, cold_poll, r, 0, 0));
        return;
    }
    asm_alu_mi(&e->a, ASM_CMP, 4, CPU(attention), 0);
    asm_jcc(&e->a, CC_NE, emit_cold(e, cold_poll, r, 0, 0));
}

void emit_count(struct emit *e)
{
    asm_mov_ri(&e->a, RAX, (uint64_t)(uintptr_t)e->options->counter);
    asm_alu_mi(&e->a, ASM_SUB, 4, (struct asm_mem){RAX, ASM_NO_REG, 1, 0}, 1);
    asm_jcc(&e->a, CC_S, emit_cold(e, cold_count, 0, 0, 0));
}

/* -- side tables --------------------------------------------------------------------*/

/* Where R stands, and how many bytes of that count. */
static void find(struct emit *e, ir_ref r, struct host_recipe *x)
{
    bool clean;
    ir_ref inner = emit_peel(e, r, &clean);
    const struct ir_node *n = ir_at(e->ir, inner);
    const struct alloc_location *at = &e->alloc.at[inner];
    unsigned bytes = emit_bytes(n->type), outer = emit_bytes(ir_at(e->ir, r)->type);

    x->bytes = (uint8_t)(outer < bytes ? outer : bytes);
    if (n->op == IR_CONST) {
        x->where = HOST_CONST;
        x->value = n->aux;
    } else if (at->kind == ALLOC_SLOT) {
        x->where = HOST_SLOT;
        x->index = at->slot;
    } else if (at->kind == ALLOC_HOME) {
        x->where = HOST_HOME;
        x->index = (uint16_t)e->ir->places[n->aux].offset;
    } else {
        x->where = emit_is_vector(n->type) ? HOST_XMM : HOST_GPR;
        x->index = at->reg;
    }
}

static struct host_recipe *recipe_new(struct emit *e, const struct ir_place *p)
{
    e->recipes =
        emit_grow(e->recipes, e->recipe_count, &e->recipe_capacity, sizeof *e->recipes);
    e->recipes[e->recipe_count] =
        (struct host_recipe){.offset = p->offset, .type = p->type, .more = true};
    return &e->recipes[e->recipe_count++];
}

/* A step that takes R, which stands. */
static void take(struct emit *e, ir_ref r, const struct ir_place *p)
{
    find(e, r, recipe_new(e, p));
}

/* The steps that compute R. */
static void recipe(struct emit *e, ir_ref r, const struct ir_place *p)
{
    const struct ir_node *n = ir_at(e->ir, r);
    unsigned args = ir_op_args[n->op];
    struct host_recipe *x;
    ir_ref inner;

    if (!e->hints[r].fused || emit_stands(e, r)) {
        take(e, r, p);
        return;
    }
    inner = emit_inner(e, n);
    if (inner != 0)
        recipe(e, inner, p);
    else
        take(e, n->arg[n->op == IR_CAT], p);
    x = recipe_new(e, p);
    x->op = n->op;
    x->from = ir_at(e->ir, n->arg[0])->type;
    x->result = n->type;
    if (n->op == IR_CAT) { /* of a constant and what is zero-extended */
        x->op = IR_OR;
        x->from = IR_I64;
        x->bytes = 8;
        x->value = ir_value(e->ir, n->arg[0]) << 32;
        return;
    }
    if (args > 1)
        find(e, inner == n->arg[1] ? n->arg[0] : n->arg[1], x);
    if (args > 2)
        x->third = (uint8_t)ir_value(e->ir, n->arg[2]);
}

/* The recipes of SNAP, made once: a location holds as long as its value. */
static const struct emit_run *run_of(struct emit *e, uint32_t snap)
{
    struct emit_run *run = &e->runs[snap];
    const struct ir_snap *s = &e->ir->snaps[snap];

    if (run->made)
        return run;
    run->made = true;
    run->first = e->recipe_count;
    for (uint32_t i = 0; i < s->count; i++) {
        const struct ir_entry *entry = &e->ir->entries[s->first + i];

        if (stands(e, entry))
            continue;
        recipe(e, entry->value, &e->ir->places[entry->place]);
        e->recipes[e->recipe_count - 1].more = false;
    }
    run->count = e->recipe_count - run->first;
    return run;
}

void emit_fault(struct emit *e, ir_ref r)
{
    uint32_t snap = ir_at(e->ir, r)->snap;
    const struct emit_run *run = run_of(e, snap);

    e->faults =
        emit_grow(e->faults, e->fault_count, &e->fault_capacity, sizeof *e->faults);
    e->faults[e->fault_count++] = (struct host_fault){.code = e->a.size,
                                                      .recipe_first = run->first,
                                                      .recipe_count = run->count,
                                                      .pc = e->ir->snaps[snap].pc};
}

void emit_line(struct emit *e, ir_ref r)
{
    uint32_t snap = ir_at(e->ir, r)->snap;

    if (snap == 0 || e->ir->snaps[snap].pc == e->line_pc)
        return;
    e->line_pc = e->ir->snaps[snap].pc;
    e->lines = emit_grow(e->lines, e->line_count, &e->line_capacity, sizeof *e->lines);
    e->lines[e->line_count++] = (struct host_line){.code = e->a.size, .pc = e->line_pc};
}
