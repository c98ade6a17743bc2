/* Kills the process, as `kill -9` does, right before the step with the number CRASH_AT: one that a file or a socket can see.
   To be loaded before the C library. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static void step(void)
{
    static atomic_long steps;
    const char *at = getenv("CRASH_AT");
    if (at && ++steps == atol(at))
        kill(getpid(), SIGKILL);
}

#define STEP(type, name, parameters, arguments)                       \
    type name parameters                                              \
    {                                                                 \
        type (*real) parameters = (type(*) parameters)dlsym(RTLD_NEXT, #name); \
        step();                                                       \
        return real arguments;                                        \
    }

STEP(ssize_t, write, (int file, const void *bytes, size_t count), (file, bytes, count))
STEP(ssize_t, writev, (int file, const struct iovec *parts, int count), (file, parts, count))
STEP(ssize_t, pwrite, (int file, const void *bytes, size_t count, off_t at), (file, bytes, count, at))
STEP(ssize_t, pwrite64, (int file, const void *bytes, size_t count, off64_t at), (file, bytes, count, at))
STEP(ssize_t, send, (int socket, const void *bytes, size_t count, int flags), (socket, bytes, count, flags))
STEP(int, fsync, (int file), (file))
STEP(int, fdatasync, (int file), (file))
STEP(int, ftruncate, (int file, off_t size), (file, size))
STEP(int, ftruncate64, (int file, off64_t size), (file, size))
STEP(int, unlink, (const char *path), (path))
