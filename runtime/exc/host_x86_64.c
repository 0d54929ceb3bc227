/* host_x86_64.c - what an x86-64 Linux host tells about a fault; see exc.h. */
#include "exc/exc.h"

#include <string.h>
#include <ucontext.h>

#if defined(__x86_64__)

/* Bits of the page fault's error code; Intel SDM volume 3A, 4.7. */
enum { ERROR_WRITE = 2, ERROR_FETCH = 16 };

/* The general registers by their number in an instruction. */
static const int reg_index[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP,
                                  REG_RSI, REG_RDI, REG_R8,  REG_R9,  REG_R10, REG_R11,
                                  REG_R12, REG_R13, REG_R14, REG_R15};

static uint64_t reg(const ucontext_t *u, unsigned n)
{
    return (uint64_t)u->uc_mcontext.gregs[reg_index[n]];
}

/* signed_at - the BYTES (1 or 4) at P, sign extended. */
static uint64_t signed_at(const uint8_t *p, unsigned bytes)
{
    int32_t v = 0;
    memcpy(&v, p, bytes);
    return bytes == 1 ? (uint64_t)(int64_t)(int8_t)v : (uint64_t)(int64_t)v;
}

/* operand_address - effective address of the memory operand whose ModRM byte is at P. */
static uint64_t operand_address(const ucontext_t *u, const uint8_t *p, unsigned rex)
{
    unsigned modrm = *p++, mod = modrm >> 6, rm = modrm & 7;
    uint64_t address = 0;
    if (rm == 4) {
        unsigned sib = *p++, base = sib & 7, index = (sib >> 3 & 7) | (rex & 2) << 2;
        if (index != 4)
            address += reg(u, index) << (sib >> 6);
        if (base == 5 && mod == 0)
            mod = 2; /* no base, 32 bits of displacement */
        else
            address += reg(u, base | (rex & 1) << 3);
    } else if (rm == 5 && mod == 0) {
        return 0; /* relative to the instruction: never guest memory */
    } else {
        address += reg(u, rm | (rex & 1) << 3);
    }
    if (mod == 1)
        address += signed_at(p, 1);
    else if (mod == 2)
        address += signed_at(p, 4);
    return address;
}

/*
 * decode_operand - the memory operand of the instruction at host address PC, for the
 * general protection fault of a non-canonical address, of which the host tells nothing.
 * Knows what compilers make of plain accesses; Intel SDM volume 2, 2.1 and 2.2.
 */
static void decode_operand(const ucontext_t *u, struct exc_fault *f)
{
    const uint8_t *p = (const uint8_t *)f->pc;
    bool locked = false;
    for (;; p++) {
        if (*p == 0xf0)
            locked = true;
        else if (*p != 0x66 && *p != 0xf2 && *p != 0xf3)
            break;
    }
    unsigned rex = (*p & 0xf0) == 0x40 ? *p++ : 0;
    unsigned map = 0, opcode = *p++;
    if (opcode == 0x0f) {
        map = 1;
        opcode = *p++;
        if (opcode == 0x38) {
            map = 2;
            opcode = *p++;
        }
    }
    f->address = operand_address(u, p, rex);
    bool writes = locked;
    if (map == 0)
        writes |= (opcode & 0xfe) == 0x88 || (opcode & 0xfe) == 0xc6 ||
                  (opcode & 0xfe) == 0x86 || (opcode < 0x40 && (opcode & 6) == 0);
    else if (map == 1)
        writes |= opcode == 0x11 || opcode == 0x13 || opcode == 0x29 || opcode == 0x7f ||
                  opcode == 0xd6;
    else
        writes |= opcode == 0xf1;
    f->access = writes ? ACCESS_WRITE : ACCESS_READ;
}

void exc_host_fault(const siginfo_t *info, const void *context, struct exc_fault *f)
{
    const ucontext_t *u = context;
    uint64_t error = (uint64_t)u->uc_mcontext.gregs[REG_ERR];
    f->pc = (uintptr_t)u->uc_mcontext.gregs[REG_RIP];
    f->address = (uint64_t)(uintptr_t)info->si_addr;
    f->access = error & ERROR_FETCH   ? ACCESS_EXEC
                : error & ERROR_WRITE ? ACCESS_WRITE
                                      : ACCESS_READ;
    f->mxcsr = u->uc_mcontext.fpregs != NULL ? u->uc_mcontext.fpregs->mxcsr : 0x1f80;
    if (info->si_signo == SIGSEGV && info->si_code == SI_KERNEL &&
        exc_in_guest_code(f->pc))
        decode_operand(u, f);
}

#endif
