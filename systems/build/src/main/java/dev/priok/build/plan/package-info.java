/**
 * From a Dockerfile to a plan: an immutable graph of {@link dev.priok.build.plan.Step}s whose
 * {@link dev.priok.build.plan.Operation}s know nothing of Dockerfiles. Variables are replaced, bases are known, triggers are
 * in place; nothing has been done yet.
 */
@NullMarked
package dev.priok.build.plan;

import org.jspecify.annotations.NullMarked;
