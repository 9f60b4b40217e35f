/**
 * The engine: containers from create to remove, their processes, health, restarts, events, and the images, volumes and
 * networks that they use, as Docker's engine behaves. Everything here is safe to call from any thread and blocks its caller;
 * reads never wait for an operation that is under way. What a caller cannot have is a {@link dev.priok.core.Failure} with
 * Docker's words.
 */
@Boundary(
        name = "engine",
        mayUse = {
            "core",
            "oci",
            "linux",
            "ext4",
            "cgroup",
            "init",
            "database",
            "archive",
            "content",
            "snapshot",
            "volume",
            "image",
            "distribution",
            "runtime",
            "logs",
            "network"
        })
@NullMarked
package dev.priok.engine;

import dev.priok.core.Boundary;
import org.jspecify.annotations.NullMarked;
