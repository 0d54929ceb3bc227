dnl isomorph.m4 - the checks that configure.ac names.

dnl ISO_GUESTS - from $target_alias to GUESTS (names) GUEST_FILES (their .target
dnl files, relative to the source directory) and GUEST_TESTS. Every targets/*/NAME.target is a guest.
AC_DEFUN([ISO_GUESTS], [
AC_MSG_CHECKING([which guests to build])
iso_known=
for iso_file in "$srcdir"/targets/*/*.target; do
    test -f "$iso_file" || continue
    iso_name=`basename "$iso_file" .target`
    case " $iso_known " in
    *" $iso_name "*) AC_MSG_ERROR([two files define the guest '$iso_name' under targets/]) ;;
    esac
    AS_VAR_APPEND([iso_known], [" $iso_name"])
done
iso_known=`echo $iso_known`
iso_wanted=`echo "${target_alias:-all}" | tr ',' ' '`
GUESTS=
for iso_name in $iso_wanted; do
    if test "x$iso_name" = xall; then
        iso_list=$iso_known
    else
        iso_list=$iso_name
        case " $iso_known " in
        *" $iso_name "*) ;;
        *) AC_MSG_RESULT([])
           AC_MSG_ERROR([no guest '$iso_name' under targets/; known guests: ${iso_known:-none}, all]) ;;
        esac
    fi
    for iso_one in $iso_list; do
        case " $GUESTS " in
        *" $iso_one "*) ;;
        *) GUESTS="$GUESTS $iso_one" ;;
        esac
    done
