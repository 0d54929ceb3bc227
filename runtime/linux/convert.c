/*
 * convert.c - guest memory, structures and values: what lies between the guest's ABI and
 * ours.
 */
#include "linux/linux.h"

#include <arpa/inet.h>
#include <asm/ioctls.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <termios.h>

/* The kernel's names for what glibc hides or numbers differently. */
#ifndef SA_RESTORER
#define SA_RESTORER HOST_SA_RESTORER
#endif
#ifndef IUCLC
#define IUCLC 0001000
#endif
#undef O_LARGEFILE
#define O_LARGEFILE 0100000
#ifndef SIOCATMARK
#define SIOCATMARK 0x8905
#endif
/* 64-bit hosts have one kind of lock only; apart, so that the entries can be told. */
enum { HOST_GETLK = F_GETLK, HOST_SETLK = F_SETLK, HOST_SETLKW = F_SETLKW };
#undef F_GETLK
#undef F_SETLK
#undef F_SETLKW
#undef F_GETLK64
#undef F_SETLK64
#undef F_SETLKW64
#define F_GETLK    HOST_GETLK
#define F_SETLK    HOST_SETLK
#define F_SETLKW   HOST_SETLKW
#define F_GETLK64  0x10005
#define F_SETLK64  0x10006
#define F_SETLKW64 0x10007

const struct linux_abi *abi;
static const struct guest *guest;

/* -- guest memory -------------------------------------------------------------------*/

void *guest_in(struct cpu *cpu, uint64_t gva, uint64_t len)
{
    struct mem *m = &cpu->machine->mem;

    return mem_prepare_read(m, gva, len) ? mem_host(m, gva) : NULL;
}

void *guest_out(struct cpu *cpu, uint64_t gva, uint64_t len)
{
    struct mem *m = &cpu->machine->mem;

    return mem_prepare_write(m, gva, len) ? mem_host(m, gva) : NULL;
}

const char *guest_string(struct cpu *cpu, uint64_t gva)
{
    struct mem *m = &cpu->machine->mem;
    uint64_t page = m->page_bytes, at = gva;

    for (;;) {
        uint64_t end = (at | (page - 1)) + 1;

        if (!mem_prepare_read(m, at, end - at))
            return NULL;
        if (memchr(mem_host(m, at), 0, end - at))
            return mem_host(m, gva);
        at = end;
    }
}

uint64_t guest_load(const void *p, unsigned bytes)
{
    const uint8_t *b = p;
    uint64_t value = 0;

    for (unsigned i = 0; i < bytes; i++)
        value |= (uint64_t)b[i] << 8 * (guest->big_endian ? bytes - 1 - i : i);
    return value;
}

void guest_store(void *p, unsigned bytes, uint64_t value)
{
    uint8_t *b = p;

    for (unsigned i = 0; i < bytes; i++)
        b[i] = (uint8_t)(value >> 8 * (guest->big_endian ? bytes - 1 - i : i));
}

unsigned guest_word_bytes(void)
{
    return guest->word_bits / 8;
}

/* -- structures ---------------------------------------------------------------------*/

static const char *const struct_names[GS_COUNT] = {
#define STRUCT(name) #name,
#define FIELD(name, member)
#include "linux/structs.def"
#undef STRUCT
#undef FIELD
};

static const struct field_name {
    enum gstruct owner;
    const char *name;
} field_names[GF_COUNT] = {
#define STRUCT(name)
#define FIELD(name, member) {GS_##name, #member},
#include "linux/structs.def"
#undef STRUCT
#undef FIELD
};

static const struct abi_struct *structs[GS_COUNT];
static const struct abi_field *fields[GF_COUNT];
static bool struct_known[GS_COUNT];

