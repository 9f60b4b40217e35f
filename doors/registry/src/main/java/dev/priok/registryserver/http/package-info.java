/** Requests and answers on Jetty. */
@NullMarked
package dev.priok.registryserver.http;

import org.jspecify.annotations.NullMarked;
