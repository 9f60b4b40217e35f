/** HTTP, tokens, certificates and retries under the client of registries. */
@NullMarked
package dev.priok.distribution.internal;

import org.jspecify.annotations.NullMarked;
