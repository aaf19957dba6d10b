/* A disk and a clock that fail on command, put between a program and the C library with LD_PRELOAD (Linux).
 *
 * ENROLL_FAULT_DIR      the folder whose files are watched
 * ENROLL_FAULT_SHADOW   where what is on the "disk" is kept: a file for each inode, and `names`
 * ENROLL_FAULT_CONTROL  a file of 64-bit numbers that a test writes while the program runs, see `struct control`
 *
 * Writes go to the real files, so the program reads what it wrote. Only fsync brings what was written since the last one into the
 * shadow, and only the fsync of a folder brings names there. After a kill the shadow is what a power cut leaves. A failed fsync forgets
 * what it should have written, as Linux does. The index of SQLite's log (-shm) is shared memory and not watched.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define BLOCK 4096
#define FDS 4096
#define FILES 256

struct control {
    int64_t clock_ms;  /* added to the time of day */
    int64_t quota;     /* bytes that the files may have together; 0: no limit */
    int64_t fail_at;   /* the number of the fsync that fails; 0: none */
    int64_t syncs;     /* how many there were, counted here */
    int64_t lies;      /* 1: fsync does nothing and says that it did */
    int64_t kill_at;   /* the number of the write before which the process is killed; 0: none */
    int64_t writes;    /* how many there were, counted here */
    int64_t folder;    /* 1: the fsync that failed was one of the folder */
};

struct file { ino_t inode; int generation; int shadow; unsigned char *dirty; size_t blocks; };

static struct control none, *control = &none;
static const char *dir, *shadow;
static struct file files[FILES];
static int count;
static int watched[FDS]; /* 0: no; -1: the folder; else the place in `files` and 1 */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int (*real_open)(const char *, int, ...);
static int (*real_close)(int);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off64_t);
static int (*real_ftruncate)(int, off64_t);
static int (*real_fsync)(int);
static int (*real_clock)(clockid_t, struct timespec *);

static void find(void) {
    real_open = dlsym(RTLD_NEXT, "open64");
    real_close = dlsym(RTLD_NEXT, "close");
    real_write = dlsym(RTLD_NEXT, "write");
    real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
    real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_clock = dlsym(RTLD_NEXT, "clock_gettime");
}

static void die(const char *what) { fprintf(stderr, "disk.c: %s: %s\n", what, strerror(errno)); abort(); }

static int open_shadow(struct file *file) {
    char path[4200];
    snprintf(path, sizeof path, "%s/%llu.%d", shadow, (unsigned long long)file->inode, file->generation);
    int fd = real_open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) die(path);
    return fd;
}

/* The file with this inode. One that was just made is another file than the one that had the inode before. */
static struct file *file_of(ino_t inode, int made) {
    struct file *found = NULL;
    for (int i = 0; i < count; i++) if (files[i].inode == inode) found = &files[i];
    if (found && !made) return found;
    if (count == FILES) die("too many files");
    struct file *file = &files[count++];
    *file = (struct file){.inode = inode, .generation = found ? found->generation + 1 : 0, .shadow = -1};
    if (shadow) file->shadow = open_shadow(file);
    return file;
}

static void mark(struct file *file, off64_t from, off64_t to) {
    size_t last = (size_t)(to + BLOCK - 1) / BLOCK;
    if (last > file->blocks) {
        size_t blocks = last * 2 + 64;
        file->dirty = realloc(file->dirty, blocks);
        if (!file->dirty) die("memory");
        memset(file->dirty + file->blocks, 0, blocks - file->blocks);
        file->blocks = blocks;
    }
    for (size_t i = (size_t)from / BLOCK; i < last; i++) file->dirty[i] = 1;
}

static int is_index(const char *name) {
    size_t length = strlen(name);
    return length > 4 && strcmp(name + length - 4, "-shm") == 0;
}

