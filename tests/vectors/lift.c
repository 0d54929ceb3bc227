/*
 * lift.c - the templates of a guest against isac's evaluator: an instruction is lifted to
 * a region of its own, which is verified and evaluated.
 */
#include "lift.h"

#include "ir/lift.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
    unsigned *done, *left; /* by form */
} counts;

bool lift_passes, lift_print;

/* all_passes - as the engine runs them, each verified. */
static void all_passes(struct ir *ir)
{
    static const struct {
        const char *name;
        void (*run)(struct ir *ir);
    } passes[] = {{"gvn", ir_pass_gvn},     {"strength", ir_pass_strength},
                  {"gvn", ir_pass_gvn},     {"licm", ir_pass_licm},
                  {"lower", ir_pass_lower}, {"dce", ir_pass_dce},
                  {"compact", ir_compact}};
    for (unsigned i = 0; i < sizeof passes / sizeof *passes; i++) {
        passes[i].run(ir);
        ir_verify(ir, passes[i].name);
    }
}

static bool decode(const struct machine *m, const struct cpu *cpu, uint64_t pc,
                   struct decoded *d)
{
    const uint8_t *bytes = mem_host(&m->mem, pc);
    return m->guest->decode(bytes, m->guest->insn_bytes_max, cpu->context, d) >= 0;
}

static void leave(struct lift *l, bool direct, uint64_t target, ir_ref to, unsigned flags)
{
    if (direct)
        ir_exit(l->ir, ir_snapshot(l->ir, target, false), flags);
    else
        ir_exit_to(l->ir, to, ir_snapshot(l->ir, 0, false), flags);
}

static void instruction(struct lift *l)
{
    l->next = l->pc + l->d.bytes;
    memset(&l->jump, 0, sizeof l->jump);
    l->snap = ir_snapshot(l->ir, l->in_slot ? l->branch_pc : l->pc, l->in_slot);
    l->guest->lift(l);
}

/* slot - the delay slot of the branch that L stands at; false: there is none. */
static bool slot(const struct lift *l, const struct machine *m, const struct cpu *cpu,
                 uint64_t *next)
{
    struct lift s = *l;
    s.in_slot = true;
    s.branch_pc = l->pc;
    s.pc = l->next;
    if (!decode(m, cpu, s.pc, &s.d) ||
        m->guest->forms[s.d.form].flags & (FORM_BRANCH | FORM_ENDS_BLOCK))
        return false;
    instruction(&s);
    *next = s.next;
    return true;
}

static void jump(struct lift *l)
{
    if (!l->ir->terminated)
        leave(l, l->jump.direct, l->jump.target, l->jump.to, 0);
}

/* finish - what the jump of L asks for. False: a slot that can't be lifted. */
static bool finish(struct lift *l, const struct machine *m, const struct cpu *cpu)
{
    struct ir *ir = l->ir;
    uint64_t next = l->next;
    if (ir->terminated)
        return true;
    if (l->jump.kind == LIFT_IF) {
        ir_block_id yes = ir_block_new(ir), no = ir_block_new(ir);
        if (l->jump.delayed && !l->jump.nullify && !slot(l, m, cpu, &next))
            return false;
        if (ir->terminated)
            return true;
        ir_branch(ir, l->jump.condition, yes, no, 0);
        ir_seal(ir, yes);
        ir_seal(ir, no);
        ir_enter(ir, yes);
        if (l->jump.nullify) {
            if (!slot(l, m, cpu, &next))
                return false;
        }
        jump(l);
        ir_enter(ir, no);
    } else if (l->jump.kind == LIFT_ALWAYS) {
        if (l->jump.delayed && !slot(l, m, cpu, &next))
            return false;
        jump(l);
    }
    if (!ir->terminated)
        ir_exit(ir, ir_snapshot(ir, next, false), 0);
    return true;
}

static bool run(const struct machine *m, struct cpu *cpu, struct ir *ir,
                const struct decoded *d)
{
    struct lift l = {.ir = ir,
                     .d = *d,
                     .pc = cpu->pc,
                     .context = cpu->context,
                     .guest = m->guest,
                     .leave = leave};
    ir_block_id first = ir_block_new(ir);
    ir_jump(ir, first);
    ir_seal(ir, first);
    ir_enter(ir, first);
    instruction(&l);
    if (l.arm_count != 0) {
        fprintf(stderr, "run: %s: %u arms are open\n", m->guest->forms[d->form].name,
                l.arm_count);
        exit(1);
    }
    if (!finish(&l, m, cpu))
        return false;
    ir_finish(ir);
    ir_verify(ir, m->guest->forms[d->form].name);
    if (lift_passes)
        all_passes(ir);
    if (lift_print) {
        printf("%s\n", m->guest->forms[d->form].name);
        ir_print(ir, stdout);
    }
    return ir_eval(ir, cpu) == IR_LEFT_EXIT;
}

bool lift_step(struct machine *m, struct cpu *cpu)
{
    const struct guest *guest = m->guest;
    struct decoded d;
    if (!counts.done) {
        counts.done = calloc(guest->form_count, sizeof *counts.done);
        counts.left = calloc(guest->form_count, sizeof *counts.left);
    }
    if (!decode(m, cpu, cpu->pc, &d))
        return false;
    if (guest->enter)
        guest->enter(cpu);
    struct ir *ir = ir_new(guest->word_bits);
    /* With enabled traps nothing is translated. */
    bool done = !cpu->fp.enables && run(m, cpu, ir, &d);
    ir_free(ir);
    if (guest->leave)
        guest->leave(cpu);
    if (!cpu->fp.enables)
        (done ? counts.done : counts.left)[d.form]++;
    return done;
}

void lift_report(const struct guest *guest)
{
    unsigned done = 0, left = 0;
    for (unsigned i = 0; counts.done && i < guest->form_count; i++) {
        done += counts.done[i];
        left += counts.left[i];
        if (counts.left[i] && !counts.done[i])
            printf("# always left to the interpreter: %s\n", guest->forms[i].name);
    }
    printf("# lifted %u instructions, left %u to the interpreter\n", done, left);
}
