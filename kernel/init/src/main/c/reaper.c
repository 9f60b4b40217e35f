/*
 * priok-reaper: the first process of a container that was started with --init. It starts the command that follows "--",
 * hands every signal on to it, reaps whatever is left to it, and ends as the command ended.
 *
 * argv: [0] any, [1] "--", then the command. It uses no C library, no heap and no static data.
 */
#include "machine.h"

#if defined(__x86_64__)
enum {
    NR_RT_SIGPROCMASK = 14, NR_IOCTL = 16, NR_GETPID = 39, NR_CLONE = 56, NR_EXECVE = 59, NR_WAIT4 = 61, NR_KILL = 62, NR_SETPGID = 109,
    NR_RT_SIGTIMEDWAIT = 128,
};
#else
enum {
    NR_IOCTL = 29, NR_KILL = 129, NR_RT_SIGPROCMASK = 135, NR_GETPID = 172, NR_RT_SIGTIMEDWAIT = 137, NR_SETPGID = 154, NR_CLONE = 220,
    NR_EXECVE = 221, NR_WAIT4 = 260,
};
#endif

/* asm-generic/signal.h, errno.h, ioctls.h, linux/wait.h. */
enum { SIGILL = 4, SIGTRAP = 5, SIGABRT = 6, SIGBUS = 7, SIGFPE = 8, SIGSEGV = 11, SIGCHLD = 17, SIGSYS = 31 };
enum { SIG_SETMASK = 2, MASK_BYTES = 8, WNOHANG = 1, TIOCSPGRP = 0x5410 };
enum { ENOENT = 2, ENOTDIR = 20 };
enum { NOT_EXECUTABLE = 126, NOT_FOUND = 127, SIGNALLED = 128 };
enum { PATH_BYTES = 4096 }; /* PATH_MAX, linux/limits.h */

static __attribute__((noreturn)) void leave(int status) {
    for (;;)
        CALL1(NR_EXIT_GROUP, status);
}

static u64 length(const char *text) {
    u64 n = 0;
    while (text[n])
        n++;
    return n;
}

static int has_slash(const char *text) {
    for (; *text; text++)
        if (*text == '/')
            return 1;
    return 0;
}

static const char *search_path(char **env) {
    for (; *env; env++)
        if ((*env)[0] == 'P' && (*env)[1] == 'A' && (*env)[2] == 'T' && (*env)[3] == 'H' && (*env)[4] == '=')
            return *env + 5;
    return "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
}

/* Executes argv[0], looked for along PATH as a shell does; returns the error of the last try that found something. */
static s64 execute(char **argv, char **env) {
    const char *name = argv[0];
    if (has_slash(name))
        return CALL3(NR_EXECVE, name, argv, env);
    char path[PATH_BYTES];
    u64 name_bytes = length(name) + 1;
    s64 error = -ENOENT;
    for (const char *p = search_path(env);; p++) {
        u64 n = 0;
        while (p[n] && p[n] != ':')
            n++;
        if (n + 1 + name_bytes <= PATH_BYTES) {
            u64 at = 0;
            for (; at < n; at++)
                path[at] = p[at];
            path[at++] = '/';
            for (u64 i = 0; i < name_bytes; i++)
                path[at + i] = name[i];
            s64 result = CALL3(NR_EXECVE, n ? path : name, argv, env);
            if (result != -ENOENT && result != -ENOTDIR)
                error = result;
        }
        p += n;
        if (!*p)
            return error;
    }
}

static __attribute__((noreturn)) void command(char **argv, char **env, u64 *mask) {
    CALL2(NR_SETPGID, 0, 0);
    /* With a terminal the command becomes its foreground group; SIGTTOU is still blocked, so this cannot stop it. */
    s32 self = (s32)CALL1(NR_GETPID, 0);
    CALL3(NR_IOCTL, 0, TIOCSPGRP, &self);
    CALL4(NR_RT_SIGPROCMASK, SIG_SETMASK, mask, 0, MASK_BYTES);
    s64 error = execute(argv, env);
    leave(error == -ENOENT || error == -ENOTDIR ? NOT_FOUND : NOT_EXECUTABLE);
}

static int code_of(s32 status) {
    int signal = status & 0x7f;
    return signal ? SIGNALLED + signal : (status >> 8) & 0xff;
}

__attribute__((noreturn, used)) void begin(u64 *stack) {
    u64 argc = stack[0];
    char **argv = (char **)(stack + 1);
    char **env = argv + argc + 1;
    u64 first = argc > 1 && argv[1][0] == '-' && argv[1][1] == '-' && !argv[1][2] ? 2 : 1;
    if (first >= argc)
        leave(NOT_FOUND);

    /* Blocked signals wait to be fetched, even those that a first process would otherwise not get. Faults are not blocked. */
    u64 before = 0;
    u64 blocked = ~((1UL << (SIGILL - 1)) | (1UL << (SIGTRAP - 1)) | (1UL << (SIGABRT - 1)) | (1UL << (SIGBUS - 1))
                    | (1UL << (SIGFPE - 1)) | (1UL << (SIGSEGV - 1)) | (1UL << (SIGSYS - 1)));
    CALL4(NR_RT_SIGPROCMASK, SIG_SETMASK, &blocked, &before, MASK_BYTES);

    s64 child = CALL5(NR_CLONE, SIGCHLD, 0, 0, 0, 0);
    if (child < 0)
        leave(NOT_EXECUTABLE);
    if (child == 0)
        command(argv + first, env, &before);

    for (;;) {
        s64 signal = CALL4(NR_RT_SIGTIMEDWAIT, &blocked, 0, 0, MASK_BYTES);
        if (signal < 0)
            continue;
        if (signal != SIGCHLD) {
            CALL2(NR_KILL, child, signal);
            continue;
        }
        int ended = -1;
        for (;;) {
            s32 status = 0;
            s64 pid = CALL4(NR_WAIT4, -1, &status, WNOHANG, 0);
            if (pid <= 0)
                break;
            if (pid == child)
                ended = code_of(status);
        }
        if (ended >= 0)
            leave(ended);
    }
}
