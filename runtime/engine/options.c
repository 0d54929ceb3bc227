/* options.c - the command line; see options.h. */
#include "engine/options.h"

#include "engine/translate.h"
#include "util/alloc.h"
#include "util/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0.1.0"
#endif

/* What reading works on. */
struct reader {
    struct options *o;
    const struct guest *guest;
    size_t env_count;
};

struct option {
    const char *name;     /* as typed; one that ends in '=' takes what follows it */
    const char *argument; /* its name in the help; NULL: takes none */
    const char *help;
    void (*set)(struct reader *r, const char *value);
};

static void set_prefix(struct reader *r, const char *value)
{
    r->o->prefix = value;
}

static void set_argv0(struct reader *r, const char *value)
{
    static char *copy;
    copy = xstrdup(value);
    r->o->argv = &copy; /* taken up by options_read */
}

static void set_release(struct reader *r, const char *value)
{
    r->o->release = value;
}

/* size_of - a size in bytes or with K, M or G. */
static uint64_t size_of(const char *option, const char *text)
{
    char *end;
    errno = 0;
    uint64_t n = strtoull(text, &end, 0);
    unsigned shift = 0;
    if (*end == 'K' || *end == 'k')
        shift = 10;
    else if (*end == 'M' || *end == 'm')
        shift = 20;
    else if (*end == 'G' || *end == 'g')
        shift = 30;
    if (end == text || errno != 0 || end[shift != 0] != '\0' || n > UINT64_MAX >> shift ||
        *text == '-')
        die("%s %s: not a size; give bytes, or a number with K, M or G", option, text);
    return n << shift;
}

static void set_stack(struct reader *r, const char *value)
{
    r->o->stack_bytes = size_of("-s", value);
    if (r->o->stack_bytes == 0)
        die("-s %s: a program needs a stack", value);
}

static void set_strace(struct reader *r, const char *value)
{
    (void)value;
    r->o->strace = true;
}

static void set_gdb(struct reader *r, const char *value)
{
    r->o->gdb = value;
    die("-g %s: waiting for gdb is not there yet", value);
}

static void set_dump(struct reader *r, const char *value)
{
    static const struct {
        const char *name;
        unsigned bit;
    } items[] = {{"decode", DUMP_DECODE},   {"interp", DUMP_INTERP}, {"trap", DUMP_TRAP},
                 {"syscall", DUMP_SYSCALL}, {"exec", DUMP_EXEC},     {"ir", DUMP_IR},
                 {"opt", DUMP_OPT},         {"alloc", DUMP_ALLOC},   {"host", DUMP_HOST},
                 {"cache", DUMP_CACHE}};
    while (*value != '\0') {
        size_t n = strcspn(value, ",");
        unsigned bit = 0;
        for (size_t i = 0; i < sizeof items / sizeof *items; i++)
            if (strlen(items[i].name) == n && strncmp(items[i].name, value, n) == 0)
                bit = items[i].bit;
        if (bit == 0)
            die("-d %.*s: no such dump; there are decode, interp, trap, syscall, exec, "
                "ir, opt, alloc, host, cache",
                (int)n, value);
        r->o->dump |= bit;
        value += n + (value[n] == ',');
    }
}

static void set_dump_file(struct reader *r, const char *value)
{
    r->o->dump_to = fopen(value, "w");
    if (r->o->dump_to == NULL)
        die("-D %s: %s", value, strerror(errno));
}

/* set_filter - LOW..HIGH, LOW-HIGH (both included) or LOW+SIZE. */
static void set_filter(struct reader *r, const char *value)
{
    char *end;
    uint64_t low = strtoull(value, &end, 0), high = 0;
    const char *second = end;
    bool size = *end == '+';
    if (strncmp(end, "..", 2) == 0)
        second = end + 2;
    else if (*end == '-' || *end == '+')
        second = end + 1;
    if (second != end) {
        high = strtoull(second, &end, 0);
        high = size ? low + high : high + 1;
    }
    if (second == value || *end != '\0' || high <= low)
        die("-dfilter %s: not a range; give LOW..HIGH or LOW+SIZE", value);
    r->o->dump_low = low;
    r->o->dump_high = high;
}

static bool has_cpus(const struct guest *guest)
{
    return guest->cpu_names != NULL && *guest->cpu_names != NULL;
}

