/** What builds bring from git repositories. Nothing is executed for it: no git, no shell. */
@NullMarked
package dev.priok.build.fetch;

import org.jspecify.annotations.NullMarked;
