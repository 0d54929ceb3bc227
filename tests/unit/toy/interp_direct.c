/* interp_direct.c - the toy guest's routines, dispatched in the way of the name. */
#define INTERP_KIND 3
#define INTERP_NAME direct
#include "routines.h"
#include "interp/dispatch.h"