static void set_cpu(struct reader *r, const char *value)
{
    if (strcmp(value, "help") == 0) {
        if (!has_cpus(r->guest))
            printf("%s has no CPU models\n", r->guest->name);
        for (const char *const *n = r->guest->cpu_names; n != NULL && *n != NULL; n++)
            puts(*n);
        exit(0);
    }
    r->o->cpu = value;
}

/* choice - the index of VALUE among NAMES, which NULL ends; dies if it is none. */
static unsigned choice(const char *option, const char *value, const char *const *names)
{
    char list[256] = "";
    for (unsigned i = 0; names[i] != NULL; i++) {
        if (strcmp(names[i], value) == 0)
            return i;
        size_t n = strlen(list);
        snprintf(list + n, sizeof list - n, "%s%s", i > 0 ? ", " : "", names[i]);
    }
    die("%s%s: no such value; there are %s", option, value, list);
}

static void set_tier(struct reader *r, const char *value)
{
    static const char *const names[] = {"interp", "block", "region", "auto", "ir", NULL};
    r->o->tier = (enum tier)choice("--tier=", value, names);
}

/* threshold_of - a number of entries. */
static uint32_t threshold_of(const char *option, const char *text)
{
    char *end;
    unsigned long n = strtoul(text, &end, 10);
    if (end == text || *end != '\0' || n == 0 || n > INT32_MAX || *text == '-')
        die("%s%s: not a number of entries; give 1 to %d", option, text, INT32_MAX);
    return (uint32_t)n;
}

static void set_threshold_block(struct reader *r, const char *value)
{
    r->o->threshold_block = threshold_of("--threshold-block=", value);
}

static void set_threshold_region(struct reader *r, const char *value)
{
    r->o->threshold_region = threshold_of("--threshold-region=", value);
}

static void set_cache_size(struct reader *r, const char *value)
{
    uint64_t bytes = size_of("--cache-size=", value);
    if (bytes < CACHE_BYTES_MIN || bytes > CACHE_BYTES_MAX)
        die("--cache-size=%s: give 64K to 2G", value);
    r->o->cache_bytes = bytes;
}

static void set_cache_policy(struct reader *r, const char *value)
{
    static const char *const names[] = {"segments", "flush", "fifo", NULL};
    r->o->cache_policy = names[choice("--cache-policy=", value, names)];
}

static void set_no_pass(struct reader *r, const char *value)
{
    unsigned bit = translate_pass_bit(value);
    if (bit == 0)
        die("--no-pass=%s: no such pass; there are %s", value, translate_pass_names);
    r->o->no_pass |= bit;
}

static void set_host_cpu(struct reader *r, const char *value)
{
    static const char *const names[] = {"x86-64-v1", "x86-64-v2", "x86-64-v3",
                                        "x86-64-v4", NULL};
    r->o->host_level = 1 + choice("--host-cpu=", value, names);
}

static void set_max_translations(struct reader *r, const char *value)
{
    r->o->translations_max = threshold_of("--max-translations=", value);
}

static void set_perf_map(struct reader *r, const char *value)
{
    (void)value;
    r->o->perf_map = true;
}

static void set_compile(struct reader *r, const char *value)
{
    static const char *const names[] = {"now", "background", NULL};
    r->o->compile_background = choice("--compile=", value, names) == 1;
}

static void set_interrupts(struct reader *r, const char *value)
{
    static const char *const names[] = {"poll", "unchain", NULL};
    r->o->unchain = choice("--interrupts=", value, names) == 1;
}

static void set_verify(struct reader *r, const char *value)
{
    static const char *const names[] = {"runs", "faults", NULL};
    r->o->verify = true;
    r->o->verify_faults = value != NULL && choice("--verify=", value, names) == 1;
}

static void set_no_link(struct reader *r, const char *value)
{
    (void)value;
    r->o->no_link = true;
}

static void set_no_lookup(struct reader *r, const char *value)
{
    (void)value;
    r->o->no_lookup = true;
}

static void set_no_return_stack(struct reader *r, const char *value)
{
    (void)value;
    r->o->no_return_stack = true;
}

static void set_no_inline_cache(struct reader *r, const char *value)
{
    (void)value;
    r->o->no_inline_cache = true;
}

static void set_memory(struct reader *r, const char *value)
{
    (void)r;
    if (strcmp(value, "direct") != 0 && strcmp(value, "auto") != 0)
        die("--memory=%s: no such mode; there are direct, auto", value);
}

