/* stdio on files: buffering, seeking, ungetc, fgets, fread records, append, errors */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void lines(const char *name)
{
    char line[16];
    int count = 0;
    FILE *file = fopen(name, "r");
    while (fgets(line, sizeof line, file))
        printf("%d [%.*s]%s\n", count++, (int)strcspn(line, "\n"), line,
               strchr(line, '\n') ? "" : " cut");
    printf("eof %d error %d\n", feof(file) != 0, ferror(file) != 0);
    fclose(file);
}

int main(void)
{
    FILE *file = fopen("text", "w");
    for (int i = 0; i < 5; i++)
        fprintf(file, "line %d %s\n", i, i == 3 ? "is much longer than that" : "");
    fputs("no newline", file);
    printf("close %d\n", fclose(file));
    lines("text");

    file = fopen("text", "r+");
    fseek(file, 5, SEEK_SET);
    int c = fgetc(file);
    ungetc('#', file);
    int back = fgetc(file);
    printf("%c %c %ld\n", c, back, ftell(file));
    fseek(file, -4, SEEK_END);
    fputs("LINE", file);
    rewind(file);
    printf("%c\n", getc(file));
    fclose(file);
    file = fopen("text", "a");
    fprintf(file, "\nmore");
    fclose(file);
    lines("text");

    uint16_t records[3000], copies[3000];
    for (int i = 0; i < 3000; i++)
        records[i] = (uint16_t)(i * 21);
    file = tmpfile();
    printf("fwrite %d\n", (int)fwrite(records, sizeof records[0], 3000, file));
    fseek(file, 2000, SEEK_SET);
    printf("fread %d\n", (int)fread(copies, sizeof copies[0], 3000, file));
    printf("same %d\n", memcmp(copies, records + 1000, 4000) == 0);
    fclose(file);

    file = fopen("missing", "r");
    printf("%d %d\n", file == NULL, errno == ENOENT);
    char space[40];
    file = fmemopen(space, sizeof space, "w");
    fprintf(file, "%s %d", "memory", 7);
    fclose(file);
    puts(space);
    setvbuf(stdout, NULL, _IONBF, 0);
    printf("unbuffered ");
    fprintf(stderr, "to stderr\n");
    puts("done");
    return remove("text");
}
