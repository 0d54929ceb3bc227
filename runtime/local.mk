# runtime/local.mk - the guest-neutral runtime. Add a file: one line in its sorted list.

noinst_LIBRARIES += %D%/libruntime.a

%C%_libruntime_a_SOURCES =

%C%_libruntime_a_CPPFLAGS = $(RUNTIME_CPPFLAGS)
%C%_libruntime_a_CFLAGS = $(AM_CFLAGS) $(CAPSTONE_CFLAGS)

# Also for the generated code of the guests.
RUNTIME_CPPFLAGS = -I$(top_srcdir)/runtime $(AM_CPPFLAGS)
RUNTIME_LIBS = %D%/libruntime.a $(CAPSTONE_LIBS) -lm -lpthread
