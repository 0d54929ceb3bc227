/*
 * cache.c - unit tests of the code cache: map, links, retiring, eviction under each
 * policy, faults, lookup tables, fork. The code in it is never run: a blob whose bytes
 * tell whose they are.
 */
#include "cache/space.h"
#include "util/epoch.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { BYTES = 64 * 1024, EXITS = 3, STUB = 24, HEAD = 16 };

/* The jump of a blob's exit i is at HEAD + i * STUB, its stub behind it: 8 bytes, then
 * the cache's pointer. */
static uint8_t bytes[BYTES * 2];
static struct host_exit exits[EXITS];
static struct host_fault faults[2];
static struct host_recipe recipes[3];
static uint32_t polls[2];
enum { WHOLE = 0xa9, CUT = 0xe9 };

static struct cache *cache;
static const struct cache_policy *policy;

void host_patch(uint8_t *field, const uint8_t *site, const void *to)
{
    assert_int_equal((uintptr_t)site & 3, 0);
    int32_t rel = (int32_t)((const uint8_t *)to - (site + 4));
    memcpy(field, &rel, sizeof rel);
}

void host_cut(uint8_t *at, bool cut)
{
    *at = cut ? CUT : WHOLE;
}

static const void *led_to(const struct cache_link *l)
{
    const uint8_t *site = l->from->code + l->jump;
    int32_t rel;
    memcpy(&rel, site, sizeof rel);
    return site + 4 + rel;
}

/* blob - code of SIZE bytes for PC, whose exits lead to the pcs PC + 1 to PC + EXITS. */
static struct host_code blob(uint64_t pc, uint32_t size)
{
    memset(bytes, 0xcc, size);
    memcpy(bytes, &pc, sizeof pc);
    for (unsigned i = 0; i < EXITS; i++) {
        uint32_t jump = HEAD + i * STUB;
        int32_t rel = 0;
        memcpy(bytes + jump, &rel, sizeof rel);
        exits[i] = (struct host_exit){
            .jump = jump, .stub = jump + 4, .id = jump + 12, .pc = pc + 1 + i};
    }
    faults[0] = (struct host_fault){
        .code = size - 7, .recipe_first = 0, .recipe_count = 2, .pc = pc};
    faults[1] = (struct host_fault){
        .code = size - 3, .recipe_first = 2, .recipe_count = 1, .pc = pc + 4};
    recipes[2].value = pc;
    for (unsigned i = 0; i < 2; i++) {
        polls[i] = size - 10 - 10 * i;
        bytes[polls[i]] = WHOLE;
    }
    return (struct host_code){.bytes = bytes,
                              .size = size,
                              .entry = 8,
                              .exits = exits,
                              .exit_count = EXITS,
                              .polls = polls,
                              .poll_count = 2,
                              .faults = faults,
                              .fault_count = 2,
                              .recipes = recipes,
                              .recipe_count = 3};
}

static struct translation *install(uint64_t pc, uint32_t context, uint32_t size)
{
    struct host_code code = blob(pc, size);
    struct cache_range range = {.gva = pc, .len = 8};
    return cache_install(cache, pc, context, 1, &code, &range, 1, 2);
}

static int setup(void **state)
{
    policy = *state;
    cache = cache_new(BYTES, policy, 1);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    cache_check(cache);
    cache_free(cache);
    return 0;
}

/* check_jumps - every exit leads to where its link says, else to its stub, and knows its
 * link. */
static void check_jumps(void)
{
    for (unsigned i = 0; i < BYTES / CACHE_PAGE; i++)
        for (struct translation *t = cache->placed[i]; t != NULL; t = t->next_placed)
            for (unsigned k = 0; k < t->link_count; k++) {
                struct cache_link *l = &t->links[k], *id;
                memcpy(&id, t->code + l->jump + 12, sizeof id);
                assert_ptr_equal(id, l);
                assert_ptr_equal(led_to(l),
                                 l->to != NULL ? cache_entry(l->to) : t->code + l->stub);
            }
    cache_check(cache);
}

static void finds_by_pc_and_context(void **state)
{
    (void)state;
    struct translation *a = install(0x1000, 0, 100), *b = install(0x1000, 1, 100),
                       *c = install(0x2000, 0, 100);
    assert_ptr_equal(cache_find(cache, 0x1000, 0), a);
    assert_ptr_equal(cache_find(cache, 0x1000, 1), b);
    assert_ptr_equal(cache_find(cache, 0x2000, 0), c);
    assert_null(cache_find(cache, 0x2000, 1));
    assert_null(cache_find(cache, 0x3000, 0));
    cache_retire(cache, a);
    assert_null(cache_find(cache, 0x1000, 0));
    assert_ptr_equal(cache_find(cache, 0x1000, 1), b);
}

