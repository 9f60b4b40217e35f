/**
 * Who may do what in the registry: {@link dev.priok.registry.access.AccessControl} learns from credentials who calls, and from the
 * policy what that one may do.
 */
@NullMarked
package dev.priok.registry.access;

import org.jspecify.annotations.NullMarked;
