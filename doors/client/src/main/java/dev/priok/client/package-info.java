/**
 * Talks to a Docker Engine API. {@link EngineClient} sends a {@link Request} and hands back a {@link Reply}, or turns the
 * connection over as a {@link Hijacked} stream; {@link Json} reads the answers.
 */
@Boundary(
        name = "client",
        mayUse = {"core", "tls"})
@NullMarked
package dev.priok.client;

import dev.priok.core.Boundary;
import org.jspecify.annotations.NullMarked;