static void code_stands_in_the_executable_view(void **state)
{
    (void)state;
    struct translation *a = install(0x1000, 0, 100);
    uint64_t pc;
    memcpy(&pc, a->code, sizeof pc);
    assert_int_equal(pc, 0x1000);
    assert_true(cache_holds(cache, (uintptr_t)a->code));
    assert_ptr_equal(cache_entry(a), a->code + 8);
    assert_int_equal((uintptr_t)a->code % CACHE_ALIGN, 0);
}

static void links_are_cut_when_the_target_retires(void **state)
{
    (void)state;
    struct translation *a = install(0x1000, 0, 100), *b = install(0x1001, 0, 100),
                       *c = install(0x1002, 0, 100);
    cache_link(cache, &a->links[0], b);
    cache_link(cache, &a->links[1], c);
    cache_link(cache, &c->links[0], b);
    cache_link(cache, &b->links[0], b);
    check_jumps();
    assert_ptr_equal(led_to(&a->links[0]), cache_entry(b));
    cache_retire(cache, b);
    check_jumps();
    assert_null(a->links[0].to);
    assert_null(c->links[0].to);
    assert_ptr_equal(a->links[1].to, c);
    cache_link(cache, &a->links[0], b);
    assert_null(a->links[0].to);
}

static void a_better_translation_takes_the_links_over(void **state)
{
    (void)state;
    struct translation *a = install(0x1000, 0, 100), *b = install(0x1001, 0, 100);
    cache_link(cache, &a->links[0], b);
    cache_link(cache, &b->links[1], b);
    struct translation *c = install(0x1001, 0, 200);
    check_jumps();
    assert_true(b->retired);
    assert_ptr_equal(cache_find(cache, 0x1001, 0), c);
    assert_ptr_equal(led_to(&a->links[0]), cache_entry(c));
}

static void retires_what_was_made_from_a_range(void **state)
{
    (void)state;
    struct host_code code = blob(0x1000, 100);
    struct cache_range two[] = {{0x1ff8, 16}, {0x5000, 4}, {0x5004, 4}};
    for (unsigned way = 0; way < 6; way++) {
        struct translation *t = cache_install(cache, 0x1ff8, 0, 2, &code, two, 3, 7);
        assert_int_equal(t->page_count, 3);
        cache_retire_range(cache, 0x1000, 0xff8);
        cache_retire_range(cache, 0x2008, 0x2ff8);
        cache_retire_range(cache, 0x5008, 0x1000);
        assert_false(t->retired);
        check_jumps();
        if (way == 0)
            cache_retire_range(cache, 0x1fff, 1);
        else if (way == 1)
            cache_retire_range(cache, 0x2007, 1);
        else if (way == 2)
            cache_retire_range(cache, 0x5007, 1);
        else if (way == 3)
            cache_retire_range(cache, 0x1000, 0x1000);
        else if (way == 4)
            cache_retire_range(cache, 0, UINT64_MAX);
        else
            cache_retire_range(cache, 0x5000, 0x1000);
        assert_true(t->retired);
        assert_null(cache_find(cache, 0x1ff8, 0));
        assert_int_equal(cache->pages.count, 0);
        check_jumps();
    }
}

static void finds_faults_even_of_retired_code(void **state)
{
    (void)state;
    struct translation *a = install(0x1000, 0, 5000), *b = install(0x2000, 0, 9001);
    const struct host_fault *f;
    for (unsigned round = 0; round < 2; round++) {
        assert_ptr_equal(cache_fault(cache, (uintptr_t)b->code + 9001 - 3, &f), b);
        assert_non_null(f);
        assert_int_equal(f->pc, 0x2004);
        assert_int_equal(b->recipes[f->recipe_first].value, 0x2000);
        assert_ptr_equal(cache_fault(cache, (uintptr_t)a->code + 5000 - 7, &f), a);
        assert_int_equal(f->pc, 0x1000);
        assert_ptr_equal(cache_fault(cache, (uintptr_t)a->code + 5000 - 6, &f), a);
        assert_null(f);
        assert_null(cache_fault(cache, (uintptr_t)b->code + 9001, &f));
        assert_null(cache_fault(cache, (uintptr_t)cache->code + BYTES, &f));
        assert_null(cache_fault(cache, (uintptr_t)cache->write, &f));
        cache_retire(cache, round == 0 ? a : b);
    }
}

