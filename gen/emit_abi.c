/* emit_abi.c - abi.c: the target's ABI as one constant object; see emit.h */
#include "emit.h"

#include "abi.h"
#include "emit_c.h"

#include <string.h>

static void place(struct text *out, const struct abi_place *p)
{
    if (p->is_pc)
        text_add(out, "{offsetof(struct cpu, pc), 8}");
    else if (!p->reg)
        text_add(out, "{0, 0}");
    else if (p->reg->is_file || p->reg->count > 1)
        text_addf(out, "{PLACE(%s[%u]), %u}", c_name(p->reg->name), p->index,
                  state_bytes(p->reg->width));
    else
        text_addf(out, "{PLACE(%s), %u}", c_name(p->reg->name),
                  state_bytes(p->reg->width));
}

static void member(struct text *out, const char *name, const struct abi_place *p)
{
    text_addf(out, "    .%s = ", name);
    place(out, p);
    text_add(out, ",\n");
}

static void string(struct text *out, const char *s)
{
    if (s)
        emit_c_string(out, s, false);
    else
        text_add(out, "NULL");
}

static void string_member(struct text *out, const char *name, const char *s)
{
    text_addf(out, "    .%s = ", name);
    string(out, s);
    text_add(out, ",\n");
}

static void hex_member(struct text *out, const char *name, uint64_t value)
{
    text_addf(out, "    .%s = UINT64_C(0x%llx),\n", name, (unsigned long long)value);
}

static void list_member(struct text *out, const char *name, const char *count, size_t len)
{
    text_addf(out, "    .%s = %s,\n    .%s = %zu,\n", name, len ? name : "NULL", count,
              len);
}

/* ---- tables ---- */

static void emit_machines(const struct abi_model *a, struct text *out)
{
    if (!a->machines.len)
        return;
    text_add(out, "\nstatic const struct elf_name machines[] = {\n");
    for (size_t i = 0; i < a->machines.len; i++) {
        text_addf(out, "    {%lld, ", (long long)a->machines.at[i].value);
        string(out, a->machines.at[i].name);
        text_add(out, "},\n");
    }
    text_add(out, "};\n");
}

static void emit_numbers(const struct abi_numbers *v, const char *type, const char *name,
                         struct text *out)
{
    if (!v->len)
        return;
    text_addf(out, "\nstatic const struct %s %s[] = {\n", type, name);
    for (size_t i = 0; i < v->len; i++) {
        text_add(out, "    {");
        string(out, v->at[i].name);
        text_addf(out, ", %lld},\n", (long long)v->at[i].value);
    }
    text_add(out, "};\n");
}

static void emit_structs(const struct abi_model *a, struct text *out)
{
    for (size_t i = 0; i < a->structs.len; i++) {
        const struct abi_layout *s = a->structs.at[i];
        text_addf(out, "\nstatic const struct abi_field fields_%s[] = { /* %s */\n",
                  s->name, emit_place(s->loc));
        for (size_t n = 0; n < s->members.len; n++) {
            const struct abi_member *f = &s->members.at[n];
            text_addf(out, "    {\"%s\", %u, %u, %u, %s},\n", f->name, f->offset,
                      f->bytes, f->count, f->sign ? "true" : "false");
        }
        text_add(out, "};\n");
    }
    if (!a->structs.len)
        return;
    text_add(out, "\nstatic const struct abi_struct structs[] = {\n");
    for (size_t i = 0; i < a->structs.len; i++) {
        const struct abi_layout *s = a->structs.at[i];
        text_addf(out, "    {\"%s\", %u, %u, fields_%s, %zu},\n", s->name, s->bytes,
                  s->align, s->name, s->members.len);
    }
    text_add(out, "};\n");
}

static void emit_calls(const struct abi_model *a, struct text *out)
{
    if (!a->calls.len)
        return;
    text_add(out, "\nstatic const struct abi_syscall syscalls[] = {\n");
    for (size_t i = 0; i < a->calls.len; i++) {
        text_addf(out, "    {%u, ", a->calls.at[i].number);
        string(out, a->calls.at[i].name);
        text_add(out, ", ");
        string(out, a->calls.at[i].routine);
        text_add(out, "},\n");
    }
    text_add(out, "};\n");
}

