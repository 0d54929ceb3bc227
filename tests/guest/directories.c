/* mkdir, rmdir, chdir, getcwd, opendir, readdir (d_name, d_type), seekdir */
#define _FILE_OFFSET_BITS 64
#define _DEFAULT_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void result(const char *what, int value)
{
    printf("%s: %s\n", what, value < 0 ? strerror(errno) : "ok");
}

static int any(const struct dirent *entry)
{
    (void)entry;
    return 1;
}

static void list(const char *name, int print)
{
    struct dirent **entries;
    int count = scandir(name, &entries, any, alphasort);
    unsigned hash = 0;
    for (int i = 0; i < count; i++) {
        if (print)
            printf("  %s%s\n", entries[i]->d_name,
                   entries[i]->d_type == DT_DIR ? "/" : "");
        for (const char *p = entries[i]->d_name; *p; p++)
            hash = hash * 31 + (unsigned char)*p;
        free(entries[i]);
    }
    printf("%d entries %08x\n", count, hash);
    free(entries);
}

int main(void)
{
    char path[400], start[400], name[40];
    result("mkdir", mkdir("tree", 0755));
    result("mkdir again", mkdir("tree", 0755));
    result("getcwd", getcwd(start, sizeof start) ? 0 : -1);
    result("chdir", chdir("tree"));
    result("getcwd", getcwd(path, sizeof path) ? 0 : -1);
    printf("%s\n", strcmp(path + strlen(start), "/tree") == 0 ? "as expected" : path);
    result("mkdir", mkdir("b", 0700));
    result("mkdir", mkdir("b/c", 0700));
    for (int i = 0; i < 300; i++) {
        snprintf(name, sizeof name, "file-%03d-%.*s", i, i % 20, "aaaaaaaaaaaaaaaaaaaa");
        close(open(name, O_CREAT | O_WRONLY, 0600));
    }
    list(".", 0);
    list("b", 1);
    DIR *dir = opendir(".");
    int files = 0;
    for (struct dirent *entry; (entry = readdir(dir));)
        if (entry->d_type == DT_REG && entry->d_ino != 0)
            files += unlink(entry->d_name) == 0;
    printf("removed %s\n", files > 100 ? "many" : "few");
    rewinddir(dir);
    for (struct dirent *entry; (entry = readdir(dir));)
        if (entry->d_type == DT_REG)
            files += unlink(entry->d_name) == 0;
    closedir(dir);
    printf("%d\n", files);
    list(".", 1);
    result("small buffer", getcwd(path, 2) ? 0 : -1);
    result("not empty", rmdir("b"));
    result("rmdir", rmdir("b/c"));
    result("rmdir", rmdir("b"));
    result("fchdir", fchdir(open("..", O_RDONLY)));
    result("rmdir", rmdir("tree"));
    result("opendir", opendir("tree") ? 0 : -1);
    result("chdir", chdir("tree"));
    return 0;
}