/* What was written since the last fsync reaches the disk. */
static void keep(int fd, struct file *file) {
    char path[64], buffer[BLOCK];
    struct stat data;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int source = real_open(path, O_RDONLY | O_CLOEXEC);
    if (source < 0 || fstat(source, &data) != 0) die(path);
    for (size_t i = 0; i < file->blocks; i++) {
        if (!file->dirty[i]) continue;
        ssize_t n = pread(source, buffer, BLOCK, (off_t)i * BLOCK);
        if (n > 0 && real_pwrite(file->shadow, buffer, (size_t)n, (off64_t)i * BLOCK) != n) die("shadow");
        file->dirty[i] = 0;
    }
    if (real_ftruncate(file->shadow, data.st_size) != 0) die("shadow");
    real_close(source);
}

/* The names in the folder reach the disk, all at once. */
static void keep_names(void) {
    char from[4200], to[4200], path[4500], line[4600];
    snprintf(from, sizeof from, "%s/names.new", shadow);
    snprintf(to, sizeof to, "%s/names", shadow);
    int out = real_open(from, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    DIR *folder = opendir(dir);
    if (out < 0 || !folder) die("names");
    for (struct dirent *entry; (entry = readdir(folder));) {
        struct stat data;
        snprintf(path, sizeof path, "%s/%s", dir, entry->d_name);
        if (is_index(entry->d_name) || stat(path, &data) != 0 || !S_ISREG(data.st_mode)) continue;
        struct file *file = file_of(data.st_ino, 0);
        int n = snprintf(line, sizeof line, "%s %llu.%d\n", entry->d_name, (unsigned long long)file->inode, file->generation);
        if (real_write(out, line, (size_t)n) != n) die("names");
    }
    closedir(folder);
    real_close(out);
    if (rename(from, to) != 0) die("names");
}

/* What is there at the start is on the disk. */
__attribute__((constructor)) static void start(void) {
    find();
    dir = getenv("ENROLL_FAULT_DIR");
    shadow = getenv("ENROLL_FAULT_SHADOW");
    const char *path = getenv("ENROLL_FAULT_CONTROL");
    if (path) {
        int fd = real_open(path, O_RDWR | O_CLOEXEC);
        void *map = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof none, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (map == MAP_FAILED) die(path);
        control = map;
        real_close(fd);
    }
    if (!dir || !shadow) return;
    DIR *folder = opendir(dir);
    if (!folder) die(dir);
    for (struct dirent *entry; (entry = readdir(folder));) {
        char name[4500];
        struct stat data;
        snprintf(name, sizeof name, "%s/%s", dir, entry->d_name);
        if (is_index(entry->d_name) || stat(name, &data) != 0 || !S_ISREG(data.st_mode)) continue;
        struct file *file = file_of(data.st_ino, 0);
        mark(file, 0, data.st_size);
        int fd = real_open(name, O_RDONLY | O_CLOEXEC);
        if (fd < 0) die(name);
        keep(fd, file);
        real_close(fd);
    }
    closedir(folder);
    keep_names();
}

static void note(int fd, const char *path, int made) {
    size_t length = dir ? strlen(dir) : 0;
    if (fd < 0 || fd >= FDS || !dir || strncmp(path, dir, length) != 0) return;
    struct stat data;
    if (fstat(fd, &data) != 0) return;
    pthread_mutex_lock(&lock);
    if (S_ISDIR(data.st_mode)) { if (path[length] == 0) watched[fd] = -1; }
    else if (path[length] == '/' && S_ISREG(data.st_mode) && !is_index(path))
        watched[fd] = (int)(file_of(data.st_ino, made) - files) + 1;
    pthread_mutex_unlock(&lock);
}

static int opened(const char *path, int flags, mode_t mode) {
    if (!real_open) find();
    int made = (flags & O_CREAT) && access(path, F_OK) != 0;
    int fd = real_open(path, flags, mode);
    note(fd, path, made);
    return fd;
}

#define MODE mode_t mode = 0; if (flags & (O_CREAT | O_TMPFILE)) { va_list list; va_start(list, flags); mode = va_arg(list, mode_t); va_end(list); }
int open(const char *path, int flags, ...) { MODE return opened(path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE return opened(path, flags, mode); }

int close(int fd) {
    if (!real_close) find();
    if (fd >= 0 && fd < FDS) watched[fd] = 0;
    return real_close(fd);
}

/* Whether so many bytes more are too many. */
static int full(int fd, off64_t end) {
    struct stat data;
    if (control->quota <= 0 || fstat(fd, &data) != 0 || end <= data.st_size) return 0;
    int64_t sum = end - data.st_size;
    DIR *folder = opendir(dir);
    if (!folder) return 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        char path[4500];
        snprintf(path, sizeof path, "%s/%s", dir, entry->d_name);
        if (stat(path, &data) == 0 && S_ISREG(data.st_mode)) sum += data.st_size;
    }
    closedir(folder);
    return sum > control->quota;
}

static ssize_t written(int fd, const void *bytes, size_t length, off64_t at, int positioned) {
    if (!real_write) find();
    if (fd < 0 || fd >= FDS || watched[fd] <= 0)
        return positioned ? real_pwrite(fd, bytes, length, at) : real_write(fd, bytes, length);
    pthread_mutex_lock(&lock);
    if (!positioned) at = lseek(fd, 0, SEEK_CUR);
    ssize_t n = -1;
    if (++control->writes == control->kill_at) kill(getpid(), SIGKILL);
    if (full(fd, at + (off64_t)length)) errno = ENOSPC;
    else n = positioned ? real_pwrite(fd, bytes, length, at) : real_write(fd, bytes, length);
    if (n > 0) mark(&files[watched[fd] - 1], at, at + n);
    pthread_mutex_unlock(&lock);
    return n;
}

ssize_t write(int fd, const void *bytes, size_t length) { return written(fd, bytes, length, 0, 0); }
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) { return written(fd, bytes, length, at, 1); }
ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) { return written(fd, bytes, length, at, 1); }

