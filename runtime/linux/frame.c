/*
 * frame.c - signal frames; see frame.h.
 */
#include "linux/frame.h"

#include <string.h>

/* -- siginfo ------------------------------------------------------------------------*/

/* The status of a child that a signal ended or stopped names that signal. */
static int child_status(const siginfo_t *info)
{
    if (info->si_code == CLD_EXITED)
        return info->si_status;
    return signal_to_guest(info->si_status);
}

void frame_siginfo(void *p, const siginfo_t *info)
{
    int code = info->si_code;

    PUT(p, siginfo, si_signo, signal_to_guest(info->si_signo));
    PUT(p, siginfo, si_errno,
        value_to_guest(FAMILY_errno, info->si_errno, info->si_errno));
    PUT(p, siginfo, si_code,
        code <= 0 ? value_to_guest(FAMILY_sicode, code, code) : code);
    if (code == SI_TIMER) {
        PUT(p, siginfo, si_tid, info->si_timerid);
        PUT(p, siginfo, si_overrun, info->si_overrun);
        PUT(p, siginfo, si_timer_value, (uintptr_t)info->si_value.sival_ptr);
    } else if (code <= 0) {
        PUT(p, siginfo, si_pid, info->si_pid);
        PUT(p, siginfo, si_uid, info->si_uid);
        if (code != SI_USER && code != SI_TKILL)
            PUT(p, siginfo, si_value, (uintptr_t)info->si_value.sival_ptr);
    } else if (info->si_signo == SIGCHLD) {
        PUT(p, siginfo, si_pid, info->si_pid);
        PUT(p, siginfo, si_uid, info->si_uid);
        PUT(p, siginfo, si_status, child_status(info));
        PUT(p, siginfo, si_utime, info->si_utime);
        PUT(p, siginfo, si_stime, info->si_stime);
    } else if (info->si_signo == SIGIO) {
        PUT(p, siginfo, si_band, info->si_band);
        PUT(p, siginfo, si_fd, info->si_fd);
    } else {
        PUT(p, siginfo, si_addr, (uintptr_t)info->si_addr);
    }
}

/* -- places -------------------------------------------------------------------------*/

static struct guest_place element(const struct abi_save *s, unsigned i)
{
    struct guest_place place = s->place;

    place.offset += i * place.bytes;
    return place;
}

static void save(const struct cpu *cpu, uint8_t *frame, const struct abi_save *s)
{
    for (unsigned i = 0; i < s->count; i++) {
        struct guest_place place = element(s, i);
        uint64_t value = engine_read_place(cpu, &place);
        uint8_t *to = frame + s->offset + i * s->step;

        if (s->bits) {
            uint64_t mask = (s->bits < 64 ? 1ull << s->bits : 0) - 1;

            value = guest_load(to, s->bytes) | (value & mask) << s->shift;
        } else if (s->sign && place.bytes < s->bytes &&
                   value >> (8 * place.bytes - 1) & 1) {
            value |= ~0ull << 8 * place.bytes;
        }
        guest_store(to, s->bytes, value);
    }
}

static void restore(struct cpu *cpu, const uint8_t *frame, const struct abi_save *s)
{
    for (unsigned i = 0; i < s->count; i++) {
        struct guest_place place = element(s, i);
        uint64_t value = guest_load(frame + s->offset + i * s->step, s->bytes);

        if (s->bits)
            value = value >> s->shift & ((s->bits < 64 ? 1ull << s->bits : 0) - 1);
        engine_write_place(cpu, &place, value);
    }
}

/* -- frames -------------------------------------------------------------------------*/

static uint64_t stack_for(struct cpu *cpu, const struct guest_action *action)
{
    struct linux_thread *t = linux_thread(cpu);
    uint64_t sp = engine_read_place(cpu, &abi->sp);

    if (action->flags & SA_ONSTACK && t->alt_size && sp - t->alt_sp >= t->alt_size)
        return t->alt_sp + t->alt_size;
    return sp;
}

