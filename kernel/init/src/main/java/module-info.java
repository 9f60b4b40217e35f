/** Lists of system calls as values, and the small program in C that performs them in a fresh process. */
module dev.priok.init {
    requires transitive dev.priok.linux;

    exports dev.priok.init;
}
