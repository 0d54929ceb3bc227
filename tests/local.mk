# tests/local.mk - `make check' through Automake's TAP driver.
#
# A unit test is a C program with cmocka, one group per program: add its name to unit_tests
# and say `NAME_SOURCES = file.c'. A shell test prints TAP with tests/lib.sh: add its path to
# shell_tests. One per line, sorted.

runtime_unit_tests = \
	test-alloc \
	test-asm \
	test-cache \
	test-engine \
	test-fp-facts \
	test-fp-fast \
	test-fp-host \
	test-fp-portable \
	test-host-enter \
	test-hostcode \
	test-ir-fold

gen_unit_tests = \
	test-fp-mpfr

shell_tests = \
	%D%/build.sh \
	%D%/decode/oracles.sh \
	%D%/decode/sweep.sh \
	%D%/decode/text.sh \
	%D%/doc/examples.sh \
	%D%/doc/options.sh \
	%D%/dumps.sh \
	%D%/faults.sh \
	%D%/gen/abi.sh \
	%D%/gen/commands.sh \
	%D%/gen/doc-examples.sh \
	%D%/gen/err.sh \
	%D%/gen/names.sh \
	%D%/gen/sem.sh \
	%D%/ir/run.sh \
	%D%/isa.sh \
	%D%/layout.sh \
	%D%/linux/abi-headers.sh \
	%D%/linux/calls.sh \
	%D%/linux/debian-arm.sh \
	%D%/linux/debian.sh \
	%D%/linux/dynamic.sh \
	%D%/linux/options.sh \
	%D%/load/mutate.sh \
	%D%/matrix.sh \
	%D%/planted.sh \
	%D%/random/run.sh \
	%D%/unit/fp/qemu.sh \
	%D%/storm.sh \
	%D%/threads.sh \
	%D%/tiers.sh \
	%D%/vectors.sh

if HAVE_CMOCKA
check_PROGRAMS += $(runtime_unit_tests) $(gen_unit_tests)
TESTS += $(runtime_unit_tests) $(gen_unit_tests)
endif
TESTS += $(shell_tests)

# The IR: folding against the evaluator; the tool that the text tests use; random regions
# through the passes.
check_PROGRAMS += ir-fuzz irtool
ir_fuzz_SOURCES = %D%/ir/fuzz.c
ir_fuzz_CPPFLAGS = $(RUNTIME_CPPFLAGS)
ir_fuzz_LDADD = runtime/libruntime.a

irtool_SOURCES = %D%/ir/irtool.c
irtool_CPPFLAGS = $(RUNTIME_CPPFLAGS)
irtool_LDADD = runtime/libruntime.a

test_ir_fold_SOURCES = %D%/ir/fold.c
test_ir_fold_CPPFLAGS = $(RUNTIME_CPPFLAGS) $(CMOCKA_CFLAGS)
test_ir_fold_LDADD = runtime/libruntime.a $(CMOCKA_LIBS)

# The programs of tests/guest, one test per guest.
TESTS += $(GUEST_TESTS)
.PRECIOUS: tests/out/guest-%.sh
tests/out/guest-%.sh: $(top_srcdir)/tests/local.mk
	@$(MKDIR_P) tests/out
	@echo 'exec sh "$$SRCDIR/tests/guest/run.sh" $* "$$BUILDDIR/isomorph-$*"' \
	    '--build-dir="$$BUILDDIR/tests/out/$*" --jobs=1' >$@

# The code cache, with code that is never run.
test_cache_SOURCES = %D%/unit/cache.c
test_cache_CPPFLAGS = $(RUNTIME_CPPFLAGS) $(CMOCKA_CFLAGS)
test_cache_LDADD = runtime/libruntime.a $(CMOCKA_LIBS) -lpthread

# The register allocator.
test_alloc_SOURCES = %D%/unit/alloc.c
test_alloc_CPPFLAGS = $(RUNTIME_CPPFLAGS) $(CMOCKA_CFLAGS)
test_alloc_LDADD = runtime/libruntime.a $(CMOCKA_LIBS) -lm

# The x86-64 assembler against Capstone.
test_asm_SOURCES = %D%/unit/asm.c
test_asm_CPPFLAGS = $(RUNTIME_CPPFLAGS) $(CAPSTONE_CFLAGS) $(CMOCKA_CFLAGS)
test_asm_LDADD = runtime/libruntime.a $(CMOCKA_LIBS) $(CAPSTONE_LIBS)