static const struct abi_struct *struct_find(const char *name)
{
    unsigned low = 0, high = abi->struct_count;

    while (low < high) {
        unsigned middle = (low + high) / 2;
        int order = strcmp(name, abi->structs[middle].name);

        if (order == 0)
            return &abi->structs[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/* Looks a structure's members up when it is first used. */
static void struct_resolve(enum gstruct s)
{
    const struct abi_struct *found = struct_find(struct_names[s]);

    structs[s] = found;
    struct_known[s] = true;
    if (!found)
        return;
    for (unsigned f = 0; f < GF_COUNT; f++) {
        if (field_names[f].owner != s)
            continue;
        for (unsigned i = 0; i < found->field_count; i++) {
            if (!strcmp(found->fields[i].name, field_names[f].name))
                fields[f] = &found->fields[i];
        }
    }
}

static const struct abi_field *field_of(enum gfield f)
{
    if (!struct_known[field_names[f].owner])
        struct_resolve(field_names[f].owner);
    return fields[f];
}

size_t struct_bytes(enum gstruct s)
{
    if (!struct_known[s])
        struct_resolve(s);
    return structs[s] ? structs[s]->bytes : 0;
}

int field_at(enum gfield f)
{
    const struct abi_field *field = field_of(f);

    return field ? field->offset : -1;
}

unsigned field_bytes(enum gfield f)
{
    const struct abi_field *field = field_of(f);

    return field ? (unsigned)field->bytes * field->count : 0;
}

int64_t field_get(const void *p, enum gfield f, unsigned i)
{
    const struct abi_field *field = field_of(f);
    uint64_t value;

    if (!field || i >= field->count)
        return 0;
    value =
        guest_load((const uint8_t *)p + field->offset + i * field->bytes, field->bytes);
    if (field->sign && field->bytes < 8 && value >> (8 * field->bytes - 1) & 1)
        value |= ~0ull << 8 * field->bytes;
    return (int64_t)value;
}

bool field_put(void *p, enum gfield f, unsigned i, int64_t value)
{
    const struct abi_field *field = field_of(f);

    if (!field || i >= field->count)
        return true;
    guest_store((uint8_t *)p + field->offset + i * field->bytes, field->bytes,
                (uint64_t)value);
    return field_get(p, f, i) == value;
}

const void *struct_in(struct cpu *cpu, uint64_t gva, enum gstruct s)
{
    return guest_in(cpu, gva, struct_bytes(s));
}

void *struct_out(struct cpu *cpu, uint64_t gva, enum gstruct s)
{
    void *p = guest_out(cpu, gva, struct_bytes(s));

    if (p)
        memset(p, 0, struct_bytes(s));
    return p;
}

/* -- values -------------------------------------------------------------------------*/

static struct value values[] = {
#define VALUE(family, name) {#name, (int64_t)(name), 0, false},
#include "linux/values.def"
#undef VALUE
};

static const enum family value_family[] = {
#define VALUE(family, name) FAMILY_##family,
#include "linux/values.def"
#undef VALUE
};

enum { VALUES = sizeof(values) / sizeof(values[0]) };

static struct {
    unsigned first, count;
    bool ready;
} families[FAMILY_COUNT];

static const struct abi_value *abi_value_find(const char *name)
{
    unsigned low = 0, high = abi->value_count;

    while (low < high) {
        unsigned middle = (low + high) / 2;
        int order = strcmp(name, abi->values[middle].name);

        if (order == 0)
            return &abi->values[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

static void family_resolve(enum family f)
{
    unsigned first = 0, end;

    while (first < VALUES && value_family[first] != f)
        first++;
    for (end = first; end < VALUES && value_family[end] == f; end++) {
        const struct abi_value *found = abi_value_find(values[end].name);

        if (found) {
            values[end].guest = found->value;
            values[end].known = true;
        }
    }
    families[f].first = first;
    families[f].count = end - first;
    families[f].ready = true;
}

const struct value *family_values(enum family f, unsigned *count)
{
    if (!families[f].ready)
        family_resolve(f);
    *count = families[f].count;
    return &values[families[f].first];
}

const struct value *value_of_guest(enum family f, int64_t number)
{
    unsigned count;
    const struct value *v = family_values(f, &count);

    for (unsigned i = 0; i < count; i++) {
        if (v[i].known && v[i].guest == number)
            return &v[i];
    }
    return NULL;
}

const struct value *value_of_host(enum family f, int64_t number)
{
    unsigned count;
    const struct value *v = family_values(f, &count);

    for (unsigned i = 0; i < count; i++) {
        if (v[i].known && v[i].host == number)
            return &v[i];
    }
    return NULL;
}

int64_t value_to_host(enum family f, int64_t number, int64_t otherwise)
{
    const struct value *v = value_of_guest(f, number);

    return v ? v->host : otherwise;
}

int64_t value_to_guest(enum family f, int64_t number, int64_t otherwise)
{
    const struct value *v = value_of_host(f, number);

    return v ? v->guest : otherwise;
}

uint64_t flags_to_host(enum family f, uint64_t bits, uint64_t *rest)
{
    unsigned count;
    const struct value *v = family_values(f, &count);
    uint64_t result = 0, left = bits;

    for (unsigned i = 0; i < count; i++) {
        uint64_t flag = (uint64_t)v[i].guest;

        if (v[i].known && flag && (bits & flag) == flag) {
            result |= (uint64_t)v[i].host;
            left &= ~flag;
        }
    }
    if (rest)
        *rest = left;
    return result;
}

uint64_t flags_to_guest(enum family f, uint64_t bits)
{
    unsigned count;
    const struct value *v = family_values(f, &count);
    uint64_t result = 0;

    for (unsigned i = 0; i < count; i++) {
        uint64_t flag = (uint64_t)v[i].host;

        if (v[i].known && flag && (bits & flag) == flag)
            result |= (uint64_t)v[i].guest;
    }
    return result;
}

/* -- signals ------------------------------------------------------------------------*/

enum { FIRST_REALTIME = 32 }; /* on every architecture of Linux */

int signal_to_host(int number)
{
    if (number >= FIRST_REALTIME)
        return number <= HOST_SIGNALS && number <= (int)abi->signals ? number : 0;
    return (int)value_to_host(FAMILY_signal, number, 0);
}

int signal_to_guest(int host)
{
    return host >= FIRST_REALTIME ? host : (int)value_to_guest(FAMILY_signal, host, 0);
}

const char *signal_name(int host)
{
    const struct value *v = value_of_host(FAMILY_signal, host);

    return v ? v->name : "real-time signal";
}

/* A kernel sigset is an array of guest words, lowest signals first. */
uint64_t sigset_get(const void *p, unsigned bytes)
{
    unsigned word = guest_word_bytes();
    uint64_t set = 0;

    for (int n = 1; n <= (int)bytes * 8 && n <= GUEST_SIGNALS; n++) {
        unsigned bit = (unsigned)(n - 1), host;
        const uint8_t *w = (const uint8_t *)p + bit / (8 * word) * word;

        if (!(guest_load(w, word) >> bit % (8 * word) & 1))
            continue;
        host = (unsigned)signal_to_host(n);
        if (host)
            set |= 1ull << (host - 1);
    }
    return set;
}

void sigset_put(void *p, unsigned bytes, uint64_t set)
{
    unsigned word = guest_word_bytes();

    memset(p, 0, bytes);
    for (int host = 1; host <= HOST_SIGNALS; host++) {
        unsigned bit = (unsigned)signal_to_guest(host) - 1;
        uint8_t *w;

        if (!(set >> (host - 1) & 1) || bit >= bytes * 8)
            continue;
        w = (uint8_t *)p + bit / (8 * word) * word;
        guest_store(w, word, guest_load(w, word) | 1ull << bit % (8 * word));
    }
}

bool sigset_load(struct cpu *cpu, uint64_t gva, uint64_t *set)
{
    const void *p = guest_in(cpu, gva, abi->sigset_bytes);

    if (p)
        *set = sigset_get(p, abi->sigset_bytes);
    return p != NULL;
}

bool sigset_store(struct cpu *cpu, uint64_t gva, uint64_t set)
{
    void *p = guest_out(cpu, gva, abi->sigset_bytes);

    if (p)
        sigset_put(p, abi->sigset_bytes, set);
    return p != NULL;
}

void convert_init(const struct guest *g)
{
    guest = g;
    abi = g->linux_abi;
    memset(struct_known, 0, sizeof(struct_known));
    memset(structs, 0, sizeof(structs));
    memset(fields, 0, sizeof(fields));
    memset(families, 0, sizeof(families));
}
