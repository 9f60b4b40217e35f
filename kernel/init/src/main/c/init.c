/*
 * priok-init: performs a list of system calls that somebody else has thought out.
 *
 * argv[1] is the number of a sealed memory file that holds the list (program.h). It is mapped privately, checked to the
 * last offset, and walked. This program knows nothing of containers; what it adds is the monitor's loop (monitor.h).
 * It uses no C library, no heap and no static data.
 */
#include "machine.h"
#include "program.h"

#define MAXIMUM_BYTES (64UL << 20) /* of a program file; what real ones need is far below a megabyte */
#define MAXIMUM_INTERRUPTIONS 1000 /* repetitions of one interrupted call */

static inline s64 now(void) {
    struct timespec t = {0, 0};
    CALL2(NR_CLOCK_GETTIME, CLOCK_REALTIME, &t);
    return t.seconds * 1000000000L + t.nanos;
}

static __attribute__((noreturn)) void leave(int status) {
    for (;;)
        CALL1(NR_EXIT_GROUP, status);
}

/* One write of a few bytes is atomic on a pipe. Nobody is there to hear about a failure. */
static void tell(s64 fd, u32 kind, u32 index, s64 value) {
    struct record r = {kind, index, value, now()};
    if (fd >= 0)
        CALL3(NR_WRITE, fd, &r, sizeof r);
}

#include "monitor.h"

struct program {
    const struct header *header;
    const struct entry *entry;
    u8 *data;
};

static int aligned_word(const struct header *h, u64 offset) {
    return offset % 8 == 0 && offset <= h->data_bytes && h->data_bytes - offset >= 8;
}

static int sound_entry(const struct header *h, const struct entry *e, u32 index) {
    if (e->operation > DO_SUPERVISE || (e->store != NOWHERE && !aligned_word(h, e->store)))
        return 0;
    if (e->jump != 0 && (e->jump <= index || e->jump > h->entries))
        return 0;
    if (e->jump == 0 && (e->operation == DO_GOTO || e->operation == DO_CLONE))
        return 0;
    for (int i = 0; i < 6; i++) {
        if (e->tag[i] > A_LOAD || (e->tag[i] == AN_ADDRESS && e->argument[i] >= h->data_bytes)
            || (e->tag[i] == A_LOAD && !aligned_word(h, e->argument[i])))
            return 0;
    }
    return e->operation != DO_SUPERVISE
        || (e->tag[0] == AN_ADDRESS && e->argument[0] % 8 == 0
            && h->data_bytes - e->argument[0] >= sizeof(struct supervision));
}

/* Checks every number that is used as an offset later, then turns relocated words into addresses. */
static int load(struct program *p, u8 *file, u64 size) {
    const struct header *h = (const struct header *)file;
    if (size < sizeof *h || h->magic != MAGIC || h->architecture != ARCHITECTURE)
        return 0;
    u64 relocations_at = sizeof *h + (u64)h->entries * sizeof(struct entry);
    u64 data_at = (relocations_at + (u64)h->relocations * 4 + 7) & ~7UL;
    if (h->entries == 0 || h->data_bytes == 0 || data_at + h->data_bytes != size || file[size - 1] != 0)
        return 0;
    p->header = h;
    p->entry = (const struct entry *)(file + sizeof *h);
    p->data = file + data_at;
    for (u32 i = 0; i < h->entries; i++) {
        if (!sound_entry(h, &p->entry[i], i))
            return 0;
    }
    const u32 *relocation = (const u32 *)(file + relocations_at);
    for (u32 i = 0; i < h->relocations; i++) {
        if (!aligned_word(h, relocation[i]))
            return 0;
        u64 *word = (u64 *)(p->data + relocation[i]);
        if (*word >= h->data_bytes)
            return 0;
        *word += (u64)p->data;
    }
    return 1;
}

static u64 argument(const struct program *p, const struct entry *e, int i) {
    switch (e->tag[i]) {
    case AN_ADDRESS:
        return (u64)(p->data + e->argument[i]);
    case A_LOAD:
        return *(u64 *)(p->data + e->argument[i]);
    default:
        return e->argument[i];
    }
}

static s64 perform(const struct program *p, const struct entry *e) {
    u64 a[6];
    for (int i = 0; i < 6; i++)
        a[i] = argument(p, e, i);
    s64 result = -EINTR;
    for (int i = 0; i < MAXIMUM_INTERRUPTIONS && result == -EINTR; i++)
        result = syscall6(e->call, a[0], a[1], a[2], a[3], a[4], a[5]);
    return result;
}

static int tolerated(const struct entry *e, s64 error) {
    for (int i = 0; i < 4; i++) {
        if (e->tolerated[i] == error)
            return 1;
    }
    return 0;
}

static __attribute__((noreturn)) void give_up(const struct program *p, u32 index, s64 error) {
    tell(p->header->report, FAILED, index, error);
    leave(127);
}

static void keep(const struct program *p, const struct entry *e, s64 value) {
    if (e->store != NOWHERE)
        *(s64 *)(p->data + e->store) = value;
}

static __attribute__((noreturn)) void run(const struct program *p) {
    for (u32 i = 0; i < p->header->entries;) {
        const struct entry *e = &p->entry[i];
        u32 next = i + 1;
        s64 result = 0;
        switch (e->operation) {
        case DO_SET:
            keep(p, e, (s64)argument(p, e, 0));
            break;
        case DO_GOTO:
            next = e->jump;
            break;
        case DO_ATTENDED: {
            struct pollfd poll = {(s32)argument(p, e, 0), POLLIN, 0};
            struct timespec no_wait = {0, 0};
            if (CALL5(NR_PPOLL, &poll, 1, &no_wait, 0, 8) > 0 && (poll.revents & POLLHUP))
                leave(0);
            break;
        }
        case DO_FAIL:
            give_up(p, i, (s64)argument(p, e, 0));
        case DO_SUPERVISE:
            supervise((struct supervision *)argument(p, e, 0));
        default:
            result = perform(p, e);
            if (result < 0 && result >= -4095) {
                if (!tolerated(e, -result))
                    give_up(p, i, -result);
                if (e->noted)
                    tell(p->header->report, NOTED, i, -result);
                keep(p, e, -1);
                if (e->jump != 0)
                    next = e->jump;
            } else {
                keep(p, e, result);
                if (e->operation == DO_CLONE && result == 0)
                    next = e->jump;
            }
        }
        i = next;
    }
    leave(0);
}

static s64 number(const char *text) {
    s64 n = 0;
    for (int i = 0; text[i] != 0; i++) {
        if (i == 9 || text[i] < '0' || text[i] > '9')
            return -1;
        n = n * 10 + (text[i] - '0');
    }
    return n;
}

__attribute__((used, noreturn)) void begin(u64 *stack) {
    struct program p;
    s64 fd = stack[0] > 1 ? number((const char *)stack[2]) : -1;
    s64 seals = CALL3(NR_FCNTL, fd, F_GET_SEALS, 0);
    s64 fixed = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
    s64 size = CALL3(NR_LSEEK, fd, 0, SEEK_END);
    /* Unsealed it could shrink or change after it was checked. */
    if (seals < 0 || (seals & fixed) != fixed || size <= 0 || (u64)size > MAXIMUM_BYTES)
        leave(120);
    s64 file = syscall6(NR_MMAP, 0, (u64)size, PROT_READ | PROT_WRITE, MAP_PRIVATE, (u64)fd, 0);
    if ((file < 0 && file >= -4095) || !load(&p, (u8 *)file, (u64)size))
        leave(121);
    CALL1(NR_CLOSE, fd);
    run(&p);
}
