# man/local.mk - one page per program; isomorph.1 serves every guest.

man1_MANS += %D%/isac.1 %D%/isomorph.1
EXTRA_DIST += $(man1_MANS)