static void put_stack(struct cpu *cpu, void *p)
{
    struct linux_thread *t = linux_thread(cpu);
    uint64_t sp = engine_read_place(cpu, &abi->sp);
    int flags = !t->alt_size ? SS_DISABLE : sp - t->alt_sp < t->alt_size ? SS_ONSTACK : 0;

    PUT(p, stack_t, ss_sp, t->alt_sp);
    PUT(p, stack_t, ss_size, t->alt_size);
    PUT(p, stack_t, ss_flags, flags);
}

static uint64_t set_value(const struct abi_set *s, const struct abi_frame *f,
                          uint64_t base, int host, const struct guest_action *action)
{
    switch (s->what) {
    case ABI_SET_SIGNO:
        return (uint64_t)signal_to_guest(host);
    case ABI_SET_INFO:
        return f->info == ABI_NONE ? 0 : base + f->info;
    case ABI_SET_CONTEXT:
        return f->context == ABI_NONE ? 0 : base + f->context;
    case ABI_SET_FRAME:
        return base;
    case ABI_SET_HANDLER:
        return action->handler;
    case ABI_SET_RETURN:
        if (action->flags & HOST_SA_RESTORER && action->restorer)
            return action->restorer;
        return linux_os.trampoline + f->trampoline;
    default:
        return s->number;
    }
}

bool frame_push(struct cpu *cpu, int host, const siginfo_t *info,
                const struct guest_action *action, uint64_t mask)
{
    bool plain = abi->frame_plain.bytes && !(action->flags & SA_SIGINFO);
    const struct abi_frame *f = plain ? &abi->frame_plain : &abi->frame_info;
    uint64_t base = (stack_for(cpu, action) - f->bytes) & ~(uint64_t)(f->align - 1);
    uint8_t *p;

    if (guest_word_bytes() == 4)
        base = (uint32_t)base;
    p = guest_out(cpu, base, f->bytes);
    if (!p)
        return false;
    memset(p, 0, f->bytes);
    for (unsigned i = 0; i < f->word_count; i++)
        guest_store(p + f->words[i].offset, f->words[i].bytes, f->words[i].value);
    for (unsigned i = 0; i < f->save_count; i++)
        save(cpu, p, &f->saves[i]);
    if (f->info != ABI_NONE)
        frame_siginfo(p + f->info, info);
    if (f->stack != ABI_NONE)
        put_stack(cpu, p + f->stack);
    if (f->mask != ABI_NONE)
        sigset_put(p + f->mask, f->mask_bytes, mask);
    for (unsigned i = 0; i < f->set_count; i++)
        engine_write_place(cpu, &f->sets[i].place,
                           set_value(&f->sets[i], f, base, host, action));
    engine_write_place(cpu, &abi->sp, base);
    cpu->pc = action->handler;
    return true;
}

bool frame_pop(struct cpu *cpu, const struct abi_frame *f, uint64_t *mask)
{
    const uint8_t *p = guest_in(cpu, engine_read_place(cpu, &abi->sp), f->bytes);
    struct linux_thread *t = linux_thread(cpu);

    if (!p)
        return false;
    *mask = f->mask == ABI_NONE ? t->mask : sigset_get(p + f->mask, f->mask_bytes);
    if (f->stack != ABI_NONE) {
        uint64_t flags = (uint64_t)GET(p + f->stack, stack_t, ss_flags);

        if (!(flags & ~(uint64_t)(SS_DISABLE | SS_ONSTACK))) {
            bool none = flags & SS_DISABLE;

            t->alt_sp = none ? 0 : (uint64_t)GET(p + f->stack, stack_t, ss_sp);
            t->alt_size = none ? 0 : (uint64_t)GET(p + f->stack, stack_t, ss_size);
        }
    }
    for (unsigned i = 0; i < f->save_count; i++)
        restore(cpu, p, &f->saves[i]);
    cpu->reservation.bytes = 0;
    return true;
}
