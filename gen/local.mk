# gen/local.mk - isac, the ISA compiler. Add a file: one line in the sorted list.

%C%_libisac_a_SOURCES = \
	%D%/abi.c \
	%D%/abi.h \
	%D%/abi_int.h \
	%D%/abi_struct.c \
	%D%/abi_table.c \
	%D%/against.c \
	%D%/asm.c \
	%D%/asm.h \
	%D%/assemble.c \
	%D%/assemble.h \
	%D%/ast.c \
	%D%/ast.def \
	%D%/ast.h \
	%D%/command.c \
	%D%/deval.c \
	%D%/deval.h \
	%D%/diag.c \
	%D%/diag.def \
	%D%/diag.h \
	%D%/dtree.c \
	%D%/dtree.h \
	%D%/emit.c \
	%D%/emit.h \
	%D%/emit_abi.c \
	%D%/emit_body.c \
	%D%/emit_body.h \
	%D%/emit_c.c \
	%D%/emit_c.h \
	%D%/emit_decode.c \
	%D%/emit_disas.c \
	%D%/emit_fenv.c \
	%D%/emit_fenv.h \
	%D%/emit_guard.c \
	%D%/emit_guard.h \
	%D%/emit_interp.c \
	%D%/emit_interp.h \
	%D%/emit_lift.c \
	%D%/emit_lift.h \
	%D%/emit_lift_expr.c \
	%D%/emit_meta.c \
	%D%/enumerate.c \
	%D%/enumerate.h \
	%D%/eval.c \
	%D%/eval.h \
	%D%/eval_op.c \
	%D%/fpeval.c \
	%D%/fpeval.h \
	%D%/inline_test.c \
	%D%/inline_test.h \
	%D%/inline_vectors.c \
	%D%/length.c \
	%D%/length.h \
	%D%/match.c \
	%D%/match.h \
	%D%/model.h \
	%D%/new.c \
	%D%/new.h \
	%D%/options.c \
	%D%/options.h \
	%D%/output.c \
	%D%/output.h \
	%D%/overlap.c \
	%D%/overlap.h \
	%D%/parse.c \
	%D%/parse.h \
	%D%/resolve.c \
	%D%/resolve.h \
	%D%/resolve_alt.c \
	%D%/resolve_const.c \
	%D%/resolve_constrain.c \
	%D%/resolve_decls.c \
	%D%/resolve_ext.c \
	%D%/resolve_fenv.c \
	%D%/resolve_form.c \
	%D%/resolve_form.h \
	%D%/resolve_insn.c \
	%D%/resolve_names.c \
	%D%/resolve_regs.c \
	%D%/run_setup.c \
	%D%/run_setup.h \
	%D%/sem.c \
	%D%/sem.def \
	%D%/sem.h \
	%D%/sem_access.c \
	%D%/sem_call.c \
	%D%/sem_expr.c \
	%D%/sem_flow.c \
	%D%/sem_int.h \
	%D%/sem_mk.c \
	%D%/sem_print.c \
	%D%/sem_stmt.c \
	%D%/sem_verify.c \
	%D%/solve.c \
	%D%/solve.h \
	%D%/source.c \
	%D%/source.h \
	%D%/stream.c \
	%D%/stream.h \
	%D%/stream_sym.c \
	%D%/target.c \
	%D%/target.h \
	%D%/text.c \
	%D%/text.h \
	%D%/try.c \
	%D%/util.c \
	%D%/util.h \
	%D%/vectors.c \
	%D%/vectors.h \
	%D%/wrap.c \
	%D%/wrap.h

# What bison and flex make; see the rules below.
nodist_%C%_libisac_a_SOURCES = \
	%D%/lexer.c \
	%D%/parser.c

EXTRA_DIST += \
	%D%/lexer.l \
	%D%/parser.y

gen_made = gen/lexer.c gen/parser.c gen/parser.h
CLEANFILES += $(gen_made)

%C%_libisac_a_CPPFLAGS = -I$(top_srcdir)/gen -Igen $(AM_CPPFLAGS)
%C%_libisac_a_CFLAGS = $(AM_CFLAGS) $(CAPSTONE_CFLAGS) $(MPFR_CFLAGS)

isac_SOURCES = %D%/main.c
isac_CPPFLAGS = $(%C%_libisac_a_CPPFLAGS)
isac_CFLAGS = $(%C%_libisac_a_CFLAGS)
isac_LDADD = %D%/libisac.a $(CAPSTONE_LIBS) $(MPFR_LIBS) -lgmp -lm

if BUILD_ISAC
bin_PROGRAMS += isac
noinst_LIBRARIES += %D%/libisac.a
endif

# A conflict in a grammar is an error, shown with a counter-example.
BISONFLAGS = -Wall -Wcounterexamples -Werror
BISON_V = $(bison_v_$(V))
bison_v_ = $(bison_v_$(AM_DEFAULT_VERBOSITY))
bison_v_0 = @echo "  BISON   " $@;
FLEX_V = $(flex_v_$(V))
flex_v_ = $(flex_v_$(AM_DEFAULT_VERBOSITY))
flex_v_0 = @echo "  FLEX    " $@;

gen/%.c: $(srcdir)/gen/%.y
	@$(MKDIR_P) gen
	$(BISON_V)$(BISON) $(BISONFLAGS) --header=gen/$*.h -o $@ $< || { rm -f $@; exit 1; }

gen/parser.h: gen/parser.c
	@test -f $@ || { rm -f $<; echo "$@ is gone; run make again" >&2; exit 1; }

gen/%.c: $(srcdir)/gen/%.l
	@$(MKDIR_P) gen
	$(FLEX_V)$(FLEX) -o $@ $< || { rm -f $@; exit 1; }

$(%C%_libisac_a_OBJECTS) $(isac_OBJECTS): gen/parser.h