static void tables_forget_what_retires(void **state)
{
    (void)state;
    struct cache_cpu *cpu = cache_cpu_new(cache);
    struct translation *a = install(0x1000, 0, 100), *b = install(0x1000, 1, 100);
    struct host_jump *j0 = cache_jumps(cache, cpu, 0), *j1 = cache_jumps(cache, cpu, 1);
    assert_ptr_not_equal(j0, j1);
    unsigned slot = host_jump_slot(0x1000, 1);
    assert_int_not_equal(host_jump_slot(j0[slot].pc, 1), slot);
    assert_int_not_equal(host_jump_slot(j0[0].pc, 1), 0);
    cache_jump(cache, j0, a);
    cache_jump(cache, j1, b);
    assert_ptr_equal(j0[slot].code, cache_entry(a));
    assert_int_equal(j0[slot].pc, 0x1000);
    cache_retire(cache, a);
    assert_int_not_equal(host_jump_slot(j0[slot].pc, 1), slot);
    assert_ptr_equal(j0[slot].code, cache_entry(a)); /* a CPU may be about to go there */
    assert_ptr_equal(j1[slot].code, cache_entry(b));
    for (uint32_t context = 2; context < 9; context++)
        assert_null(cache_jumps(cache, cpu, context)[slot].code);
    assert_ptr_equal(cache_jumps(cache, cpu, 8), cache_jumps(cache, cpu, 8));
    assert_null(cache_jumps(cache, cpu, 1)[slot].code);
    cache_cpu_free(cache, cpu);
}

/* A CPU that stays in, in translation `in`, until it is asked to leave. */
static struct {
    struct epoch_cpu epoch;
    volatile uint32_t attention;
    struct translation *in;
    uint64_t pc;
    bool found; /* its code and side tables were there until then */
} other;

static void *other_cpu(void *unused)
{
    const struct host_fault *f;
    uint64_t pc;
    epoch_this = &other.epoch;
    for (unsigned i = 0; i < 5000 && !__atomic_load_n(&other.attention, __ATOMIC_ACQUIRE);
         i++)
        usleep(1000);
    memcpy(&pc, other.in->code, sizeof pc);
    other.found =
        pc == other.pc && other.in->retired &&
        cache_fault(cache, (uintptr_t)other.in->code + 1000 - 7, &f) == other.in;
    epoch_out();
    epoch_this = NULL;
    return unused;
}

static void waits_for_a_cpu(bool named)
{
    pthread_t thread;
    epoch_add(&other.epoch, &other.attention);
    epoch_lock();
    other.pc = 0x10000;
    other.in = install(other.pc, 0, 1000);
    if (named)
        cache_retire(cache, other.in);
    epoch_this = &other.epoch;
    epoch_pass();
    epoch_this = NULL;
    other.attention = 0;
    other.found = false;
    assert_int_equal(pthread_create(&thread, NULL, other_cpu, NULL), 0);
    uint64_t pc = other.pc;
    for (unsigned i = 0; i < 2 * BYTES / 1024; i++)
        install(pc += 0x100, 0, 1000);
    assert_null(cache->dead);
    epoch_unlock();
    pthread_join(thread, NULL);
    epoch_remove(&other.epoch);
    assert_true(other.found);
}

static void waits_for_a_cpu_that_is_in(void **state)
{
    (void)state;
    waits_for_a_cpu(false);
    cache_flush_all(cache);
    waits_for_a_cpu(true);
}

static void refuses_what_is_too_large(void **state)
{
    (void)state;
    assert_non_null(install(0x1000, 0, 16 * 1024));
    assert_null(install(0x2000, 0, BYTES + 16));
    assert_null(cache_find(cache, 0x2000, 0));
}

static void the_oldest_leaves_first(void **state)
{
    (void)state;
    uint64_t pc = 0x10000;
    install(pc, 0, 4096);
    while (cache_stats(cache)->evicted == 0)
        install(pc += 0x100, 0, 4096);
    assert_null(cache_find(cache, 0x10000, 0));
    assert_non_null(cache_find(cache, pc, 0));
    unsigned left = 0;
    for (uint64_t p = 0x10000; p <= pc; p += 0x100)
        left += cache_find(cache, p, 0) != NULL;
    assert_int_equal(left, policy == &cache_flush ? 1 : policy == &cache_fifo ? 16 : 13);
    check_jumps();
}

static void a_flush_empties_it(void **state)
{
    (void)state;
    struct translation *a = install(0x1000, 0, 100), *b = install(0x1001, 0, 100);
    cache_link(cache, &a->links[0], b);
    cache_flush_all(cache);
    assert_null(cache_find(cache, 0x1000, 0));
    assert_int_equal(cache->map.count + cache->pages.count, 0);
    assert_int_equal(cache_stats(cache)->evicted, 2);
    assert_ptr_equal(install(0x1000, 0, 100)->code, cache->code);
}

