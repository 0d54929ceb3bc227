/* new.c - see new.h */
#include "new.h"

#include "asm.h"
#include "assemble.h"
#include "diag.h"
#include "output.h"
#include "sem.h"
#include "target.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The files, with @ for the name. */
/* clang-format off */
static const char description[] =
    "# @.isa - a small 32-bit machine to start from. doc/isa-language.md is the reference.\n"
    "#\n"
    "# Try:  isac check isa/@/@.isa\n"
    "#       isac test  isa/@/@.isa\n"
    "\n"
    "isa @ {\n"
    "    word   32;          # addresses have 32 bits\n"
    "    fetch  32;          # every instruction has 32 bits\n"
    "    endian little;\n"
    "}\n"
    "\n"
    "# Sixteen registers. r0 reads 0 and ignores writes; a jump that writes ra is a call.\n"
    "reg R[16] : u32 {\n"
    "    names r0 r1 r2 r3 r4 r5 r6 r7 r8 r9 r10 r11 r12 r13 sp ra;\n"
    "    at 0 { read 0; write drop; }\n"
    "    link 15;\n"
    "}\n"
    "\n"
    "# A target without an ABI writes a character by the trap Put and ends by the trap Exit.\n"
    "trap Put(character : word);\n"
    "trap Exit(code : word);\n"
    "\n"
    "# Formats: the operands with their types, then the bits from the highest. `op` is a plain field.\n"
    "format R3 (rd:R, ra:R, rb:R)   = op:8 rd ra rb 0b000000000000;\n"
    "format I  (rd:R, ra:R, imm:s16) = op:8 rd ra imm;\n"
    "format B  (ra:R, rb:R, off:s18) = op:8 ra rb off[17:2];         # a distance in words\n"
    "format J  (rd:R, off:s22)       = op:8 rd off[21:2];\n"
    "\n"
    "# Three registers: one row per instruction. Naming an operand means its value.\n"
    "insns R3 {} \"{name} {rd}, {ra}, {rb}\" {\n"
    "    add {op=0x01} { rd = ra + rb;  test { ra=2 rb=3 } gives { rd=5 }; }\n"
    "    sub {op=0x02} { rd = ra - rb;  test { ra=2 rb=3 } gives { rd=0xffffffff }; }\n"
    "    and {op=0x03} { rd = ra & rb;  test { ra=6 rb=3 } gives { rd=2 }; }\n"
    "    or  {op=0x04} { rd = ra | rb;  test { ra=6 rb=3 } gives { rd=7 }; }\n"
    "    xor {op=0x05} { rd = ra ^ rb;  test { ra=6 rb=3 } gives { rd=5 }; }\n"
    "    shl {op=0x06} { rd = ra << rb[4:0];   test { ra=1 rb=33 } gives { rd=2 }; }\n"
    "    shr {op=0x07} { rd = ra >>u rb[4:0];  test { ra=4 rb=1 } gives { rd=2 }; }\n"
    "    slt {op=0x08} { rd = zext(ra <s rb, 32);  test { ra=-1 rb=0 } gives { rd=1 }; }\n"
    "    mul {op=0x09} { rd = ra * rb;  test { ra=7 rb=6 } gives { rd=42 }; }\n"
    "}\n"
    "\n"
    "insn addi I {op=0x10} \"addi {rd}, {ra}, {imm}\" {\n"
    "    rd = ra + sext(imm, 32);\n"
    "    example 0x1012ffff \"addi r1, r2, -1\";        # the word, its text, and back\n"
    "    test { ra=5 imm=-1 } gives { rd=4 };\n"
    "}\n"
    "insn ori I(imm:u16) {op=0x11} \"ori {rd}, {ra}, {imm:x}\" {\n"
    "    rd = ra | zext(imm, 32);\n"
    "    test { ra=0x10000 imm=0x8000 } gives { rd=0x18000 };\n"
    "}\n"
    "insn lui I(imm:u16) {op=0x12 ra=0} \"lui {rd}, {imm:x}\" {\n"
    "    rd = cat(imm, u16(0));\n"
    "    test { imm=0x1234 } gives { rd=0x12340000 };\n"
    "}\n"
    "\n"
    "# Memory: m8, m16, m32 with an address.\n"
    "insns I {} \"{name} {rd}, {imm}({ra})\" {\n"
    "    lw {op=0x18} { rd = m32[ra + sext(imm, 32)];\n"
    "                   test { ra=0x1000 imm=4 m32[0x1004]=7 } gives { rd=7 }; }\n"
    "    lb {op=0x19} { rd = zext(m8[ra + sext(imm, 32)], 32);\n"
    "                   test { ra=0x1000 imm=1 m8[0x1001]=0x80 } gives { rd=0x80 }; }\n"
    "    sw {op=0x1a} { m32[ra + sext(imm, 32)] = rd;\n"
    "                   test { ra=0x1000 imm=4 rd=7 } gives { m32[0x1004]=7 }; }\n"
    "    sb {op=0x1b} { m8[ra + sext(imm, 32)] = rd[7:0];\n"
    "                   test { ra=0x1000 imm=4 rd=0x107 } gives { m8[0x1004]=7 }; }\n"
    "}\n"
    "\n"
    "# Branches: {pc+off} prints the target, and assembling solves for `off`.\n"
    "insns B {} \"{name} {ra}, {rb}, {pc+off}\" {\n"
    "    beq {op=0x20} { if (ra == rb) goto pc + sext(off, 32);\n"
    "                    test { at 0x1000 ra=1 rb=1 off=8 } gives { pc=0x1008 };\n"
    "                    test { at 0x1000 ra=1 rb=2 off=8 } gives { pc=0x1004 }; }\n"
    "    bne {op=0x21} { if (ra != rb) goto pc + sext(off, 32);\n"
    "                    test { at 0x1000 ra=1 rb=2 off=-4 } gives { pc=0xffc }; }\n"
    "    blt {op=0x22} { if (ra <s rb) goto pc + sext(off, 32);\n"
    "                    test { at 0x1000 ra=-1 rb=2 off=8 } gives { pc=0x1008 }; }\n"
    "}\n"
    "insn jal J {op=0x28} \"jal {rd}, {pc+off}\" {\n"
    "    rd = next;\n"
    "    goto pc + sext(off, 32);\n"
    "    test { at 0x1000 off=16 } gives { rd=0x1004 pc=0x1010 };\n"
    "}\n"
    "insn jr I {op=0x29 rd=0 imm=0} \"jr {ra}\" {\n"
    "    goto ra & ~3;\n"
    "    test { ra=0x2000 } gives { pc=0x2000 };\n"
    "}\n"
    "\n"
    "# The host: a character to the console, and the end.\n"
    "insn put I {op=0x30 rd=0 imm=0} \"put {ra}\" {\n"
    "    trap Put(ra) after;\n"
    "    test { ra=65 } traps Put(65);\n"
    "}\n"
    "insn exit I {op=0x31 rd=0 imm=0} \"exit {ra}\" {\n"
    "    trap Exit(ra);\n"
    "    test { ra=3 } traps Exit(3);\n"
    "}\n"
    "\n"
    "alias \"nop\" = add {rd=0 ra=0 rb=0};\n"
    "alias \"li {rd}, {imm}\" = addi {ra=0};\n"
    "alias \"mv {rd}, {ra}\" = addi {imm=0};\n"
    "alias \"j {pc+off}\" = jal {rd=0};\n";