static void set_dispatch(struct reader *r, const char *value)
{
    static const char *const names[] = {"switch", "threaded", "predecoded", "direct"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i], value) == 0) {
            r->o->dispatch = (enum dispatch)i;
            return;
        }
    }
    die("--dispatch=%s: no such technique; there are switch, threaded, predecoded, "
        "direct",
        value);
}

static void set_no_chain(struct reader *r, const char *value)
{
    (void)value;
    r->o->chain = false;
}

static void set_stats(struct reader *r, const char *value)
{
    if (value != NULL && strcmp(value, "json") != 0 && strcmp(value, "text") != 0)
        die("--stats=%s: no such format; there are text, json", value);
    r->o->stats = true;
    r->o->stats_format = value != NULL ? value : "text";
}

static bool names_variable(const char *entry, const char *name, size_t n)
{
    return strncmp(entry, name, n) == 0 && entry[n] == '=';
}

static void unset_variable(struct reader *r, const char *name)
{
    size_t n = strcspn(name, "="), kept = 0;
    for (size_t i = 0; i < r->env_count; i++)
        if (!names_variable(r->o->envp[i], name, n))
            r->o->envp[kept++] = r->o->envp[i];
    r->env_count = kept;
    r->o->envp[kept] = NULL;
}

static void set_variable(struct reader *r, const char *value)
{
    if (strchr(value, '=') == NULL)
        die("-E %s: give VAR=VALUE", value);
    unset_variable(r, value);
    r->o->envp = xrealloc(r->o->envp, (r->env_count + 2) * sizeof *r->o->envp);
    r->o->envp[r->env_count++] = xstrdup(value);
    r->o->envp[r->env_count] = NULL;
}

static void print_help(struct reader *r, const char *value);

static void print_version(struct reader *r, const char *value)
{
    (void)value;
    printf("isomorph-%s (Isomorph) " PACKAGE_VERSION "\n", r->guest->name);
    exit(0);
}

/* clang-format off */
static const struct option option_table[] = {
    {"-L",          "DIR",       "prefix for the guest's interpreter and libraries", set_prefix},
    {"-E",          "VAR=VALUE", "set a variable in the guest's environment", set_variable},
    {"-U",          "VAR",       "unset a variable in the guest's environment", unset_variable},
    {"-0",          "NAME",      "argument 0 of the guest", set_argv0},
    {"-s",          "SIZE",      "size of the guest's stack", set_stack},
    {"-r",          "RELEASE",   "release that uname tells", set_release},
    {"-strace",     NULL,        "print system calls", set_strace},
    {"-g",          "PORT",      "wait for gdb", set_gdb},
    {"-d",          "ITEMS",     "dump: decode,interp,trap,syscall,exec,ir,opt,alloc,host,cache", set_dump},
    {"-D",          "FILE",      "where dumps go; standard error otherwise", set_dump_file},
    {"-dfilter",    "RANGE",     "dump only these guest addresses: LOW..HIGH, LOW+SIZE", set_filter},
    {"-cpu",        "NAME",      "the CPU; help lists them", set_cpu},
    {"--tier=",     "TIER",      "interp, block, region, auto, ir", set_tier},
    {"--threshold-block=",  "N", "entries of a block until it is translated", set_threshold_block},
    {"--threshold-region=", "N", "executions of code until its region is", set_threshold_region},
    {"--cache-size=",       "SIZE", "of the code cache", set_cache_size},
    {"--cache-policy=",     "POLICY", "segments, flush, fifo", set_cache_policy},
    {"--no-pass=",  "NAME",      "leave a pass over translations out", set_no_pass},
    {"--host-cpu=", "LEVEL",     "the host's instructions: x86-64-v1 to x86-64-v4", set_host_cpu},
    {"--max-translations=", "N", "translate no more than N times", set_max_translations},
    {"--compile=",  "WHEN",      "regions: now, background", set_compile},
    {"--interrupts=", "HOW",     "seen by: poll, unchain", set_interrupts},
    {"--perf-map",  NULL,        "tell perf about translations, in /tmp/perf-PID.map", set_perf_map},
    {"--verify=",   "HOW",       "runs: as --verify; faults: force some, too", set_verify},
    {"--verify",    NULL,        "compare translations with the interpreter", set_verify},
    {"--no-link",   NULL,        "link no translations with each other", set_no_link},
    {"--no-lookup", NULL,        "look the target of every computed jump up", set_no_lookup},
    {"--no-return-stack", NULL,  "look the target of every return up", set_no_return_stack},
    {"--no-inline-cache", NULL,  "guess no target of a computed jump", set_no_inline_cache},
    {"--memory=",   "MODE",      "direct, auto", set_memory},
    {"--dispatch=", "TECHNIQUE", "switch, threaded, predecoded, direct", set_dispatch},
    {"--no-chain",  NULL,        "look every jump's target up", set_no_chain},
    {"--stats=",    "FORMAT",    "print statistics at the end: text, json", set_stats},
    {"--stats",     NULL,        "as --stats=text", set_stats},
    {"--version",   NULL,        "print the version", print_version},
    {"--help",      NULL,        "print this", print_help},
    {"-h",          NULL,        "print this", print_help},
};
/* clang-format on */
enum { OPTIONS = sizeof option_table / sizeof *option_table };

