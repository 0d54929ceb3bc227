# runtime/local.mk - the guest-neutral runtime. Add a file: one line in its sorted list.

noinst_LIBRARIES += %D%/libruntime.a

%C%_libruntime_a_SOURCES = \
	%D%/bare/bare.c \
	%D%/bare/bare.h \
	%D%/bare/semihost.c \
	%D%/cache/cache.c \
	%D%/cache/cache.h \
	%D%/cache/fifo.c \
	%D%/cache/flush.c \
	%D%/cache/segments.c \
	%D%/cache/space.h \
	%D%/engine/engine.c \
	%D%/engine/engine.h \
	%D%/engine/options.c \
	%D%/engine/options.h \
	%D%/engine/stats.c \
	%D%/engine/stats.h \
	%D%/exc/exc.c \
	%D%/exc/exc.h \
	%D%/exc/host_other.c \
	%D%/exc/host_x86_64.c \
	%D%/fp/fp.c \
	%D%/fp/fp.h \
	%D%/fp/keep.h \
	%D%/fp/soft.c \
	%D%/fp/soft.h \
	%D%/fp/sse.h \
	%D%/fp/types.h \
	%D%/guest.h \
	%D%/host/alloc.c \
	%D%/host/alloc.h \
	%D%/host/alloc_check.c \
	%D%/host/alloc_state.h \
	%D%/host/bundle.c \
	%D%/host/host.h \
	%D%/host/live.c \
	%D%/host/occupancy.c \
	%D%/host/other.c \
	%D%/host/parallel.c \
	%D%/host/straight.c \
	%D%/host/x86_64/asm.c \
	%D%/host/x86_64/asm.h \
	%D%/host/x86_64/compile.c \
	%D%/host/x86_64/dump.c \
	%D%/host/x86_64/emit.h \
	%D%/host/x86_64/emit_atomic.c \
	%D%/host/x86_64/emit_bits.c \
	%D%/host/x86_64/emit_fp.c \
	%D%/host/x86_64/emit_int.c \
	%D%/host/x86_64/emit_mem.c \
	%D%/host/x86_64/enter.c \
	%D%/host/x86_64/exits.c \
	%D%/host/x86_64/frame.h \
	%D%/host/x86_64/operand.c \
	%D%/host/x86_64/recover.c \
	%D%/host/x86_64/select.c \
	%D%/interp/access.h \
	%D%/interp/blocks.c \
	%D%/interp/blocks.h \
	%D%/interp/build.c \
	%D%/interp/build.h \
	%D%/interp/dispatch.h \
	%D%/interp/interp.c \
	%D%/interp/interp.h \
	%D%/interp/ops.h \
	%D%/interp/rec.h \
	%D%/ir/arith.c \
	%D%/ir/arith.h \
	%D%/ir/build.c \
	%D%/ir/build.h \
	%D%/ir/cfg.c \
	%D%/ir/eval.c \
	%D%/ir/finish.c \
	%D%/ir/fold.c \
	%D%/ir/ir.c \
	%D%/ir/ir.def \
	%D%/ir/ir.h \
	%D%/ir/lift.c \
	%D%/ir/lift.h \
	%D%/ir/parse.c \
	%D%/ir/print.c \
	%D%/ir/template.c \
	%D%/ir/template.h \
	%D%/ir/text.h \
	%D%/ir/verify.c \
	%D%/linux/abi.h \
	%D%/linux/block.c \
	%D%/linux/calls.h \
	%D%/linux/convert.c \
	%D%/linux/file.c \
	%D%/linux/frame.c \
	%D%/linux/frame.h \
	%D%/linux/fs.c \
	%D%/linux/ioctl.c \
	%D%/linux/linux.h \
	%D%/linux/memory.c \
	%D%/linux/misc.c \
	%D%/linux/personality.c \
	%D%/linux/poll.c \
	%D%/linux/proc.c \
	%D%/linux/process.c \
	%D%/linux/signal.c \
	%D%/linux/socket.c \
	%D%/linux/stack.c \
	%D%/linux/start.h \
	%D%/linux/strace.c \
	%D%/linux/structs.def \
	%D%/linux/syscall.c \
	%D%/linux/syscalls.def \
	%D%/linux/time.c \
	%D%/linux/values.def \
	%D%/linux/xattr.c \
	%D%/load/elf.c \
	%D%/load/load.h \
	%D%/main.c \
	%D%/mem/areas.c \
	%D%/mem/areas.h \
	%D%/mem/mem.c \
	%D%/mem/mem.h \
	%D%/mem/watch.c \
	%D%/mem/watch.h \
	%D%/util/alloc.c \
	%D%/util/alloc.h \
	%D%/util/hash.c \
	%D%/util/hash.h \
	%D%/util/log.c \
	%D%/util/log.h

%C%_libruntime_a_CPPFLAGS = $(RUNTIME_CPPFLAGS)
%C%_libruntime_a_CFLAGS = $(AM_CFLAGS) $(CAPSTONE_CFLAGS)

# Also for the generated code of the guests.
RUNTIME_CPPFLAGS = -I$(top_srcdir)/runtime $(AM_CPPFLAGS)
RUNTIME_LIBS = %D%/libruntime.a $(CAPSTONE_LIBS) -lm -lpthread
