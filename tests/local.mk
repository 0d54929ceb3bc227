# tests/local.mk - `make check' through Automake's TAP driver.
#
# A unit test is a C program with cmocka, one group per program: add its name to unit_tests
# and say `NAME_SOURCES = file.c'. A shell test prints TAP with tests/lib.sh: add its path to
# shell_tests. One per line, sorted.

runtime_unit_tests =

gen_unit_tests =

shell_tests = \
	%D%/build.sh \
	%D%/isa.sh \
	%D%/layout.sh

if HAVE_CMOCKA
check_PROGRAMS += $(runtime_unit_tests) $(gen_unit_tests)
TESTS += $(runtime_unit_tests) $(gen_unit_tests)
endif
TESTS += $(shell_tests)

TEST_EXTENSIONS = .sh
tap_driver = AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(tap_driver)
LOG_COMPILER = $(SHELL) $(top_srcdir)/tests/run --exec
SH_LOG_DRIVER = $(tap_driver)
SH_LOG_COMPILER = $(SHELL) $(top_srcdir)/tests/run --exec

EXTRA_DIST += %D%/run %D%/lib.sh %D%/unit %D%/fuzz $(shell_tests)
