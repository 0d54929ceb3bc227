/*
 * harness.c - several guest CPUs on one image, on the engine's interface alone: a
 * personality of its own, a thread for each CPU, and kicks at random times.
 *
 *   harness [the emulator's options] PROGRAM CPUS SECONDS [MICROSECONDS]
 *
 * PROGRAM is guest.c or bound.c. A CPU is kicked every MICROSECONDS, none if that is 0;
 * one that gave a counter is so by a signal to its thread. Prints what the CPUs did;
 * exits 1 if one found something wrong.
 */
#include "engine/engine.h"
#include "engine/options.h"
#include "linux/abi.h"
#include "load/load.h"
#include "util/alloc.h"
#include "util/log.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum {
    CALL_DONE = 1,
    CALL_SYNC,
    CALL_PROTECT,
    CALL_YIELD,
    CALL_GO,
    CALL_COUNTER,
    CALL_WORST
};
enum { DELIVERIES = 300 };
enum { CPUS_MAX = 8, STACK_BYTES = 64 * 1024, WAIT_MICROSECONDS = 1000 };

static struct machine machine;
static struct thread {
    struct cpu *cpu;
    pthread_t thread;
    jmp_buf done;
    uint64_t errors, rounds, attentions;
    /* of the guest, while it wants to be interrupted by signals */
    uint32_t *counter, *stop;
    volatile uint32_t seen, pending; /* the counter when a signal came */
    uint32_t deliveries, worst;
} threads[CPUS_MAX];
static unsigned running;
static time_t end;

static const struct linux_abi *abi(void)
{
    return machine.guest->linux_abi;
}

static bool is_call(const struct trap *trap)
{
    for (unsigned i = 0; i < abi()->trap_count; i++) {
        const struct abi_trap *t = &abi()->traps[i];
        if (t->trap == trap->number && strcmp(t->signal, "syscall") == 0)
            return true;
    }
    return false;
}

static uint32_t counter_of(const struct thread *t)
{
    uint32_t n = *(volatile uint32_t *)t->counter;
    return machine.guest->big_endian ? __builtin_bswap32(n) : n;
}

/* on_signal - as the personality of Linux does: note it, and make the CPU leave. */
static void on_signal(int signal)
{
    (void)signal;
    for (unsigned i = 0; i < CPUS_MAX; i++) {
        struct thread *t = &threads[i];
        if (t->cpu == NULL || !pthread_equal(t->thread, pthread_self()) ||
            !t->cpu->running || t->counter == NULL || t->pending)
            continue;
        t->seen = counter_of(t);
        t->pending = true;
        engine_interrupt(t->cpu);
    }
}

/* delivered - the signal that T's CPU was kicked for. */
static void delivered(struct thread *t)
{
    uint32_t late = counter_of(t) - t->seen;
    if (late > t->worst)
        t->worst = late;
    t->pending = false;
    if (++t->deliveries >= DELIVERIES)
        *(volatile uint32_t *)t->stop = UINT32_MAX;
}

static uint64_t serve(struct cpu *cpu, uint64_t number, uint64_t a, uint64_t b)
{
    struct thread *t = cpu->thread;
    switch (number) {
    case CALL_DONE:
        t->errors = a;
        t->rounds = b;
        longjmp(t->done, 1);
    case CALL_SYNC:
        engine_sync(&machine, a, b);
        return 0;
    case CALL_PROTECT:
        return (uint64_t)mem_protect(&machine.mem, a, b,
                                     PROT_READ | PROT_WRITE | PROT_EXEC);
    case CALL_YIELD:
        sched_yield();
        return 0;
    case CALL_GO:
        return time(NULL) < end;
    case CALL_COUNTER:
        t->stop = mem_host(&machine.mem, b);
        t->deliveries = t->worst = 0;
        __atomic_store_n(&t->counter, mem_host(&machine.mem, a), __ATOMIC_RELEASE);
        return 0;
    case CALL_WORST:
        __atomic_store_n(&t->counter, NULL, __ATOMIC_RELEASE);
        t->pending = false;
        return t->worst;
    default:
        die("call %llu", (unsigned long long)number);
    }
}

