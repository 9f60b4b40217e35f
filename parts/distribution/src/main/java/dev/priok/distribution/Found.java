package dev.priok.distribution;

/**
 * A repository that a search found.
 *
 * @param name of the repository
 * @param description in its owner's words
 * @param stars of users
 * @param official whether the registry's owner keeps it
 * @param automated whether it is built from a source repository
 */
public record Found(String name, String description, int stars, boolean official, boolean automated) {}
