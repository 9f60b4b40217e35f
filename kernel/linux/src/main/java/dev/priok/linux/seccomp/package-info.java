/**
 * System call filters: a {@link dev.priok.linux.seccomp.SeccompProfile} says what is allowed, {@link
 * dev.priok.linux.seccomp.SeccompCompiler} makes the classic BPF program of it that seccomp(2) installs, {@link
 * dev.priok.linux.seccomp.DefaultProfile} is the one that containers get unless told otherwise.
 */
@NullMarked
package dev.priok.linux.seccomp;

import org.jspecify.annotations.NullMarked;