static void emit_rules(const struct abi_model *a, struct text *out)
{
    if (!a->rules.len)
        return;
    text_add(out, "\nstatic const struct abi_trap traps[] = {\n");
    for (size_t i = 0; i < a->rules.len; i++) {
        const struct abi_rule *r = &a->rules.at[i];
        text_addf(out, "    {%u, %d, UINT64_C(0x%llx), UINT64_C(0x%llx), ",
                  r->trap->index, r->arg, (unsigned long long)r->mask,
                  (unsigned long long)r->value);
        string(out, r->signal);
        text_add(out, ", ");
        string(out, r->code);
        text_addf(out, ", %d}, /* %s */\n", r->address, r->trap->name);
    }
    text_add(out, "};\n");
}

static void emit_words(const struct abi_words *w, const char *name, struct text *out)
{
    text_addf(out, "\nstatic const uint32_t %s[] = {", name);
    for (size_t i = 0; i < w->words.len; i++)
        text_addf(out, "%s0x%08x", i ? ", " : "", w->words.at[i]);
    text_add(out, "};\n");
}

static void emit_helpers(const struct abi_model *a, struct text *out)
{
    if (a->trampoline.words.len)
        emit_words(&a->trampoline, "trampoline_words", out);
    for (size_t i = 0; i < a->words.len; i++)
        emit_words(&a->words.at[i], internf("helper_%zu", i), out);
    if (!a->words.len)
        return;
    text_add(out, "\nstatic const struct abi_helper helpers[] = {\n");
    for (size_t i = 0; i < a->words.len; i++)
        text_addf(out, "    {UINT64_C(0x%llx), helper_%zu, %zu},\n",
                  (unsigned long long)a->words.at[i].address, i,
                  a->words.at[i].words.len);
    text_add(out, "};\n");
}

/* ---- frames ---- */

static void emit_sets(const struct abi_assign *set, size_t len, const char *name,
                      struct text *out)
{
    static const struct {
        const char *word, *constant;
    } whats[] = {{"signo", "ABI_SET_SIGNO"},     {"info", "ABI_SET_INFO"},
                 {"context", "ABI_SET_CONTEXT"}, {"frame", "ABI_SET_FRAME"},
                 {"return", "ABI_SET_RETURN"},   {"handler", "ABI_SET_HANDLER"}};
    if (!len)
        return;
    text_addf(out, "\nstatic const struct abi_set %s[] = {\n", name);
    for (size_t i = 0; i < len; i++) {
        const char *constant = "ABI_SET_NUMBER";
        for (size_t n = 0; set[i].what && n < sizeof whats / sizeof *whats; n++)
            if (!strcmp(whats[n].word, set[i].what))
                constant = whats[n].constant;
        text_add(out, "    {");
        place(out, &set[i].place);
        text_addf(out, ", %s, UINT64_C(0x%llx)},\n", constant,
                  (unsigned long long)set[i].number);
    }
    text_add(out, "};\n");
}

static void emit_frame_tables(const struct abi_frame_model *f, const char *name,
                              struct text *out)
{
    if (f->saves.len) {
        text_addf(out, "\nstatic const struct abi_save saves_%s[] = {\n", name);
        for (size_t i = 0; i < f->saves.len; i++) {
            const struct abi_saved *s = &f->saves.at[i];
            text_add(out, "    {");
            place(out, &s->place);
            text_addf(out, ", %u, %u, %u, %u, %d, %d, false},\n", s->count, s->offset,
                      s->bytes, s->step, s->bit < 0 ? 0 : s->bit,
                      s->bit < 0     ? 0
                      : s->place.reg ? (int)s->place.reg->width
                                     : 0);
        }
        text_add(out, "};\n");
    }
    if (f->constants.len) {
        text_addf(out, "\nstatic const struct abi_word words_%s[] = {\n", name);
        for (size_t i = 0; i < f->constants.len; i++)
            text_addf(out, "    {%u, %u, UINT64_C(0x%llx)},\n", f->constants.at[i].offset,
                      f->constants.at[i].bytes,
                      (unsigned long long)f->constants.at[i].value);
        text_add(out, "};\n");
    }
    emit_sets(f->sets.at, f->sets.len, internf("sets_%s", name), out);
}

