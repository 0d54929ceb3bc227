/*
 * new.h - `isac new NAME`: a description to start from.
 */
#ifndef GEN_NEW_H
#define GEN_NEW_H

/* command_new - writes isa/NAME/NAME.isa, targets/NAME/NAME.target and a program, under
 * DIR (NULL: the current directory); refuses to overwrite. Exit status. */
int command_new(const char *name, const char *dir);

#endif
