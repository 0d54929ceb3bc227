/*
 * emit_fenv.h - the guest's registers of floating-point mode and flags, and struct
 * fp_env.
 *
 * Invariant: while generated code runs, flags and the last operation's cause live in
 * cpu->fp only; guest_fp_out and guest_fp_in move them to and from the registers that
 * `fenv` names. Outside generated code the registers are right.
 */
#ifndef GEN_EMIT_FENV_H
#define GEN_EMIT_FENV_H

#include "sem.h"

/* emit_fenv_modes - fp_mode[], from guest codes to enum fp_round; part of emit_fenv. */
void emit_fenv_modes(const struct model *m, struct text *t);

/* emit_fenv - guest_fp_in, guest_fp_out, guest_fp_cause; nothing without `fenv`. */
void emit_fenv(const struct model *m, struct text *t);

/* emit_fenv_hooks - guest_enter and guest_leave of struct guest. */
void emit_fenv_hooks(const struct model *m, struct text *t);

#endif
