/**
 * The Docker Engine API over HTTP. {@link dev.priok.server.ApiServer} listens as a {@link dev.priok.server.ServerConfig}
 * says and answers from the engine and the builder that it is given.
 */
@Boundary(
        name = "server",
        mayUse = {"core", "tls", "api", "engine", "build"})
@NullMarked
package dev.priok.server;

import dev.priok.core.Boundary;
import org.jspecify.annotations.NullMarked;