static void offset_member(struct text *out, const char *name, int offset)
{
    if (offset < 0)
        text_addf(out, "        .%s = ABI_NONE,\n", name);
    else
        text_addf(out, "        .%s = %d,\n", name, offset);
}

static void emit_frame(const struct abi_frame_model *f, const char *name,
                       struct text *out)
{
    if (!f->layout)
        return;
    text_addf(out, "    .frame_%s = {\n        .bytes = %u,\n        .align = %u,\n",
              name, f->layout->bytes, f->align);
    offset_member(out, "info", f->info);
    offset_member(out, "context", f->context);
    offset_member(out, "stack", f->stack);
    offset_member(out, "mask", f->mask);
    text_addf(out, "        .mask_bytes = %u,\n        .trampoline = %u,\n",
              f->mask_bytes, f->trampoline);
    if (f->saves.len)
        text_addf(out, "        .saves = saves_%s,\n        .save_count = %zu,\n", name,
                  f->saves.len);
    if (f->constants.len)
        text_addf(out, "        .words = words_%s,\n        .word_count = %zu,\n", name,
                  f->constants.len);
    if (f->sets.len)
        text_addf(out, "        .sets = sets_%s,\n        .set_count = %zu,\n", name,
                  f->sets.len);
    text_add(out, "    },\n");
}

/* ---- objects ---- */

static void emit_elf(const struct abi_model *a, struct text *out)
{
    text_add(out, "    .elf = {\n        .name = ");
    string(out, a->elf_name);
    text_addf(
        out,
        ",\n        .machine = %u,\n        .word_bits = %u,\n        .flags_mask = "
        "0x%x,\n"
        "        .flags_value = 0x%x,\n        .names = %s,\n        .name_count = %zu,\n"
        "    },\n",
        a->elf_machine, a->m->word, a->elf_mask, a->elf_value,
        a->machines.len ? "machines" : "NULL", a->machines.len);
}

static void emit_args(const struct abi_model *a, struct text *out)
{
    text_add(out, "    .args = {\n");
    for (size_t i = 0; i < a->args.len; i++) {
        const struct abi_argument *arg = &a->args.at[i];
        text_add(out, "        {");
        place(out, &arg->place);
        text_addf(out, ", %d, %u},\n", arg->offset, arg->bytes);
    }
    text_addf(out, "    },\n    .arg_count = %zu,\n", a->args.len);
}

static const char *wide_of(const struct abi_model *a)
{
    return !strcmp(a->wide, "even")                      ? "ABI_WIDE_EVEN"
           : !strcmp(a->wide, "plain")                   ? "ABI_WIDE_PLAIN"
           : !strcmp(a->wide, "one") || a->m->word == 64 ? "ABI_WIDE_ONE"
                                                         : "ABI_WIDE_PLAIN";
}

static const char *unaligned_of(const struct abi_model *a)
{
    return !strcmp(a->unaligned, "fixup")    ? "ABI_UNALIGNED_FIXUP"
           : !strcmp(a->unaligned, "sigbus") ? "ABI_UNALIGNED_SIGBUS"
                                             : "ABI_UNALIGNED_ALLOW";
}