static void a_child_starts_empty(void **state)
{
    (void)state;
    struct cache_cpu *cpu = cache_cpu_new(cache);
    struct translation *a = install(0x1000, 0, 100), *b = install(0x1001, 0, 100);
    cache_link(cache, &a->links[0], b);
    cache_jump(cache, cache_jumps(cache, cpu, 0), a);
    pid_t child = fork();
    if (child == 0) {
        cache_after_fork(cache);
        bool good = cache_find(cache, 0x1000, 0) == NULL &&
                    cache_jumps(cache, cpu, 0)[host_jump_slot(0x1000, 1)].code == NULL;
        for (uint64_t pc = 0; pc < 200; pc++)
            install(0x2000 + pc * 64, 0, 1000);
        cache_check(cache);
        _exit(good ? 0 : 1);
    }
    int status;
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    uint64_t pc;
    memcpy(&pc, a->code, sizeof pc);
    assert_int_equal(pc, 0x1000);
    check_jumps();
    cache_cpu_free(cache, cpu);
}

/* Random operations; what the cache finds must be what was installed last and has not
 * been retired, or nothing. */
/* Retired code is cut, too: a CPU may be in it. */
static void all_code_is_cut(void **state)
{
    (void)state;
    const struct translation *t[] = {install(0x100, 0, 300), install(0x200, 0, 250)};
    cache_retire(cache, cache_find(cache, 0x200, 0));
    for (unsigned round = 0; round < 4; round++) {
        bool cut = round % 2 == 0;
        cache_cut(cache, cut);
        for (unsigned i = 0; i < 4; i++)
            assert_int_equal(t[i / 2]->code[t[i / 2]->polls[i % 2]], cut ? CUT : WHOLE);
    }
}

static void random_operations(void **state)
{
    (void)state;
    enum { PCS = 300 };
    struct cache_cpu *cpu = cache_cpu_new(cache);
    unsigned links = 0;
    srand(4711);
    for (unsigned i = 0; i < 20000; i++) {
        uint64_t pc = 0x10000 + (uint64_t)(rand() % PCS) * 0x2fd;
        uint32_t context = rand() % 8 == 0;
        struct translation *t = cache_find(cache, pc, context), *to;
        unsigned what = (unsigned)rand() % 16;
        if (what == 0)
            cache_retire_range(cache, pc, (uint64_t)rand() % 2000);
        else if (what == 1 && t != NULL)
            cache_retire(cache, t);
        else if (what < 8 && t != NULL)
            cache_jump(cache, cache_jumps(cache, cpu, context), t);
        else if (what < 10 && t != NULL)
            to = install(pc, context, 100 + (uint32_t)rand() % 3000);
        else if (t == NULL)
            t = install(pc, context, 100 + (uint32_t)rand() % 3000);
        to = cache_find(cache, 0x10000 + (uint64_t)(rand() % PCS) * 0x2fd, context);
        t = cache_find(cache, pc, context);
        if (t != NULL && to != NULL) {
            cache_link(cache, &t->links[rand() % EXITS], to);
            links++;
        }
        if (t != NULL) {
            uint64_t found;
            memcpy(&found, t->code, sizeof found);
            assert_int_equal(found, pc);
        }
        if (i % 64 == 0)
            check_jumps();
    }
    assert_true(links > 1000);
    assert_true(cache_stats(cache)->evicted > 1000);
    assert_true(cache_stats(cache)->cut > 1000);
}

#define CASE(policy, name)                             \
    {                                                  \
#name " (" #policy ")", name, setup, teardown, \
            (void *)(uintptr_t)&cache_##policy         \
    }
#define CASES(policy)                                                                   \
    CASE(policy, finds_by_pc_and_context),                                              \
        CASE(policy, code_stands_in_the_executable_view),                               \
        CASE(policy, links_are_cut_when_the_target_retires),                            \
        CASE(policy, a_better_translation_takes_the_links_over),                        \
        CASE(policy, retires_what_was_made_from_a_range),                               \
        CASE(policy, finds_faults_even_of_retired_code),                                \
        CASE(policy, tables_forget_what_retires),                                       \
        CASE(policy, waits_for_a_cpu_that_is_in),                                       \
        CASE(policy, refuses_what_is_too_large), CASE(policy, the_oldest_leaves_first), \
        CASE(policy, a_flush_empties_it), CASE(policy, a_child_starts_empty),           \
        CASE(policy, all_code_is_cut), CASE(policy, random_operations)

int main(void)
{
    const struct CMUnitTest tests[] = {CASES(flush), CASES(fifo), CASES(segments)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