# Random IR through the x86-64 back end, against the evaluator.
test_hostcode_SOURCES = %D%/unit/hostcode.c %D%/unit/hostcode.h %D%/unit/hostcode_gen.c
test_hostcode_CPPFLAGS = $(RUNTIME_CPPFLAGS) $(CMOCKA_CFLAGS)
test_hostcode_LDADD = runtime/libruntime.a $(CMOCKA_LIBS) $(CAPSTONE_LIBS) -lm

# The engine, with a guest of a few instructions written by hand.
test_engine_SOURCES = \
	%D%/unit/engine.c \
	%D%/unit/toy/guest.c \
	%D%/unit/toy/interp_direct.c \
	%D%/unit/toy/interp_predecoded.c \
	%D%/unit/toy/interp_switch.c \
	%D%/unit/toy/interp_threaded.c \
	%D%/unit/toy/routines.h
test_engine_CPPFLAGS = -I$(srcdir)/tests/unit -I$(srcdir)/tests/unit/toy $(RUNTIME_CPPFLAGS) \
	$(CMOCKA_CFLAGS)
test_engine_LDADD = runtime/libruntime.a $(CMOCKA_LIBS) $(CAPSTONE_LIBS) -lm

# Translated code by hand: in, out, calls, faults.
test_host_enter_SOURCES = %D%/unit/host_enter.c
test_host_enter_CPPFLAGS = $(RUNTIME_CPPFLAGS) $(CMOCKA_CFLAGS)
test_host_enter_LDADD = runtime/libruntime.a $(CMOCKA_LIBS) $(CAPSTONE_LIBS)

# Floating point: the fast way, twice (portable: as on a host without SSE), against the
# runtime's software; that against the host, and against isac's evaluator.
fp_test_sources = %D%/unit/fp/values.c %D%/unit/fp/values.h
fp_test_libs = runtime/libruntime.a $(CMOCKA_LIBS)

test_fp_facts_SOURCES = %D%/unit/fp/facts.c $(fp_test_sources)
test_fp_facts_CPPFLAGS = $(RUNTIME_CPPFLAGS) $(CMOCKA_CFLAGS)
test_fp_facts_LDADD = $(fp_test_libs)

test_fp_fast_SOURCES = %D%/unit/fp/fast.c $(fp_test_sources)
test_fp_fast_CPPFLAGS = $(RUNTIME_CPPFLAGS) $(CMOCKA_CFLAGS)
test_fp_fast_LDADD = $(fp_test_libs)

test_fp_host_SOURCES = %D%/unit/fp/host.c $(fp_test_sources)
test_fp_host_CPPFLAGS = $(RUNTIME_CPPFLAGS) $(CMOCKA_CFLAGS)
test_fp_host_LDADD = $(fp_test_libs)

test_fp_portable_SOURCES = %D%/unit/fp/fast.c $(fp_test_sources)
test_fp_portable_CPPFLAGS = -DFP_NO_HOST $(RUNTIME_CPPFLAGS) $(CMOCKA_CFLAGS)
test_fp_portable_LDADD = $(fp_test_libs)

test_fp_mpfr_SOURCES = %D%/unit/fp/mpfr.c $(fp_test_sources)
test_fp_mpfr_CPPFLAGS = -I$(top_srcdir)/gen $(RUNTIME_CPPFLAGS) $(CMOCKA_CFLAGS) $(MPFR_CFLAGS)
test_fp_mpfr_LDADD = gen/libisac.a $(fp_test_libs) $(MPFR_LIBS) -lgmp

# Random instruction streams against qemu-user, one test per guest.
.PRECIOUS: tests/out/diff-%.sh
tests/out/diff-%.sh: $(top_srcdir)/tests/local.mk
	@$(MKDIR_P) tests/out
	@echo 'set -- $*; . "$$SRCDIR/tests/diff/run.sh"' >$@

TEST_EXTENSIONS = .sh
tap_driver = AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(tap_driver)
LOG_COMPILER = $(SHELL) $(top_srcdir)/tests/run --exec
SH_LOG_DRIVER = $(tap_driver)
SH_LOG_COMPILER = $(SHELL) $(top_srcdir)/tests/run --exec

EXTRA_DIST += %D%/run %D%/lib.sh %D%/unit %D%/bench %D%/decode %D%/diff %D%/doc %D%/fuzz %D%/gen \
	%D%/guest %D%/ir %D%/linux %D%/load %D%/threads %D%/vectors $(shell_tests)
