# doc/local.mk - the documents; nothing is built from them.

EXTRA_DIST += \
	%D%/dependencies.md \
	%D%/isa-language.md
