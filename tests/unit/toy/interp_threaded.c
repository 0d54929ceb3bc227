/* interp_threaded.c - the toy guest's routines, dispatched in the way of the name. */
#define INTERP_KIND 1
#define INTERP_NAME threaded
#include "routines.h"
#include "interp/dispatch.h"
