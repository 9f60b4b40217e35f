/**
 * The registry over HTTP: the distribution specification below {@code /v2/}, tokens, metrics, health and the page. {@link
 * dev.priok.registryserver.RegistryServer} listens.
 */
@Boundary(
        name = "registryserver",
        mayUse = {"core", "tls", "registry", "web"})
@NullMarked
package dev.priok.registryserver;

import dev.priok.core.Boundary;
import org.jspecify.annotations.NullMarked;
