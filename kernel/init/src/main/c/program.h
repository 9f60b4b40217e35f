/*
 * The program file, written by dev.priok.init.Program; all numbers in the machine's byte order.
 *
 *   struct header | entries x struct entry | relocations x u32, padded to 8 | data_bytes of data
 *
 * An offset counts from the start of the data. A relocation is the offset of a word that holds an offset and is turned
 * into an address. The last byte of the data is zero, so that no text runs past the end.
 */

#define MAGIC 0x31544B4F4952502EUL /* ".PRIOKT1" */
#define NOWHERE 0xFFFFFFFFu

struct header {
    u64 magic;
    u32 architecture; /* ARCHITECTURE that the call numbers are of */
    u32 entries;
    u32 relocations;
    u32 data_bytes;
    s32 report; /* descriptor that takes records */
    u32 zero;
};

enum operation {
    DO_CALL = 0,      /* make the call, keep the result */
    DO_SET = 1,       /* keep the first argument */
    DO_GOTO = 2,      /* go on at jump */
    DO_CLONE = 3,     /* make the call; the child goes on at jump */
    DO_ATTENDED = 4,  /* end if nobody holds the other end of the pipe */
    DO_FAIL = 5,      /* give up with the first argument as the error */
    DO_SUPERVISE = 6, /* be the monitor that the first argument, an address of struct supervision, tells; never returns */
};

enum tag { AN_IMMEDIATE = 0, AN_ADDRESS = 1, A_LOAD = 2 };

struct entry {
    u8 operation;
    u8 noted; /* whether a tolerated error is reported */
    u16 call;
    u8 tag[6]; /* what each argument is: a number, the offset of data to point at, or of a word to load */
    u16 zero;
    u16 tolerated[4]; /* errors after which the list goes on, at jump if that is not 0 */
    u32 store;        /* offset of the word that keeps the result, or NOWHERE; -1 is kept after a tolerated error */
    u32 jump;         /* always forward, so that every list comes to an end */
    u64 argument[6];
};

/* What is told to the daemon, and kept in the events file. */
enum kind { STARTED = 1, FAILED = 2, NOTED = 3, EXITED = 4, READY = 5, MONITOR = 6, PAUSED = 7 /* these two are written by plain calls */ };

struct record {
    u32 kind;
    u32 index;  /* of the entry, for FAILED and NOTED; the pidfd, for STARTED and READY */
    s64 value;  /* process number, error, or status as wait(2) tells it */
    s64 nanos;  /* since 1970 */
};

struct stream {
    s64 source;   /* read end of a pipe, or a terminal's master; -1 when there is none */
    s64 journal;  /* file that takes what the source gives */
    s64 number;   /* 1 standard output, 2 standard error */
    s64 terminal; /* whether source is a terminal, which cannot be spliced */
};

struct supervision {
    s64 control; /* read end: commands from the daemon */
    s64 report;  /* write end: records to the daemon */
    s64 events;  /* file that keeps STARTED and EXITED */
    s64 index;   /* file that keeps when journals grew, or -1 */
    s64 input;   /* write end of the process's standard input, or -1 */
    s64 process; /* pidfd */
    s64 pid;
    s64 spill;   /* bytes to move at most while the daemon is away */
    s64 alone;   /* signal for the process when the daemon goes, or 0 to let it live on */
    struct stream stream[2];
};

struct index_record {
    s64 nanos, end; /* time, and position of the journal after it grew */
    s32 number, zero;
};
