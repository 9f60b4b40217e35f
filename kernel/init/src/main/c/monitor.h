/*
 * The monitor: waits for the process, keeps how it ended, and looks after its output while the daemon is away.
 *
 * The daemon commands by single bytes: S closes the standard input, T takes over (stop moving output, answer READY),
 * D says that everything is drained. End of file means that the daemon is gone. From then on the monitor holds a writing
 * end of its own, so that poll is quiet until a new daemon has opened the pipe and says T.
 */

#define CHUNK 65536              /* bytes moved at once: what a pipe holds by default */
#define TERMINAL_CHUNK 2048      /* the same for a terminal, on the stack */
#define RETRY_NANOS 200000000L   /* how often to look for a new daemon where control cannot be reopened */

struct monitor {
    struct supervision *s;
    s64 own_end; /* writing end of control while the daemon is away, else -1 */
    s64 moved;   /* bytes moved since the daemon went away */
    int away;    /* the daemon is gone: output is ours to move */
    int full;    /* the bound is reached or the disk is full: the writers wait for the daemon */
    int exited;
    int done;    /* the daemon needs nothing more from us */
};

static void close_one(s64 *fd) {
    if (*fd >= 0)
        CALL1(NR_CLOSE, *fd);
    *fd = -1;
}

/* Opens the writing side of a pipe of which only the reading side is here. */
static s64 reopen_for_writing(s64 fd) {
    char path[32];
    const char *prefix = "/proc/self/fd/";
    char digits[12];
    int n = 0, count = 0;
    for (; prefix[n] != 0; n++)
        path[n] = prefix[n];
    do {
        digits[count++] = (char)('0' + fd % 10);
        fd /= 10;
    } while (fd > 0 && count < 12);
    while (count > 0)
        path[n++] = digits[--count];
    path[n] = 0;
    return CALL4(NR_OPENAT, AT_FDCWD, path, O_WRONLY | O_CLOEXEC, 0);
}

static s64 copy_terminal(const struct stream *t, int *full) {
    u8 buffer[TERMINAL_CHUNK];
    s64 n = CALL3(NR_READ, t->source, buffer, sizeof buffer);
    for (s64 at = 0; at < n;) {
        s64 written = CALL3(NR_WRITE, t->journal, buffer + at, n - at);
        if (written <= 0) {
            *full = 1;
            break;
        }
        at += written;
    }
    return n;
}

/* Moves what one stream has ready into its journal, and notes when. Returns whether there was any. */
static int move(struct monitor *m, struct stream *t) {
    s64 n = t->terminal
        ? copy_terminal(t, &m->full)
        : syscall6(NR_SPLICE, (u64)t->source, 0, (u64)t->journal, 0, CHUNK, SPLICE_F_NONBLOCK);
    if (n == 0 || (n == -EIO && t->terminal)) {
        close_one(&t->source);
        return 0;
    }
    if (n < 0) {
        m->full |= n != -EAGAIN && n != -EINTR;
        return 0;
    }
    m->moved += n;
    m->full |= m->moved >= m->s->spill;
    struct index_record r = {now(), CALL3(NR_LSEEK, t->journal, 0, SEEK_CUR), (s32)t->number, 0};
    if (m->s->index >= 0)
        CALL3(NR_WRITE, m->s->index, &r, sizeof r);
    return 1;
}

/*
 * The status as wait(2) tells it. The process is reaped at once: a zombie would keep its pid namespace from ending. The daemon
 * knows it by the pidfd, never by its number.
 */
static void collect(struct monitor *m) {
    s32 info[32];
    if (CALL5(NR_WAITID, P_PIDFD, m->s->process, info, WEXITED | WALL, 0) < 0)
        return;
    s64 status = info[2] == CLD_EXITED ? (info[6] & 0xff) << 8 : info[2] == CLD_EXITED + 2 ? info[6] | 0x80 : info[6];
    m->exited = 1;
    tell(m->s->events, EXITED, 0, status);
    tell(m->s->report, EXITED, 0, status);
}

static void obey(struct monitor *m) {
    u8 command[16];
    s64 n = CALL3(NR_READ, m->s->control, command, sizeof command);
    if (n == 0 && !m->away) {
        m->away = 1;
        m->moved = 0;
        m->full = 0;
        m->own_end = reopen_for_writing(m->s->control);
        if (m->s->alone != 0)
            CALL4(NR_PIDFD_SEND_SIGNAL, m->s->process, m->s->alone, 0, 0);
    }
    for (s64 i = 0; i < n; i++) {
        if (command[i] == 'S')
            close_one(&m->s->input);
        if (command[i] == 'D')
            m->done = 1;
        if (command[i] == 'T') {
            close_one(&m->own_end);
            m->away = 0;
            tell(m->s->report, READY, (u32)m->s->process, m->s->pid);
        }
    }
}

static __attribute__((noreturn)) void supervise(struct supervision *s) {
    struct monitor m = {s, -1, 0, 0, 0, 0, 0};
    tell(s->events, STARTED, (u32)s->process, s->pid);
    tell(s->report, STARTED, (u32)s->process, s->pid);
    for (;;) {
        int moving = m.away && !m.full;
        int deaf = m.away && m.own_end < 0;
        struct pollfd p[4] = {
            {deaf ? -1 : (s32)s->control, POLLIN, 0},
            {m.exited ? -1 : (s32)s->process, POLLIN, 0},
            {moving ? (s32)s->stream[0].source : -1, POLLIN, 0},
            {moving ? (s32)s->stream[1].source : -1, POLLIN, 0},
        };
        /* After the exit a source may have other writers that never end: what is ready now is all that is waited for. */
        int last_look = m.exited && moving;
        struct timespec wait = {0, last_look ? 0 : RETRY_NANOS};
        CALL5(NR_PPOLL, p, 4, last_look || deaf ? (u64)&wait : 0, 0, 8);
        int moved = 0;
        if (p[2].revents)
            moved |= move(&m, &s->stream[0]);
        if (p[3].revents)
            moved |= move(&m, &s->stream[1]);
        if (p[1].revents)
            collect(&m);
        if (deaf) {
            struct timespec no_wait = {0, 0};
            p[0].fd = (s32)s->control;
            CALL5(NR_PPOLL, p, 1, &no_wait, 0, 8);
        }
        if ((p[0].revents & POLLIN) || (p[0].revents && !m.away))
            obey(&m);
        if (m.exited && (m.done || (last_look && m.away && !moved && !m.full)))
            break;
    }
    leave(0);
}
