/**
 * Networks of containers, as the kernel has them. Terms: a <em>network</em> is a bridge (or the parent of macvlan links) of
 * the host; a <em>sandbox</em> is the network namespace of one container; an <em>endpoint</em> is a sandbox's link on a
 * network with its addresses; a <em>publication</em> makes a port of an endpoint reachable at a port of the host.
 *
 * <p>{@link dev.priok.network.Wiring} does all of it. It is told definitions and keeps no records on disk: who defines
 * networks and endpoints, and which addresses they get, is the caller's to decide and to remember.
 */
@Boundary(
        name = "network",
        mayUse = {"core", "linux", "netlink"},
        exposes = {"dev.priok.network", "dev.priok.network.dns", "dev.priok.network.ipam"})
@NullMarked
package dev.priok.network;

import dev.priok.core.Boundary;
import org.jspecify.annotations.NullMarked;
