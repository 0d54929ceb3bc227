/* environment: what the parent set is there, getenv, setenv, putenv, unsetenv, environ */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern char **environ;

static void show(const char *name)
{
    const char *value = getenv(name);
    printf("%s%s%s\n", name, value ? "=" : " is not set", value ? value : "");
}

int main(void)
{
    static char assignment[] = "PUT=through putenv";
    show("GUEST_TEST");
    show("GUEST_EMPTY");
    show("NO_SUCH_VARIABLE");
    int found = 0;
    for (char **p = environ; *p; p++)
        found += strncmp(*p, "GUEST_TEST=", 11) == 0;
    printf("found %d\n", found);
    setenv("ADDED", "a value", 0);
    show("ADDED");
    setenv("ADDED", "another", 0);
    show("ADDED");
    setenv("ADDED", "another", 1);
    show("ADDED");
    putenv(assignment);
    show("PUT");
    assignment[4] = 'T';
    show("PUT");
    unsetenv("ADDED");
    show("ADDED");
    for (int i = 0; i < 100; i++) {
        char name[16];
        snprintf(name, sizeof name, "MANY%d", i);
        setenv(name, name + 4, 1);
    }
    show("MANY42");
    clearenv();
    show("GUEST_TEST");
    return 0;
}