static void emit_linux(const struct abi_model *a, struct text *out)
{
    emit_numbers(&a->values, "abi_value", "values", out);
    emit_structs(a, out);
    emit_calls(a, out);
    emit_rules(a, out);
    emit_helpers(a, out);
    emit_frame_tables(&a->plain, "plain", out);
    emit_frame_tables(&a->info, "info", out);
    emit_sets(a->entry.at, a->entry.len, "entry", out);
    text_add(out, "\nextern const struct linux_abi guest_linux_abi;\n"
                  "const struct linux_abi guest_linux_abi = {\n");
    string_member(out, "name", a->name);
    emit_elf(a, out);
    hex_member(out, "page_bytes", a->page);
    hex_member(out, "top", a->top);
    hex_member(out, "mmap_offset_unit", a->mmap_unit);
    member(out, "nr", &a->nr);
    member(out, "result", &a->result);
    member(out, "second", &a->second);
    member(out, "error", &a->error);
    member(out, "sp", &a->sp);
    member(out, "tls", &a->tls);
    hex_member(out, "tls_address", a->tls_address);
    emit_args(a, out);
    text_addf(out, "    .wide = %s,\n    .unaligned = %s,\n", wide_of(a),
              unaligned_of(a));
    hex_member(out, "hwcap", a->hwcap);
    hex_member(out, "hwcap2", a->hwcap2);
    string_member(out, "platform", a->platform);
    string_member(out, "machine", a->machine);
    text_addf(out, "    .sigset_bytes = %u,\n    .signals = %u,\n", a->sigset,
              a->signals);
    list_member(out, "entry", "entry_count", a->entry.len);
    list_member(out, "values", "value_count", a->values.len);
    list_member(out, "structs", "struct_count", a->structs.len);
    list_member(out, "syscalls", "syscall_count", a->calls.len);
    list_member(out, "traps", "trap_count", a->rules.len);
    emit_frame(&a->plain, "plain", out);
    emit_frame(&a->info, "info", out);
    if (a->trampoline.words.len)
        text_addf(out, "    .trampoline = {0, trampoline_words, %zu},\n",
                  a->trampoline.words.len);
    list_member(out, "helpers", "helper_count", a->words.len);
    text_add(out, "};\n");
}

static void emit_bare(const struct abi_model *a, struct text *out)
{
    emit_numbers(&a->operations, "bare_operation", "operations", out);
    if (a->ram.len) {
        text_add(out, "\nstatic const struct bare_ram ram[] = {\n");
        for (size_t i = 0; i < a->ram.len; i++)
            text_addf(out, "    {UINT64_C(0x%llx), UINT64_C(0x%llx)},\n",
                      (unsigned long long)a->ram.at[i].start,
                      (unsigned long long)a->ram.at[i].bytes);
        text_add(out, "};\n");
    }
    if (a->around.len) {
        text_add(out, "\nstatic const struct bare_word words[] = {\n");
        for (size_t i = 0; i < a->around.len; i++)
            text_addf(out, "    {%d, 0x%08x},\n", (int)a->around.at[i].offset,
                      (unsigned)a->around.at[i].value);
        text_add(out, "};\n");
    }
    text_add(out, "\nextern const struct bare_abi guest_bare_abi;\n"
                  "const struct bare_abi guest_bare_abi = {\n");
    string_member(out, "name", a->name);
    emit_elf(a, out);
    member(out, "sp", &a->sp);
    list_member(out, "ram", "ram_count", a->ram.len);
    hex_member(out, "load", a->load);
    text_addf(out, "    .trap = %u,\n", a->call_trap ? a->call_trap->index : 0xffff);
    list_member(out, "words", "word_count", a->around.len);
    member(out, "op", &a->op);
    member(out, "argument", &a->argument);
    member(out, "result", &a->result);
    list_member(out, "operations", "operation_count", a->operations.len);
    text_add(out, "};\n");
}

void emit_abi(const struct model *m, struct text *out)
{
    const struct abi_model *a = abi_read(m);
    emit_head(m, out, "abi.c", "the ABI as data");
    if (!a) {
        text_add(out, "typedef int no_abi; /* a bare machine: see bare.h */\n");
        return;
    }
    text_addf(out, "#include \"%s\"\n\n#include \"state.h\"\n",
              a->bare ? "bare/bare.h" : "linux/abi.h");
    text_add(out, "\nextern const struct guest_place abi_sp, abi_tls;\n"
                  "const struct guest_place abi_sp = ");
    place(out, &a->sp);
    text_add(out, ";\nconst struct guest_place abi_tls = ");
    place(out, &a->tls);
    text_add(out, ";\n");
    emit_machines(a, out);
    (a->bare ? emit_bare : emit_linux)(a, out);
}
