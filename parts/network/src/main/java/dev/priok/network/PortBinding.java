package dev.priok.network;

import java.net.InetAddress;

/**
 * A publication that is in force, or that shall be again after a restart.
 *
 * @param hostAddress 0.0.0.0 or :: for every address of the family
 */
public record PortBinding(InetAddress hostAddress, int hostPort, Transport transport, int containerPort) {}