static int truncated(int fd, off64_t length) {
    if (!real_ftruncate) find();
    struct stat data;
    if (fd < 0 || fd >= FDS || watched[fd] <= 0 || fstat(fd, &data) != 0) return real_ftruncate(fd, length);
    pthread_mutex_lock(&lock);
    int result = real_ftruncate(fd, length);
    if (result == 0) mark(&files[watched[fd] - 1], length < data.st_size ? length : data.st_size, length > data.st_size ? length : data.st_size);
    pthread_mutex_unlock(&lock);
    return result;
}

int ftruncate(int fd, off_t length) { return truncated(fd, length); }
int ftruncate64(int fd, off64_t length) { return truncated(fd, length); }

static int synced(int fd) {
    if (!real_fsync) find();
    if (fd < 0 || fd >= FDS || watched[fd] == 0) return real_fsync(fd);
    pthread_mutex_lock(&lock);
    struct file *file = watched[fd] > 0 ? &files[watched[fd] - 1] : NULL;
    int result = 0;
    if (++control->syncs == control->fail_at) {
        if (file && file->dirty) memset(file->dirty, 0, file->blocks);
        control->folder = !file;
        result = -1;
    } else if (shadow && !control->lies) {
        if (file) keep(fd, file); else keep_names();
    }
    pthread_mutex_unlock(&lock);
    if (result) errno = EIO;
    return result;
}

int fsync(int fd) { return synced(fd); }
int fdatasync(int fd) { return synced(fd); }

int clock_gettime(clockid_t clock, struct timespec *time) {
    int result = real_clock ? real_clock(clock, time) : (int)syscall(SYS_clock_gettime, clock, time);
    if (result == 0 && control->clock_ms && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        int64_t ms = (int64_t)time->tv_sec * 1000 + time->tv_nsec / 1000000 + control->clock_ms;
        time->tv_sec = ms / 1000;
        time->tv_nsec = (ms % 1000) * 1000000 + time->tv_nsec % 1000000;
    }
    return result;
}
