/**
 * Which addresses networks and their endpoints get. A {@linkplain dev.priok.network.ipam.AddressPools pool} gives subnets to
 * networks; an {@linkplain dev.priok.network.ipam.AddressRange range} gives addresses to endpoints. Nothing here touches the
 * kernel or a disk: the caller keeps what was given in its records, and takes it again after a restart.
 */
@NullMarked
package dev.priok.network.ipam;

import org.jspecify.annotations.NullMarked;
