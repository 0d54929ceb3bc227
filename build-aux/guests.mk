# guests.mk - from targets/*/G.target to isomorph-G, for each G in $(GUESTS). GNU make.
#
# isac writes gen-out/G/*.c, only those whose text changed, and gen-out/G/depend.mk; the
# stamp records the run. The generated files are neither committed nor distributed.

# The C files isac writes for a guest, the same set for every guest.
GUEST_SOURCES = \
	abi.c \
	bind.c \
	decode.c \
	disas.c \
	interp_direct.c \
	interp_predecoded.c \
	interp_switch.c \
	interp_threaded.c \
	lift.c \
	meta.c

# What they include of each other.
GUEST_HEADERS = \
	forms.h \
	routines.h \
	routines.inc \
	state.h

guest_isac = $(if $(ISAC_FOR_BUILD),$(ISAC_FOR_BUILD),./isac$(EXEEXT))
guest_programs = $(GUESTS:%=isomorph-%$(EXEEXT))
# Routines end in tail calls, and store pairs of values that are ready at different times.
GUEST_CFLAGS = -foptimize-sibling-calls -fno-tree-slp-vectorize
guest_compile = $(CC) $(DEFS) $(DEFAULT_INCLUDES) $(RUNTIME_CPPFLAGS) $(CPPFLAGS) \
	$(AM_CFLAGS) $(CFLAGS) $(GUEST_CFLAGS)

# Binding and templates are long and run once per instruction: they need not be optimised
# much.
$(GUESTS:%=gen-out/%/bind.o) $(GUESTS:%=gen-out/%/lift.o): GUEST_CFLAGS += -O1

guests: $(guest_programs)

# isac frees little before it ends, so a build with the sanitizers must not look for leaks.
# $(1) is the guest, $(2) its .target file.
define guest_rules
gen-out/$(1)/stamp: $(top_srcdir)/$(2) $(guest_isac)
	$$(AM_V_GEN)$$(MKDIR_P) gen-out/$(1) && \
	ASAN_OPTIONS=detect_leaks=0 $$(guest_isac) build $(top_srcdir)/$(2) -I $(top_srcdir)/isa -o gen-out/$(1) && \
	touch $$@

$(GUEST_SOURCES:%=gen-out/$(1)/%) $(GUEST_HEADERS:%=gen-out/$(1)/%): gen-out/$(1)/stamp
	@test -f $$@ || { rm -f gen-out/$(1)/stamp; \
	    echo "isac did not write $$@; run make again" >&2; exit 1; }

$(GUEST_SOURCES:%.c=gen-out/$(1)/%.o): gen-out/$(1)/%.o: gen-out/$(1)/%.c
	$$(AM_V_CC)$$(guest_compile) -Igen-out/$(1) -MMD -MP -c -o $$@ $$<

isomorph-$(1)$$(EXEEXT): $(GUEST_SOURCES:%.c=gen-out/$(1)/%.o) runtime/libruntime.a
	$$(AM_V_CCLD)$$(CC) $$(AM_CFLAGS) $$(CFLAGS) $$(AM_LDFLAGS) $$(LDFLAGS) -o $$@ \
	    $(GUEST_SOURCES:%.c=gen-out/$(1)/%.o) $$(RUNTIME_LIBS) $$(LIBS)

-include $(wildcard gen-out/$(1)/*.d) $(wildcard gen-out/$(1)/depend.mk)
endef

$(foreach f,$(GUEST_FILES),$(eval $(call guest_rules,$(basename $(notdir $(f))),$(f))))

install-guests: $(guest_programs)
	@test -z '$(GUESTS)' || $(MKDIR_P) '$(DESTDIR)$(bindir)'
	@for p in $(guest_programs); do \
	    echo " $(INSTALL_PROGRAM) $$p '$(DESTDIR)$(bindir)/$$p'"; \
	    $(INSTALL_PROGRAM) $$p '$(DESTDIR)$(bindir)/'$$p || exit 1; \
	done

# One page serves every guest, under each guest's name.
install-guest-manuals:
	@for g in $(GUESTS); do \
	    rm -f '$(DESTDIR)$(man1dir)/'isomorph-$$g.1; \
	    $(LN_S) isomorph.1 '$(DESTDIR)$(man1dir)/'isomorph-$$g.1 || exit 1; \
	done

uninstall-guests:
	@for g in $(GUESTS); do \
	    rm -f '$(DESTDIR)$(bindir)/'isomorph-$$g$(EXEEXT) \
	        '$(DESTDIR)$(man1dir)/'isomorph-$$g.1; \
	done

clean-guests:
	rm -rf gen-out tests/out
	rm -f $(guest_programs)
