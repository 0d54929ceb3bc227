/* stats.c - --stats; see stats.h. */
#include "engine/stats.h"

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

void stats_print(void)
{
    if (machine == NULL)
        return;
    const struct blocks *b = machine->blocks;
    struct interp_cpu none = {0};
    const struct interp_cpu *i = b->cpus != NULL ? b->cpus : &none;
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    const struct {
        const char *name;
        uint64_t value;
    } items[] = {
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
        {"user_microseconds",
         (uint64_t)use.ru_utime.tv_sec * 1000000 + (uint64_t)use.ru_utime.tv_usec},
        {"peak_kilobytes", (uint64_t)use.ru_maxrss},
    };
    bool json = machine->options.stats_format != NULL &&
                strcmp(machine->options.stats_format, "json") == 0;
    size_t count = sizeof items / sizeof *items;
    fprintf(stderr, json ? "{\"dispatch\": \"%s\"" : "dispatch              %s\n",
            machine->guest->interp[machine->options.dispatch]->name);
    for (size_t k = 0; k < count; k++)
        fprintf(stderr, json ? ", \"%s\": %llu" : "%-21s %llu\n", items[k].name,
                (unsigned long long)items[k].value);
    if (json)
        fputs("}\n", stderr);
    machine = NULL;
}

void engine_finish(void)
{
    stats_print();
}
