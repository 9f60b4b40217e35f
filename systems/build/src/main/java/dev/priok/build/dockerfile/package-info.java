/**
 * The Dockerfile language: {@link dev.priok.build.dockerfile.DockerfileParser} turns text into an immutable
 * {@link dev.priok.build.dockerfile.Dockerfile} of {@link dev.priok.build.dockerfile.Instruction}s, and
 * {@link dev.priok.build.dockerfile.Expansion} replaces variables in their words. Nothing here knows what a build does.
 */
@NullMarked
package dev.priok.build.dockerfile;

import org.jspecify.annotations.NullMarked;