static void on_trap(struct cpu *cpu)
{
    const struct abi_arg *args = abi()->args;
    if (!is_call(&cpu->trap)) {
        engine_dump_state(cpu, stderr);
        bug("trap %#x at %#llx, argument %#llx", cpu->trap.number,
            (unsigned long long)cpu->trap.pc, (unsigned long long)cpu->trap.arg[0]);
    }
    uint64_t result = serve(cpu, engine_read_place(cpu, &abi()->nr),
                            engine_read_place(cpu, &args[0].place),
                            engine_read_place(cpu, &args[1].place));
    engine_write_place(cpu, &abi()->result, result);
    if (abi()->error.bytes != 0)
        engine_write_place(cpu, &abi()->error, 0);
    cpu->pc = cpu->trap.next;
}

static void on_attention(struct cpu *cpu)
{
    struct thread *t = cpu->thread;
    __atomic_store_n(&cpu->attention, 0, __ATOMIC_SEQ_CST);
    t->attentions++;
    if (t->counter != NULL && t->pending)
        delivered(t);
}

static const struct personality personality = {"threads", on_trap, on_attention};

static void *run(void *argument)
{
    struct thread *t = argument;
    if (setjmp(t->done) == 0)
        engine_run(t->cpu);
    __atomic_sub_fetch(&running, 1, __ATOMIC_RELEASE);
    return NULL;
}

static void start(unsigned i, unsigned count, uint64_t entry)
{
    struct thread *t = &threads[i];
    int64_t stack = mem_map(&machine.mem, 0, STACK_BYTES, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    t->cpu->thread = t;
    t->cpu->pc = entry;
    engine_write_place(t->cpu, &abi()->sp, (uint64_t)stack + STACK_BYTES - 256);
    engine_write_place(t->cpu, &abi()->args[0].place, i);
    engine_write_place(t->cpu, &abi()->args[1].place, count);
}

int main(int argc, char **argv)
{
    struct image image;
    char name[] = "harness";
    log_program = name;
    machine.guest = &the_guest;
    machine.personality = &personality;
    options_read(&machine.options, machine.guest, argc, argv, environ);
    char **args = machine.options.argv;
    unsigned count = args[1] != NULL ? (unsigned)atoi(args[1]) : 0;
    if (count < 1 || count > CPUS_MAX || args[2] == NULL)
        die("usage: harness [option...] PROGRAM CPUS SECONDS [MICROSECONDS]");
    unsigned kicks = args[3] != NULL ? (unsigned)atoi(args[3]) : 0;
    end = time(NULL) + atoi(args[2]);
    alarm((unsigned)atoi(args[2]) * 3 + 120); /* it hangs */
    engine_init(&machine, abi()->page_bytes);
    for (unsigned i = 0; i < count; i++)
        threads[i].cpu = engine_cpu_new(&machine);
    const struct load_request r = {.mem = &machine.mem,
                                   .guest = machine.guest,
                                   .rules = &abi()->elf,
                                   .path = machine.options.program,
                                   .top = machine.mem.top};
    load_elf(&r, &image);
    for (unsigned i = 0; i < count; i++)
        start(i, count, image.entry);
    running = count;
    struct sigaction act = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK | SA_RESTART};
    sigaction(SIGUSR1, &act, NULL);
    for (unsigned i = 0; i < count; i++)
        if (pthread_create(&threads[i].thread, NULL, run, &threads[i]) != 0)
            die("no thread");
    while (__atomic_load_n(&running, __ATOMIC_ACQUIRE) != 0) {
        usleep(kicks != 0 ? kicks : WAIT_MICROSECONDS);
        struct thread *t = &threads[(unsigned)rand() % count];
        if (kicks != 0 && __atomic_load_n(&t->counter, __ATOMIC_ACQUIRE) != NULL)
            pthread_kill(t->thread, SIGUSR1);
        else if (kicks != 0)
            engine_kick(t->cpu);
    }
    uint64_t errors = 0;
    for (unsigned i = 0; i < count; i++) {
        pthread_join(threads[i].thread, NULL);
        printf("CPU %u: %llu rounds, %llu attentions, errors %#llx\n", i,
               (unsigned long long)threads[i].rounds,
               (unsigned long long)threads[i].attentions,
               (unsigned long long)threads[i].errors);
        errors |= threads[i].errors;
    }
    if (machine.options.stats)
        engine_finish();
    for (unsigned i = 0; i < count; i++)
        engine_cpu_free(threads[i].cpu);
    return errors != 0;
}
