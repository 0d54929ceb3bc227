/* a directory of many entries is read whole, and from a place noted before, by 32-bit
 * offsets too */
// oracle: native (qemu-user 7.2 hands the host's 64-bit positions to 32-bit programs)
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES 700

int main(void)
{
    char name[64];
    struct dirent *entry;
    int count = 0, rest = 0, again = 0;
    long place = 0;

    mkdir("many", 0700);
    for (int i = 0; i < FILES; i++) {
        sprintf(name, "many/a-file-with-a-longer-name-%d", i);
        close(open(name, O_CREAT | O_WRONLY, 0600));
    }
    DIR *dir = opendir("many");
    if (dir == NULL)
        return 1;
    while ((entry = readdir(dir)) != NULL) {
        if (++count == 300)
            place = telldir(dir);
    }
    printf("%d entries\n", count);
    seekdir(dir, place);
    while (readdir(dir) != NULL)
        rest++;
    printf("%d after the place\n", rest);
    rewinddir(dir);
    while (readdir(dir) != NULL)
        again++;
    printf("%d again\n", again);
    closedir(dir);
    for (int i = 0; i < FILES; i++) {
        sprintf(name, "many/a-file-with-a-longer-name-%d", i);
        unlink(name);
    }
    return rmdir("many");
}
