/** HTTP/1.1 framing on one connection. */
@NullMarked
package dev.priok.client.internal;

import org.jspecify.annotations.NullMarked;
