/**
 * The name server that containers on user-defined networks have at 127.0.0.11. It answers what a {@link
 * dev.priok.network.dns.NameSource} knows and asks {@linkplain dev.priok.network.dns.Upstream other servers} for the rest.
 */
@NullMarked
package dev.priok.network.dns;

import org.jspecify.annotations.NullMarked;
