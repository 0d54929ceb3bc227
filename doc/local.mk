# doc/local.mk - the documents; nothing is built from them.

EXTRA_DIST += \
	%D%/abi-language.md \
	%D%/compatibility.md \
	%D%/concepts.md \
	%D%/dependencies.md \
	%D%/internals.md \
	%D%/isa-language.md \
	%D%/porting-a-guest.md \
	%D%/porting-a-host.md \
	%D%/translator.md
