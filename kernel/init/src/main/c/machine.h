/* What differs between processors: how a system call is made and the numbers that the interpreter needs for itself. */

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;
typedef int s32;
typedef long s64;

#if defined(__x86_64__)

#define ARCHITECTURE 0xC000003Eu /* AUDIT_ARCH_X86_64, linux/audit.h */
enum {
    NR_READ = 0, NR_WRITE = 1, NR_CLOSE = 3, NR_LSEEK = 8, NR_MMAP = 9, NR_FCNTL = 72,
    NR_CLOCK_GETTIME = 228, NR_EXIT_GROUP = 231, NR_WAITID = 247, NR_OPENAT = 257, NR_PPOLL = 271, NR_SPLICE = 275,
};

static inline s64 syscall6(u64 nr, u64 a, u64 b, u64 c, u64 d, u64 e, u64 f) {
    s64 result;
    register u64 r10 __asm__("r10") = d;
    register u64 r8 __asm__("r8") = e;
    register u64 r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

/* The kernel leaves argc and argv on the stack; the C function takes their address. */
__asm__(".globl _start\n_start:\n\txor %ebp, %ebp\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall begin\n");

#elif defined(__aarch64__)

#define ARCHITECTURE 0xC00000B7u /* AUDIT_ARCH_AARCH64, linux/audit.h */
enum {
    NR_FCNTL = 25, NR_OPENAT = 56, NR_CLOSE = 57, NR_LSEEK = 62, NR_READ = 63, NR_WRITE = 64, NR_PPOLL = 73,
    NR_SPLICE = 76, NR_EXIT_GROUP = 94, NR_WAITID = 95, NR_CLOCK_GETTIME = 113, NR_MMAP = 222,
};

static inline s64 syscall6(u64 nr, u64 a, u64 b, u64 c, u64 d, u64 e, u64 f) {
    register u64 x8 __asm__("x8") = nr;
    register u64 x0 __asm__("x0") = a;
    register u64 x1 __asm__("x1") = b;
    register u64 x2 __asm__("x2") = c;
    register u64 x3 __asm__("x3") = d;
    register u64 x4 __asm__("x4") = e;
    register u64 x5 __asm__("x5") = f;
    __asm__ volatile("svc 0"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                     : "memory");
    return (s64)x0;
}

__asm__(".globl _start\n_start:\n\tmov x29, #0\n\tmov x0, sp\n\tbl begin\n");

#else
#error "priok-init is for x86-64 and aarch64"
#endif

#define CALL1(nr, a) syscall6(nr, (u64)(a), 0, 0, 0, 0, 0)
#define CALL2(nr, a, b) syscall6(nr, (u64)(a), (u64)(b), 0, 0, 0, 0)
#define CALL3(nr, a, b, c) syscall6(nr, (u64)(a), (u64)(b), (u64)(c), 0, 0, 0)
#define CALL4(nr, a, b, c, d) syscall6(nr, (u64)(a), (u64)(b), (u64)(c), (u64)(d), 0, 0)
#define CALL5(nr, a, b, c, d, e) syscall6(nr, (u64)(a), (u64)(b), (u64)(c), (u64)(d), (u64)(e), 0)

/* The same on both processors: asm-generic/errno.h, fcntl.h, poll.h, sys/wait.h. */
enum { EINTR = 4, EIO = 5, EAGAIN = 11, EINVAL = 22 };
enum { NR_PIDFD_SEND_SIGNAL = 424 };
enum { AT_FDCWD = -100, O_WRONLY = 1, O_CLOEXEC = 02000000, SEEK_CUR = 1, SEEK_END = 2, CLOCK_REALTIME = 0 };
enum { F_GET_SEALS = 1034, F_SEAL_SHRINK = 2, F_SEAL_GROW = 4, F_SEAL_WRITE = 8 };
enum { PROT_READ = 1, PROT_WRITE = 2, MAP_PRIVATE = 2, SPLICE_F_NONBLOCK = 2, POLLIN = 1, POLLHUP = 16 };
enum { P_PIDFD = 3, WEXITED = 4, WALL = 0x40000000, CLD_EXITED = 1 };

struct pollfd { s32 fd; u16 events, revents; };
struct timespec { s64 seconds, nanos; };
