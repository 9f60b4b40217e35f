/** From what a caller asked to an OCI runtime configuration: checks, defaults, the image's part, mounts, users, devices. */
@NullMarked
package dev.priok.engine.spec;

import org.jspecify.annotations.NullMarked;
