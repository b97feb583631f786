#define _GNU_SOURCE
#include "gather.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef __has_feature
#define __has_feature(x) 0
#endif

// Bytes of each buffer: about five hundred messages.
#define GATHER_BYTES 65536

struct gather {
    int socket;
    // What is unread is in[in_start..<in_end], what is unsent out[out_start..<out_end].
    size_t in_start, in_end, out_start, out_end;
    unsigned char in[GATHER_BYTES], out[GATHER_BYTES];
};

static _Thread_local gather *current;
static _Atomic unsigned long served;

gather *gather_create(int socket) {
    // Not cleared: pages that are never used then take no memory.
    gather *made = malloc(sizeof *made);
    if (made == NULL) return NULL;
    made->socket = socket;
    made->in_start = made->in_end = made->out_start = made->out_end = 0;
    return made;
}

void gather_destroy(gather *gather) { free(gather); }
void gather_enter(gather *gather) { current = gather; }
void gather_leave(void) { current = NULL; }
size_t gather_unread(const gather *gather) { return gather->in_end - gather->in_start; }
size_t gather_unsent(const gather *gather) { return gather->out_end - gather->out_start; }
unsigned long gather_served(void) { return atomic_load_explicit(&served, memory_order_relaxed); }

int gather_flush(gather *gather) {
    while (gather->out_start < gather->out_end) {
        ssize_t count = send(
            gather->socket, gather->out + gather->out_start, gather->out_end - gather->out_start,
            MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count < 0) {
            if (errno == EINTR) continue;
            return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : errno;
        }
        gather->out_start += (size_t)count;
    }
    gather->out_start = gather->out_end = 0;
    return 0;
}

#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)

bool gather_is_built(void) { return true; }

// The calls themselves. `syscall` sets `errno` as the functions of the C library do.
static ssize_t plain_read(int descriptor, void *bytes, size_t count) {
    return syscall(SYS_read, descriptor, bytes, count);
}

static ssize_t plain_write(int descriptor, const void *bytes, size_t count) {
    return syscall(SYS_write, descriptor, bytes, count);
}

static void count_served(void) {
    // One thread gathers at a time; a lost count would only make a test's figure smaller.
    atomic_store_explicit(
        &served, atomic_load_explicit(&served, memory_order_relaxed) + 1, memory_order_relaxed);
}

ssize_t read(int descriptor, void *bytes, size_t count) {
    gather *gather = current;
    if (gather == NULL || gather->socket != descriptor) {
        return plain_read(descriptor, bytes, count);
    }
    if (gather->in_start == gather->in_end) {
        // What is large goes to its place at once.
        if (count >= GATHER_BYTES) return plain_read(descriptor, bytes, count);
        ssize_t filled = plain_read(descriptor, gather->in, GATHER_BYTES);
        // The end, or an error with its errno: the caller's.
        if (filled <= 0) return filled;
        gather->in_start = 0;
        gather->in_end = (size_t)filled;
    } else {
        count_served();
    }
    size_t unread = gather->in_end - gather->in_start;
    size_t taken = count < unread ? count : unread;
    memcpy(bytes, gather->in + gather->in_start, taken);
    gather->in_start += taken;
    return (ssize_t)taken;
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
    gather *gather = current;
    if (gather == NULL) return plain_write(descriptor, bytes, count);
    if (gather->socket != descriptor) {
        // Within a scope libmosquitto writes elsewhere only to wake its own thread, by one byte;
        // there is no such thread, as the loop is ours.
        if (count == 1) {
            count_served();
            return 1;
        }
        return plain_write(descriptor, bytes, count);
    }
    if (gather->out_end == GATHER_BYTES) {
        int failure = gather_flush(gather);
        if (failure != 0 || gather->out_end == GATHER_BYTES) {
            errno = failure != 0 ? failure : EAGAIN;
            return -1;
        }
    }
    size_t room = GATHER_BYTES - gather->out_end;
    size_t taken = count < room ? count : room;
    memcpy(gather->out + gather->out_end, bytes, taken);
    gather->out_end += taken;
    count_served();
    return (ssize_t)taken;
}

#else

bool gather_is_built(void) { return false; }

#endif