static void print_help(struct reader *r, const char *value)
{
    (void)value;
    printf("usage: isomorph-%s [option...] program [argument...]\n", r->guest->name);
    for (unsigned i = 0; i < OPTIONS; i++) {
        const struct option *p = &option_table[i];
        bool joined = p->name[strlen(p->name) - 1] == '=';
        char text[64];
        snprintf(text, sizeof text, "%s%s%s", p->name,
                 p->argument != NULL && !joined ? " " : "",
                 p->argument != NULL ? p->argument : "");
        printf("  %-22s %s\n", text, p->help);
    }
    exit(0);
}

/* match - whether ARG is option P; *joined gets the text after its '='. */
static bool match(const struct option *p, const char *arg, const char **joined)
{
    size_t n = strlen(p->name);
    *joined = NULL;
    if (p->name[n - 1] != '=')
        return strcmp(arg, p->name) == 0;
    *joined = arg + n;
    return strncmp(arg, p->name, n) == 0;
}

/* read_one - read the option at argv[i]; returns the index of what follows. */
static int read_one(struct reader *r, int argc, char **argv, int i)
{
    for (unsigned k = 0; k < OPTIONS; k++) {
        const struct option *p = &option_table[k];
        const char *value;
        if (!match(p, argv[i], &value))
            continue;
        if (value == NULL && p->argument != NULL) {
            if (i + 1 >= argc)
                die("%s: its %s is missing", p->name, p->argument);
            value = argv[++i];
        }
        p->set(r, value);
        return i + 1;
    }
    die("%s: no such option; try --help", argv[i]);
}

static char **copy_of(char **list, size_t count)
{
    char **copy = xmalloc((count + 1) * sizeof *copy);
    memcpy(copy, list, count * sizeof *copy);
    copy[count] = NULL;
    return copy;
}

/* own_path - where this program lies, for execve of other guest programs. */
static const char *own_path(const char *argv0)
{
    char path[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    if (n < 0)
        return argv0;
    path[n] = '\0';
    return xstrdup(path);
}

void options_read(struct options *o, const struct guest *guest, int argc, char **argv,
                  char **envp)
{
    struct reader r = {.o = o, .guest = guest};
    *o = (struct options){.dispatch = DISPATCH_DIRECT,
                          .chain = true,
                          .dump_to = stderr,
                          .tier = TIER_AUTO,
                          .compile_background = true};
    while (envp[r.env_count] != NULL)
        r.env_count++;
    o->envp = copy_of(envp, r.env_count);
    o->prefix = getenv("ISOMORPH_LD_PREFIX");
    o->self = own_path(argv[0]);
    int i = 1;
    while (i < argc && argv[i][0] == '-' && argv[i][1] != '\0') {
        if (strcmp(argv[i], "--") == 0) {
            i++;
            break;
        }
        i = read_one(&r, argc, argv, i);
    }
    if (i >= argc)
        die("no program given; usage: isomorph-%s [option...] program [argument...]",
            guest->name);
    const char *name = o->argv != NULL ? o->argv[0] : NULL;
    o->program = argv[i];
    o->argv = copy_of(argv + i, (size_t)(argc - i));
    if (name != NULL)
        o->argv[0] = (char *)name;
    o->emulator_args = copy_of(argv + 1, (size_t)(i - 1));
}

_Noreturn void options_bad_cpu(const struct guest *guest, const char *name)
{
    if (!has_cpus(guest))
        die("-cpu %s: %s has no CPU models", name, guest->name);
    fprintf(stderr, "%s: -cpu %s: no such CPU; there are", log_program, name);
    for (const char *const *n = guest->cpu_names; n != NULL && *n != NULL; n++)
        fprintf(stderr, " %s", *n);
    fputc('\n', stderr);
    exit(1);
}
