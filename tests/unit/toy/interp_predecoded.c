/* interp_predecoded.c - the toy guest's routines, dispatched in the way of the name. */
#define INTERP_KIND 2
#define INTERP_NAME predecoded
#include "routines.h"
#include "interp/dispatch.h"
