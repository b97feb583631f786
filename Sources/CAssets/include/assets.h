#pragma once

#include <stddef.h>

// A file that is part of the program.
struct asset {
    const char *name;
    const unsigned char *bytes;
    size_t count;
};

// The name is null behind the last one.
struct asset asset_at(size_t index);