done
GUESTS=`echo $GUESTS`
GUEST_FILES=
for iso_name in $GUESTS; do
    for iso_file in "$srcdir"/targets/*/"$iso_name".target; do
        iso_dir=`dirname "$iso_file"`
        GUEST_FILES="$GUEST_FILES targets/`basename "$iso_dir"`/$iso_name.target"
    done
done
GUEST_FILES=`echo $GUEST_FILES`
GUEST_TESTS=
for iso_name in $GUESTS; do
    GUEST_TESTS="$GUEST_TESTS tests/out/guest-$iso_name.sh tests/out/diff-$iso_name.sh"
done
AC_SUBST([GUEST_TESTS])
AC_SUBST([GUESTS])
AC_SUBST([GUEST_FILES])
AC_MSG_RESULT([${GUESTS:-none}])
])

dnl ISO_GNU_MAKE - build-aux/guests.mk is written for GNU make.
AC_DEFUN([ISO_GNU_MAKE], [
AC_MSG_CHECKING([for GNU make])
if ${MAKE-make} --version 2>/dev/null | grep 'GNU Make' >/dev/null; then
    AC_MSG_RESULT([yes])
else
    AC_MSG_RESULT([no])
    AC_MSG_ERROR([GNU make is needed; install it, or set MAKE to its name])
fi
])

dnl ISO_PROG_BISON(VERSION) - called by its own name: `bison -y' has another dialect.
AC_DEFUN([ISO_PROG_BISON], [
AC_ARG_VAR([BISON], [GNU bison, $1 or later])
AC_CHECK_PROGS([BISON], [bison])
AS_IF([test -z "$BISON"], [AC_MSG_ERROR([bison $1 or later is needed; install bison])])
AC_MSG_CHECKING([whether $BISON is $1 or later])
iso_bison=`$BISON --version | sed -n '1s/.* //p'`
AS_VERSION_COMPARE([$iso_bison], [$1],
    [AC_MSG_RESULT([$iso_bison])
     AC_MSG_ERROR([bison $1 or later is needed, $BISON is $iso_bison])])
AC_MSG_RESULT([$iso_bison])
])

dnl ISO_PROG_FLEX
AC_DEFUN([ISO_PROG_FLEX], [
AC_ARG_VAR([FLEX], [flex, the scanner generator])
AC_CHECK_PROGS([FLEX], [flex])
AS_IF([test -z "$FLEX"], [AC_MSG_ERROR([flex is needed; install flex])])
])

dnl ISO_CC_FLAG(FLAG) - append FLAG to WARN_CFLAGS if the compiler takes it.
AC_DEFUN([ISO_CC_FLAG], [
AS_VAR_PUSHDEF([iso_var], [iso_cv_flag_$1])
AC_CACHE_CHECK([whether $CC takes $1], [iso_var], [
    iso_save=$CFLAGS
    CFLAGS="$CFLAGS -Werror $1"
    AC_COMPILE_IFELSE([AC_LANG_PROGRAM()],
        [AS_VAR_SET([iso_var], [yes])], [AS_VAR_SET([iso_var], [no])])
    CFLAGS=$iso_save])
AS_VAR_IF([iso_var], [yes], [WARN_CFLAGS="$WARN_CFLAGS $1"])
AS_VAR_POPDEF([iso_var])
])

dnl ISO_WARNINGS - WARN_CFLAGS, with -Werror under --enable-werror.
AC_DEFUN([ISO_WARNINGS], [
AC_ARG_ENABLE([werror],
    [AS_HELP_STRING([--enable-werror], [treat compiler warnings as errors])],
    [], [enable_werror=no])
WARN_CFLAGS=
m4_foreach_w([iso_flag],
    [-Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wundef
     -Wwrite-strings -Werror=implicit-function-declaration], [ISO_CC_FLAG(iso_flag)])
AS_IF([test "x$enable_werror" = xyes], [WARN_CFLAGS="$WARN_CFLAGS -Werror"])
AC_SUBST([WARN_CFLAGS])
])

dnl ISO_SANITIZERS - SAN_FLAGS for the compiler and the linker.
AC_DEFUN([ISO_SANITIZERS], [
AC_ARG_ENABLE([sanitizers],
    [AS_HELP_STRING([--enable-sanitizers],
        [build with the address and undefined-behaviour sanitizers])],
    [], [enable_sanitizers=no])
SAN_FLAGS=
AS_IF([test "x$enable_sanitizers" = xyes], [
    SAN_FLAGS="-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer"
    AC_DEFINE([SANITIZED], [1], [Define to 1 in a build with the sanitizers.])])
AC_SUBST([SAN_FLAGS])
AM_CONDITIONAL([SANITIZERS], [test "x$enable_sanitizers" = xyes])
])

dnl ISO_PKG(PREFIX, MODULE, VARIABLE) - VARIABLE is yes if the library is there. In a cross
dnl build pkg-config may answer for the build machine, so a program must also link.
AC_DEFUN([ISO_PKG], [
PKG_CHECK_MODULES([$1], [$2], [$3=yes], [$3=no])
AS_IF([test $$3 = yes && test "$cross_compiling" != no], [
    AC_MSG_CHECKING([whether $1 links for the host])
    iso_save=$LIBS
    LIBS="$[$1]_LIBS $LIBS"
    AC_LINK_IFELSE([AC_LANG_PROGRAM()], [], [$3=no])
    LIBS=$iso_save
    AC_MSG_RESULT([$$3])
    AS_IF([test $$3 = no], [[$1]_CFLAGS= [$1]_LIBS=])])
])

dnl ISO_LIBS - Capstone (both programs), MPFR (isac's evaluator), cmocka (unit tests).
dnl A cross build may lack the first two for its host: then isac is not built for it, and
dnl the emulator says so when host code is to be disassembled.
AC_DEFUN([ISO_LIBS], [
ISO_PKG([CAPSTONE], [capstone >= 4.0], [have_capstone])
ISO_PKG([MPFR], [mpfr >= 4.0], [have_mpfr])
ISO_PKG([CMOCKA], [cmocka >= 1.1], [have_cmocka])
AS_IF([test "$cross_compiling" = no], [
    AS_IF([test $have_capstone = no],
        [AC_MSG_ERROR([Capstone 4.0 or later is needed; install libcapstone-dev])])
    AS_IF([test $have_mpfr = no],
        [AC_MSG_ERROR([MPFR 4.0 or later is needed; install libmpfr-dev])])])
AS_IF([test $have_capstone = yes],
    [AC_DEFINE([HAVE_CAPSTONE], [1], [Define to 1 if Capstone is there.])])
AM_CONDITIONAL([BUILD_ISAC], [test $have_capstone = yes && test $have_mpfr = yes])
AM_CONDITIONAL([HAVE_CMOCKA], [test $have_cmocka = yes])
])

dnl ISO_ISAC_FOR_BUILD - the isac that runs during the build.
AC_DEFUN([ISO_ISAC_FOR_BUILD], [
AC_ARG_VAR([ISAC_FOR_BUILD], [an isac that runs on the build machine, for cross builds])
AS_IF([test -z "$ISAC_FOR_BUILD" && test "$cross_compiling" != no], [
    AC_MSG_ERROR([a cross build needs an isac for the build machine; set ISAC_FOR_BUILD to one])])
AS_IF([test -n "$ISAC_FOR_BUILD"], [
    iso_isac=`command -v "$ISAC_FOR_BUILD"`
    case $iso_isac in
    /*) ;;
    ?*) iso_isac=`pwd`/$iso_isac ;;
    *) AC_MSG_ERROR([ISAC_FOR_BUILD=$ISAC_FOR_BUILD is not a program that can be run]) ;;
    esac
    ISAC_FOR_BUILD=$iso_isac])
])
