package dev.priok.network;

/**
 * An endpoint that is connected.
 *
 * @param definition what was asked
 * @param mac the address that its link has
 * @param hostLink the name of the host's end; empty for macvlan, which has none
 */
public record Endpoint(EndpointDefinition definition, MacAddress mac, String hostLink) {}
