/*
 * main.c - isomorph-GUEST: read the options, make the machine, start the program in it.
 */
#include "engine/engine.h"
#include "engine/options.h"
#include "linux/linux.h"
#include "bare/bare.h"
#include "util/log.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    const struct guest *guest = &the_guest;
    static struct machine machine;
    log_program = xprintf("isomorph-%s", guest->name);
    machine.guest = guest;
    options_read(&machine.options, guest, argc, argv, environ);
    if (machine.options.cpu != NULL &&
        (guest->cpu_select == NULL || !guest->cpu_select(machine.options.cpu)))
        options_bad_cpu(guest, machine.options.cpu);
    engine_init(&machine, guest->linux_abi != NULL ? guest->linux_abi->page_bytes : 4096);
    struct cpu *cpu = engine_cpu_new(&machine);
    if (guest->linux_abi != NULL)
        linux_start(&machine, cpu);
    else
        bare_start(&machine, cpu);
    engine_run(cpu);
    return 0;
}
