/** HTTP on Jetty: listeners, one blocking exchange per request, connections that stop speaking HTTP. Knows no Docker. */
@NullMarked
package dev.priok.server.http;

import org.jspecify.annotations.NullMarked;
