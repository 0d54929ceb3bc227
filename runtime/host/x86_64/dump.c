/* dump.c - compiled code as text, for -d and for people. */
#include "config.h"

#include "host/host.h"

#include <inttypes.h>
#include <string.h>

#if defined(__x86_64__) && defined(HAVE_CAPSTONE)

#include <capstone/capstone.h>
#include <dlfcn.h>

/*
 * Capstone is loaded when something is dumped: linked in, its relocations would cost each
 * start of a program a millisecond.
 */
static struct {
    __typeof__(cs_open) *open;
    __typeof__(cs_malloc) *malloc;
    __typeof__(cs_disasm_iter) *disasm_iter;
    __typeof__(cs_free) *free;
    __typeof__(cs_close) *close;
} capstone;

static bool load(void)
{
    char name[32];
    if (capstone.close != NULL)
        return true;
    snprintf(name, sizeof name, "libcapstone.so.%d", CS_API_MAJOR);
    void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        return false;
    *(void **)&capstone.open = dlsym(library, "cs_open");
    *(void **)&capstone.malloc = dlsym(library, "cs_malloc");
    *(void **)&capstone.disasm_iter = dlsym(library, "cs_disasm_iter");
    *(void **)&capstone.free = dlsym(library, "cs_free");
    *(void **)&capstone.close = dlsym(library, "cs_close");
    return capstone.close != NULL;
}

/* Where the next guest address and the next fault stand. */
struct dump {
    const struct host_code *code;
    uint32_t line, fault;
    FILE *to;
};

/* before - what stands above the instruction at offset AT. */
static void before(struct dump *d, uint32_t at)
{
    const struct host_code *c = d->code;
    if (at == c->entry)
        fprintf(d->to, "entry:\n");
    for (; d->line < c->line_count && c->lines[d->line].code <= at; d->line++)
        if (host_disas_line != NULL)
            host_disas_line(c->lines[d->line].pc, d->to);
        else
            fprintf(d->to, "0x%" PRIx64 ":\n", c->lines[d->line].pc);
    for (uint32_t i = 0; i < c->exit_count; i++) {
        if (c->exits[i].stub == at)
            fprintf(d->to, "exit %" PRIu32 ", to 0x%" PRIx64 ":\n", i, c->exits[i].pc);
    }
}

/* behind - what is said behind the instruction of SIZE bytes at AT. */
static void behind(struct dump *d, uint32_t at, uint32_t size)
{
    const struct host_code *c = d->code;
    for (uint32_t i = 0; i < c->exit_count; i++) {
        if (c->exits[i].jump > at && c->exits[i].jump < at + size)
            fprintf(d->to, "  ; exit %" PRIu32 ", to 0x%" PRIx64, i, c->exits[i].pc);
    }
    while (d->fault < c->fault_count && c->faults[d->fault].code < at)
        d->fault++;
    for (; d->fault < c->fault_count && c->faults[d->fault].code == at; d->fault++)
        fprintf(d->to, "  ; may fault at 0x%" PRIx64, c->faults[d->fault].pc);
    fputc('\n', d->to);
}

void host_disas(const struct host_code *code, FILE *to)
{
    struct dump d = {.code = code, .to = to};
    csh cs;
    cs_insn *insn;
    if (!load() || capstone.open(CS_ARCH_X86, CS_MODE_64, &cs) != CS_ERR_OK) {
        fprintf(to, "  %" PRIu32 " bytes, not disassembled: there is no Capstone\n",
                code->size);
        return;
    }
    insn = capstone.malloc(cs);
    const uint8_t *at = code->bytes;
    size_t left = code->data != 0 ? code->data : code->size;
    uint64_t offset = 0;
    while (left > 0) {
        uint32_t here = (uint32_t)offset;
        before(&d, here);
        if (capstone.disasm_iter(cs, &at, &left, &offset, insn)) {
            fprintf(to, "  %5" PRIx32 "  %s%s%s", here, insn->mnemonic,
                    insn->op_str[0] != 0 ? " " : "", insn->op_str);
        } else {
            fprintf(to, "  %5" PRIx32 "  .byte 0x%02x", here, *at);
            at++, left--, offset++;
        }
        behind(&d, here, (uint32_t)offset - here);
    }
    for (uint32_t i = code->data; i != 0 && i < code->size; i += 8) {
        uint64_t value;
        memcpy(&value, code->bytes + i, 8);
        fprintf(to, "  %5" PRIx32 "  .quad 0x%" PRIx64 "\n", i, value);
    }
    capstone.free(insn, 1);
    capstone.close(&cs);
}

#elif defined(__x86_64__)

void host_disas(const struct host_code *code, FILE *to)
{
    fprintf(to, "  %" PRIu32 " bytes, not disassembled: built without Capstone\n",
            code->size);
}

#endif
