/* interp_switch.c - the toy guest's routines, dispatched in the way of the name. */
#define INTERP_KIND 0
#define INTERP_NAME switch
#include "routines.h"
#include "interp/dispatch.h"
