// Gathers the small reads and writes that libmosquitto makes on its socket (decision 0011).
//
// libmosquitto reads a message in three system calls and writes every PUBACK in one more, plus one
// byte that wakes a thread of its own where there is one. Inside a scope (`gather_enter` to
// `gather_leave`) these calls are served from memory: one `read` of the socket fills the buffer,
// and `gather_flush` sends what was written. Outside of a scope, on another thread and for every
// other descriptor, `read` and `write` do what they always do.
//
// It works by the rule of the dynamic linker that a program's own symbols come before those of
// its libraries. Where it does not take effect (under a sanitizer, or when a program does not
// export them) libmosquitto makes its calls itself, and all is as before.
#ifndef JAMEY_GATHER_H
#define JAMEY_GATHER_H

#include <stdbool.h>
#include <stddef.h>

/// What was read ahead of one socket, and what is still to be sent on it.
typedef struct gather gather;

/// For a non-blocking, connected socket. NULL when there is no memory.
gather *gather_create(int socket);
void gather_destroy(gather *gather);

/// From here on `read` and `write` of this thread on the socket go by the buffers. Scopes do not
/// nest.
void gather_enter(gather *gather);
void gather_leave(void);

/// Bytes that were read from the socket and not yet asked for: `poll` knows nothing of them.
size_t gather_unread(const gather *gather);
/// Bytes that were written and are still to be sent.
size_t gather_unsent(const gather *gather);

/// Sends what was written, as far as the socket takes it.
/// Returns 0, or `errno` where the socket is broken; a full socket is no error.
int gather_flush(gather *gather);

/// False in a build that leaves `read` and `write` to a sanitizer.
bool gather_is_built(void);

/// Calls of `read` and `write` that were served from memory, by all of the process; for tests.
unsigned long gather_served(void);

#endif
