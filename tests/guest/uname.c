/* uname: the guest's machine name, not the host's; the system is Linux */
// oracle: qemu
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

int main(void)
{
    struct utsname name;
    char host[100];
    printf("%d\n", uname(&name));
    printf("%s %s\n", name.sysname, name.machine);
    printf("release %d version %d\n", name.release[0] >= '2', name.version[0] == '#');
    printf("host %d", gethostname(host, sizeof host));
    printf(" %d\n", strcmp(host, name.nodename) == 0);
    return 0;
}