static const char target_file[] =
    "# @.target - the bare machine: no ABI, so programs are flat files with console and exit.\n"
    "\n"
    "target @ {\n"
    "    isa    @ in \"@/@.isa\";\n"
    "    word   32;  endian little;\n"
    "}\n";

static const char program[] =
    "# hello.s - writes a line and ends with status 0. A flat program begins at 0x10000.\n"
    "#\n"
    "#   ./isac asm targets/@/@.target -I isa --at 0x10000 -o hello.bin targets/@/hello.s\n"
    "#   ./isomorph-@ hello.bin\n"
    "\n"
    "start:  lui  r1, 1              # r1 = address of the text: 0x10000 + its offset\n"
    "        ori  r1, r1, 0x20\n"
    "next:   lb   r2, 0(r1)\n"
    "        beq  r2, r0, done\n"
    "        put  r2\n"
    "        addi r1, r1, 1\n"
    "        j    next\n"
    "done:   exit r0\n"
    "text:   .ascii \"Hello from @\\n\\0\"\n";
/* clang-format on */

enum { FLAT_START = 0x10000 }; /* where the runtime loads flat programs */

static bool good_name(const char *name)
{
    bool good = islower((unsigned char)name[0]) && strlen(name) <= 32;
    for (const char *p = name; *p; p++)
        good = good &&
               (islower((unsigned char)*p) || isdigit((unsigned char)*p) || *p == '_');
    if (!good)
        fprintf(stderr,
                "isac: new: '%s' can't be a name: small letters, digits and _, a letter "
                "first\n",
                name);
    return good;
}

