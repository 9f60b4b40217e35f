/** What every command is made of: its declaration, the session it runs in, and how it fails. */
@NullMarked
package dev.priok.cli.command;

import org.jspecify.annotations.NullMarked;
