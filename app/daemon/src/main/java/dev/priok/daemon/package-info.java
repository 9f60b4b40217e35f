/** {@code priokd}: reads its configuration, joins the parts, and serves until it is told to stop. */
@Boundary(
        name = "daemon",
        mayUse = {
            "core",
            "tls",
            "oci",
            "linux",
            "init",
            "cgroup",
            "database",
            "content",
            "snapshot",
            "image",
            "distribution",
            "runtime",
            "logs",
            "network",
            "engine",
            "build",
            "api",
            "server",
            "registry",
            "registryserver"
        })
@NullMarked
package dev.priok.daemon;

import dev.priok.core.Boundary;
import org.jspecify.annotations.NullMarked;
