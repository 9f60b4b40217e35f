/** Tar archives: written from files and unpacked into them. Made by hand since a library would double the start-up time. */
@NullMarked
package dev.priok.cli.archive;

import org.jspecify.annotations.NullMarked;
