/* stats.c - --stats; see stats.h. */
#include "engine/stats.h"

#include "engine/translate.h"
#include "engine/verify.h"
#include "exc/exc.h"
#include "interp/blocks.h"

#include <string.h>
#include <sys/resource.h>

static struct machine *machine;

void stats_init(struct machine *m)
{
    machine = m;
}

const char *stats_trap_name(unsigned number)
{
    switch (number) {
    case TRAP_ILLEGAL:
        return "Illegal";
    case TRAP_FETCH:
        return "Fetch";
    case TRAP_MEMORY:
        return "Memory";
    case TRAP_UNALIGNED:
        return "Unaligned";
    case TRAP_BUS:
        return "Bus";
    default:
        return "(unknown)";
    }
}

struct item {
    const char *name;
    uint64_t value;
};

static void print_items(const struct item *items, size_t count, bool json)
{
    for (size_t k = 0; k < count; k++)
        fprintf(stderr, json ? ", \"%s\": %llu" : "%-21s %llu\n", items[k].name,
                (unsigned long long)items[k].value);
}

static void print_interpreter(bool json)
{
    const struct blocks *b = machine->blocks;
    struct interp_cpu none = {0};
    const struct interp_cpu *i = b->cpus != NULL ? b->cpus : &none;
    const struct item items[] = {
        {"blocks_built", b->built},
        {"instructions_decoded", b->insns + i->decoded},
        {"record_bytes", b->bytes},
        {"map_lookups", b->lookups},
        {"chains_resolved", i->resolved},
        {"jump_cache_misses", i->jump_misses},
        {"blocks_retired", b->retired_count},
        {"code_write_faults", machine->mem.write_faults},
        {"code_pages_checked", machine->mem.checked_pages},
        {"single_steps", b->steps},
    };
    print_items(items, sizeof items / sizeof *items, json);
}

static void print_tier(const struct translator *tr, unsigned tier, bool json)
{
    static const char *const what[] = {"translations", "instructions", "host_bytes",
                                       "microseconds", "failures"};
    const uint64_t values[] = {tr->tiers[tier].translations, tr->tiers[tier].insns,
                               tr->tiers[tier].bytes, tr->tiers[tier].ns / 1000,
                               tr->tiers[tier].failed};
    for (unsigned k = 0; k < sizeof what / sizeof *what; k++) {
        char name[32];
        snprintf(name, sizeof name, "tier%u_%s", tier, what[k]);
        print_items(&(struct item){name, values[k]}, 1, json);
    }
}

/* print_jumps - how translated code went from one translation to another; of the
 * machine's CPUs together. */
static void print_jumps(const struct translator *tr, bool json)
{
    uint64_t n[HOST_COUNTS] = {0};
    for (const struct interp_cpu *i = machine->blocks->cpus; i != NULL; i = i->next)
        for (unsigned k = 0; k < HOST_COUNTS; k++)
            n[k] += i->cpu->host.counts[k];
    const struct item items[] = {
        {"jumps_direct", n[HOST_COUNT_LINK]},
        {"jumps_linked", n[HOST_COUNT_LINK] - tr->exits[HOST_EXIT_LINK]},
        {"jumps_guessed", n[HOST_COUNT_SITE]},
        {"guess_hits", n[HOST_COUNT_HIT]},
        {"returns", n[HOST_COUNT_RETURN]},
        {"return_stack_hits", n[HOST_COUNT_RETURN] - n[HOST_COUNT_ASTRAY]},
        {"jumps_looked_up", n[HOST_COUNT_LOOKUP]},
    };
    print_items(items, sizeof items / sizeof *items, json);
}

static void print_translator(const struct translator *tr, bool json)
{
    static const struct cache_stats none;
    const struct cache_stats *c = tr->cache != NULL ? cache_stats(tr->cache) : &none;
    for (unsigned tier = 1; tier < TIERS; tier++)
        print_tier(tr, tier, json);
    const struct item items[] = {
        {"exits_link", tr->exits[HOST_EXIT_LINK]},
        {"exits_indirect", tr->exits[HOST_EXIT_INDIRECT]},
        {"exits_interp", tr->exits[HOST_EXIT_INTERP]},
        {"exits_poll", tr->exits[HOST_EXIT_POLL]},
        {"lookup_misses", tr->jump_misses},
        {"evaluations", tr->evaluations},
        {"translated_faults", exc_cache_faults},
        {"forced_faults", verify_forced()},
        {"links", c->links},
        {"links_cut", c->cut},
        {"retired", c->retired},
        {"evicted", c->evicted},
        {"cache_flushes", c->flushes},
        {"cache_bytes", c->bytes},
        {"single_blocks", machine->singles->built},
    };
    print_items(items, sizeof items / sizeof *items, json);
    print_jumps(tr, json);
}

void stats_print(void)
{
    if (machine == NULL)
        return;
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    const struct item items[] = {
        {"user_microseconds",
         (uint64_t)use.ru_utime.tv_sec * 1000000 + (uint64_t)use.ru_utime.tv_usec},
        {"peak_kilobytes", (uint64_t)use.ru_maxrss},
    };
    bool json = machine->options.stats_format != NULL &&
                strcmp(machine->options.stats_format, "json") == 0;
    fprintf(stderr, json ? "{\"dispatch\": \"%s\"" : "dispatch              %s\n",
            machine->guest->interp[machine->options.dispatch]->name);
    print_interpreter(json);
    if (machine->translator != NULL)
        print_translator(machine->translator, json);
    print_items(items, sizeof items / sizeof *items, json);
    if (json)
        fputs("}\n", stderr);
    machine = NULL;
}

void engine_finish(void)
{
    stats_print();
}