static bool make_directories(const char *path)
{
    for (const char *slash = strchr(path + 1, '/'); slash;
         slash = strchr(slash + 1, '/')) {
        const char *dir = intern_n(path, (size_t)(slash - path));
        if (mkdir(dir, 0777) != 0 && errno != EEXIST) {
            fprintf(stderr, "isac: new: can't make '%s': %s\n", dir, strerror(errno));
            return false;
        }
    }
    return true;
}

static bool write_file(const char *path, const struct text *text)
{
    FILE *f = make_directories(path) ? fopen(path, "wbx") : NULL;
    if (!f) {
        fprintf(stderr, "isac: new: can't write '%s': %s\n", path, strerror(errno));
        return false;
    }
    bool good = fwrite(text->at, 1, text->len, f) == text->len;
    if (fclose(f) != 0 || !good) {
        fprintf(stderr, "isac: new: can't write '%s': %s\n", path, strerror(errno));
        return false;
    }
    return true;
}

static struct text filled_in(const char *pattern, const char *name)
{
    struct text t = {0};
    text_add(&t, "");
    for (const char *p = pattern; *p; p++)
        text_addf(&t, *p == '@' ? "%s" : "%.1s", *p == '@' ? name : p);
    return t;
}

/* The program's bytes, by the description just written. */
static bool make_binary(const char *isa_path, const char *name, const struct text *source,
                        struct text *out)
{
    struct config config = {.big = -1, .all_extensions = true};
    struct model *m = model_build(parse_file(isa_path), &config);
    sem_build(m);
    return diag_errors() == 0 && assemble(m, name, source->at, FLAT_START, out);
}

int command_new(const char *name, const char *dir)
{
    if (!good_name(name))
        return 1;
    const char *root = dir ? internf("%s/", dir) : "";
    const char *isa = internf("%sisa/%s/%s.isa", root, name, name);
    const char *target = internf("%stargets/%s/%s.target", root, name, name);
    const char *source = internf("%stargets/%s/hello.s", root, name);
    const char *binary = internf("%stargets/%s/hello.bin", root, name);
    const char *all[] = {isa, target, source, binary};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (access(all[i], F_OK) == 0) {
            fprintf(stderr, "isac: new: '%s' is there already; choose another name\n",
                    all[i]);
            return 1;
        }
    }
    struct text isa_text = filled_in(description, name), hello = filled_in(program, name),
                target_text = filled_in(target_file, name), bytes = {0};
    text_add(&bytes, "");
    if (!write_file(isa, &isa_text) || !write_file(target, &target_text) ||
        !write_file(source, &hello) || !make_binary(isa, source, &hello, &bytes) ||
        !write_file(binary, &bytes))
        return 1;
    printf("%s\n%s\n%s\n%s\n\nNow:  ./configure --target=%s && make && "
           "./isomorph-%s %s\n",
           isa, target, source, binary, name, name, binary);
    return 0;
}
