/* A disk without room, put between PostgreSQL and the C library with LD_PRELOAD (Linux): while the file that ENROLL_FULL_WHEN names is
 * there, no file below ENROLL_FULL_DIR grows (ENOSPC). What is within a file's length is written as ever. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static int refuses(int fd, off64_t at, size_t length) {
    const char *when = getenv("ENROLL_FULL_WHEN"), *dir = getenv("ENROLL_FULL_DIR");
    struct stat file;
    char link[64], path[4200];
    if (!when || !dir || access(when, F_OK) != 0) return 0;
    if (fstat(fd, &file) != 0 || !S_ISREG(file.st_mode)) return 0;
    if (at < 0 && (at = lseek(fd, 0, SEEK_CUR)) < 0) return 0;
    if (at + (off64_t)length <= file.st_size) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n < 0) return 0;
    path[n] = 0;
    if (strncmp(path, dir, strlen(dir)) != 0) return 0;
    errno = ENOSPC;
    return 1;
}

static size_t sum(const struct iovec *parts, int count) {
    size_t length = 0;
    for (int i = 0; i < count; i++) length += parts[i].iov_len;
    return length;
}

#define REAL(name) (real ? real : (real = dlsym(RTLD_NEXT, name)))

ssize_t write(int fd, const void *bytes, size_t length) {
    static ssize_t (*real)(int, const void *, size_t);
    return refuses(fd, -1, length) ? -1 : REAL("write")(fd, bytes, length);
}

static ssize_t written(int fd, const void *bytes, size_t length, off64_t at) {
    static ssize_t (*real)(int, const void *, size_t, off64_t);
    return refuses(fd, at, length) ? -1 : REAL("pwrite64")(fd, bytes, length, at);
}

static ssize_t gathered(int fd, const struct iovec *parts, int count, off64_t at) {
    static ssize_t (*real)(int, const struct iovec *, int, off64_t);
    return refuses(fd, at, sum(parts, count)) ? -1 : REAL("pwritev64")(fd, parts, count, at);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) { return written(fd, bytes, length, at); }
ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) { return written(fd, bytes, length, at); }
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) { return gathered(fd, parts, count, at); }
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at) { return gathered(fd, parts, count, at); }
